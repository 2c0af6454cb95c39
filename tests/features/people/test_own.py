"""What nobody does to the own account, and how far a token for some acts reaches: a stolen one becomes no account."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.people import operations
from nianjian.platform.accounts import people, query, service
from nianjian.platform.accounts.holds import confirm_account
from nianjian.platform.accounts.links import create_first_link, create_inspection
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.query import acts

PEOPLE = frozenset({"people", "read"})


@pytest.fixture
def boss(demo: str, operator: Actor) -> Actor:
    return query.actor("boss", service.add_user(name="boss", role="administrator", enterprises=[], actor=operator))


@pytest.mark.django_db
@pytest.mark.parametrize("act", [create_first_link, service.remove_second_factor, service.close])
def test_nobody_lets_oneself_in_anew(boss: Actor, operator: Actor, act: Callable[..., object]) -> None:
    with pytest.raises(NianjianError, match="own_account"):
        act(user="boss", actor=boss)
    act(user="boss", actor=operator)


@pytest.mark.django_db
def test_an_own_address_is_set_by_a_session_alone(boss: Actor) -> None:
    service.set_email(user="boss", email="boss@example.com", actor=boss)
    for chosen, code in ((frozenset(Permission), "own_account"), (PEOPLE, "token_too_narrow")):
        with pytest.raises(NianjianError, match=code):
            service.set_email(user="boss", email="thief@example.com", actor=Actor(boss.name, boss.kind, chosen))


REACHES: dict[str, Callable[..., object]] = {
    "link": create_first_link,
    "second factor": service.remove_second_factor,
    "close": service.close,
    "confirm": confirm_account,
    "reopen": service.reopen,
    "address": lambda *, user, actor: service.set_email(user=user, email="thief@example.com", actor=actor),
    "grant": lambda *, user, actor: service.grant(user=user, role="inspector", enterprise="demo", actor=actor),
    "revoke": lambda *, user, actor: service.revoke(user=user, role="administrator", enterprise="", actor=actor),
    "inspection": lambda *, user, actor: create_inspection(
        user=user, expires_at=clock.now() + timedelta(days=1), actor=actor
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("act", REACHES.values(), ids=REACHES)
def test_a_token_for_some_acts_reaches_nobody_who_may_do_more(
    boss: Actor, operator: Actor, act: Callable[..., object]
) -> None:
    service.add_user(name="other", role="administrator", enterprises=[], actor=operator)
    before = list(acts(newest=1))
    narrowed = Actor(boss.name, boss.kind, PEOPLE)
    assert people.governs(boss, "other")
    assert not people.governs(narrowed, "other")
    with pytest.raises(NianjianError, match="token_too_narrow"):
        act(user="other", actor=narrowed)
    assert list(acts(newest=1)) == before


@pytest.mark.django_db
def test_a_token_for_some_acts_gives_no_role_that_may_do_more(boss: Actor) -> None:
    narrowed = Actor(boss.name, boss.kind, PEOPLE)
    for add in (operations.add, operations.add_with_token):
        with pytest.raises(NianjianError, match="token_too_narrow"):
            add(name="eve", role="compliance_lead", enterprises=["demo"], actor=narrowed)
    assert not query.exists("eve")
    assert operations.add(name="eve", role="tester", enterprises=["demo"], actor=narrowed)
    with pytest.raises(NianjianError, match="token_too_narrow"):
        service.grant(user="eve", role="auditor", enterprise="demo", actor=narrowed)
    assert create_first_link(user="eve", actor=narrowed)
