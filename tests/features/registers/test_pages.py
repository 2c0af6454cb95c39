"""The registers' pages: lists and rows of every kind, rows written, who reaches what, long lists as files."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.import_pages import work
from tests.support.people import signed_in
from tests.support.register_pages import BASE, address, sent, sheet, text, verbs
from tests.support.teams import standing

from nianjian.engines.kernel import clock
from nianjian.features.registers import operations
from nianjian.features.registers.presenters import CHOICES, LABELS
from nianjian.platform.accounts import models
from nianjian.platform.accounts import service as people
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import kinds, storage
from nianjian.platform.registers.attachments import list_row_papers
from nianjian.platform.registers.models import Line
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.postgres
OPERATOR = Actor("tester")
IDENTITY = "11010519491231002X"
Write = Callable[..., str]


def test_every_kind_has_its_pages(officer: Client, write: Write) -> None:
    client = officer
    for kind in sorted(kinds.kinds(), key=lambda kind: kind != "teams"):  # others name the team
        columns_of = kinds.register(kind).sheet
        assert text(client.get(address("new", kind=kind)))
        key = write(kind, **{column.field: column.example for column in columns_of.columns})
        listed = text(client.get(address("list", kind=kind)))
        there = address("row", kind=kind, key=key)
        assert f'href="{there}"' in listed
        assert address("new", kind=kind) in listed
        page = text(client.get(there))
        for column in columns_of.columns:
            if column.personal and len(column.example) > 1:
                assert column.example not in page
                assert column.example not in listed
        assert text(client.get(address("edit", kind=kind, key=key)))
    overview = text(client.get(BASE))
    assert all(address("list", kind=kind) in overview for kind in kinds.kinds())
    english = signed_in("olga", "data_officer", "demo", "en")
    assert "Landing gateway" in text(english.get(address("new", kind="lines")))


def test_a_list_asks_a_constant_number_of_queries_and_shows_25(officer: Client, write: Write) -> None:
    def queries(place: str) -> int:
        with CaptureQueriesContext(connection) as capture:
            text(officer.get(place))
        return len(capture)

    place = address("list", kind="lines")
    for number in range(3):
        write("lines", line_id=f"L{number:03}", team="T1")
    officer.get(place)
    few, row = queries(place), queries(address("row", kind="lines", key="L000"))
    for number in range(3, 30):
        write("lines", line_id=f"L{number:03}", team="T1", gateway="G")
    assert queries(place) == few + 1, "rows are counted only where they go on"
    assert queries(f"{place}?page=2") == few
    assert "26–30 / 30" in text(officer.get(f"{place}?page=2"))
    assert queries(address("row", kind="lines", key="L000")) == row
    pages = [re.findall(r">(L\d{3})</a>", text(officer.get(f"{place}?page={n}"))) for n in range(1, 4)]
    assert [len(page) for page in pages] == [25, 5, 0]
    assert [key for page in pages for key in page] == [f"L{number:03}" for number in range(30)]


def test_filters_look_in_the_database(officer: Client, write: Write) -> None:
    write("lines", line_id="L1", team="T1", carrier="中国电信", opened_on="2025-01-01", state="启用")
    write("lines", line_id="L2", team="T11", carrier="中国联通", opened_on="2026-01-01", state="停用")
    write("lines", line_id="L3", carrier="100%电信")

    def found(**params: str) -> list[str]:
        page = text(officer.get(address("list", kind="lines"), params))
        return re.findall(r">(L\d)</a>", page)

    assert found(q="电信") == ["L1", "L3"]
    assert found(q="100%") == ["L3"]
    assert found(**{"f.team": "T1"}) == ["L1", "L2"]
    assert found(**{"f.team": "=T1"}) == ["L1"]
    assert found(**{"f.line_id": "=L1"}) == found(q="L1") == ["L1"]
    assert found(**{"f.line_id": "=L"}) == found(**{"f.line_id": "=L*"}) == []
    assert found(**{"f.line_id": "L*"}) == ["L1", "L2", "L3"]
    assert found(**{"f.opened_on": "x", "page": "2"}) == []
    assert found(**{"f.carrier": "中国*"}) == ["L1", "L2"]
    assert found(**{"f.state": "stopped"}) == ["L2"]
    assert found(**{"from.opened_on": "2025-06-01", "to.opened_on": "2026-01-01"}) == ["L2"]
    assert found(missing="team") == ["L3"]
    assert found(sort="-opened_on") == ["L2", "L1", "L3"]
    assert found(sort="carrier") == ["L3", "L1", "L2"]
    assert officer.get(address("list", kind="lines"), {"q": "a\0b"}).status_code == 400
    assert found(sort="nothing", page="x", as_at="never", **{"f.nothing": "1", "from.opened_on": "x"}) == [
        "L1", "L2", "L3",
    ]  # fmt: skip
    page = text(officer.get(address("list", kind="seats")))
    assert "以下列已加密，无法搜索" in page


def test_masked_numbers_cannot_be_felt_out(officer: Client, write: Write) -> None:
    write("seats", seat_id="S1", display="13800138000", person="张三")
    write("seats", seat_id="S2", display="95013001")

    def found(**params: str) -> list[str]:
        return re.findall(r">(S\d)</a>", text(officer.get(address("list", kind="seats"), params)))

    assert found(**{"f.display": "138001*"}) == []
    assert found(**{"f.display": "13800138000"}) == ["S1"]
    assert found(**{"f.display": "95013*"}) == ["S2"]
    assert found(q="1380") == []
    assert found(q="张三") == []
    assert found(**{"f.person": "张三"}) == ["S1", "S2"]  # no such filter
    assert found(sort="-display") == ["S1", "S2"]
    assert "13800138000" not in text(officer.get(address("edit", kind="seats", key="S1")))


def test_neighbours_are_linked_as_at_the_day(officer: Client, write: Write) -> None:
    write("numbers", root="95013", gateway="G1", total_length="8")
    write("teams", team_id="T1", name="一队")
    write("lines", line_id="L1", gateway="G1", team="一队")
    write("seats", date(2026, 5, 1), seat_id="S1", display="95013001", team="T1", staff_id="7")
    key = write("staff", staff_id="7", seat_id="S1", person="张三")

    def links(kind: str, key: str, day: str = "") -> set[str]:
        page = text(officer.get(address("row", kind=kind, key=key), {"as_at": day} if day else {}))
        listed = re.findall(r'<ul class="down">(.*?)</ul>', page)
        return {link for part in listed for link in re.findall(rf'href="{BASE}([a-z]+/[^/]+)/', part)}

    assert links("numbers", "95013") == {"lines/L1", "seats/S1"}
    assert links("numbers", "95013", "2026-04-30") == {"lines/L1"}
    assert links("lines", "L1") == {"teams/T1", "numbers/95013"}
    assert links("teams", "T1") == {"lines/L1", "seats/S1"}
    assert links("seats", "S1") == {"teams/T1", "numbers/95013", f"staff/{key}"}
    assert links("staff", key) == {"seats/S1"}


def test_odd_keys_have_an_address_and_what_is_not_there_is_404(officer: Client, write: Write) -> None:
    keys = ("a/b", "new", "end", "export", "..", "~2F", "队 1", "50%", "a?b#c", "a|b")
    for key in keys:
        write("lines", line_id=key)
    listed = text(officer.get(address("list", kind="lines"))).replace("&amp;", "&")
    for key in keys:
        there = address("row", kind="lines", key=key)
        assert there in listed, key
        assert officer.get(there).status_code == 200, key
        assert officer.get(address("edit", kind="lines", key=key)).status_code == 200, key
    for tail in ("lines/none/", "nothing/", "lines/none/edit/", "LINES/", "lines/%00/", quote("lines/\n/")):
        assert officer.get(BASE + tail).status_code == 404, tail


def test_of_many_rows_the_overview_says_that_it_has_not_counted_them(
    officer: Client, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("lines", line_id="L1", gateway="1.2.3.4")
    write("lines", line_id="L2", gateway="1.2.3.4")
    monkeypatch.setattr("nianjian.platform.registers.queries.COUNTED", 2)
    card = _card(text(officer.get(BASE)), "lines")
    assert (">2</td>" in card, "查看" in card) == (True, False)
    monkeypatch.setattr("nianjian.platform.registers.queries.COUNTED", 1)
    card = _card(text(officer.get(BASE)), "lines")
    assert ">1+</td>" in card
    for field in ("team", "gateway"):
        assert f'missing={field}">查看</a>' in card


def _card(page: str, kind: str) -> str:
    (row,) = [one for one in page.split("<tr>")[1:] if address("list", kind=kind) in one]
    return row.partition("</tr>")[0]


def test_the_overview_tells_gaps_and_what_runs_out(officer: Client, write: Write) -> None:
    today = clock.today()
    soon, gone = today + timedelta(days=60), today - timedelta(days=1)
    write("licences", number="浙B2-20240001", valid_until=soon.isoformat(), credit_code="91110000600037341L")
    write("licences", number="浙B2-20240002", valid_until=gone.isoformat())
    write("numbers", root="95013", valid_until=soon.isoformat())
    write("consents", number="13800138000", expires_at=f"{soon} 10:00:00")
    page = text(officer.get(BASE))
    card = page[page.index("registers/licences/") :]
    card = card[: card.index("</tr>")]
    links = re.findall(r'href="([^"]+)">(\d+)</a>', card.replace("&amp;", "&"))
    assert [count for _href, count in links] == ["1", "1", "1"]
    expired, expiring, gap = (text(officer.get(href)) for href, _count in links)
    assert "浙B2-20240002" in expired
    assert "浙B2-20240001" not in expired
    assert "浙B2-20240001" in expiring
    assert "浙B2-20240002" not in expiring
    assert "浙B2-20240002" in gap
    numbers, consents = (page[page.index(f"registers/{kind}/") :] for kind in ("numbers", "consents"))
    assert "valid_until" in numbers[: numbers.index("</tr>")], "a number is renewed within its rule's notice"
    assert "expires_at" not in consents[: consents.index("</tr>")], "sixty days are no haste without a rule"


def test_a_seat_without_an_opening_day_is_not_opened_and_a_register_never_entered_is_a_warning(
    officer: Client, outsourcer: Client, write: Write
) -> None:
    write("seats", seat_id="S1", kind="人工", filing="已备案", filed_on="2025-08-15", team="T1")
    seats, refused, page = "registers/seats/?missing=opened_on", "从未登记", text(officer.get(BASE))
    assert f'未开通（无开通日期）：</span><a href="/e/demo/{seats}">1</a>' in page
    assert "开通日期未知" not in page
    assert refused in _card(page, "do-not-call")
    assert refused not in _card(page, "seats")
    assert refused not in text(outsourcer.get(BASE)), "a team's own rows are not the register"
    row = text(officer.get(address("row", kind="seats", key="S1")))
    assert "<dt>开通日期</dt><dd>未开通</dd>" in row
    assert "<dt>备案日期</dt><dd>2025年8月15日</dd>" in row
    assert "<dt>停用日期</dt>" not in row
    assert re.search(r"另有 \d+ 项未填</summary><p class=\"soft\">[^<]*停用日期", row)
    assert re.search(r"<td[^>]*>\s*未开通\s*</td>", text(officer.get(f"/e/demo/{seats}")))


def test_moments_lengths_and_counts_stand_as_people_write_them(officer: Client, write: Write) -> None:
    moment = f"{clock.today():%Y-%m-%d} 09:30:15"
    write("complaints", ticket_id="TS1", source="12321", accepted_at=moment, duration="95")
    for place in (address("list", kind="complaints"), address("row", kind="complaints", key="TS1")):
        page = text(officer.get(place))
        assert all(re.search(rf">\s*{phrase}\s*</(td|dd)>", page) for phrase in ("今天 09:30", "95 秒"))
        assert not re.search(r">\s*\d{4}-\d\d-\d\d", page)
    assert "今天" in _card(text(officer.get(BASE)), "complaints")


def test_english_names_are_written_where_the_field_does_not_say_it() -> None:
    sheets = [kinds.register(kind).sheet for kind in kinds.kinds()]
    columns = {column.field for sheet_ in sheets for column in sheet_.columns}
    choices = {stored for sheet_ in sheets for column in sheet_.columns for stored in column.choices.values()}
    assert set(LABELS) <= columns
    assert set(CHOICES) <= choices
    assert not [one for one, text in LABELS.items() if text == one.replace("_", " ").capitalize()]
    assert not [one for one, text in CHOICES.items() if text == one.replace("_", " ")]


def test_a_faulty_row_is_told_at_its_field_and_a_sound_one_is_written(officer: Client) -> None:
    page = text(officer.post(address("new", kind="seats"), {"seat_id": "S1", "team": "T9"}), 422)
    assert 'href="#id_team"' in page
    assert "没有编号或名称为“T9”的团队：请先在团队台账中登记，或改正该单元格" in page
    data = {"number": "浙B2-20240001", "credit_code": "91110000600037341X", "issued_on": "2026-01-05"}
    answer = officer.post(address("new", kind="licences"), {**data, "valid_until": "2025-01-05"})
    page = text(answer, 422)
    assert "校验" in page
    assert 'href="#id_credit_code"' in page
    assert 'href="#id_valid_until"' in page
    assert 'value="91110000600037341X"' in page
    assert verbs() == []
    standing("demo", "T1")
    answer = officer.post(address("new", kind="lines"), {"line_id": "L1", "team": "T1", "state": "启用"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == address("row", kind="lines", key="L1")
    assert Line.objects.get().state == "active"
    assert [verb for verb in verbs() if verb != "registers.import"] == ["registers.create"]


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
    assert "平台操作员" in page
    assert "olga" in page
    edit = address("edit", kind="lines", key="L1")
    assert f'href="{edit}?as_at=2026-02-01"' in text(officer.get(f"{there}?as_at=2026-02-01"))
    page = text(officer.get(f"{edit}?as_at=2026-02-01"))
    assert "您查看的是 2月1日" in page
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
    data = {"how": "correct", "seen": seen, "team": "T3", "carrier": "电信"}
    page = text(officer.post(place, data), 409)
    row = re.search(r"<td>团队</td><td>T1</td><td>T2</td><td>T3</td>", page)
    assert row is not None
    assert Line.objects.get(superseded_at=None).team == "T2"
    now = Line.objects.get(superseded_at=None).pk
    assert f'name="seen" value="{now}"' in page
    assert officer.post(place, {**data, "seen": now}).status_code == 302
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


def test_a_reveal_shows_the_values_once_and_is_noted(officer: Client, write: Write) -> None:
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
    [entry] = [act for act in acts() if act.verb == "registers.reveal"]
    assert (entry.actor, entry.data["key"], entry.data["fields"]) == ("user:olga", key, ["person", "identity"])
    assert officer.get(place).status_code == 405


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
    entries = [act.data for act in acts() if act.verb == "registers.export"]
    assert [(one["rows"], one["full"], one["filters"]) for one in entries] == [(2, True, []), (1, False, ["f.post"])]
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
        values = {"ticket_id": ticket, "source": "12321", "accepted_at": "2026-03-01", "team_id": team, "line_id": line}
        write("complaints", **values)
    write("licences", number="浙B2-20240001")
    expected = {
        "teams": ["T1"], "lines": ["L1", "L3"], "numbers": ["95013"], "seats": ["S1"], "staff": [mine],
        "complaints": ["C1", "C3"],
    }  # fmt: skip
    for kind, keys in expected.items():
        page = text(outsourcer.get(address("list", kind=kind), {"team": "T2"}))
        assert re.findall(rf'<td[^>]*>\s*<a\s+href="{BASE}{kind}/([^/]+)/"', page) == keys
        assert text(outsourcer.get(address("row", kind=kind, key=keys[0])))
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

    assert officer.post(place, {"file": scan()}, follow=True).redirect_chain == [(f"{there}#papers", 302)]
    assert "外包协议.pdf" in text(officer.get(there))
    [paper] = list_row_papers("demo", "teams", "T1")
    fetch = address("fetch", kind="teams", key="T1", paper=paper.id)
    answer = officer.post(fetch)
    assert (answer.content, answer.headers["Content-Type"]) == (b"%PDF-1.7 agreement", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert quote("外包协议.pdf") in answer.headers["Content-Disposition"]
    assert officer.get(fetch).status_code == 405
    assert "外包协议.pdf" in text(reader.get(there))
    assert "外包协议.pdf" not in text(outsourcer.get(there))
    write("teams", team_id="T2")
    assert officer.post(address("fetch", kind="teams", key="T2", paper=paper.id)).status_code == 404
    off = address("detach", kind="teams", key="T1", paper=paper.id)
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


@pytest.fixture
def place(write: Write, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the list is asked for, of which two rows are one too many for a request."""
    monkeypatch.setattr("nianjian.features.registers.operations.DIRECT", 1)
    write("staff", staff_id="1001", person="张三丰", post="质检", joined_on="2025-01-02")
    write("staff", staff_id="1002", person="李四", post="质检", joined_on="2025-03-02")
    write("staff", staff_id="1003", person="王五", post="质检", joined_on="2025-03-03")
    return address("export", kind="staff")


def _sheet(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True))


def _exports() -> int:
    return len(list(acts(enterprise="demo", verb="registers.export")))


def test_a_long_list_is_work_and_its_asker_alone_fetches_it(officer: Client, reader: Client, place: str) -> None:
    form = {"format": "xlsx", "full": "yes"}
    locations = [
        officer.post(f"{place}?f.post=质检&to.joined_on=2025-03-02&sort=-staff_id", form).headers["Location"]
        for _ in range(2)
    ]
    assert locations[0] == locations[1]
    work()
    (file,) = re.findall(r'<form method="post" action="([^"]*/export/J\w+/)"', text(officer.get(locations[0])))
    assert _exports() == 0
    answer = officer.post(file)
    assert [row[:2] for row in _sheet(answer.getvalue())] == [("1002", "李四"), ("1001", "张三丰")]
    (act,) = acts(enterprise="demo", verb="registers.export")
    assert (act.actor, act.data["rows"], act.data["full"]) == ("user:olga", 2, True)
    zoe = signed_in("zoe", "data_officer", "demo")
    for other in (reader, zoe):
        assert file not in text(other.get(locations[0]))
        assert other.post(file).status_code == 404
    models.Membership.objects.filter(user_id="olga").update(role="tester")
    assert officer.post(file).status_code == 403
    assert _exports() == 1


def test_a_list_file_goes_after_its_time_with_what_was_looked_for(reader: Client, place: str) -> None:
    page = reader.post(f"{place}?q=质检", {"format": "csv"}).headers["Location"]
    work()
    job = queue.job(page.split("/")[-2])
    file = f"{place}{job.id}/"
    assert "李*" in reader.post(file).getvalue().decode()
    assert operations.delete_expired_exports() == 0
    assert str(job.result["blob"]) in set(blobs.blobs())
    Job.objects.filter(pk=job.id).update(finished_at=clock.now() - operations.RETENTION - timedelta(hours=1))
    assert (operations.delete_expired_exports(), operations.delete_expired_exports()) == (1, 0)
    assert str(job.result["blob"]) not in set(blobs.blobs())
    assert "质检" not in str(queue.job(job.id).payload)
    assert reader.post(file).status_code == 404
    assert file not in text(reader.get(page))


def test_the_making_of_a_list_stops_when_it_is_asked_to(
    reader: Client, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = reader.post(place, {"format": "csv"}).headers["Location"].split("/")[-2]
    monkeypatch.setattr("nianjian.doors.site.worker.PAUSE", 0)
    monkeypatch.setattr("nianjian.platform.registers.queries.CHUNK", 1)
    steps = []
    real = queue_service.progress

    def progress(**options: Any) -> bool:
        steps.append((options["done"], options["total"]))
        if options["done"]:
            queue_service.stop(job=job)
        return real(**options)

    monkeypatch.setattr(queue_service, "progress", progress)
    work()
    assert (queue.job(job).state, steps) == ("stopped", [(0, 3), (1, 3)])
    assert not set(blobs.blobs())
