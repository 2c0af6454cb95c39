"""People: added with a link, roles given and taken, accounts closed; inspectors come by a link that ends."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.platform.accounts import models, query, service
from nianjian.platform.accounts.access import team_of
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.registers.teams import Team

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
OPERATOR = Actor("root")
PASSWORD = "eine lange Losung 47"  # noqa: S105 -- of a person of the tests


def _until(days: int = 3) -> str:
    return (clock.now() + timedelta(days=days)).astimezone(clock.ZONE).date().isoformat()


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def demo() -> str:
    for code in ("demo", "other"):
        service.add_enterprise(code=code, name=f"企业 {code}", province="浙江", actor=OPERATOR)
    row = {"key": "T1", "team_id": "T1", "name": "外包一组", "kind": "outsourced", "recorded_at": clock.now()}
    Team(enterprise_id="demo", **row).save()
    return "demo"


@pytest.fixture
def boss(demo: str) -> Client:
    """An administrator of ``demo`` alone."""
    return signed_in("boss", enterprise=demo)


@pytest.fixture
def chief(demo: str) -> Client:
    """An administrator of the installation."""
    return signed_in("chief", language="en")


def _link(answer: Any) -> str:
    match = re.search(r'<code class="secret">http://testserver([^<]+)</code>', answer.content.decode())
    assert match, answer.content.decode()
    return match[1]


def test_a_person_is_added_and_comes_in_by_the_link(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = boss.post("/e/demo/people/add/", {"name": "王芳", "role": "data_officer", "email": "", "team": ""})
    path = _link(answer)
    assert [(one.user, one.role, one.enterprise) for one in query.roles_of("王芳")] == [
        ("王芳", "data_officer", "demo")
    ]
    client = Client()
    client.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert "王芳" in boss.get("/e/demo/people/").content.decode()
    assert path not in boss.get("/e/demo/people/of/王芳/").content.decode()
    assert {act.actor for act in acts(verb="user.link")} == {"user:boss"}
    monkeypatch.setenv("NIANJIAN_URL", "https://check.example.org/")
    answer = boss.post("/e/demo/people/add/", {"name": "out", "role": "outsourcer", "email": "", "team": "T1"})
    assert '<code class="secret">https://check.example.org/account/first/' in answer.content.decode()
    assert team_of(Actor("out", "user"), "demo") == "T1", "bound to a team of the register"


def test_a_person_who_may_not_be_is_not_made(boss: Client) -> None:
    wrong = (
        {"role": "data_officer", "team": "T1"},
        {"name": "a b"},
        {"name": "BOSS"},
        {"role": "king"},
        {"email": "no"},
    )
    for data in wrong:
        answer = boss.post("/e/demo/people/add/", {"name": "eve", "role": "auditor", "email": "", "team": "", **data})
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode(), data
    assert query.users() == ["boss"]


def test_roles_are_given_and_taken(boss: Client) -> None:
    signed_in("anna", role="auditor", enterprise="demo")
    data = {"act": "give", "user": "anna", "role": "compliance_lead", "team": ""}
    assert boss.post("/e/demo/people/add/", data).headers["Location"] == "/e/demo/people/of/anna/"
    assert {one.role for one in query.roles_of("anna")} == {"auditor", "compliance_lead"}
    boss.post("/e/demo/people/of/anna/", {"act": "revoke", "role": "auditor", "enterprise": "demo"})
    assert {one.role for one in query.roles_of("anna")} == {"compliance_lead"}
    last = boss.post("/e/demo/people/of/anna/", {"act": "revoke", "role": "compliance_lead", "enterprise": "demo"})
    assert last.headers["Location"] == "/e/demo/people/"


def test_who_has_a_role_elsewhere_is_out_of_an_enterprises_hands(boss: Client) -> None:
    signed_in("lead", role="inspector", enterprise="demo")
    service.grant(user="lead", role="auditor", enterprise="other", actor=OPERATOR)
    before = list(acts(newest=1))
    for act in ("link", "close", "factor", "email", "inspection", "unlink", "reopen"):
        answer = boss.post("/e/demo/people/of/lead/", {"act": act, "until": "2026-12-31", "email": "a@b.cn"})
        assert answer.status_code in {400, 403}, act
    assert list(acts(newest=1)) == before
    assert not models.Link.objects.filter(user="lead").exists()
    assert models.User.objects.get(pk="lead").is_active
    sly = {"act": "revoke", "role": "auditor", "enterprise": "other"}
    assert boss.post("/e/demo/people/of/lead/", sly).status_code == 400
    assert {one.enterprise for one in query.roles_of("lead")} == {"demo", "other"}
    signed_in("far", role="auditor", enterprise="other")
    assert boss.get("/e/demo/people/of/far/").status_code == 404


def test_an_account_is_closed_and_opened_again(chief: Client) -> None:
    anna = signed_in("anna", role="auditor", enterprise="demo")
    assert anna.get("/account/").status_code == 200
    chief.post("/people/of/anna/", {"act": "close"})
    assert anna.get("/account/").status_code == 302
    assert "account closed" in chief.get("/people/").content.decode()
    assert chief.post("/people/of/anna/", {"act": "close"}).status_code == 400
    chief.post("/people/of/anna/", {"act": "reopen"})
    assert models.User.objects.get(pk="anna").is_active
    assert chief.post("/people/of/chief/", {"act": "close"}).status_code == 400
    assert [act.verb for act in acts(newest=2)] == ["user.reopen", "user.close"]


def test_an_inspector_comes_by_a_link_to_the_room_alone(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    boss.post("/e/demo/people/add/", {"name": "通管局", "role": "inspector", "email": "", "team": ""})
    assert 'value="link"' not in boss.get("/e/demo/people/of/通管局/").content.decode(), "a password would open nothing"
    # even if somebody gives it more, the link's session opens the room only
    service.grant(user="通管局", role="administrator", enterprise="demo", actor=OPERATOR)
    path = _link(boss.post("/e/demo/people/of/通管局/", {"act": "inspection", "until": _until()}))
    inspector = Client()
    assert inspector.get(path).status_code == 200
    assert inspector.get("/e/demo/").status_code == 302  # looking at the page opens nothing
    for _time in range(2):  # as often as wanted
        assert inspector.post(path).headers["Location"] == "/room/"
    assert inspector.get("/", follow=True).status_code == 200
    assert len(list(acts(verb="inspection.open"))) == 2
    assert inspector.get("/e/demo/").status_code == 404
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=4))
    assert inspector.get("/room/").status_code == 302
    assert Client().get(path).status_code == 410


def test_a_revoked_link_ends_the_session_it_opened(boss: Client) -> None:
    boss.post("/e/demo/people/add/", {"name": "insp", "role": "inspector", "email": "", "team": ""})
    path = _link(boss.post("/e/demo/people/of/insp/", {"act": "inspection", "until": _until()}))
    inspector = Client()
    inspector.post(path)
    assert inspector.get("/room/demo/").status_code == 200
    assert inspector.post(_invited(boss, "administrator")).status_code == 404, "such a session accepts nothing"
    assert {one.role for one in query.roles_of("insp")} == {"inspector"}
    link = models.Link.objects.get(user="insp")
    boss.post("/e/demo/people/of/insp/", {"act": "unlink", "link": link.id})
    assert inspector.get("/room/demo/").headers["Location"].startswith("/account/login/")
    assert next(acts(verb="sign_out")).data == {"user": "insp", "reason": "revoked"}


@pytest.mark.parametrize(("role", "days"), [("inspector", -2), ("inspector", 400), ("auditor", 3)])
def test_a_link_is_an_inspectors_alone_and_ends_within_a_year(boss: Client, role: str, days: int) -> None:
    signed_in("insp", role=role, enterprise="demo")
    assert boss.post("/e/demo/people/of/insp/", {"act": "inspection", "until": _until(days)}).status_code == 400


def test_an_enterprise_is_added(chief: Client) -> None:
    data = {"name": "新企业", "code": "new-1", "province": "北京"}
    assert chief.post("/enterprises/", data).headers["Location"] == "/e/new-1/"
    again = chief.post("/enterprises/", {**data, "code": "NEW-1"})
    assert (again.status_code, 'role="alert"' in again.content.decode()) == (200, True)
    assert [one.code for one in query.enterprises()] == ["demo", "new-1", "other"]


def test_many_people_come_in_pages(chief: Client) -> None:
    for number in range(55):
        service.add_person(name=f"p{number:02}", actor=OPERATOR)
    page = chief.get("/people/").content.decode()
    assert page.count("/people/of/") == 50
    assert chief.get("/people/?page=2").content.decode().count("/people/of/") == 6
    assert chief.get("/people/?q=p07").content.decode().count("/people/of/") == 1


def test_an_account_is_confirmed_by_an_administrator_who_did_not_make_it(boss: Client, chief: Client) -> None:
    boss.post(
        "/e/demo/people/add/", {"name": "carl", "role": "compliance_lead", "email": "carl@example.com", "team": ""}
    )
    page = chief.get("/people/of/carl/").content.decode()
    section = page.partition('id="behind"')[2].partition("</div>")[0]
    assert "Let in by boss." in section
    assert "Confirming ends: one-time links: 1, sessions: 0, tokens: 0, passkeys: 0" in section
    assert "still admits whoever has the address carl@example.com" in section
    assert boss.post("/e/demo/people/of/carl/", {"act": "confirm"}).status_code == 403
    assert chief.post("/people/of/carl/", {"act": "confirm"}).status_code == 302
    assert 'id="behind"' not in chief.get("/people/of/carl/").content.decode()


@pytest.fixture
def far(demo: str) -> Client:
    """Somebody of ``other`` alone."""
    client = signed_in("farr", role="data_officer", enterprise="other", language="en")
    models.User.objects.filter(pk="farr").update(email="farr@example.com", email_at=clock.now())
    return client


def _invited(client: Client, role: str = "auditor") -> str:
    return _link(client.post("/e/demo/people/add/", {"act": "invite", "role": role, "team": ""}))


def test_a_role_by_name_reaches_nobody_of_another_enterprise(boss: Client, far: Client, chief: Client) -> None:
    """Whether the account exists is not to be read from the answer."""
    token = re.compile(r"[A-Za-z0-9]{64}")  # against forged forms, another one each time
    pages = []
    for name in ("farr", "none"):
        answer = boss.post("/e/demo/people/add/", {"act": "give", "user": name, "role": "auditor", "team": ""})
        pages.append((answer.status_code, token.sub("", answer.content.decode()).replace(name, "NAME")))
    assert pages[0] == pages[1]
    assert 'role="alert"' in pages[0][1]
    assert {one.enterprise for one in query.roles_of("farr")} == {"other"}
    for address in ("/e/demo/people/", "/e/demo/people/?q=far", "/e/demo/people/add/", "/e/demo/audit/"):
        assert "farr" not in boss.get(address).content.decode()
    data = {"act": "give", "user": "farr", "role": "auditor"}
    assert chief.post("/people/add/", data).status_code == 302  # the installation's administrator may


def test_an_invitation_is_accepted_by_its_person_once(boss: Client, far: Client) -> None:
    path = _invited(boss)
    stranger = Client().get(path)
    assert stranger.headers["Location"].startswith("/account/login/?next=/account/join/")
    page = far.get(path).content.decode()
    assert "企业 demo" in page
    assert "farr" not in boss.get("/e/demo/people/").content.decode()  # looking at it accepts nothing
    assert far.post(path).headers["Location"] == "/e/demo/"
    assert {(one.role, one.enterprise) for one in query.roles_of("farr")} == {
        ("auditor", "demo"), ("data_officer", "other"),
    }  # fmt: skip
    assert "farr" in boss.get("/e/demo/people/").content.decode()
    person = boss.get("/e/demo/people/of/farr/").content.decode()
    assert "other" not in person.partition("<main")[2]
    assert [(act.actor, act.enterprise) for act in acts(verb="user.grant", newest=1)] == [("user:farr", "demo")]
    again = signed_in("other-one", role="auditor", enterprise="other")
    assert (again.get(path).status_code, again.post(path).status_code) == (410, 410)


def test_an_invitation_ends_when_it_is_taken_back_and_with_its_maker(boss: Client, far: Client, chief: Client) -> None:
    path = _invited(boss)
    row = models.Invitation.objects.get()
    assert row.sha256 not in path
    waiting = {"act": "uninvite", "invitation": row.id}
    assert boss.post("/e/demo/people/add/", waiting).status_code == 302
    assert boss.post("/e/demo/people/add/", waiting).status_code == 404
    assert far.post(path).status_code == 410
    path = _invited(boss)
    chief.post("/people/of/boss/", {"act": "revoke", "role": "administrator", "enterprise": "demo"})
    assert far.post(path).status_code == 410
    assert {one.enterprise for one in query.roles_of("farr")} == {"other"}


def test_the_address_of_another_enterprises_person_is_not_told(boss: Client, far: Client, chief: Client) -> None:
    """It can be written down here too; whoever has had it longest is whom single sign-on lets in."""
    add = {"name": "eve", "role": "auditor", "email": "FARR@example.com", "team": ""}
    assert _link(boss.post("/e/demo/people/add/", add))
    user = query.by_email({"farr@example.com"})
    assert user
    assert user.name == "farr"
    assert boss.post("/e/demo/people/of/eve/", {"act": "email", "email": "farr@example.com"}).status_code == 302
    assert chief.post("/people/of/eve/", {"act": "email", "email": "farr@example.com"}).status_code == 400
