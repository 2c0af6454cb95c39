"""Tables of pages: what stands in one, which columns a person sees."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from nianjian.platform.web.comfort import COLUMNS_COOKIE
from nianjian.platform.web.tables import Cell, Column, Row, Table, choose_columns, shorten_rows

COLUMNS = (Column("单号"), Column("类型", name="kind"), Column("来源", name="source", spare=True))


def _row(name: str, group: str = "") -> Row:
    return Row([Cell(name), Cell("骚扰"), Cell("12321")], name=name, href=f"/{name}/", value=name, group=group)


def _draw(table: Table) -> str:
    return render_to_string("layout/parts/table.html", {"table": table})


@pytest.mark.parametrize(("cookie", "hidden"), [(None, {"source"}), ("source", {"kind"}), ("", {"kind", "source"})])
def test_a_person_chooses_columns(cookie: str | None, hidden: set[str]) -> None:
    request = RequestFactory().get("/list?q=1")
    if cookie is not None:
        request.COOKIES[f"{COLUMNS_COOKIE}tickets"] = cookie
    choice = choose_columns(request, "tickets", COLUMNS)
    assert (choice.hidden, choice.back) == (hidden, "/list?q=1")
    text = _draw(Table("工单", COLUMNS, [_row("A1")], hidden=choice.hidden))
    assert ("骚扰" in text, "12321" in text) == ("kind" not in hidden, "source" not in hidden)


def test_the_choice_is_kept_for_its_list_and_leads_back(site: Client) -> None:
    answer = site.post("/columns", {"list": "tickets", "column": ["kind", "<b>"], "back": "/e/demo/"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/e/demo/")
    assert site.cookies[f"{COLUMNS_COOKIE}tickets"].value == "kind"
    site.post("/columns", {"list": "../x", "back": "/"})
    assert len([name for name in site.cookies if name.startswith(COLUMNS_COOKIE)]) == 1


def test_rows_stand_in_groups_and_may_be_ticked() -> None:
    text = _draw(Table("工单", COLUMNS, [_row("A1", "今天"), _row("A2", "今天"), _row("A3", "更早")], ticks="bulk"))
    assert (text.count("今天"), text.count("更早")) == (1, 1)
    assert text.count('name="row"') == text.count('form="bulk"') == 3


def test_without_rows_a_table_says_how_the_filters_are_cleared() -> None:
    text = _draw(Table("工单", COLUMNS, [], empty="没有符合条件的工单。", clear="/list"))
    assert "没有符合条件的工单。" in text
    assert 'href="/list"' in text


def test_a_total_stands_below() -> None:
    sums = [Cell("合计"), Cell("3", figure=True), Cell("")]
    assert _draw(Table("工单", COLUMNS, [_row("A1")], totals=sums)).count("合计") == 1


def test_a_narrow_screen_has_the_first_columns_that_a_person_sees() -> None:
    heads = [Column("key", brief="start"), *(Column(name, name=name) for name in ("a", "b", "c", "d"))]
    columns = shorten_rows(heads, frozenset({"b"}))
    assert [(one.label, one.brief) for one in columns if one.brief] == [
        ("key", "start"), ("a", "end"), ("c", "start"), ("d", "end"),
    ]  # fmt: skip
