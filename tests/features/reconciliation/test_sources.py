"""Sources against each other: what is counted, and each likely reason."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime

import pyarrow as pa
import pytest

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS
from nianjian.features.reconciliation.sources import SourceComparison, build_question, compare_sources

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
    found = compare_sources([row("switch", 10), row("crm", 10)])
    assert (found.places, found.same, found.partings) == (1, 1, [])
    alone = compare_sources([row("switch", 10)])
    assert (alone.places, alone.partings) == (0, [])
    assert compare_sources([row("a", 1), row("b", 1), row("c", 2)], ("a", "b")).partings == []


def test_switches_that_share_the_calls_are_one_side() -> None:
    rows = [row("asterisk", 6), row("freeswitch", 4), row("crm", 10)]
    assert len(compare_sources(rows).partings) == 1
    found = compare_sources(rows, beside=("freeswitch", "asterisk"))
    assert (found.sources, found.same, found.partings) == (("asterisk + freeswitch", "crm"), 1, [])
    (parting,) = compare_sources([*rows, row("crm", 1)], beside=("asterisk", "freeswitch")).partings
    assert {side: count.calls for side, count in parting.counts.items()} == {"asterisk + freeswitch": 10, "crm": 11}
    only = compare_sources(rows, ("asterisk", "freeswitch", "crm"), beside=("asterisk", "freeswitch"))
    assert only.sources == ("asterisk + freeswitch", "crm")


def test_switches_together_without_a_bill_have_nothing_beside_them() -> None:
    found = compare_sources([row("asterisk", 6), row("freeswitch", 4)], together=True)
    assert (found.sources, found.places, found.partings) == (("records",), 0, [])
    assert found.days == {DAY: {"records": 10}}


def _calls(*rows: Mapping[str, object]) -> pa.Table:
    whole = [{"part": "2026-03", "direction": "out", "answered": False, "test": False} | dict(one) for one in rows]
    return pa.Table.from_pylist(whole, CALLS)


def test_a_call_of_several_rows_is_counted_once_and_rejected_rows_never() -> None:
    at = datetime(2026, 3, 2, 23, 59)  # noqa: DTZ001 -- wall time
    after = datetime(2026, 3, 3, 0, 0, 1)  # noqa: DTZ001 -- wall time
    table = _calls(
        {"source": "asterisk", "call_id": "1", "call_key": "k", "start_ts": at, "line_id": None},
        {"source": "asterisk", "call_id": "2", "call_key": "k", "start_ts": after, "line_id": "L1", "answered": True},
        {"source": "crm", "call_id": "9", "call_key": None, "start_ts": at, "line_id": "L1", "answered": True},
        {"source": "crm", "call_id": "8", "call_key": None, "start_ts": at, "line_id": "L1", "part": "rejected"},
        {"source": "crm", "call_id": "7", "call_key": None, "start_ts": at, "line_id": "L1", "test": True},
        {"source": "crm", "call_id": "6", "call_key": None, "start_ts": at, "line_id": None, "direction": "in"},
    )
    with closing(DuckDBEngine()) as engine:
        rows = engine.rows(build_question(engine.hold("calls", table), DAY, NEXT))
    told = {
        (one["source"], one["day"], one["line"]): [one[name] for name in ("calls", "answered", "tests", "inbound")]
        for one in rows
    }
    assert told == {
        ("asterisk", DAY, "L1"): [1, 1, 0, 0],
        ("crm", DAY, "L1"): [2, 1, 1, 0],
        ("crm", DAY, ""): [1, 0, 0, 1],
    }
    found: SourceComparison = compare_sources(rows)
    assert {(one.day, one.line): one.likely for one in found.partings}[DAY, "L1"] == "tests_left_out"
