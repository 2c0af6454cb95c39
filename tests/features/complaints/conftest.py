"""An enterprise with tickets, a public address, and people who may do different things."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.complaints import one_click, operations
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise

BOSS = Actor("tester")
NUMBER = "95013001"


def opened(ticket: str, **texts: str) -> str:
    """A ticket that has just arrived."""
    defaults = {"ticket_id": ticket, "source": "12321", "complained": NUMBER, "complainant": "13800138000"}
    return operations.open_ticket(enterprise="demo", texts=defaults | texts, actor=BOSS)


def ago(hours: float) -> str:
    """Wall time so many hours ago, as it is typed."""
    moment = clock.now().timestamp() - hours * 3600
    return f"{clock.now().fromtimestamp(moment, clock.ZONE):%Y-%m-%d %H:%M:%S}"


@pytest.fixture
def tickets(db: None, home: Path, keys: None) -> SimpleNamespace:
    del db, home, keys
    add_enterprise(code="demo", name="示范<b>公司", province="北京", actor=BOSS)
    door = one_click.open_door(enterprise="demo", number=NUMBER, actor=BOSS)
    return SimpleNamespace(door=door, address=f"/c/{door.token}")


@pytest.fixture
def officer(tickets: SimpleNamespace) -> Client:
    del tickets
    return signed_in("olga", "data_officer", "demo")


@pytest.fixture
def outsourcer(tickets: SimpleNamespace) -> Client:
    del tickets
    client = signed_in("otto", "outsourcer", "demo")
    Membership.objects.filter(user_id="otto").update(team="T1")
    return client
