"""Retention of logs: how far back, holes with and without a reason, and what proves nothing."""

from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from nianjian.engines.evidence import recordings
from nianjian.engines.evidence.recordings import Stretch
from nianjian.engines.gate import decision_journal
from nianjian.engines.gate import decision_search as journal
from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.kernel.workdays import add_months
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS

BEGIN, UNTIL = date(2026, 2, 28), date(2026, 8, 30)
DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- wall time
ALL = {BEGIN + DAY * step for step in range((UNTIL - BEGIN).days + 1)}


def sunday(day: date) -> str:
    return "rest_day" if day.weekday() == 6 else ""


@pytest.mark.parametrize(
    ("as_of", "begin", "after_180"),
    [(date(2026, 8, 31), date(2026, 2, 28), date(2026, 3, 4)), (date(2026, 10, 1), date(2026, 4, 1), date(2026, 4, 4))],
)
def test_six_months_are_months_and_180_days_fail(as_of: date, begin: date, after_180: date) -> None:
    assert add_months(as_of, -6) == begin
    until = as_of - DAY
    days = [after_180 + DAY * step for step in range((until - after_180).days + 1)]
    assert (as_of - after_180).days == 180
    assert recordings.daily(days, begin, until).state == recordings.TOO_SHORT
    whole = [begin + DAY * step for step in range((until - begin).days + 1)]
    result = recordings.daily(whole, begin, until)
    assert (result.state, result.oldest, result.since) == (recordings.OK, begin, begin)
    assert recordings.daily(whole[1:], begin, until).state == recordings.TOO_SHORT


def test_a_day_without_a_record_needs_a_reason() -> None:
    monday = date(2026, 6, 1)
    result = recordings.daily(ALL - {monday, monday + DAY, date(2026, 7, 6)}, BEGIN, UNTIL)
    assert (result.state, result.why, result.since) == (recordings.GAP, "days_missing", date(2026, 7, 7))
    assert result.gaps == [Stretch(monday, monday + DAY), Stretch(date(2026, 7, 6), date(2026, 7, 6))]
    sundays = {day for day in ALL if day.weekday() == 6}
    rested = recordings.daily(ALL - sundays, BEGIN, UNTIL, sunday)
    assert (rested.state, rested.excused, rested.gaps) == (recordings.OK, {"rest_day": len(sundays)}, [])
    assert recordings.daily(ALL - sundays, BEGIN, UNTIL).state == recordings.GAP


def test_a_log_that_stopped_has_no_unbroken_end() -> None:
    result = recordings.daily(ALL - {UNTIL, UNTIL - DAY}, BEGIN, UNTIL)
    assert (result.state, result.since) == (recordings.GAP, None)
    assert recordings.daily(ALL - {UNTIL - DAY}, BEGIN, UNTIL).since == UNTIL


def test_the_first_day_may_be_one_of_rest() -> None:
    begin = date(2026, 3, 1)  # a Sunday
    days = {day for day in ALL if day > begin}
    assert recordings.daily(days, begin, UNTIL, sunday).state == recordings.OK
    assert recordings.daily(days - {date(2026, 3, 2)}, begin, UNTIL, sunday).state == recordings.TOO_SHORT


def test_nothing_is_unknown_and_what_comes_after_does_not_count() -> None:
    for result in (
        recordings.daily([], BEGIN, UNTIL),
        recordings.daily([UNTIL + DAY], BEGIN, UNTIL),
        recordings.complete({}, BEGIN, UNTIL),
    ):
        assert result.state == recordings.UNKNOWN
    assert recordings.now_and_then([UNTIL + DAY], BEGIN, UNTIL, 31).state == recordings.UNKNOWN


def test_a_long_silence_proves_nothing_unless_the_log_proves_itself() -> None:
    days = [BEGIN, *(BEGIN + DAY * step for step in range(32, (UNTIL - BEGIN).days, 32))]
    assert recordings.now_and_then(days, BEGIN, UNTIL, 31).state == recordings.OK  # 31 quiet days between two
    assert recordings.now_and_then(days, BEGIN, UNTIL, 30).state == recordings.UNKNOWN
    assert recordings.now_and_then([BEGIN], BEGIN, UNTIL, None).state == recordings.OK
    assert recordings.now_and_then([BEGIN + DAY], BEGIN, UNTIL, None).state == recordings.TOO_SHORT
    old = recordings.now_and_then([BEGIN - DAY * 200, *(day + DAY * 31 for day in days)], BEGIN, UNTIL, 31)
    assert old.state == recordings.OK  # of that silence 31 days lie within the six months
    result = recordings.now_and_then([BEGIN - DAY * 200, *days], BEGIN, UNTIL, 31)
    assert (result.state, list(result.gaps)) == (recordings.OK, [])  # a silence before the six months is none of theirs


def test_every_answered_call_has_its_recording() -> None:
    days = [UNTIL - DAY * step for step in range(31)]
    begin = days[-1]
    assert recordings.complete(dict.fromkeys(days, (3, 3)), begin, UNTIL).state == recordings.OK
    lacking = recordings.complete({day: (3, 3 - (day == days[4])) for day in days}, begin, UNTIL)
    assert (lacking.state, lacking.gaps, lacking.since) == (recordings.GAP, [Stretch(days[4], days[4])], days[3])
    assert (
        recordings.complete({day: (3, 3 * (day > begin)) for day in days}, begin, UNTIL).state == recordings.TOO_SHORT
    )
    assert recordings.complete(dict.fromkeys(days[:-1], (3, 3)), begin, UNTIL).state == recordings.TOO_SHORT
    assert recordings.complete(dict.fromkeys(days, (3, 0)), begin, UNTIL).state == recordings.UNKNOWN


def test_days_of_calls_and_their_recordings() -> None:
    usual = {
        "part": "2026-03",
        "direction": "out",
        "leg": "customer",
        "delivered": True,
        "answered": True,
        "test": False,
    }
    rows = [
        {"extra": '{"录音地址":"http://r/1.wav"}'},
        {"extra": '{"RecordFile": "a.wav"}'},
        {"extra": '{"录音地址":null,"备注":"录音丢失"}'},
        {"answered": False, "extra": '{"录音":"x"}'},
        {"direction": "in", "extra": '{"录音":"x"}'},
        {"test": True, "extra": '{"录音":"x"}'},
        {"part": "rejected"},
    ]
    whole = [usual | {"start_ts": START, "call_id": str(number)} | dict(one) for number, one in enumerate(rows)]
    with closing(DuckDBEngine()) as engine:
        (row,) = engine.rows(recordings.count_by_day(engine.hold("calls", pa.Table.from_pylist(whole, schema=CALLS))))
    assert row == {"day": date(2026, 3, 2), "rows": 6, "out": 5, "answered": 3, "recorded": 2}


def test_days_of_the_gates_journal(tmp_path: Path) -> None:
    def line(enterprise: str, callee: str = "13900000000") -> bytes:
        asked = Request(enterprise, "95013", callee, "L1", "c1", 0, "", "", "")
        return decision_journal.decision_line(asked, Verdict(True, "allow", "", None, None, "g-1", ""), 1, 1)  # noqa: FBT003 -- an answer

    for name, content in {
        "2026-03-02": line("other") + line("demo"),
        "2026-03-03": line("other", "demo"),  # the name stands in another's line
        "2026-03-04": line("demo")[:-3] + b"0\n",  # damaged
        "2026-03-05": line("demo")[:-1],  # not whole yet
        "note": line("demo"),
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "gate.log").write_bytes(f"{decision_journal.HEADER}\n".encode() + content)
    asked, running = journal.days_with_decisions(tmp_path, "demo")
    assert asked == {date(2026, 3, 2)}
    assert running == {date(2026, 3, day) for day in (2, 3, 4, 5)}
    assert journal.days_with_decisions(tmp_path / "none", "demo") == (set(), set())
