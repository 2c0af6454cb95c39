"""Signing in: the one-time link, the password, the lock-out, the end of a session."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from nianjian.engines.kernel import clock
from nianjian.features.people.operations import first_administrator
from nianjian.platform.accounts import models
from nianjian.platform.accounts.links import create_first_link, revoke_link
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
OPERATOR = Actor("root")
PASSWORD = "eine lange Losung 47"  # noqa: S105 -- of a person of the tests


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def boss() -> str:
    """An administrator who has chosen a password; the name."""
    made = first_administrator(name="boss", enterprise="", again=False, actor=OPERATOR)
    client = Client()
    answer = client.post(made.path, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return "boss"


def _sign_in(client: Client, name: str, password: str, **more: str) -> int:
    return client.post("/account/login/", {"login": name, "password": password, **more}).status_code


def test_the_first_administrator_chooses_a_password_once() -> None:
    made = first_administrator(name="boss", enterprise="", again=False, actor=OPERATOR)
    client = Client()
    page = client.get(made.path)
    assert page.status_code == 200
    assert "boss" in page.content.decode()
    assert client.get(made.path).status_code == 200  # looking uses nothing up
    answer = client.post(made.path, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/")
    assert client.get("/").status_code == 200
    assert client.get(made.path).status_code == 410
    assert Client().post(made.path, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    verbs = [act.verb for act in acts(newest=3)]
    assert verbs == ["sign_in", "user.password", "user.link"]


def test_a_weak_or_mistyped_password_is_refused() -> None:
    made = first_administrator(name="boss", enterprise="", again=False, actor=OPERATOR)
    for password, again in (("short",) * 2, (PASSWORD, "another"), ("123456789012",) * 2, ("", "")):
        answer = Client().post(made.path, {"password": password, "again": again})
        assert answer.status_code == 200
        assert 'aria-invalid="true"' in answer.content.decode(), password
    assert not models.User.objects.get(pk="boss").has_usable_password()


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
    client = Client()
    assert client.get("/").headers["Location"] == "/account/login/?next=/"
    answer = client.post("/account/login/", {"login": boss, "password": PASSWORD, "next": "/account/2fa/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/")
    assert client.get("/").status_code == 200
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/").status_code == 302
    told = [(act.verb, act.actor, act.data) for act in acts(newest=2)]
    assert told == [
        ("sign_out", "user:boss", {"user": "boss", "reason": "asked"}),
        ("sign_in", "user:boss", {"user": "boss", "method": "password"}),
    ]


def test_a_foreign_address_is_never_followed(boss: str) -> None:
    client = Client()
    answer = client.post("/account/login/", {"login": boss, "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_is_audited_without_an_unknown_name(boss: str) -> None:
    assert _sign_in(Client(), boss, "wrong") == 200
    assert _sign_in(Client(), "my secret typed in the wrong field", "wrong") == 200
    told = [(act.verb, act.actor, act.data) for act in acts(newest=2)]
    assert told == [
        ("sign_in.failed", "nobody", {"user": "", "by": "password"}),
        ("sign_in.failed", "user:boss", {"user": "boss", "by": "password"}),
    ]


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


def test_a_closed_account_does_not_come_in(boss: str) -> None:
    models.User.objects.filter(pk=boss).update(is_active=False)
    client = Client()
    answer = client.post("/account/login/", {"login": boss, "password": PASSWORD})
    assert answer.headers["Location"] == "/account/inactive/"
    assert client.get("/account/inactive/").status_code == 200
    assert client.get("/").status_code == 302
