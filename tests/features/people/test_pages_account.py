"""Signing in and one's own account: links, the password, second factor, sessions, tokens."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client, TestCase
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.people.keys import SECOND_FACTORS, list_keys, rotate_keys
from nianjian.features.people.operations import first_administrator
from nianjian.platform.accounts import models, query, tokens
from nianjian.platform.accounts.links import create_first_link, revoke_link
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.accounts.service import close
from nianjian.platform.audit.query import acts
from nianjian.platform.vault import keyring

pytestmark = pytest.mark.django_db
OPERATOR = Actor("root")
PASSWORD = "eine lange Losung 47"  # noqa: S105 -- of a person of the tests


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def boss() -> str:
    """An administrator who has chosen a password; the name."""
    link = first_administrator(name="boss", enterprise="", again=False, actor=OPERATOR)
    client = Client()
    answer = client.post(link.path, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return "boss"


def _sign_in(client: Client, name: str, password: str, **more: str) -> int:
    return client.post("/account/login/", {"login": name, "password": password, **more}).status_code


def test_the_first_administrator_chooses_a_sound_password_once() -> None:
    link = first_administrator(name="boss", enterprise="", again=False, actor=OPERATOR)
    client = Client()
    page = client.get(link.path)
    assert page.status_code == 200
    assert "boss" in page.content.decode()
    for password, again in (("short",) * 2, (PASSWORD, "another"), ("123456789012",) * 2, ("", "")):
        answer = Client().post(link.path, {"password": password, "again": again})
        assert (answer.status_code, 'aria-invalid="true"' in answer.content.decode()) == (200, True), password
    assert not models.User.objects.get(pk="boss").has_usable_password()
    assert client.get(link.path).status_code == 200  # neither that nor looking uses anything up
    answer = client.post(link.path, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/")
    assert client.get("/").status_code == 200
    assert client.get(link.path).status_code == 410
    assert Client().post(link.path, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    verbs = [act.verb for act in acts(newest=3)]
    assert verbs == ["sign_in", "user.password", "user.link"]


def test_a_link_ends_by_time_by_a_newer_one_and_by_revocation(monkeypatch: pytest.MonkeyPatch) -> None:
    old = first_administrator(name="boss", enterprise="", again=False, actor=OPERATOR)
    new = create_first_link(user="boss", actor=OPERATOR)
    assert [Client().get(one.path).status_code for one in (old, new)] == [410, 200]
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=24, seconds=1))
    assert Client().get(new.path).status_code == 410
    monkeypatch.setattr(clock, "now", real)
    revoke_link(link=new.id, actor=OPERATOR)
    assert Client().get(new.path).status_code == 410
    assert new.secret not in "".join(str(act.data) for act in acts())


def test_a_password_signs_in_and_out(boss: str) -> None:
    assert [_sign_in(Client(), name, "wrong") for name in (boss, "my secret typed in the wrong field")] == [200, 200]
    entries = [(act.verb, act.actor, act.data) for act in acts(newest=2)]
    assert entries == [
        ("sign_in.failed", "nobody", {"user": "", "by": "password"}),
        ("sign_in.failed", "user:boss", {"user": "boss", "by": "password"}),
    ], "an unknown name is not noted"
    client = Client()
    assert client.get("/").headers["Location"] == "/account/login/?next=/"
    foreign = Client().post("/account/login/", {"login": boss, "password": PASSWORD, "next": "https://evil.example/"})
    assert foreign.headers["Location"] == "/", "never followed"
    answer = client.post("/account/login/", {"login": boss, "password": PASSWORD, "next": "/account/2fa/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/")
    assert client.get("/").status_code == 200
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/").status_code == 302
    entries = [(act.verb, act.actor, act.data) for act in acts(newest=2)]
    assert entries == [
        ("sign_out", "user:boss", {"user": "boss", "reason": "asked"}),
        ("sign_in", "user:boss", {"user": "boss", "method": "password"}),
    ]
    models.User.objects.filter(pk=boss).update(is_active=False)
    answer = client.post("/account/login/", {"login": boss, "password": PASSWORD})
    assert answer.headers["Location"] == "/account/inactive/", "a closed account does not come in"
    assert [client.get(address).status_code for address in ("/account/inactive/", "/")] == [200, 302]


def test_five_failures_lock_out_in_every_process_and_are_audited_once(boss: str) -> None:
    for _attempt in range(5):
        _sign_in(Client(REMOTE_ADDR=f"10.0.0.{_attempt}"), boss, "wrong")
    assert models.Cached.objects.filter(cache_key__contains="login_failed").exists()  # in the database, not in memory
    for address in ("10.0.1.1", "10.0.1.2"):
        page = Client(REMOTE_ADDR=address).post("/account/login/", {"login": boss, "password": PASSWORD})
        assert page.status_code == 200
        assert re.search("五分钟|five minutes", page.content.decode())
    assert [act.data for act in acts(verb="sign_in.locked")] == [{"user": "boss"}]
    assert _sign_in(Client(REMOTE_ADDR="10.0.1.3"), "nobody", "wrong") == 200


def test_an_address_that_tries_many_names_is_held_up(boss: str) -> None:
    tried = [_sign_in(Client(), f"name{number}", "wrong") for number in range(31)]
    assert tried[:30] == [200] * 30
    page = Client(headers={"accept-language": "en"}).post("/account/login/", {"login": boss, "password": PASSWORD})
    assert page.status_code == 429
    assert "Too many attempts" in page.content.decode()


PAGES = {
    "/account/": 200,
    "/account/sessions/": 200,
    "/account/tokens/": 200,
    "/account/password/change/": 200,
    "/account/2fa/": 200,
    "/account/2fa/webauthn/": 200,
    "/account/3rdparty/": 200,
    "/account/reauthenticate/": 200,
    "/account/logout/": 200,
    "/account/login/": 302,  # signed in already
    "/account/2fa/recovery-codes/": 404,  # none yet
    "/account/3rdparty/login/error/": 401,
    "/account/3rdparty/login/cancelled/": 200,
    "/account/2fa/authenticate/": 302,  # no sign-in is waiting for it
}


@pytest.fixture
def anna() -> Client:
    """A data officer who has signed in by password."""
    signed_in("anna", role="data_officer")
    person = models.User.objects.get(pk="anna")
    person.set_password(PASSWORD)
    person.save()
    return _fresh()


def _fresh() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/account/login/", {"login": "anna", "password": PASSWORD})
    return client


def _again(client: Client) -> None:
    """Show the password once more, as the pages ask before a change."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _with_app(client: Client) -> tuple[str, list[str]]:
    """Set an authenticator app up; its key and the recovery codes."""
    _again(client)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", client.get("/account/2fa/totp/activate/").content.decode())
    assert secret
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post("/account/2fa/totp/activate/", {"code": _code(secret[1])}, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return secret[1], re.findall(r"<code>(\d{8})</code>", answer.content.decode())


def test_every_page_answers_its_person(anna: Client) -> None:
    assert {address: anna.get(address).status_code for address in PAGES} == PAGES
    answer = anna.get("/account/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/account/reauthenticate/"), "before a change the password is asked"
    assert anna.post("/account/reauthenticate/", {"password": "wrong"}).status_code == 200
    answers = {address: Client().get(address) for address in (*PAGES, "/account/2fa/webauthn/add/")}
    seen = {address for address, answer in answers.items() if answer.status_code == 200}
    assert seen == {"/account/login/", "/account/3rdparty/login/cancelled/"}, "a stranger sees no own page"
    assert all(one.headers["Location"].startswith("/") for one in answers.values() if one.status_code == 302)


def test_the_second_factor_is_asked_at_the_next_sign_in(anna: Client) -> None:
    secret, codes = _with_app(anna)
    assert len(codes) == 10
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored  # sealed with the keys outside the database
    client = Client()
    answer = client.post("/account/login/", {"login": "anna", "password": PASSWORD})
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert client.get("/").status_code == 302
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert (wrong.status_code, client.get("/").status_code) == (200, 302)
    assert next(acts(newest=1)).data == {"user": "anna", "by": "second_factor"}
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert client.get("/").status_code == 200
    assert next(acts(verb="sign_in")).data["method"] == "password+mfa"
    assert [act.data["kind"] for act in acts(verb="account.second_factor.add")] == ["recovery_codes", "totp"]
    used = Client()
    used.post("/account/login/", {"login": "anna", "password": PASSWORD})
    assert used.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 200  # once only


def test_after_a_rotation_the_second_factor_needs_no_old_key(anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, codes = _with_app(anna)
    root = _root()
    old = keyring.current().active
    done = rotate_keys(actor=root, progress=lambda _done, _total: None)
    assert [(key.id, key.values) for key in list_keys(actor=root)] == [(old, 0), (done.key, 2)]  # app, recovery codes
    _drop(old)
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    for code in (_code(secret), codes[0]):
        client = Client()
        client.post("/account/login/", {"login": "anna", "password": PASSWORD})
        assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
        assert client.get("/").status_code == 200


def _root() -> Actor:
    signed_in("root")
    return Actor("root", "user")


def _drop(key: str) -> None:
    """Take a key out of the file, as the docs allow for one that seals nothing."""
    keyring._change(lambda content: content["keys"].pop(key))


def test_recovery_codes_of_an_older_kind_are_sealed_anew(anna: Client) -> None:
    del anna
    old = keyring.current().active
    sealed = [SECOND_FACTORS.seal(code) for code in ("11111111", "22222222")]
    authenticator = Authenticator.objects.create(user_id="anna", type="recovery_codes", data={"migrated_codes": sealed})
    assert rotate_keys(actor=_root(), progress=lambda _done, _total: None).rows == 1
    _drop(old)
    authenticator.refresh_from_db()
    assert authenticator.wrap().generate_codes() == ["11111111", "22222222"]


def test_where_a_second_factor_is_obligatory_nothing_else_opens(anna: Client, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    lead = signed_in("lead", role="compliance_lead")
    assert lead.get("/").headers["Location"] == "/account/2fa/"
    assert lead.get("/account/tokens/").headers["Location"] == "/account/2fa/"
    assert lead.get("/account/2fa/").status_code == 200
    assert anna.get("/").status_code == 200  # a data officer is not asked
    Authenticator.objects.create(user_id="lead", type="totp", data={"secret": "x"})
    assert lead.get("/").status_code == 200


def test_changing_the_password_ends_the_other_sessions(anna: Client) -> None:
    other = _fresh()
    new = "noch eine lange Losung 48"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert anna.post("/account/password/change/", {**data, "password2": "x"}).status_code == 200
    assert anna.post("/account/password/change/", data).headers["Location"] == "/account/"
    assert [client.get("/").status_code for client in (anna, other)] == [200, 302]
    assert next(acts(newest=1)).verb == "account.password"


def test_a_session_is_ended_from_another_one(anna: Client) -> None:
    others, bo = [_fresh(), _fresh()], signed_in("bo")
    bo.get("/")
    anna.post("/account/sessions/", {"session": str(UserSession.objects.get(user_id="bo").pk)})
    assert bo.get("/").status_code == 200, "nobody ends a session of another"
    page = anna.get("/account/sessions/").content.decode()
    ids = re.findall(r'name="session" value="(\d+)"', page)
    assert len(ids) == 2
    anna.post("/account/sessions/", {"session": ids[0]})
    assert sorted(client.get("/").status_code for client in others) == [200, 302]
    anna.post("/account/sessions/", {"session": "others"})
    assert [client.get("/").status_code for client in others] == [302, 302]
    assert anna.get("/").status_code == 200
    assert next(acts(newest=1)).verb == "account.sessions.end"


@pytest.mark.parametrize(("after", "held"), [({"hours": 11}, True), ({"hours": 13}, False)])
def test_a_session_ends_without_use(anna: Client, after: dict[str, int], *, held: bool) -> None:
    from django.contrib.sessions.models import Session  # noqa: PLC0415 -- models load after the set-up

    (session,) = Session.objects.filter(pk=anna.cookies["sessionid"].value)
    session.expire_date -= timedelta(**after)
    session.save()
    assert (anna.get("/").status_code == 200) is held


def test_a_session_in_use_ends_after_a_week(anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=6, hours=23))
    assert anna.get("/").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=7, minutes=1))
    assert anna.get("/").status_code == 302
    assert next(acts(verb="sign_out")).data == {"user": "anna", "reason": "age"}


def test_a_token_is_shown_once_and_may_do_less_than_its_person(anna: Client) -> None:
    page = anna.post("/account/tokens/", {"name": "nightly", "days": "30", "scopes": ["read"]}).content.decode()
    secret = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert secret
    assert secret[1] not in anna.get("/account/tokens/").content.decode()
    assert query.bearer(secret[1]) == Actor("anna", "user", frozenset({Permission.READ}))
    assert next(acts(newest=1)).verb == "token.add"
    (row,) = [one for one in models.Token.objects.filter(user="anna") if one.name == "nightly"]
    anna.post(f"/account/tokens/{row.id}/revoke/")
    assert query.bearer(secret[1]) is None
    signed_in("bo")
    theirs = models.Token.objects.get(user="bo")
    assert anna.post(f"/account/tokens/{theirs.id}/revoke/").status_code == 404, "nobody revokes another's"
    assert models.Token.objects.filter(pk=theirs.pk).exists()


def test_a_token_that_may_not_be_is_refused(anna: Client) -> None:
    for data in (
        {"scopes": ["administer"]},  # more than a data officer may
        {"scopes": ["read", "nonsense"]},
        {"scopes": []},
        {"scopes": ["load"]},  # without reading it would open nothing
        {"name": ""},
        {"days": "100000"},
    ):
        answer = anna.post("/account/tokens/", {"name": "x", "days": "30", "scopes": ["read"], **data})
        assert answer.status_code == 200, data
    assert models.Token.objects.filter(user="anna").count() == 1  # the shell's, made with the person


def test_an_expired_token_and_one_of_a_closed_account_prove_nothing(
    anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = tokens.create_token(user="anna", name="x", scopes=["read"], days=1, actor=Actor("root"))
    assert query.bearer(credential.secret) is not None
    tokens.record_use(credential.secret)
    used = models.Token.objects.get(pk=credential.token.id).used_at
    assert used is not None
    assert (used.minute, used.second) == (0, 0), "the last use is noted to the hour"
    assert clock.now() - used < timedelta(hours=1)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=1, seconds=1))
    assert query.bearer(credential.secret) is None
    monkeypatch.setattr(clock, "now", real)
    close(user="anna", actor=Actor("root"))
    assert query.bearer(credential.secret) is None
    assert anna.get("/").status_code == 302  # its sessions are over too


def test_a_person_sets_the_own_name(boss: str) -> None:
    client = Client()
    _sign_in(client, boss, PASSWORD)
    assert client.post("/account/name/", {"display_name": "李敏"}).status_code == 302
    page = client.get("/account/").content.decode()
    assert re.search(r'<span class="name">\s*李敏', page)
    assert 'value="李敏"' in page
    client.post("/account/name/", {"display_name": "x" * 61})
    assert models.User.objects.get(pk=boss).display_name == "李敏"
