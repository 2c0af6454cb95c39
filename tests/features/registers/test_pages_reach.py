"""Who reaches what: masked or in full, own rows, strangers, other tenants."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support.register_pages import BASE, address, sheet, text, verbs
from tests.support.teams import standing

from nianjian.platform.accounts import service as people
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import storage
from nianjian.platform.registers.attachments import list_row_papers
from nianjian.platform.registers.models import Line

pytestmark = pytest.mark.postgres

OPERATOR = Actor("tester")
IDENTITY = "11010519491231002X"
Write = Callable[..., str]


def test_a_reveal_shows_the_values_once_and_is_noted(officer: Client, reader: Client, write: Write) -> None:
    key = write("staff", staff_id="1001", person="张三丰", identity=IDENTITY)
    there = address("row", kind="staff", key=key)
    place = address("reveal", kind="staff", key=key)
    assert "张三丰" not in text(officer.get(there))
    answer = officer.post(place)
    page = text(answer)
    assert "张三丰" in page
    assert IDENTITY in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "张三丰" not in text(officer.get(there))
    [told] = [act for act in acts() if act.verb == "registers.reveal"]
    assert (told.actor, told.data["key"], told.data["fields"]) == ("user:olga", key, ["person", "identity"])
    assert officer.get(place).status_code == 405
    assert reader.post(place).status_code == 403
    assert len([act for act in acts() if act.verb == "registers.reveal"]) == 1


def test_a_list_leaves_masked_and_in_full_only_by_right(officer: Client, reader: Client, write: Write) -> None:
    write("staff", staff_id="1001", person="张三丰", post="=1+1")
    write("staff", staff_id="1002", person="李四", post="质检")
    place = address("export", kind="staff")
    header, *rows = sheet(reader.post(place + "?f.post=质检", {"format": "xlsx"}))
    assert "脱敏姓名" in header
    assert [row[:2] for row in rows] == [["1002", "李*"]]
    assert reader.post(place, {"format": "xlsx", "full": "yes"}).status_code == 403
    answer = officer.post(place, {"format": "csv", "full": "yes"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0][:3] == ["工号", "姓名", "证件号"]
    assert [line[:2] for line in lines[1:]] == [["1001", "张三丰"], ["1002", "李四"]]
    assert "'=1+1" in lines[1]
    told = [act.data for act in acts() if act.verb == "registers.export"]
    assert [(one["rows"], one["full"], one["filters"]) for one in told] == [(2, True, []), (1, False, ["f.post"])]
    assert officer.get(place).status_code == 405
    assert officer.post(place, {"format": "exe"}).status_code == 404


def test_an_outsourcer_sees_own_rows_and_writes_none(outsourcer: Client, write: Write) -> None:
    write("teams", team_id="T1", name="一队")
    write("teams", team_id="T2", name="二队")
    for line, team, gateway in (("L1", "T1", "G1"), ("L2", "T2", "G2"), ("L3", "一队", "G1")):
        write("lines", line_id=line, team=team, gateway=gateway)
    for root, gateway in (("95013", "G1"), ("95014", "G2")):
        write("numbers", root=root, gateway=gateway)
    for seat, team in (("S1", "T1"), ("S2", "T2")):
        write("seats", seat_id=seat, team=team)
    mine = write("staff", staff_id="1", seat_id="S1")
    other = write("staff", staff_id="2", seat_id="S2")
    for ticket, team, line in (("C1", "T1", ""), ("C2", "T2", "L1"), ("C3", "", "L3")):
        given = {"ticket_id": ticket, "source": "12321", "accepted_at": "2026-03-01", "team_id": team, "line_id": line}
        write("complaints", **given)
    write("licences", number="浙B2-20240001")
    expected = {
        "teams": ["T1"], "lines": ["L1", "L3"], "numbers": ["95013"], "seats": ["S1"], "staff": [mine],
        "complaints": ["C1", "C3"],
    }  # fmt: skip
    for kind, keys in expected.items():
        page = text(outsourcer.get(address("list", kind=kind), {"team": "T2"}))
        assert re.findall(rf'<tr><td><a href="{BASE}{kind}/([^/]+)/"', page) == keys
        assert text(outsourcer.get(address("row", kind=kind, key=keys[0])))
        for verb in ("new", "end"):
            assert outsourcer.get(address(verb, kind=kind)).status_code == 403
        assert outsourcer.get(address("edit", kind=kind, key=keys[0])).status_code == 403
    for kind, key in (("teams", "T2"), ("lines", "L2"), ("numbers", "95014"), ("seats", "S2"), ("staff", other)):
        assert outsourcer.get(address("row", kind=kind, key=key)).status_code == 404
    for kind in ("licences", "wages", "social-insurance", "consents"):
        assert outsourcer.get(address("list", kind=kind)).status_code == 404
        assert outsourcer.post(address("export", kind=kind), {"format": "csv"}).status_code == 404
    page = text(outsourcer.get(BASE))
    assert "licences" not in page
    rows = sheet(outsourcer.post(address("export", kind="lines"), {"format": "xlsx"}))
    assert [row[0] for row in rows[1:]] == ["L1", "L3"]
    assert "二队" not in text(outsourcer.get(address("row", kind="lines", key="L1")))


def test_what_a_team_owned_before_is_not_shown_to_the_next(outsourcer: Client, write: Write) -> None:
    standing("demo", "T1")
    write("lines", line_id="L1", team="T2", name="旧名")
    seen = Line.objects.get().pk
    storage.change_row(
        kind="lines", enterprise="demo", version=seen, texts={"team": "T1", "name": "新名"}, start=date(2026, 3, 1),
        over=False, reason="", actor=OPERATOR,
    )  # fmt: skip
    page = text(outsourcer.get(address("row", kind="lines", key="L1")))
    assert "新名" in page
    assert "旧名" not in page
    assert ">T2<" not in page
    assert "T2 →" not in page
    assert outsourcer.get(address("row", kind="lines", key="L1"), {"as_at": "2026-02-01"}).status_code == 200
    old = text(outsourcer.get(address("row", kind="lines", key="L1"), {"as_at": "2026-02-01"}))
    assert "旧名" not in old


def test_rows_of_one_tenant_are_not_reached_through_another(demo: str, write: Write, officer: Client) -> None:
    people.add_enterprise(code="other", name="另一家", province="上海", actor=OPERATOR)
    storage.create_row(kind="lines", enterprise="other", texts={"line_id": "X1"}, since=None, reason="", actor=OPERATOR)
    foreign = Line.objects.get().pk
    assert officer.get(address("row", kind="lines", key="X1")).status_code == 404
    answer = officer.post(address("end", kind="lines"), {"row": [foreign], "start": "2026-01-01", "reason": "x"})
    assert answer.status_code == 422
    assert Line.objects.get().superseded_at is None


def test_papers_are_kept_given_out_and_taken_off_by_right(
    officer: Client, reader: Client, outsourcer: Client, write: Write
) -> None:
    write("teams", team_id="T1", name="一队")
    place = address("attach", kind="teams", key="T1")
    there = address("row", kind="teams", key="T1")

    def scan() -> SimpleUploadedFile:
        return SimpleUploadedFile("外包协议.pdf", b"%PDF-1.7 agreement")

    assert reader.post(place, {"file": scan()}).status_code == 403
    assert officer.post(place, {"file": scan()}, follow=True).redirect_chain == [(f"{there}#papers", 302)]
    assert "外包协议.pdf" in text(officer.get(there))
    [paper] = list_row_papers("demo", "teams", "T1")
    fetch = address("fetch", kind="teams", key="T1", paper=paper.id)
    answer = officer.post(fetch)
    assert (answer.content, answer.headers["Content-Type"]) == (b"%PDF-1.7 agreement", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert quote("外包协议.pdf") in answer.headers["Content-Disposition"]
    assert officer.get(fetch).status_code == 405
    assert reader.post(fetch).status_code == outsourcer.post(fetch).status_code == 403
    assert "外包协议.pdf" in text(reader.get(there))
    assert "外包协议.pdf" not in text(outsourcer.get(there))
    write("teams", team_id="T2")
    assert officer.post(address("fetch", kind="teams", key="T2", paper=paper.id)).status_code == 404
    off = address("detach", kind="teams", key="T1", paper=paper.id)
    assert reader.post(off).status_code == 403
    assert officer.post(off).status_code == 302
    assert "外包协议.pdf" not in text(officer.get(there))
    assert officer.post(fetch).status_code == 404
    wrong = SimpleUploadedFile("a.pdf", b"MZ")
    page = text(officer.post(place, {"file": wrong}, follow=True))
    assert ".docx" in page
    assert [verb for verb in verbs() if verb != "registers.create"] == [
        "registers.attach",
        "registers.fetch",
        "registers.detach",
    ]
