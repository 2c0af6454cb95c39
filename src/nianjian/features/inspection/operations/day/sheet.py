"""One sheet of the inspection day: the notice, the agenda, who stands where, the evidence behind each row S1-S10."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from nianjian.engines.season.deadlines import LICENCE
from nianjian.features.inspection import day as pure
from nianjian.features.inspection.day import Notice
from nianjian.features.inspection.operations.checks import readiness as looked
from nianjian.features.inspection.operations.checks import work
from nianjian.features.inspection.operations.checks.grounds import Grounds, Json
from nianjian.features.inspection.operations.day.screen_attestation import to_document as seen_told
from nianjian.features.inspection.operations.day.visits import to_document as visit_told
from nianjian.features.inspection.operations.drill import report
from nianjian.features.inspection.readiness import FAILED, PASSED, UNKNOWN
from nianjian.features.inspection.seen.query import last
from nianjian.features.inspection.visits.model import Visit
from nianjian.features.inspection.visits.query import coming, visit, visits
from nianjian.features.screens.operations import live_figures as screens
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers import filings

WEEKS: Final = "inspection.notice.weeks"
NOTE: Final = "inspection.screens.note_days"
SOURCES: Final = ("now", "calls", "gate")  # of both screens
STATES: Final = {Notice.RECEIVED: PASSED, Notice.LATE: UNKNOWN, Notice.AWAITED: UNKNOWN, Notice.NOT_SUBMITTED: UNKNOWN}


def sheet(
    *, enterprise: str, actor: Actor, day: date | None = None, anew: bool = False, progress: Progress = silent
) -> Json:
    """Everything of one inspection day, the next one where none is named; ``visit`` None: none is kept.

    ``anew``: readiness is looked up now, at its cost; else as it was last looked at, None of it before anybody has.
    ``role_missing``, ``enterprise_unknown``, ``visit_unknown``.
    """
    grounds = Grounds.of(enterprise, None, actor)
    kept = visits(enterprise)
    row = coming(kept, grounds.day) if day is None else visit(enterprise, day)
    if anew:
        ready: Json | None = looked.check_readiness(enterprise=enterprise, as_of=None, actor=actor, progress=progress)
    else:
        ready = work.newest(enterprise=enterprise, part="readiness", actor=actor)
    held = _drill(enterprise, actor)
    evidence = [*([] if ready is None else ready["checks"]), _notice(grounds, row), *_screens(grounds), _held(held)]
    found = pure.rows(evidence)
    counts = {state: sum(one["state"] == state for one in found) for state in (PASSED, FAILED, UNKNOWN)}
    return {
        "enterprise": enterprise,
        "name": grounds.name,
        "today": grounds.day.isoformat(),
        "visit": None if row is None else visit_told(row),
        "days": [one.day.isoformat() for one in kept],
        "notice": _expected(grounds, row),
        "looked_at": None if ready is None else ready["at"],
        "state": pure.state(found),
        "counts": counts,
        "rows": found,
        "screens": seen_told(last(grounds.enterprise), grounds.book.integer(NOTE)),
        "drill": held,
        "rulebook": grounds.stamp(),
    }


def _expected(grounds: Grounds, row: Visit | None) -> Json:
    """S1: whether the notice has come, and until when it usually does."""
    submitted = filings.find_submission_day(grounds.enterprise, LICENCE)
    received = None if row is None else row.received_on
    found = pure.expected(received, submitted, grounds.book.integer(WEEKS), grounds.day)
    return {
        "state": found.state.value,
        "submitted_on": None if submitted is None else submitted.isoformat(),
        "expected_by": None if found.by is None else found.by.isoformat(),
        "received_on": None if received is None else received.isoformat(),
    }


def _notice(grounds: Grounds, row: Visit | None) -> Json:
    told = _expected(grounds, row)
    state = STATES[Notice(told["state"])]
    return _one("notice", pure.NOTICE, state, told["state"], told["received_on"])


def _screens(grounds: Grounds) -> Iterator[Json]:
    """S9: the sources behind the screens as they are now, and what a person has seen in the room."""
    told = screens.told_office(grounds.enterprise)
    state, why = pure.live(str(told[name]["state"]) for name in SOURCES)
    yield _one("screens", pure.SCREENS, state, why, grounds.day.isoformat())
    note = last(grounds.enterprise)
    day = None if note is None else note.seen_on
    state, why = pure.judge_screens(day, grounds.book.integer(NOTE), grounds.day, stand=note is not None and note.stand)
    yield _one("screens_seen", pure.SCREENS, state, why, None if day is None else day.isoformat())


def _drill(enterprise: str, actor: Actor) -> Json | None:
    """The newest drill as it stands now."""
    held = report.list_drills(enterprise=enterprise, actor=actor)
    if not held:
        return None
    told = report.report(enterprise=enterprise, actor=actor, name=held[0]["drill"])
    return {name: told[name] for name in ("drill", "begun_at", "state", "steps")}


def _held(told: Json | None) -> Json:
    """S10: what the steps of the newest drill have shown; its readiness stands in the other rows."""
    if told is None:
        return _one("drill", pure.DRILL, UNKNOWN, "drill_never", None)
    state = pure.state(told["steps"])
    return _one("drill", pure.DRILL, state, f"drill_{state}", told["begun_at"][:10])


def _one(check: str, rule: str, state: str, why: str, day: str | None) -> Json:
    return {"check": check, "part": "system", "rule": rule, "state": state, "why": why, "day": day}
