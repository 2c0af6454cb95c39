"""Every kind has its pages; lists are looked through in the database; rows know their neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.people import signed_in
from tests.support.register_pages import BASE, address, text

from nianjian.engines.kernel import clock
from nianjian.features.registers.presenters import CHOICES, LABELS
from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers import kinds

pytestmark = pytest.mark.postgres

OPERATOR = Actor("tester")
IDENTITY = "11010519491231002X"
Write = Callable[..., str]


def test_every_kind_has_its_pages(officer: Client, write: Write) -> None:
    client = officer
    for kind in sorted(kinds.kinds(), key=lambda kind: kind != "teams"):  # others name the team
        columns_of = kinds.register(kind).sheet
        empty = text(client.get(address("list", kind=kind)))
        assert address("new", kind=kind) in empty
        assert text(client.get(address("new", kind=kind)))
        key = write(kind, **{column.field: column.example for column in columns_of.columns})
        listed = text(client.get(address("list", kind=kind)))
        there = address("row", kind=kind, key=key)
        assert f'href="{there}"' in listed
        shown = text(client.get(there))
        for column in columns_of.columns:
            if column.personal and len(column.example) > 1:
                assert column.example not in shown
                assert column.example not in listed
        assert text(client.get(address("edit", kind=kind, key=key)))
    overview = text(client.get(BASE))
    assert all(address("list", kind=kind) in overview for kind in kinds.kinds())
    english = signed_in("olga", "data_officer", "demo", "en")
    assert "Landing gateway" in text(english.get(address("new", kind="lines")))


def test_a_list_asks_a_constant_number_of_queries_and_shows_fifty(officer: Client, write: Write) -> None:
    def queries(place: str) -> int:
        with CaptureQueriesContext(connection) as told:
            text(officer.get(place))
        return len(told)

    place = address("list", kind="lines")
    for number in range(3):
        write("lines", line_id=f"L{number:03}", team="T1")
    officer.get(place)
    few, row = queries(place), queries(address("row", kind="lines", key="L000"))
    for number in range(3, 120):
        write("lines", line_id=f"L{number:03}", team="T1", gateway="G")
    assert queries(place) == few + 1, "rows are counted only where they go on"
    assert queries(f"{place}?page=3") == few
    assert "101–120 / 120" in text(officer.get(f"{place}?page=3"))
    assert queries(address("row", kind="lines", key="L000")) == row
    pages = [re.findall(r">(L\d{3})</a>", text(officer.get(f"{place}?page={n}"))) for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [50, 50, 20, 0]
    assert [key for page in pages for key in page] == [f"L{number:03}" for number in range(120)]


def test_filters_look_in_the_database(officer: Client, write: Write) -> None:
    write("lines", line_id="L1", team="T1", carrier="中国电信", opened_on="2025-01-01", state="启用")
    write("lines", line_id="L2", team="T11", carrier="中国联通", opened_on="2026-01-01", state="停用")
    write("lines", line_id="L3", carrier="100%电信")

    def found(**asked: str) -> list[str]:
        page = text(officer.get(address("list", kind="lines"), asked))
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

    def found(**asked: str) -> list[str]:
        return re.findall(r">(S\d)</a>", text(officer.get(address("list", kind="seats"), asked)))

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
        return {found for part in listed for found in re.findall(rf'href="{BASE}([a-z]+/[^/]+)/', part)}

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
    assert ('<p class="figure">2</p>' in card, "查看" in card) == (True, False)
    monkeypatch.setattr("nianjian.platform.registers.queries.COUNTED", 1)
    card = _card(text(officer.get(BASE)), "lines")
    assert '<p class="figure">1+</p>' in card
    for field in ("team", "gateway"):
        assert f'missing={field}">查看</a>' in card


def _card(page: str, kind: str) -> str:
    (found,) = [one for one in page.split("<article")[1:] if address("list", kind=kind) in one]
    return found.partition("</article>")[0]


def test_the_overview_tells_gaps_and_what_runs_out(officer: Client, write: Write) -> None:
    today = clock.today()
    soon, gone = today + timedelta(days=60), today - timedelta(days=1)
    write("licences", number="浙B2-20240001", valid_until=soon.isoformat(), credit_code="91110000600037341L")
    write("licences", number="浙B2-20240002", valid_until=gone.isoformat())
    write("numbers", root="95013", valid_until=soon.isoformat())
    write("consents", number="13800138000", expires_at=f"{soon} 10:00:00")
    page = text(officer.get(BASE))
    card = page[page.index("registers/licences/") :]
    card = card[: card.index("</article>")]
    links = re.findall(r'href="([^"]+)">(\d+)</a>', card.replace("&amp;", "&"))
    assert [count for _href, count in links] == ["1", "1", "1"]
    expired, expiring, gap = (text(officer.get(href)) for href, _count in links)
    assert "浙B2-20240002" in expired
    assert "浙B2-20240001" not in expired
    assert "浙B2-20240001" in expiring
    assert "浙B2-20240002" not in expiring
    assert "浙B2-20240002" in gap
    numbers, consents = (page[page.index(f"registers/{kind}/") :] for kind in ("numbers", "consents"))
    assert "valid_until" in numbers[: numbers.index("</article>")], "a number is renewed within its rule's notice"
    assert "expires_at" not in consents[: consents.index("</article>")], "sixty days are no haste without a rule"


def test_english_names_are_written_where_the_field_does_not_say_it() -> None:
    sheets = [kinds.register(kind).sheet for kind in kinds.kinds()]
    columns = {column.field for sheet_ in sheets for column in sheet_.columns}
    choices = {stored for sheet_ in sheets for column in sheet_.columns for stored in column.choices.values()}
    assert set(LABELS) <= columns
    assert set(CHOICES) <= choices
    assert not [one for one, text in LABELS.items() if text == one.replace("_", " ").capitalize()]
    assert not [one for one, text in CHOICES.items() if text == one.replace("_", " ")]
