"""The gate by the API: what it allows, how it is, what it decided; some changes wait for a second person."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.support import gate as asked
from tests.support.asking import DEMO, Ask, post

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Verdict
from nianjian.engines.gate.snapshot import files
from nianjian.features.dial_policy import decisions as check
from nianjian.features.dial_policy import feed

GATE = f"{DEMO}/gate"


@pytest.fixture(autouse=True)
def _gate(api_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers at the gate's address; its journal knows three decisions of two enterprises."""
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())  # a test's transaction is never over
    monkeypatch.setenv("NIANJIAN_GATE_URL", "http://127.0.0.1:9")
    journal = Journal(files.decisions_folder(api_home), "p1")
    journal.open(asked.NOON)
    for place, (code, allow, reason) in enumerate(
        (("demo", True, "allow"), ("demo", False, "do-not-call"), ("other", False, "hours"))
    ):
        request = asked.request(enterprise=code, callee=f"1390013900{place}", call_id=f"c{place}")
        journal.note(request, Verdict(allow=allow, reason=reason, decision_id=f"d{place}"), 1, asked.NOON + place)
    journal.close()


def listed(client: Client, name: str) -> list[Any]:
    """One of the gate's lists."""
    items: list[Any] = client.get(f"{GATE}/{name}").json()["items"]
    return items


def test_what_it_allows_and_what_was_set(api: Ask) -> None:
    client = api()
    document = client.get(GATE).json()
    assert (document["enforce"], listed(client, "caps"), listed(client, "standing")) == (True, [], [])
    assert {one["name"]: one["fail_open"] for one in document["purposes"]}["service"] is False
    cap = {"key": "display", "name": "95013009", "cap": 40, "reason": "投诉多"}
    done = post(client, f"{GATE}/caps", cap)
    assert (done.status_code, done.json()["state"], done.json()["approval"]) == (200, "set", None)
    (one,) = listed(client, "caps")
    assert (one["key"], one["only"], one["limit"], one["window"]) == ("display", "95013009", 40, "calendar_day")
    assert listed(client, "channels") == []
    (row,) = listed(client, "settings")
    assert listed(client, "standing") == [row]
    assert (row["reason"], row["values"], row["by"]) == ("投诉多", {"cap": 40, "white_list": False}, "user:anna")
    assert post(client, f"{GATE}/caps", cap).json()["code"] == "gate_policy_same"
    assert post(client, f"{GATE}/caps", {**cap, "reason": ""}).status_code == 422
    for more in (50, 60):
        post(client, f"{GATE}/caps", {**cap, "cap": more})
    document = client.get(f"{GATE}/settings?limit=2").json()
    assert [one["values"]["cap"] for one in document["items"]] == [60, 50]
    document = client.get(document["next"]).json()
    assert ([one["values"]["cap"] for one in document["items"]], document["next"]) == ([40], None)
    waiting = post(client, f"{GATE}/caps", {**cap, "cap": None, "white_list": True}).json()
    assert (waiting["state"], listed(client, "isolated-displays")) == ("pending", [])
    address = f"{DEMO}/approvals/{waiting['approval']}/decision"
    assert post(api("compliance_lead", name="bo"), address, {"decision": "yes"}).status_code == 200
    assert listed(client, "isolated-displays") == ["95013009"]


def test_how_it_is(api: Ask) -> None:
    client = api("tester")
    document = client.get(f"{GATE}/state").json()
    assert (document["snapshot"]["state"], document["process"]["status"]) == ("missing", "unreached")
    feed.feed()
    document = client.get(f"{GATE}/state").json()["snapshot"]
    assert (document["state"], document["generation"]) == ("fresh", 1)
    assert document["age_s"] < 60


def test_decisions_and_a_days_journal_show_nobodys_number(api: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = api("auditor")
    assert client.get(f"{GATE}/decisions").json() == {"items": [], "more": False, "reached": None}
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")
    page = client.get(f"{GATE}/decisions").json()
    assert [(one["callee"], one["reason"]) for one in page["items"]] == [
        ("139****9001", "do-not-call"),
        ("139****9000", "allow"),
    ]
    assert page["more"] is False
    newest = client.get(f"{GATE}/decisions?limit=1").json()
    assert (newest["more"], newest["items"][0]["call_id"]) == (True, "c1")
    older = client.get(f"{GATE}/decisions?until={asked.NOON + 1}").json()["items"]
    assert [one["call_id"] for one in older] == ["c0"]
    since = client.get(f"{GATE}/decisions?since={asked.NOON + 1}").json()["items"]
    assert [one["call_id"] for one in since] == ["c1"]
    allowed = client.get(f"{GATE}/decisions?allow=true&callee=13900139000").json()["items"]
    assert [one["call_id"] for one in allowed] == ["c0"]
    answer = client.get(f"{GATE}/journal?day=2026-11-25")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [row["call_id"] for row in csv.DictReader(io.StringIO(body))] == ["c0", "c1"]
    assert "13900139" not in body


def test_one_question_reads_so_many_lines_and_says_how_to_go_on(api: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-26")
    monkeypatch.setattr(check, "LINES", 1)
    client = api("auditor")
    page = client.get(f"{GATE}/decisions?until={asked.NOON + 2}").json()  # no since: the day of that moment
    assert [one["call_id"] for one in page["items"]] == ["c1"]
    assert (page["more"], page["reached"]) == (True, asked.NOON + 1)
    page = client.get(f"{GATE}/decisions?until={page['reached']}").json()
    assert ([one["call_id"] for one in page["items"]], page["more"]) == (["c0"], False)


def test_a_long_days_journal_comes_in_parts(api: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    client, address = api(), f"{GATE}/journal?day=2026-11-25"
    answer = client.get(address)
    whole = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert not answer.has_header("Link")
    monkeypatch.setattr("nianjian.engines.gate.decision_search.PART", 100)
    taken, parts = [], 0
    while address:
        answer = client.get(address)
        taken += b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1:]  # type: ignore[attr-defined]
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        address, parts = link[1] if link else "", parts + 1
    assert (taken, parts > 1) == (whole[1:], True)
