"""Tickets through the API: from arrival to close, who sees what, and what is refused."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.import_pages import work

from nianjian.engines.kernel import clock
from nianjian.features.season import reminders
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts as chain

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HOME = "/api/v1/enterprises/demo/complaints"
ONE = f"{HOME}/tickets/I1"


@pytest.fixture
def ask(db: None, api_home: Any) -> Callable[..., tuple[int, Any]]:
    from nianjian.platform.accounts import service, tokens  # noqa: PLC0415 -- after the settings

    del db, api_home
    boss = Actor("tester")
    service.add_enterprise(code="demo", name="示范", province="北京", actor=boss)
    secrets = {}
    for name, role, team in (("olga", "data_officer", None), ("otto", "outsourcer", "T1")):
        more = {"team": team} if team else {}
        service.add_user(name=name, role=role, enterprises=["demo"], actor=boss, **more)
        secrets[name] = tokens.create_token(
            user=name, name="t", scopes=None, days=None, actor=Actor(name, "user")
        ).secret

    def asked(
        method: str, address: str, body: Any = None, who: str = "olga", raw: bytes = b"", *, parsed: bool = True
    ) -> tuple[int, Any]:
        client = Client(headers={"authorization": f"Bearer {secrets[who]}"})
        media = "application/octet-stream" if raw else "application/json"
        answer = client.generic(method, address, raw or ("" if body is None else json.dumps(body)), media)
        return answer.status_code, json.loads(answer.content) if parsed else answer.content

    return asked


def test_overdue_tickets_are_an_obstacle_of_overview_season_and_reminders(ask: Callable[..., tuple[int, Any]]) -> None:
    now = clock.now()
    for name, hours in (("hour", 1), ("three", 3), ("days", 48), ("years", 9600)):
        add(ask, id=name, arrived=(now - timedelta(hours=hours)).isoformat(timespec="seconds"))
    add(ask, id="own", arrived=(now - timedelta(hours=30)).isoformat(timespec="seconds"), team="T1")
    _status, overview = ask("GET", "/api/v1/enterprises/demo/overview")
    assert (overview["mood"], overview["reason"]) == ("act", "overdue")
    first = overview["blockers"][0]
    assert first["code"] == "complaints_overdue"
    assert (first["values"]["count"], first["values"]["oldest"], first["values"]["days"]) == (4, "years", 399)
    _status, season = ask("GET", "/api/v1/enterprises/demo/season")
    (obstacle,) = season["obstacles"]
    assert (obstacle["code"], obstacle["values"]) == (first["code"], first["values"])
    assert "4 张投诉工单逾期未办结" in obstacle["text"]
    _status, another = ask("GET", "/api/v1/enterprises/demo/season?today=2026-01-15")
    assert another["obstacles"] == [], "what is overdue today says nothing of another day"
    for who, names in (("olga", ["years", "days", "own", "three"]), ("otto", ["own"])):
        _status, page = ask("GET", f"{HOME}?overdue=true", who=who)
        assert [(one["key"], one["overdue"]) for one in page["items"]] == [(name, True) for name in names]
    _status, page = ask("GET", HOME)
    assert [one["key"] for one in page["items"]] == ["years", "days", "own", "three", "hour"]
    assert reminders.enqueue_due_reminders() > 0
    _status, inbox = ask("GET", "/api/v1/me/inbox")
    (reminded,) = [one for one in inbox["items"] if one["about"] == "obstacle:complaints_overdue"]
    assert reminded["text"] == obstacle["text"]
    assert reminded["left"] in {-399, -400}, "by the calendar"


def add(ask: Callable[..., tuple[int, Any]], **more: Any) -> Any:
    defaults = {"source": "12321", "id": "I1", "arrived": "2026-03-01T22:15:00", "complainant": "13800138000"}
    status, ticket = ask("POST", HOME, defaults | {"complained": "95013001", "content": "天天打来"} | more)
    assert status == 201, ticket
    return ticket


def test_from_arrival_to_close(ask: Callable[..., tuple[int, Any]]) -> None:
    ticket = add(ask, source="one_click")
    assert (ticket["response_due"], ticket["close_due"]) == ("2026-03-02 00:15:00", "2026-03-02 22:15:00")
    assert ticket["values"]["complainant"] == "138****8000"
    assert "天天" not in str(ticket)
    assert ask("POST", f"{ONE}/close", {"result": "致歉"})[0] == 409
    status, ticket = ask("POST", f"{HOME}/responses", {"tickets": ["I1"], "at": "2026-03-01T23:00:00+08:00"})
    assert (status, ticket["items"][0]["response_on_time"]) == (200, True)
    assert ask("POST", f"{ONE}/callback", {"result": "满意", "at": "2026-03-02T09:00:00"})[0] == 200
    status, ticket = ask("POST", f"{ONE}/close", {"result": "致歉", "at": "2026-03-02T09:30:00"})
    assert (status, ticket["state"], ticket["close_on_time"]) == (200, "closed", True)
    assert ask("POST", f"{ONE}/unclose", {})[1]["state"] == "called_back"
    assert ask("POST", f"{ONE}/unclose", {})[0] == 409
    assert ask("POST", f"{ONE}/close", {"result": "致歉", "at": "2026-03-02T09:30:00"})[0] == 200
    assert ask("POST", f"{ONE}/reopen", {})[1]["state"] == "reopened"
    status, ticket = ask("GET", ONE)
    assert [event["act"] for event in ticket["history"]] == [
        "reopen",
        "close",
        "unclose",
        "close",
        "callback",
        "respond",
        "add",
    ]


def test_what_is_looked_for(ask: Callable[..., tuple[int, Any]]) -> None:
    for name, day in (("I2", "02"), ("I1", "01"), ("I3", "03")):
        add(ask, id=name, arrived=f"2026-03-{day}T10:00:00", drill=name == "I3")

    def found(query: str) -> list[str]:
        return [one["key"] for one in ask("GET", f"{HOME}?{query}")[1]["items"]]

    assert found("") == ["I1", "I2", "I3"]
    assert found("drill=false&limit=1") == ["I1"]
    assert found("hand=late&clock=close&q=I2") == ["I2"]
    assert found("state=closed") == []
    assert ask("GET", f"{HOME}?state=nonsense")[0] == 422
    assert ask("GET", f"{HOME}?limit=2")[1]["next"]


def test_only_tickets_that_are_there_are_matched(ask: Callable[..., tuple[int, Any]]) -> None:
    add(ask)
    assert ask("POST", f"{HOME}/matches", {"tickets": ["I1", "I9"]})[0] == 404
    status, job = ask("POST", f"{HOME}/matches", {"tickets": ["I1"]})
    assert (status, job["kind"]) == (202, "complaints.match")
    work()
    assert ask("GET", f"/api/v1/enterprises/demo/jobs/{job['id']}")[1]["result"]["none"] == 1


def test_a_forward_list_is_work_and_a_faulty_one_comes_back_marked(ask: Callable[..., tuple[int, Any]]) -> None:
    def sent(content: str) -> Any:
        status, job = ask("POST", f"{HOME}/forwards?name=a.csv&source=12321", raw=content.encode())
        assert status == 202, job
        work()
        return ask("GET", f"/api/v1/enterprises/demo/jobs/{job['id']}")[1]

    done = sent("上级单号,被投诉号码,来电时间\nA-1,95013001,2026-03-01 10:00:00\n")["result"]
    assert (done["rows"]["added"], done["errors"]) == (1, [])
    job = sent("上级单号,被投诉号码,来电时间\nA-2,95013001,昨天\n")
    assert [one["code"] for one in job["result"]["errors"]] == ["date_unreadable"]
    assert "blob" not in job["result"]
    status, book = ask("GET", f"{HOME}/forwards/{job['id']}/file", parsed=False)
    assert (status, book[:2]) == (200, b"PK")
    assert ask("GET", f"{HOME}/forwards/J0/file")[0] == 404


def test_a_reveal_is_told(ask: Callable[..., tuple[int, Any]]) -> None:
    add(ask, team="T1")
    status, ticket = ask("POST", f"{ONE}/reveal")
    assert (status, ticket["values"]["complainant"], ticket["values"]["content"]) == (200, "13800138000", "天天打来")
    assert next(one.verb for one in chain()) == "registers.reveal"
