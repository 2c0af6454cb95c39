"""Which call a complaint is about: by id, by the time named, by the day, by what came before; and what stays open."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.support import portrait_data as data

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.features.complaints import matching
from nianjian.features.complaints.matching import Confidence, Match

CALLED = datetime(2026, 3, 1, 10)  # noqa: DTZ001 -- wall time
TOLD = CALLED + timedelta(days=1)
DISPLAY, CALLEE = 95013001, 13800138000


def _call(name: str, start: datetime, **more: Any) -> data.Row:
    row = {"source": "generic", "call_id": name, "direction": "out", "leg": "customer", "delivered": True}
    row |= {"display": DISPLAY, "callee": CALLEE, "start_ts": start, "line_id": "L1", "part": f"{start:%Y-%m}"}
    return row | more


def _complaint(name: str = "K1", **more: Any) -> data.Row:
    row = {"complaint_id": name, "complainant": CALLEE, "complained": DISPLAY, "accepted_ts": TOLD, "arrived_ts": TOLD}
    return row | {"call_ts": CALLED, "source": "12321"} | more


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with closing(DuckDBEngine(threads=1)) as opened:
        yield opened


class Found:
    """Tables in a lake, and the look through them that the flow takes."""

    def __init__(self, engine: DuckDBEngine, folder: Path) -> None:
        self.engine, self.folder = engine, folder

    def __call__(
        self, calls: list[data.Row], complaints: list[data.Row], lines: list[data.Row] | None = None
    ) -> list[Match]:
        lake = Lake(str(self.folder), f"E{len(list(self.folder.iterdir()))}")
        data.write(lake, {"calls": calls, "complaint_fact": complaints, "line_dim": lines or []})
        tables = {name: self.engine.table(name, lake.files(name), SCHEMAS[name]) for name in ("calls", "line_dim")}
        tables["complaint_fact"] = self.engine.table("k", lake.files("complaint_fact"), SCHEMAS["complaint_fact"])
        return matching.match_calls(self.engine, tables, None, frozenset(), 10)


@pytest.fixture
def found(engine: DuckDBEngine, tmp_path: Path) -> Found:
    return Found(engine, tmp_path)


def _one(matches: list[Match]) -> tuple[str, str, str | None, str | None]:
    (one,) = matches
    return (
        one.link,
        one.confidence.value,
        None if one.call is None else one.call.call_id,
        None if one.runner_up is None else one.runner_up.call_id,
    )


def test_ten_minutes_are_included_then_the_day_counts(found: Found) -> None:
    cases = {600: "ten_minutes", -600: "ten_minutes", 601: "day", -601: "day", 3600 * 13: "day", 3600 * 14: "before"}
    calls, complaints = [], []
    for number, seconds in enumerate(cases):  # each about another person
        calls.append(_call(f"c{number}", CALLED + timedelta(seconds=seconds), callee=CALLEE + number))
        complaints.append(_complaint(f"K{number}", complainant=CALLEE + number))
    for match, link in zip(found(calls, complaints), cases.values(), strict=True):
        assert match.link == link
        # A call that is not on the day named fits only half: it is never written without a person.
        assert match.confidence is (Confidence.MEDIUM if link == "before" else Confidence.HIGH)


def test_the_time_named_tells_calls_of_one_day_apart(found: Found) -> None:
    calls = [_call("near", CALLED + timedelta(minutes=9)), _call("later", CALLED + timedelta(hours=5))]
    assert _one(found(calls, [_complaint()])) == ("ten_minutes", "high", "near", "later")


def test_several_at_the_time_named_are_ambiguous(found: Found) -> None:
    calls = [_call("c1", CALLED + timedelta(minutes=3)), _call("c2", CALLED - timedelta(minutes=2))]
    matches = found(calls, [_complaint()])
    assert _one(matches) == ("ten_minutes", "low", "c2", "c1")
    assert matches[0].candidates == 2


def test_without_a_time_the_last_call_before_the_complaint_is_proposed(found: Found) -> None:
    calls = [_call("first", TOLD - timedelta(days=3)), _call("last", TOLD - timedelta(hours=1))]
    calls += [_call("after", TOLD + timedelta(minutes=11)), _call("old", TOLD - timedelta(days=7, seconds=1))]
    assert _one(found(calls, [_complaint(call_ts=None)])) == ("before", "medium", "last", "first")
    assert _one(found(calls[:1], [_complaint(call_ts=None)])) == ("before", "high", "first", None)
    edges = [_call("end", TOLD + timedelta(minutes=10)), _call("begin", TOLD - timedelta(days=7))]
    assert _one(found(edges, [_complaint(call_ts=None)])) == ("before", "medium", "end", "begin")


def test_a_recorded_id_comes_first_whatever_its_time(found: Found) -> None:
    calls = [_call("told", CALLED - timedelta(days=200), callee=1), _call("near", CALLED)]
    assert _one(found(calls, [_complaint(call_id="told")])) == ("id", "high", "told", "near")
    assert _one(found(calls[1:], [_complaint(call_id="gone")])) == ("ten_minutes", "high", "near", None)


def test_a_call_that_never_left_or_was_not_outbound_is_none(found: Found) -> None:
    other = [
        {"delivered": False}, {"direction": "in"}, {"leg": "agent"}, {"part": "rejected"},
        {"callee": CALLEE + 1}, {"display": DISPLAY + 1}, {"test": True},
    ]  # fmt: skip
    calls = [_call(f"c{number}", CALLED, **more) for number, more in enumerate(other)]
    assert _one(found(calls, [_complaint()])) == ("", "none", None, None)
    assert _one(found([_call("c", CALLED, delivered=None)], [_complaint()]))[2] == "c"


def test_legs_of_one_call_are_one_candidate(found: Found) -> None:
    calls = [_call(f"leg{number}", CALLED + timedelta(seconds=number), call_key="one") for number in range(3)]
    matches = found(calls, [_complaint()])
    assert (matches[0].confidence, matches[0].candidates, matches[0].runner_up) == (Confidence.HIGH, 1, None)


def test_what_a_complaint_does_not_say_matches_nothing(found: Found) -> None:
    calls = [_call("c1", CALLED), _call("c2", CALLED, callee=None, display=None)]
    for gap in ("complainant", "complained"):
        assert _one(found(calls, [_complaint(**{gap: None})])) == ("", "none", None, None)
    unknown = _complaint(call_ts=None, accepted_ts=None, arrived_ts=None)
    assert _one(found(calls, [unknown])) == ("", "none", None, None)


def test_the_team_is_the_call_s_own_or_its_line_s_on_that_day(found: Found) -> None:
    day = CALLED.date()
    lines = [
        {"line_id": "L1", "team_id": "before", "valid_from": None, "valid_to": day - timedelta(days=1)},
        {"line_id": "L1", "team_id": "that_day", "valid_from": day, "valid_to": day},
        {"line_id": "L1", "team_id": "after", "valid_from": date(2026, 3, 2), "valid_to": None},
    ]
    for call, team in ((_call("c", CALLED), "that_day"), (_call("c", CALLED, team_id="own"), "own")):
        (match,) = found([call], [_complaint()], lines)
        assert match.call is not None
        assert (match.call.line_id, match.call.team_id) == ("L1", team)


def test_planted_calls_are_found_and_what_is_ambiguous_is_never_asserted(found: Found) -> None:
    """The oracle looks at every pair in Python: whatever is written must be the only call that fits best."""
    rng = Random(7)
    calls = [
        _call(
            f"c{number}",
            CALLED + timedelta(seconds=rng.randrange(-9 * 86_400, 3 * 86_400)),
            callee=CALLEE + rng.randrange(40),
            display=DISPLAY + rng.randrange(3),
        )
        for number in range(600)
    ]
    complaints = []
    for number in range(200):
        true = rng.choice(calls)
        call_ts = true["start_ts"] + timedelta(seconds=rng.choice((0, 300, -599, 601, 7200)))
        accepted_ts = true["start_ts"] + timedelta(seconds=rng.randrange(60, 3 * 86_400))
        gap = rng.random() < 0.4
        complaints.append(
            _complaint(
                f"K{number}", complainant=true["callee"], complained=true["display"],
                call_ts=None if gap else call_ts, accepted_ts=accepted_ts,
            )
        )  # fmt: skip
    judged = {one.complaint: one for one in found(calls, complaints)}
    asserted = 0
    for row in complaints:
        fits = _fitting(row, calls)
        one = judged[row["complaint_id"]]
        assert (one.call is None) == (not fits)
        if one.call is not None:
            assert one.call.call_id in fits
            assert one.candidates == len(fits)
        if one.confidence is Confidence.HIGH:
            asserted += 1
            assert len(fits) == 1
    assert asserted > 50


def _fitting(row: data.Row, calls: list[data.Row]) -> set[str]:
    """Calls of the best grade that there is."""
    pairs = [one for one in calls if (one["callee"], one["display"]) == (row["complainant"], row["complained"])]
    grades: list[set[str]] = [set(), set(), set()]
    for one in pairs:
        start, call_ts, accepted_ts = one["start_ts"], row["call_ts"], row["accepted_ts"]
        if call_ts is not None and abs(start - call_ts) <= timedelta(minutes=10):
            grades[0].add(one["call_id"])
        elif call_ts is not None and start.date() == call_ts.date():
            grades[1].add(one["call_id"])
        elif accepted_ts - timedelta(days=7) <= start <= accepted_ts + timedelta(minutes=10):
            grades[2].add(one["call_id"])
    return next((grade for grade in grades if grade), set())
