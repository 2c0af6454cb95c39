"""An enterprise with registers, and people of several roles."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from tests.support.people import signed_in
from tests.support.teams import standing

from nianjian.platform.accounts import models
from nianjian.platform.accounts import service as people
from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers import storage

OPERATOR = Actor("tester")
Write = Callable[..., str]


@pytest.fixture
def demo(db: None) -> str:
    people.add_enterprise(code="demo", name="示范", province="北京", actor=OPERATOR)
    return "demo"


@pytest.fixture
def write(demo: str) -> Write:
    def run(kind: str, since: date | None = None, /, **texts: str) -> str:
        if kind != "teams":
            standing(demo, texts.get("team", ""))
        return storage.create_row(kind=kind, enterprise=demo, texts=texts, since=since, reason="", actor=OPERATOR)

    return run


@pytest.fixture
def officer(demo: str) -> Client:
    return signed_in("olga", "data_officer", demo)


@pytest.fixture
def reader(demo: str) -> Client:
    return signed_in("ivan", "tester", demo)


@pytest.fixture
def outsourcer(demo: str) -> Client:
    client = signed_in("otto", "outsourcer", demo)
    models.Membership.objects.filter(user_id="otto").update(team="T1")
    return client
