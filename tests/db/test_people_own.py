"""What nobody does to the own account, so that a token that was stolen never becomes the account itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nianjian.accounts import query, service
from nianjian.accounts.links.service import make_first
from nianjian.accounts.query import Actor
from nianjian.kernel.errors import NianjianError


@pytest.fixture
def boss(demo: str, operator: Actor) -> Actor:
    return query.actor("boss", service.add_user(name="boss", role="administrator", enterprises=[], actor=operator))


@pytest.mark.django_db
@pytest.mark.parametrize("act", [make_first, service.remove_second_factor, service.close])
def test_nobody_lets_oneself_in_anew(boss: Actor, operator: Actor, act: Callable[..., object]) -> None:
    with pytest.raises(NianjianError, match="own_account"):
        act(user="boss", actor=boss)
    act(user="boss", actor=operator)


@pytest.mark.django_db
def test_an_own_address_is_set_by_a_session_alone(boss: Actor) -> None:
    service.set_email(user="boss", email="boss@example.com", actor=boss)
    narrowed = Actor(boss.name, boss.kind, frozenset({"people", "read"}))
    with pytest.raises(NianjianError, match="own_account"):
        service.set_email(user="boss", email="thief@example.com", actor=narrowed)
