"""Rows written in the browser: faults at their field, versions, stale forms, ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from tests.support.register_pages import address, sent, text, verbs
from tests.support.teams import standing

from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers import kinds
from nianjian.platform.registers.models import Line

pytestmark = pytest.mark.postgres

OPERATOR = Actor("tester")
IDENTITY = "11010519491231002X"
Write = Callable[..., str]


def test_the_form_writes_a_row_and_one_entry(officer: Client) -> None:
    standing("demo", "T1")
    answer = officer.post(address("new", kind="lines"), {"line_id": "L1", "team": "T1", "state": "启用"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == address("row", kind="lines", key="L1")
    assert Line.objects.get().state == "active"
    assert verbs() == ["registers.create"]


def test_a_faulty_row_is_told_at_its_field(officer: Client) -> None:
    page = text(officer.post(address("new", kind="seats"), {"seat_id": "S1", "team": "T9"}), 422)
    assert 'href="#id_team"' in page
    assert "没有编号或名称为“T9”的团队：请先在团队台账中登记，或改正该单元格" in page
    given = {"number": "浙B2-20240001", "credit_code": "91110000600037341X", "issued_on": "2026-01-05"}
    answer = officer.post(address("new", kind="licences"), {**given, "valid_until": "2025-01-05"})
    page = text(answer, 422)
    assert "校验" in page
    assert 'href="#id_credit_code"' in page
    assert 'href="#id_valid_until"' in page
    assert 'value="91110000600037341X"' in page
    assert verbs() == []


def test_an_edit_writes_a_version_and_keeps_what_is_masked(officer: Client, write: Write) -> None:
    write("seats", seat_id="S1", person="张三丰", identity=IDENTITY, filing="未备案", opened_on="2026-01-01")
    page = text(officer.get(address("edit", kind="seats", key="S1")))
    assert "张三丰" not in page
    assert IDENTITY not in page
    answer = sent(officer, "seats", "S1", filing="已备案", filed_on="2026-02-01")
    assert answer.status_code == 302
    row = kinds.register("seats").model.objects.get(superseded_at=None)
    assert (row.filing, row.person, row.identity, row.opened_on) == ("filed", "张三丰", IDENTITY, date(2026, 1, 1))
    answer = sent(officer, "seats", "S1", **{"clear.person": "on"})
    assert answer.status_code == 302
    assert kinds.register("seats").model.objects.get(superseded_at=None).person is None
    assert verbs() == ["registers.create", "registers.change", "registers.change"]


def test_a_complaint_keeps_its_moments_through_ansent(officer: Client, write: Write) -> None:
    write("complaints", ticket_id="TS1", source="12321", accepted_at="2026-03-01 09:30:15.250", content="骂人")
    assert sent(officer, "complaints", "TS1", team_id="T1").status_code == 302
    before, after = kinds.register("complaints").model.objects.order_by("pk")
    assert (after.accepted_at, after.content, after.team_id) == (before.accepted_at, "骂人", "T1")


def test_a_change_holds_from_its_day_on_the_page(officer: Client, write: Write) -> None:
    standing("demo", "T2")
    write("lines", line_id="L1", team="T1")
    answer = sent(officer, "lines", "L1", how="change", holds_from="2026-03-01", team="T2", reason_given="换队")
    assert answer.status_code == 302
    there = address("row", kind="lines", key="L1")
    for day, team in (("2026-02-28", "T1"), ("2026-03-01", "T2")):
        page = text(officer.get(f"{there}?as_at={day}"))
        assert f"<dt>团队</dt><dd>{team}</dd>" in page
    assert "换队" in page
    assert "T1 → T2" in page
    assert "os:tester" in page
    assert "user:olga" in page


def test_an_edit_from_a_past_day_says_what_it_shows(officer: Client, write: Write) -> None:
    standing("demo", "T2")
    write("lines", line_id="L1", team="T1")
    sent(officer, "lines", "L1", how="change", holds_from="2026-03-01", team="T2")
    edit, there = address("edit", kind="lines", key="L1"), address("row", kind="lines", key="L1")
    assert f'href="{edit}?as_at=2026-02-01"' in text(officer.get(f"{there}?as_at=2026-02-01"))
    page = text(officer.get(f"{edit}?as_at=2026-02-01"))
    assert "您查看的是 2026-02-01" in page
    assert 'value="2026-02-01"' in page, "the change begins on the day that was looked at"
    assert 'value="T2"' in page
    for day in ("", "?as_at=2026-03-05"):  # the newest version held on that day
        assert "您查看的是" not in text(officer.get(edit + day))


def test_a_stale_form_shows_both_versions(officer: Client, write: Write) -> None:
    standing("demo", "T2", "T3")
    write("lines", line_id="L1", team="T1", carrier="电信")
    seen = Line.objects.get().pk
    assert sent(officer, "lines", "L1", team="T2").status_code == 302
    place = address("edit", kind="lines", key="L1")
    given = {"how": "correct", "seen": seen, "team": "T3", "carrier": "电信"}
    page = text(officer.post(place, given), 409)
    row = re.search(r"<td>团队</td><td>T1</td><td>T2</td><td>T3</td>", page)
    assert row is not None
    assert Line.objects.get(superseded_at=None).team == "T2"
    now = Line.objects.get(superseded_at=None).pk
    assert f'name="seen" value="{now}"' in page
    assert officer.post(place, {**given, "seen": now}).status_code == 302
    assert Line.objects.get(superseded_at=None).team == "T3"
    assert verbs().count("registers.change") == 2


def test_rows_end_together_with_one_entry(officer: Client, write: Write) -> None:
    for line in ("L1", "L2", "L3"):
        write("lines", line_id=line)
    first, second = (Line.objects.get(key=key).pk for key in ("L1", "L3"))
    place = address("end", kind="lines")
    page = text(officer.get(f"{place}?row={first}&row={second}"))
    assert page.count('name="row"') == 2
    assert text(officer.post(place, {"row": [first, second], "start": "2026-04-01"}), 422)
    answer = officer.post(place, {"row": [first, second], "start": "2026-04-01", "reason": "停用"})
    assert answer.status_code == 302
    listed = text(officer.get(address("list", kind="lines")))
    assert "L2" in listed
    assert ">L1<" not in listed
    assert "L1" in text(officer.get(address("list", kind="lines") + "?as_at=2026-03-31"))
    assert verbs()[-1] == "registers.end"
    assert verbs().count("registers.end") == 1
    assert text(officer.post(place, {"row": [first], "start": "2026-05-01", "reason": "x"}), 422)
    assert officer.get(f"{place}?" + "&".join(f"row={n}" for n in range(60))).status_code == 400
