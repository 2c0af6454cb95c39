"""Two accounts are two people only if nobody might be behind both of them."""

import hashlib
import importlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.people import operations
from nianjian.platform.accounts import query, service, tokens
from nianjian.platform.accounts.holds import (
    Ended,
    confirm_account,
    list_common_holders,
    list_controlling_users,
    list_holders,
)
from nianjian.platform.accounts.links import create_first_link, use_first_link
from nianjian.platform.accounts.models import Hold
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.sign_in import record_change
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.postgres

DIGEST = hashlib.sha256(b"what is asked for").hexdigest()


@pytest.fixture
def boss(demo: str, operator: Actor) -> Actor:
    """An administrator whom the local operator made."""
    return query.actor("boss", service.add_user(name="boss", role="administrator", enterprises=[demo], actor=operator))


@pytest.fixture
def chief(demo: str, operator: Actor) -> Actor:
    """Another one."""
    return query.actor("chief", service.add_user(name="chief", role="administrator", enterprises=[], actor=operator))


def _add_person(name: str, by: Actor, role: str = "administrator") -> Actor:
    operations.add(name=name, role=role, enterprises=["demo"], actor=by)
    return Actor(name, USER)


def _approve(asks: Actor, approves: Actor) -> str:
    approval = approvals.create_request(kind="isolate", subject="L1", digest=DIGEST, enterprise="demo", actor=asks)
    try:
        return approvals.approve_request(approval=approval.id, digest=DIGEST, actor=approves).state
    except NianjianError as error:
        approvals.refuse_request(approval=approval.id, actor=asks)
        return error.code


def test_who_can_decide_is_never_the_asker_nor_an_account_that_the_asker_holds(boss: Actor, chief: Actor) -> None:
    puppet = _add_person("puppet", boss)
    able, unconfirmed = approvals.split_approvers("demo", boss)
    assert ([person.name for person in able], [person.name for person in unconfirmed]) == (["chief"], ["puppet"])
    request = {"kind": "isolate", "subject": "L1", "digest": DIGEST, "enterprise": "demo", "actor": boss}
    for unfit in ("boss", puppet.name, "nobody"):
        with pytest.raises(NianjianError, match="approver_unfit"):
            approvals.create_request(**request, approver=unfit)
    assert approvals.create_request(**request, approver=chief.name).approver == "chief"
    confirm_account(user="puppet", actor=chief)
    assert [person.name for person in approvals.list_approvers("demo", boss)] == ["chief", "puppet"]


def test_two_accounts_of_one_maker_are_no_two_people(boss: Actor, chief: Actor) -> None:
    one, two = _add_person("one", boss), _add_person("two", boss)
    assert _approve(one, two) == "approval_not_apart"
    with pytest.raises(NianjianError, match="confirm_not_apart"):
        confirm_account(user="one", actor=two)
    with pytest.raises(NianjianError, match="own_account"):
        confirm_account(user="two", actor=two)
    further = _add_person("further", two)
    assert list_controlling_users("further") == {"further", "two", "boss"}
    assert _approve(boss, further) == "approval_not_apart"
    assert _approve(one, chief) == "approved"


@pytest.mark.parametrize(
    "act",
    [
        create_first_link,
        lambda *, user, actor: service.set_email(user=user, email="a@example.com", actor=actor),
        pytest.param(lambda *, user, actor: _lost(user, actor), id="second factor"),
    ],
    ids=["link", "address", None],
)
def test_each_way_in_is_held(boss: Actor, chief: Actor, anna: Actor, act: Callable[..., object]) -> None:
    service.grant(user="anna", role="auditor", enterprise="demo", actor=boss)
    service.set_email(user="anna", email="", actor=boss)
    assert list_holders("anna") == list_common_holders("boss", "anna") == [], "neither of these is a way in"
    assert _approve(boss, anna) == "approved"
    token = tokens.create_token(user="anna", name="own", scopes=None, days=None, actor=anna).secret
    assert confirm_account(user="anna", actor=chief).ended == Ended(0, 0, 0, 0, 0), "nobody holds it"
    assert query.bearer(token) == Actor("anna", USER)
    act(user="anna", actor=boss)
    assert list_holders("anna") == ["boss"]
    assert _approve(boss, anna) == "approval_not_apart"


def _lost(user: str, actor: Actor) -> None:
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- after Django

    Authenticator.objects.create(user_id=user, type=Authenticator.Type.TOTP, data={})
    service.remove_second_factor(user=user, actor=actor)


def test_another_administrator_confirms(boss: Actor, chief: Actor) -> None:
    puppet = _add_person("puppet", boss, "compliance_lead")
    assert _approve(boss, puppet) == _approve(puppet, boss) == "approval_not_apart"
    with pytest.raises(NianjianError, match="confirm_not_apart"):
        confirm_account(user="puppet", actor=boss)
    assert confirm_account(user="puppet", actor=chief).behind == ["boss"]
    assert next(acts(newest=1)).verb == "user.confirm"
    assert _approve(boss, puppet) == "approved"
    assert confirm_account(user="puppet", actor=chief).behind == []
    create_first_link(user="puppet", actor=boss)
    assert _approve(boss, puppet) == "approval_not_apart"


def _refused(by: Actor) -> None:
    with pytest.raises(NianjianError, match="confirm_password_kept"):
        confirm_account(user="puppet", actor=by)


def test_a_password_that_a_holder_may_know_is_changed_first(
    boss: Actor, chief: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = operations.add(name="puppet", role="compliance_lead", enterprises=["demo"], actor=boss)
    assert link
    record_change(user="puppet", what="password")  # before it was in anybody's hands again
    again = create_first_link(user="puppet", actor=boss)
    use_first_link(secret=again.secret, password="eine lange Losung 47")  # noqa: S106 -- of the test
    _refused(chief)
    _refused(operator)
    record_change(user="puppet2", what="password")
    record_change(user="puppet", what="second_factor.add")
    _refused(chief)
    record_change(user="puppet", what="password")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=2))
    _refused(chief)
    monkeypatch.undo()
    assert confirm_account(user="puppet", actor=chief).behind == ["boss"]
    assert list_holders("puppet") == []


def _session(user: str) -> str:
    session = SessionStore()
    session[SESSION_KEY] = user
    session.save()
    return str(session.session_key)


def test_a_confirmation_ends_every_way_in_that_a_holder_may_have_kept(boss: Actor, chief: Actor) -> None:
    link = operations.add(
        name="puppet", role="compliance_lead", enterprises=["demo"], actor=boss, email="p@example.com"
    )
    assert link
    token = tokens.create_token(user="puppet", name="kept", scopes=None, days=None, actor=Actor("puppet", USER)).secret
    for kind in Authenticator.Type:
        Authenticator.objects.create(user_id="puppet", type=kind, data={})
    SocialAccount.objects.create(user_id="puppet", provider="oidc", uid="boss")
    mine, other = _session("puppet"), _session("chief")
    done = confirm_account(user="puppet", actor=chief)
    assert done.ended == Ended(links=1, sessions=1, tokens=1, passkeys=1, connections=1)
    assert done.email == "p@example.com"
    with pytest.raises(NianjianError, match="link_invalid"):
        use_first_link(secret=link.secret, password="eine lange Losung 47")  # noqa: S106 -- of the test
    assert query.bearer(token) is None
    assert not SocialAccount.objects.filter(user_id="puppet").exists()
    factors = set(Authenticator.objects.filter(user_id="puppet").values_list("type", flat=True))
    assert factors == {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}
    assert not SessionStore().exists(mine)
    assert SessionStore().exists(other)
    assert next(acts(verb="user.confirm")).data["ended"] == done.ended.as_dict()


def test_a_link_ends_when_the_account_is_closed(boss: Actor, chief: Actor) -> None:
    link = operations.add(name="puppet", role="compliance_lead", enterprises=["demo"], actor=boss)
    assert link
    service.close(user="puppet", actor=boss)
    assert confirm_account(user="puppet", actor=chief).ended.links == 0
    service.reopen(user="puppet", actor=boss)
    with pytest.raises(NianjianError, match="link_invalid"):
        use_first_link(secret=link.secret, password="eine lange Losung 47")  # noqa: S106 -- of the test


def test_the_only_administrator_has_the_operators_word(boss: Actor, operator: Actor) -> None:
    lead, officer = _add_person("lead", boss, "compliance_lead"), _add_person("officer", boss, "data_officer")
    assert _approve(officer, lead) == "approval_not_apart"
    assert confirm_account(user="lead", actor=operator).behind == ["boss"]
    assert _approve(officer, lead) == "approved"
    assert next(acts(verb="user.confirm")).actor == "os:root"


def test_the_upgrade_reads_the_chain(boss: Actor, chief: Actor, operator: Actor) -> None:
    _add_person("puppet", boss)
    create_first_link(user="puppet", actor=chief)
    service.set_email(user="chief", email="chief@example.com", actor=chief)
    service.add_user(name="anna", role="auditor", enterprises=["demo"], actor=operator)
    holds = set(Hold.objects.values_list("user_id", "by"))
    assert holds == {("puppet", "boss"), ("puppet", "chief")}
    Hold.objects.all().delete()
    importlib.import_module("nianjian.platform.accounts.migrations.0005_holds").fill(apps, None)
    assert set(Hold.objects.values_list("user_id", "by")) == holds
