"""Holidays: the notice of a year in, and days counted by it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from tests.support.fixtures import Shell

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Due
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.rulebook import holidays

pytestmark = pytest.mark.django_db
PAPER = "国务院办公厅关于2027年部分节假日安排的通知"
HEADER = "日期,名称,休息/上班,依据文件"
ROWS = [("2027年1月1日", "元旦", "休息", PAPER), ("2027-01-04", "元旦", "放假", ""), ("2027/1/9", "元旦", "上班", "")]
RECEIPT, TEN = date(2026, 12, 28), 10


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    days = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-04", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-09", "isOffDay": False},
    ]
    path = tmp_path / "2027.json"
    path.write_text(json.dumps({"year": 2027, "papers": ["https://www.gov.cn/1"], "days": days}), encoding="utf-8")
    return path


def test_json_of_a_year(notice: Path, operator: Actor) -> None:
    assert holidays.due(start=RECEIPT, workdays=TEN) == Due(date(2027, 1, 12), provisional=True)
    receipt = holidays.import_holidays(path=notice, actor=operator)
    assert (receipt.years, receipt.days_off, receipt.extra_workdays, receipt.new) == ((2027,), 2, 1, True)
    assert holidays.due(start=RECEIPT, workdays=TEN) == Due(date(2027, 1, 12), provisional=False)
    assert holidays.due(start=RECEIPT, workdays=7).day == date(2027, 1, 8)
    assert holidays.due(start=RECEIPT, workdays=8).day == date(2027, 1, 9)  # a working Saturday
    *_others, last = holidays.years()
    assert last == holidays.Year(2027, "2027.json", ("https://www.gov.cn/1",), 2, 1)
    assert not holidays.import_holidays(path=notice, actor=operator).new, "the same file again changes nothing"
    notice.write_text('{"year": 2028, "papers": [], "days": []}')
    receipt = holidays.import_holidays(path=notice, actor=operator)
    assert (receipt.years, receipt.new) == ((), False), "nor does a notice that is not out"
    [act] = acts(verb="holidays.import")
    assert (act.actor, act.data["years"], act.data["days"]) == ("os:root", [2027], 3)


def test_a_later_file_replaces_its_year_and_no_other(notice: Path, operator: Actor) -> None:
    before = holidays.calendar()
    holidays.import_holidays(path=notice, actor=operator)
    notice.write_text('{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-05", "isOffDay": true}]}')
    holidays.import_holidays(path=notice, actor=operator)
    after = holidays.calendar()
    assert {day for day in after.days_off if day.year == 2027} == {date(2027, 1, 5)}
    assert {day for day in after.days_off if day.year < 2027} == before.days_off


def test_a_table_with_dates_as_people_write_them(sheet: Callable[..., Path], operator: Actor, notice: Path) -> None:
    receipt = holidays.import_holidays(path=sheet(HEADER, *ROWS, encoding="gb18030"), actor=operator)
    assert (receipt.years, receipt.days_off, receipt.extra_workdays) == ((2027,), 2, 1)
    table = holidays.calendar()
    assert holidays.years()[-1].papers == (PAPER,)
    holidays.import_holidays(path=notice, actor=operator)
    assert holidays.calendar() == table


def test_a_workbook(tmp_path: Path, operator: Actor) -> None:
    path = tmp_path / "放假.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADER.split(","))
        page.write_datetime(1, 0, date(2027, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        page.write_row(1, 1, ["元旦", "休息", PAPER])
    assert holidays.import_holidays(path=path, actor=operator).years == (2027,)


def test_a_bad_cell_keeps_the_whole_table_out(sheet: Callable[..., Path], operator: Actor) -> None:
    rows = [*ROWS, ("2027-02-30", "", "休息", ""), ("2027-02-06", "春节", "也许", ""), ("2027-01-01", "", "上班", "")]
    receipt = holidays.import_holidays(path=sheet(HEADER, *rows), actor=operator)
    assert [(one.line, one.column, one.code) for one in receipt.errors] == [
        (5, "日期", "date_unreadable"), (6, "休息/上班", "choice_unknown"), (7, "日期", "key_duplicate"),
    ]  # fmt: skip
    assert not holidays.calendar().known(date(2027, 1, 1))
    assert not list(acts(verb="holidays.import"))


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'{"year": 2027, "days": [1]}'])
def test_json_that_is_none_and_no_file_are_refused(notice: Path, operator: Actor, content: bytes) -> None:
    notice.write_bytes(content)
    with pytest.raises(NianjianError, match="holidays_unreadable"):
        holidays.import_holidays(path=notice, actor=operator)
    for name in ("nothing.json", "nothing.csv"):
        with pytest.raises(NianjianError, match="file_missing"):
            holidays.import_holidays(path=notice.with_name(name), actor=operator)


DUE = ("holidays", "due", "--from", "2026-12-28", "--workdays", "10")


def test_the_provisional_mark_goes_with_the_notice(cli: Shell, tmp_path: Path) -> None:
    assert "暂定" in cli(*DUE).out
    assert cli("holidays", "list", "--json").json["provisional_from"] == 2027
    path = tmp_path / "2027.json"
    path.write_text('{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-04", "isOffDay": true}]}')
    assert "2027：已导入 1 个休息日" in cli("holidays", "import", str(path)).out
    assert cli(*DUE, "--json").json == {
        "from": "2026-12-28", "workdays": 10, "due": "2027-01-12", "provisional": False,
    }  # fmt: skip
    assert cli("holidays", "list", "--json").json["provisional_from"] == 2028
    bad = tmp_path / "bad.csv"
    bad.write_text("日期,休息/上班\n2027-01-01,也许\n")
    result = cli("holidays", "import", str(bad))
    assert result.code == 1
    assert "第 2 行" in result.out
