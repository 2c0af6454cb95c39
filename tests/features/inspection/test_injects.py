"""The timeline of a drill on both sides of every minute of its script."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts import inspection_day as texts
from nianjian.features.inspection import states as injects
from nianjian.features.inspection.states import DrillPlan, TimelineLine

NOON = datetime(2026, 3, 2, 12, tzinfo=clock.ZONE)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def _lines(now: timedelta, script: DrillPlan = DrillPlan(), /, **done: timedelta) -> dict[str, TimelineLine]:  # noqa: B008 -- frozen
    told = {step: (NOON + after, "user:anna") for step, after in done.items()}
    found = injects.build_timeline(script, NOON, {"arrived": (NOON, "x"), **told}, {}, NOON + now)
    return {one.what: one for one in found}


@pytest.mark.parametrize(
    ("now", "done", "state"),
    [
        (10 * MINUTE, None, "waiting"),
        (10 * MINUTE + SECOND, None, "late"),
        (20 * MINUTE, 10 * MINUTE, "done"),
        (20 * MINUTE, 10 * MINUTE + SECOND, "done_late"),
    ],
)
def test_the_minute_of_the_script_still_is_in_time(now: timedelta, done: timedelta | None, state: str) -> None:
    found = _lines(now) if done is None else _lines(now, responded=done)
    assert found["responded"].state == state


def test_a_script_of_its_own_and_its_players() -> None:
    script = DrillPlan(minutes={"responded": 3}, players={"agent": "anna"}, thrown=["media"])
    found = _lines(4 * MINUTE, script)
    assert (found["responded"].state, found["responded"].player) == ("late", "anna")
    assert (found["closed"].due, found["closed"].player) == (NOON + 45 * MINUTE, "")
    assert (found["media"].state, found["media"].thrown) == ("waiting", True)
    assert "second_call" not in found, "what nobody meant to throw in is not there"


def test_an_inject_is_due_given_and_handled() -> None:
    script = DrillPlan(thrown=["media"])

    def state(after: timedelta, **acts: timedelta) -> str:
        told = {"media": {act: (NOON + at, "x") for act, at in acts.items()}} if acts else {}
        found = injects.build_timeline(script, NOON, {"arrived": (NOON, "x")}, told, NOON + after)
        return next(one.state for one in found if one.what == "media")

    assert state(35 * MINUTE - SECOND) == "waiting"
    assert state(35 * MINUTE) == "due"
    assert state(36 * MINUTE, given=35 * MINUTE) == "running"
    assert state(40 * MINUTE, given=35 * MINUTE, handled=39 * MINUTE) == "done"


def test_lines_stand_by_when_they_are_due_and_a_warning_where_it_came() -> None:
    found = list(_lines(2 * 60 * MINUTE, responded=100 * MINUTE, warned=90 * MINUTE))
    assert found == ["arrived", "responded", "called_back", "closed", "warned"]


def test_everything_has_a_name() -> None:
    assert set(texts.THROWN) == set(injects.THROWN)
    assert set(texts.ROLES) == set(injects.ROLES)
    assert set(injects.STEPS) | {injects.WARNED, injects.REMINDED} <= set(texts.STEPS)
    states = {injects.WAITING, injects.DUE, injects.LATE, injects.RUNNING, injects.DONE, injects.DONE_LATE}
    assert set(texts.LINES) == states
