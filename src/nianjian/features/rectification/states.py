"""The steps of a case and its days (R1). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Calendar, Due, add_workdays
from nianjian.engines.rules.rulebook import Rulebook

DUE: Final = "rectification.due"
TARGET: Final = "rectification.target"
OPINION: Final = "rectification.opinion"
CLOSE: Final = "rectification.office_close"


@dataclass(frozen=True, slots=True)
class CasePlan:
    """``due_at`` is the office's close of the due day; ``printed``: the notice names the day, so it is certain.

    ``provisional`` days may move: a year on the way has no published calendar.
    """

    due: Due
    target: Due
    due_at: datetime
    printed: bool

    @property
    def provisional(self) -> bool:
        """Whether the last day may still move."""
        return self.due.provisional


def plan_case(received: date, printed: date | None, rules: Rulebook, calendar: Calendar) -> CasePlan:
    """The days of a notice received (送达/签收) on ``received``, which is not counted itself.

    ``printed``: the last day that the notice names, which wins; the internal target is never after it.
    ``workdays_beyond_calendar``.
    """
    counted = add_workdays(received, rules.integer(DUE), calendar)
    due = counted if printed is None else Due(printed, provisional=False)
    target = add_workdays(received, rules.integer(TARGET), calendar)
    if target.day > due.day:
        target = due
    shut = time.fromisoformat(rules.text(CLOSE))
    return CasePlan(due, target, datetime.combine(due.day, shut, clock.ZONE), printed is not None)


def plan_reminder(submitted: date, rules: Rulebook, calendar: Calendar) -> Due:
    """The day on which to ask after the opinion: the guide's usual wait, no limit for anybody, never overdue."""
    return add_workdays(submitted, rules.integer(OPINION), calendar)


OPENED: Final = "opened"
LOCATED: Final = "located"
ISOLATED: Final = "isolated"
MEASURED: Final = "measured"
REPORTED: Final = "reported"
SUBMITTED: Final = "submitted"
CLOSED: Final = "closed"
STEPS: Final = (OPENED, LOCATED, ISOLATED, MEASURED, REPORTED, SUBMITTED, CLOSED)

#: Step -> what must have been done before.
AFTER: Final[Mapping[str, tuple[str, ...]]] = {
    OPENED: (),
    LOCATED: (OPENED,),
    ISOLATED: (OPENED,),
    MEASURED: (ISOLATED,),
    REPORTED: (LOCATED, MEASURED),
    SUBMITTED: (REPORTED,),
    CLOSED: (SUBMITTED,),
}


def state_of(done: Collection[str]) -> str:
    """How far a case is: the last of the steps that are done."""
    return max((step for step in STEPS if step in done), key=STEPS.index, default=OPENED)


def missing_steps(step: str, done: Collection[str]) -> tuple[str, ...]:
    """Which steps must be done before ``step``."""
    return tuple(one for one in AFTER[step] if one not in done)


def check_step(case: str, step: str, done: Collection[str]) -> None:
    """``rectify_closed``: nothing is added to a closed case; ``rectify_step_early``: other steps come first."""
    if CLOSED in done:
        raise NianjianError("rectify_closed", case=case)
    if lacking := missing_steps(step, done):
        raise NianjianError("rectify_step_early", case=case, step=step, first=lacking[0])
