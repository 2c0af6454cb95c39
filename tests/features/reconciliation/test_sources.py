"""Sources against each other and against a carrier's bill: what is counted and read, and each likely reason."""

from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS
from nianjian.features.reconciliation.comparisons import BillInput, bill_span, read_bills
from nianjian.features.reconciliation.exports import BillMapping, check_bill_mapping, join_bills, load_bill
from nianjian.features.reconciliation.sources import (
    BILL,
    RECORDS,
    Bill,
    Parting,
    SourceComparison,
    build_question,
    compare_sources,
)

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)


def row(source: str, calls: int, line: str = "L1", day: date = DAY, **more: int) -> Mapping[str, object]:
    return {"source": source, "day": day, "line": line, "calls": calls, "answered": 0, "tests": 0, "inbound": 0} | more


def likely(*rows: Mapping[str, object]) -> dict[tuple[date, str], str]:
    return {(one.day, one.line): one.likely for one in compare_sources(rows).partings}


AWAY = row("crm", 7, "L9")  # a further line, so that the day's sums differ and no source is silent


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((row("switch", 10), row("crm", 10, "L2", NEXT)), "source_silent"),
        ((row("switch", 10), row("crm", 10, "L2")), "line_named_otherwise"),
        ((row("switch", 10), AWAY), "line_missing"),
        ((row("switch", 10, tests=3), row("crm", 7), AWAY), "tests_left_out"),
        ((row("switch", 10, inbound=4), row("crm", 6), AWAY), "inbound_left_out"),
        ((row("switch", 10, answered=4), row("bill", 4), row("bill", 9, "L9")), "answered_only"),
        ((row("switch", 20), row("crm", 10), AWAY), "legs_counted"),
        (
            (row("switch", 13), row("crm", 11), row("switch", 5, day=NEXT), row("crm", 7, day=NEXT), AWAY),
            "day_border",
        ),
        ((row("switch", 13), row("crm", 11), AWAY), "unknown"),
    ],
)
def test_the_likely_reason(rows: tuple[Mapping[str, object], ...], reason: str) -> None:
    assert likely(*rows)[DAY, "L1"] == reason


def test_equal_counts_are_no_parting_and_one_source_compares_nothing() -> None:
    comparison = compare_sources([row("switch", 10), row("crm", 10)])
    assert (comparison.places, comparison.same, comparison.partings) == (1, 1, [])
    alone = compare_sources([row("switch", 10)])
    assert (alone.places, alone.partings) == (0, [])
    assert compare_sources([row("a", 1), row("b", 1), row("c", 2)], ("a", "b")).partings == []
    comparison = compare_sources([row("asterisk", 6), row("freeswitch", 4)], together=True)
    assert (comparison.sources, comparison.places, comparison.partings) == (("records",), 0, [])
    assert comparison.days == {DAY: {"records": 10}}


def test_switches_that_share_the_calls_are_one_side() -> None:
    rows = [row("asterisk", 6), row("freeswitch", 4), row("crm", 10)]
    assert len(compare_sources(rows).partings) == 1
    comparison = compare_sources(rows, beside=("freeswitch", "asterisk"))
    assert (comparison.sources, comparison.same, comparison.partings) == (("asterisk + freeswitch", "crm"), 1, [])
    (parting,) = compare_sources([*rows, row("crm", 1)], beside=("asterisk", "freeswitch")).partings
    assert {side: count.calls for side, count in parting.counts.items()} == {"asterisk + freeswitch": 10, "crm": 11}
    only = compare_sources(rows, ("asterisk", "freeswitch", "crm"), beside=("asterisk", "freeswitch"))
    assert only.sources == ("asterisk + freeswitch", "crm")


def _calls(*rows: Mapping[str, object]) -> pa.Table:
    whole = [{"part": "2026-03", "direction": "out", "answered": False, "test": False} | dict(one) for one in rows]
    return pa.Table.from_pylist(whole, CALLS)


def test_a_call_of_several_rows_is_counted_once_and_rejected_rows_and_scanners_never() -> None:
    at = datetime(2026, 3, 2, 23, 59)  # noqa: DTZ001 -- wall time
    after = datetime(2026, 3, 3, 0, 0, 1)  # noqa: DTZ001 -- wall time
    table = _calls(
        {"source": "asterisk", "call_id": "1", "call_key": "k", "start_ts": at, "line_id": None},
        {"source": "asterisk", "call_id": "2", "call_key": "k", "start_ts": after, "line_id": "L1", "answered": True},
        {"source": "crm", "call_id": "9", "call_key": None, "start_ts": at, "line_id": "L1", "answered": True},
        {"source": "crm", "call_id": "8", "call_key": None, "start_ts": at, "line_id": "L1", "part": "rejected"},
        {"source": "crm", "call_id": "7", "call_key": None, "start_ts": at, "line_id": "L1", "test": True},
        {"source": "crm", "call_id": "6", "call_key": None, "start_ts": at, "line_id": None, "direction": "in"},
        {"source": "crm", "call_id": "5", "start_ts": at, "direction": "in", "leg": "event",
         "extra": '{"kept":"scanner"}'},
    )  # fmt: skip
    with closing(DuckDBEngine()) as engine:
        rows = engine.rows(build_question(engine.hold("calls", table), DAY, NEXT))
    counts = {
        (one["source"], one["day"], one["line"]): [one[name] for name in ("calls", "answered", "tests", "inbound")]
        for one in rows
    }
    assert counts == {
        ("asterisk", DAY, "L1"): [1, 1, 0, 0],
        ("crm", DAY, "L1"): [2, 1, 1, 0],
        ("crm", DAY, ""): [1, 0, 0, 1],
    }
    comparison: SourceComparison = compare_sources(rows)
    assert {(one.day, one.line): one.likely for one in comparison.partings}[DAY, "L1"] == "tests_left_out"


HEAD = "账期,号码,线路编号,通话数,接通数,计费分钟"


def read(tmp_path: Path, text: str, mapping: BillMapping | None = None, name: str = "bill.csv") -> Bill:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_bill(path, mapping or BillMapping())


def counted(calls: int, line: str = "L1", day: date = DAY, source: str = "switch", **more: int) -> Mapping[str, object]:
    rest = {"answered": 0, "tests": 0, "inbound": 0, "billable": 0, "talk": 0, "billed": 0}
    return {"source": source, "day": day, "line": line, "calls": calls} | rest | more


def partings(bill: Bill, *rows: Mapping[str, object]) -> dict[tuple[date, str], Parting]:
    return {(one.day, one.line): one for one in compare_sources(rows, bill=bill).partings}


def test_a_bill_of_days_months_and_single_calls(tmp_path: Path) -> None:
    days = read(tmp_path, f"{HEAD}\n2026-03-02,95013,L1,10,4,7\n20260302,95014,L1,2,1,1.5\n2026/3/3,95013,L2,1,1,1\n")
    one = days.at[DAY, "L1"]
    assert (one.calls, one.answered, one.minutes) == (12, 5, Decimal("8.50"))
    assert (days.months, days.named, days.first, days.last) == (False, True, DAY, NEXT)
    months = read(tmp_path, "计费月,通话次数\n2026-03,10\n2026年4月,5\n202604,5\n")
    assert {day: count.calls for (day, _line), count in months.at.items()} == {
        date(2026, 3, 1): 10,
        date(2026, 4, 1): 10,
    }
    assert (months.months, months.named) == (True, False)
    single = read(
        tmp_path,
        "主叫号码,开始时间,中继编号,通话时长\n95013,2026-03-02 23:59:00,L1,61\n95013,2026-03-02 09:00:00,L1,0\n",
    )
    total = single.at[DAY, "L1"]
    assert (total.calls, total.answered, total.minutes) == (2, 1, Decimal(2))  # 61 s are two minutes begun
    assert single.moved[NEXT, "L1"].calls == 1


def test_a_month_that_a_workbook_has_made_a_day_of(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.create_sheet("账单", 0)
    for line in (("账期", "通话数"), (datetime(2026, 3, 1), 10), (datetime(2026, 4, 1), 7)):  # noqa: DTZ001 -- a cell
        page.append(line)
    book.save(tmp_path / "bill.xlsx")
    assert load_bill(tmp_path / "bill.xlsx", BillMapping()).months


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("gestern,95013,L1,1,1,1", "date_unreadable"),
        ("2026-03-02,95013,L1,viele,1,1", "number_unreadable"),
        ("2026-03-02,95013,L1,,1,1", "value_missing"),
        (",95013,L1,1,1,1", "value_missing"),
        ("2026-03-02,95013,L1,1,1,-1", "amount_unreadable"),
    ],
)
def test_one_unreadable_cell_and_nothing_is_compared(tmp_path: Path, line: str, code: str) -> None:
    with pytest.raises(NianjianError, match="reconcile_export_faulty") as refused:
        read(tmp_path, f"{HEAD}\n2026-03-02,95013,L1,1,1,1\n{line}\n")
    assert [(one["line"], one["code"]) for one in refused.value.findings] == [(3, code)]


def test_a_mapping_names_headings_zone_and_unit(tmp_path: Path) -> None:
    mapping = check_bill_mapping(
        {"columns": {"开始时间": "起呼", "seconds": "秒"}, "timezone": "UTC", "unit": 6}, "m.yaml"
    )
    bill = read(tmp_path, "起呼,秒\n2026-03-02 17:00:00,7\n2026-03-02T17:00:00+08:00,1\n", mapping)
    assert {day: (count.calls, count.minutes) for (day, _line), count in bill.at.items()} == {
        NEXT: (1, Decimal("0.2")),  # 01:00 in Beijing; 12 seconds
        DAY: (1, Decimal("0.1")),
    }
    for wrong in (
        {"unit": 7},
        {"timezone": "Mars"},
        {"timezone": "../etc"},
        {"columns": {"wer": "a"}},
        {"zone": "UTC"},
    ):
        with pytest.raises(NianjianError, match="mapping_invalid"):
            check_bill_mapping(wrong, "m.yaml")


def test_a_bill_of_months_is_compared_by_whole_months(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-05-10")
    months = read(tmp_path, "账期,通话数\n2026-03,4\n")
    assert bill_span(months, None, None) == (date(2026, 3, 1), date(2026, 3, 31))
    with pytest.raises(NianjianError, match="reconcile_bill_months"):
        bill_span(months, date(2026, 3, 5), None)
    with pytest.raises(NianjianError, match="reconcile_days_wrong"):
        bill_span(months, NEXT, DAY)
    (tmp_path / "empty.csv").write_text("账期,通话数\n")
    with pytest.raises(NianjianError, match="reconcile_bill_empty"):
        read_bills(BillInput([tmp_path / "empty.csv"]))


def test_bills_of_several_carriers_are_one_but_not_of_days_and_months(tmp_path: Path) -> None:
    first = read(tmp_path, f"{HEAD}\n2026-03-02,95013,L1,10,4,7\n", name="a.csv")
    second = read(tmp_path, f"{HEAD}\n2026-03-03,95013,L2,5,4,7\n", name="b.csv")
    both = join_bills([first, second])
    assert (both.file, sum(one.calls for one in both.at.values()), both.last) == ("a.csv、b.csv", 15, NEXT)
    with pytest.raises(NianjianError, match="reconcile_bills_mixed"):
        join_bills([first, read(tmp_path, f"{HEAD}\n2026-03,95013,L2,5,4,7\n")])


def test_unanswered_calls_that_are_not_billed_are_proved_and_need_nobody(tmp_path: Path) -> None:
    bill = read(
        tmp_path, f"{HEAD}\n2026-03-02,95013,L1,4,4,6\n2026-03-02,95013,L2,4,4,6.5\n2026-03-03,95013,L1,3,3,3\n"
    )
    by_place = partings(
        bill,
        counted(10, answered=5, inbound=1, billable=4, talk=200, billed=360),
        counted(10, "L2", answered=4, billable=4, talk=200, billed=360),
        counted(9, day=NEXT, answered=4, billable=4, talk=200, billed=360),
    )
    reasons = {place: (one.likely, one.proved) for place, one in by_place.items()}
    assert reasons == {
        (DAY, "L1"): ("unanswered_not_billed", True),
        (DAY, "L2"): ("unanswered_not_billed", False),  # its minutes differ
        (NEXT, "L1"): ("legs_counted", False),
    }


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [("6", None), ("3.34", "duration_rounding"), ("7.33", "duration_rounding"), ("7.34", "minutes_differ")],
)
def test_minutes_are_compared_where_the_calls_agree(tmp_path: Path, minutes: str, reason: str | None) -> None:
    bill = read(tmp_path, f"{HEAD}\n2026-03-02,95013,L1,4,4,{minutes}\n")
    by_place = partings(bill, counted(4, answered=4, billable=4, talk=200, billed=360))
    assert (by_place[DAY, "L1"].likely if by_place else None) == reason


def test_a_trunk_that_the_records_do_not_know(tmp_path: Path) -> None:
    bill = read(tmp_path, f"{HEAD}\n2026-03-02,95013,L1,4,4,6\n2026-03-02,95013,L9,4,4,6\n")
    by_place = partings(bill, counted(4, billed=360))
    assert {place: one.likely for place, one in by_place.items()} == {(DAY, "L9"): "line_missing"}


def test_a_bill_in_utc(tmp_path: Path) -> None:
    calls = [
        *("2026-03-02 17:00:00,L1,60",) * 3,
        *("2026-03-02 09:00:00,L1,60",) * 5,
        *("2026-03-03 09:00:00,L1,60",) * 2,
    ]
    bill = read(tmp_path, "开始时间,线路编号,通话时长\n" + "\n".join(calls) + "\n2026-03-03 09:00:00,L2,60\n")
    by_place = partings(bill, counted(5), counted(5, day=NEXT), counted(1, "L2", NEXT), counted(9, "L3"))
    assert {by_place[one, "L1"].likely for one in (DAY, NEXT)} == {"time_zone"}


def test_days_whose_sums_agree_over_the_whole_line(tmp_path: Path) -> None:
    text = "".join(f"2026-03-{day:02d},95013,L1,{calls},0,0\n" for day, calls in ((2, 5), (3, 5), (4, 5)))
    bill = read(tmp_path, f"{HEAD}\n{text}2026-03-02,95013,L2,1,0,0\n")
    by_place = partings(bill, counted(4), counted(4, day=NEXT), counted(7, day=date(2026, 3, 4)), counted(9, "L3"))
    assert {one.likely for place, one in by_place.items() if place[1] == "L1"} == {"time_zone"}


def test_a_bill_without_lines_or_days_is_compared_by_what_it_tells(tmp_path: Path) -> None:
    bill = read(tmp_path, "账期,通话数\n2026-03,12\n")
    assert partings(bill, counted(4), counted(5, "L2"), counted(3, day=NEXT)) == {}


def test_switches_beside_each_other_are_added_up_and_other_carriers_lines_left_out(tmp_path: Path) -> None:
    bill = read(tmp_path, "账期,线路编号,通话数\n2026-03-02,L1,12\n")
    rows = (counted(4), counted(8, source="other"), counted(7, "L2"))
    alone = compare_sources(rows, bill=bill, elsewhere=frozenset({"L2"}))
    assert (alone.sources, len(alone.partings)) == ((BILL, "other", "switch"), 1)
    both = compare_sources(rows, bill=bill, elsewhere=frozenset({"L2"}), together=True)
    assert (both.sources, both.partings, both.same) == ((BILL, RECORDS), [], 1)


def test_minutes_are_counted_by_call_in_whole_units() -> None:
    at = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- wall time

    def call(one: str, seconds: int, **more: object) -> dict[str, object]:
        answered, ended = at.replace(minute=1), at.replace(minute=1 + seconds // 60, second=seconds % 60)
        values = {"call_id": one, "start_ts": at, "answer_ts": answered, "end_ts": ended, "answered": True}
        return {"source": "s", "part": "2026-03", "direction": "out", "line_id": "L1", "test": False} | values | more

    rows = [
        call("1", 61, call_key="k"),
        call("2", 30, call_key="k"),  # another leg of it
        call("3", 60),
        call("4", 90, direction="in"),
        call("5", 90, answered=False),
    ]
    with closing(DuckDBEngine()) as engine:
        question = build_question(engine.hold("calls", pa.Table.from_pylist(rows, CALLS)), DAY, DAY)
        (values,) = engine.rows(question)
    assert [values[one] for one in ("calls", "answered", "billable", "talk", "billed")] == [4, 3, 2, 121, 180]
