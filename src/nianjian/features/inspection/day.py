"""The inspection day: the guide's ten rows (S1-S10) and what stands behind each; pure. Unknown is never passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from nianjian.features.inspection.readiness import FAILED, PASSED, UNKNOWN

NOTICE, SCREENS, DRILL = "S1", "S9", "S10"
RULES: Final = (NOTICE, "S2", "S3", "S4", "S5", "S6", "S7", "S8", SCREENS, DRILL)
WEEK: Final = timedelta(weeks=1)


class Notice(StrEnum):
    """How the notice of the on-site check (现场检查通知书) stands."""

    RECEIVED = "notice_received"
    LATE = "notice_late"  # it usually comes within two weeks of the submission, and they are over
    AWAITED = "notice_awaited"
    NOT_SUBMITTED = "notice_not_submitted"


@dataclass(frozen=True, slots=True)
class Expected:
    """``by``: until when the notice usually comes; None before the report was handed in."""

    state: Notice
    by: date | None


def expected(received: date | None, submitted: date | None, weeks: int, today: date) -> Expected:
    """S1: two weeks after the submission, counted in calendar days; the last one is still in time."""
    by = None if submitted is None else submitted + WEEK * weeks
    if received is not None and (submitted is None or received >= submitted):
        return Expected(Notice.RECEIVED, by)
    if by is None:
        return Expected(Notice.NOT_SUBMITTED, None)
    return Expected(Notice.AWAITED if today <= by else Notice.LATE, by)


def live(states: Iterable[str]) -> tuple[str, str]:
    """S9, what the product sees itself: (state, why) of the sources behind both screens; fresh, stale or absent."""
    found = set(states)
    if "stale" in found:
        return FAILED, "screens_stale"
    return (PASSED, "screens_live") if found == {"fresh"} else (UNKNOWN, "screens_absent")


def judge_screens(seen_on: date | None, days: int, today: date, *, stand: bool) -> tuple[str, str]:
    """S9, what only a person sees: the note counts for so many days, that of the look the first; then nothing does."""
    if seen_on is None:
        return UNKNOWN, "screens_by_eye"
    if today > seen_on + timedelta(days=days - 1):
        return UNKNOWN, "screens_note_over"
    return (PASSED, "screens_seen") if stand else (FAILED, "screens_gone")


def state(evidence: Iterable[Mapping[str, Any]]) -> str:
    """Of a row: failed where anything has, passed only where everything has and something is there."""
    found = {str(one["state"]) for one in evidence}
    return FAILED if FAILED in found else PASSED if found == {PASSED} else UNKNOWN


def rows(evidence: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The ten rows in the guide's order, each with its evidence; what belongs to no row of S1-S10 is left out."""
    found = []
    for rule in RULES:
        mine = [one for one in evidence if one["rule"] == rule]
        found.append({"rule": rule, "state": state(mine), "evidence": mine})
    return found
