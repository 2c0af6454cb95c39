"""What a drill puts to whom and when (演练脚本): the steps of a complaint, and what the facilitator throws in; pure.

The clocks of a ticket (2 h, 24 h) are the guide's; a script's own minutes are how fast this drill wants to be, so that
it fits into the hour of an inspection. They judge nothing: the report is judged by the clocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

FACILITATOR, DUTY, AGENT, LEAD = "facilitator", "duty", "agent", "lead"
ROLES: Final = (FACILITATOR, DUTY, AGENT, LEAD)
PLAYED: Final = (AGENT, LEAD)  # a person's name may be put to these; the facilitator is who begins
ARRIVED, WARNED = "arrived", "warned"
RESPONDED, CALLED_BACK, CLOSED = "responded", "called_back", "closed"
#: Step -> who does it, and by when (minutes after the complaint arrives) where the facilitator says nothing else.
STEPS: Final[Mapping[str, tuple[str, int]]] = {
    ARRIVED: (FACILITATOR, 0), RESPONDED: (AGENT, 10), CALLED_BACK: (AGENT, 30), CLOSED: (LEAD, 45),
}  # fmt: skip
#: What is thrown in -> whom it hits, and when.
THROWN: Final[Mapping[str, tuple[str, int]]] = {
    "second_call": (AGENT, 5), "system_slow": (AGENT, 15), "inspector_asks": (LEAD, 20), "media": (LEAD, 35),
}  # fmt: skip
GIVEN, HANDLED = "given", "handled"
ACTS: Final = (GIVEN, HANDLED)
LONGEST: Final = 24 * 60  # minutes

WAITING, DUE, LATE, RUNNING, DONE, DONE_LATE = "waiting", "due", "late", "running", "done", "done_late"


@dataclass(frozen=True, slots=True)
class Script:
    """``minutes``: of steps that were given their own; ``players``: role -> account; ``thrown``: injects, planned."""

    minutes: Mapping[str, int]
    players: Mapping[str, str]
    thrown: Sequence[str]

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Script:
        """As it was kept; a drill from before there were scripts has the usual one."""
        told = kept or {}
        return cls(dict(told.get("minutes") or {}), dict(told.get("players") or {}), tuple(told.get("thrown") or ()))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline. ``due``: when the script wants it; ``at``, ``by``: done; ``ended``: an inject, handled.

    ``player``: who was to do it, "" for nobody named; ``thrown``: an inject of the facilitator's.
    """

    what: str
    role: str
    player: str
    due: datetime | None
    state: str
    at: datetime | None = None
    by: str = ""
    ended: datetime | None = None
    thrown: bool = False


def timeline(
    script: Script,
    begun: datetime,
    done: Mapping[str, tuple[datetime, str]],
    injected: Mapping[str, Mapping[str, tuple[datetime, str]]],
    now: datetime,
) -> list[Line]:
    """Steps and injects by when they are due. ``done``: step -> (at, by); ``injected``: inject -> act -> (at, by).

    The warning has no minute of the script's: it comes when the ticket's clock says so.
    """
    found = [_step(script, step, begun, done.get(step), now) for step in STEPS]
    if WARNED in done:
        at, by = done[WARNED]
        found.append(Line(WARNED, DUTY, "", None, DONE, at, by))
    found += [
        _inject(script, what, begun, injected.get(what, {}), now)
        for what in THROWN
        if what in script.thrown or what in injected
    ]
    return sorted(found, key=lambda one: one.due or one.at or begun)


def over(lines: Sequence[Line]) -> bool:
    """Whether the ticket is closed: nothing moves any more."""
    return any(one.what == CLOSED and one.at is not None for one in lines)


def _step(script: Script, step: str, begun: datetime, done: tuple[datetime, str] | None, now: datetime) -> Line:
    role, minutes = STEPS[step]
    due = begun + timedelta(minutes=script.minutes.get(step, minutes))
    at, by = done or (None, "")
    return Line(step, role, script.players.get(role, ""), due, _state(due, at, now), at, by)


def _inject(
    script: Script, what: str, begun: datetime, acts: Mapping[str, tuple[datetime, str]], now: datetime
) -> Line:
    role, minutes = THROWN[what]
    due = begun + timedelta(minutes=minutes)
    (at, by), (ended, _by) = acts.get(GIVEN, (None, "")), acts.get(HANDLED, (None, ""))
    state = DONE if ended else RUNNING if at else WAITING if now < due else DUE
    return Line(what, role, script.players.get(role, ""), due, state, at, by, ended, thrown=True)


def _state(due: datetime, at: datetime | None, now: datetime) -> str:
    """The minute of the script still is in time."""
    if at is not None:
        return DONE if at <= due else DONE_LATE
    return WAITING if now <= due else LATE
