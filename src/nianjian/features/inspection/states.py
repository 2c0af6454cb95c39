"""Readiness, the inspection day and the drill judged; what people write of a day, parsed. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.states import State, overall_state
from nianjian.features.complaints.clocks import Clock, ClockReading, Hand, ServiceLevels, evaluate_clock
from nianjian.features.complaints.states import Facts
from nianjian.features.inspection.documents import Check, SheetRow

PEOPLE, NUMBERS, SYSTEM = "people", "numbers", "system"
PARTS: Final = (PEOPLE, NUMBERS, SYSTEM)


def count_states(states: Iterable[str]) -> dict[str, int]:
    """How many of each state that a check or step can have."""
    return dict.fromkeys((State.PASSED, State.FAILED, State.NOT_PROVED, State.IN_PROGRESS), 0) | Counter(states)


FACILITATOR, DUTY, AGENT, LEAD = "facilitator", "duty", "agent", "lead"
ROLES: Final = (FACILITATOR, DUTY, AGENT, LEAD)
PLAYED: Final = (AGENT, LEAD)  # a person's name may be put to these; the facilitator is who begins
ARRIVED, WARNED, REMINDED = "arrived", "warned", "reminded"
RESPONDED, CALLED_BACK, CLOSED, CALLS = "responded", "called_back", "closed", "calls"
CALLED: Final = frozenset({"calls_passed", "calls_failed", "calls_unproved"})
"""Why the step of the test calls stands as it does, where some were made."""
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
LONGEST_MINUTES: Final = 24 * 60  # minutes

ONE_CLICK, FORWARD = "one_click", "12321"
SOURCES: Final = (ONE_CLICK, FORWARD)
WAITING, DUE, LATE, RUNNING, DONE, DONE_LATE = "waiting", "due", "late", "running", "done", "done_late"


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """``source``: how the complaint arrives; ``minutes``: of steps that have their own; ``players``: role -> account.

    ``thrown``: injects that are planned.
    """

    source: str = ONE_CLICK
    minutes: Mapping[str, int] = field(default_factory=dict)
    players: Mapping[str, str] = field(default_factory=dict)
    thrown: Sequence[str] = ()

    def to_document(self) -> dict[str, Any]:
        """As the chain and the job keep it."""
        return asdict(self) | {"players": {role: name for role, name in self.players.items() if name}}


USUAL_PLAN: Final = DrillPlan()


@dataclass(frozen=True, slots=True)
class TimelineLine:
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


def build_timeline(
    script: DrillPlan,
    begun: datetime,
    done: Mapping[str, tuple[datetime, str]],
    injected: Mapping[str, Mapping[str, tuple[datetime, str]]],
    now: datetime,
) -> list[TimelineLine]:
    """Steps and injects by when they are due. ``done``: step -> (at, by); ``injected``: inject -> act -> (at, by).

    Alert and reminders have no minute of the script's: they come with the ticket, and when its clocks say so.
    """
    lines = [_step_line(script, step, begun, done.get(step), now) for step in STEPS]
    for step in (WARNED, REMINDED):
        if step in done:
            at, by = done[step]
            lines.append(TimelineLine(step, DUTY, "", None, DONE, at, by))
    lines += [
        _inject_line(script, what, begun, injected.get(what, {}), now)
        for what in THROWN
        if what in script.thrown or what in injected
    ]
    return sorted(lines, key=lambda one: one.due or one.at or begun)


def _step_line(
    script: DrillPlan, step: str, begun: datetime, done: tuple[datetime, str] | None, now: datetime
) -> TimelineLine:
    role, minutes = STEPS[step]
    due = begun + timedelta(minutes=script.minutes.get(step, minutes))
    at, by = done or (None, "")
    # the minute of the script still is in time
    state = (WAITING if now <= due else LATE) if at is None else DONE if at <= due else DONE_LATE
    return TimelineLine(step, role, script.players.get(role, ""), due, state, at, by)


def _inject_line(
    script: DrillPlan, what: str, begun: datetime, acts: Mapping[str, tuple[datetime, str]], now: datetime
) -> TimelineLine:
    role, minutes = THROWN[what]
    due = begun + timedelta(minutes=minutes)
    (at, by), (ended, _by) = acts.get(GIVEN, (None, "")), acts.get(HANDLED, (None, ""))
    state = DONE if ended else RUNNING if at else WAITING if now < due else DUE
    return TimelineLine(what, role, script.players.get(role, ""), due, state, at, by, ended, thrown=True)


MOST_LINES: Final = 60  # lines
LONGEST_PART: Final = 120  # characters of a part
LINE_PARTS: Final = (2, 3)
BARS: Final = re.compile(r"[|｜\t]")
TIME: Final = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")
LONG_DIGITS: Final = re.compile(r"[0-9]{7,}[0-9Xx]?")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """``head``: the time (``09:30``) of an agenda's line, the place of a post; then what and who, or who and task."""

    head: str
    first: str
    second: str


def parse_lines(text: str, *, timed: bool) -> list[PlanLine]:
    """Lines in the order given, an agenda's by their time.

    ``visit_line_wrong`` with line and flaw (parts, long, time, number: no telephone or ID number belongs here),
    ``visit_lines_too_many``.
    """
    raw_lines = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(raw_lines) > MOST_LINES:
        raise NianjianError("visit_lines_too_many", most=MOST_LINES)
    lines = [_parse_line(place, line, timed=timed) for place, line in raw_lines]
    return sorted(lines, key=lambda one: one.head) if timed else lines


def format_lines(lines: list[PlanLine]) -> str:
    """The text that `parse_lines` reads to the same."""
    return "\n".join(" | ".join(part for part in (one.head, one.first, one.second) if part) for one in lines)


def _parse_line(place: int, line: str, *, timed: bool) -> PlanLine:
    parts = [" ".join(part.split()) for part in BARS.split(line)]
    head, first, second = (*parts, "")[:3] if len(parts) in LINE_PARTS else ("", "", "")
    why = _line_error(parts, head, timed=timed)
    if why:
        raise NianjianError("visit_line_wrong", line=place, flaw=why)
    if timed:
        hour, minute = TIME.fullmatch(head).groups()  # type: ignore[union-attr]  # looked at above
        head = f"{int(hour):02}:{minute}"
    return PlanLine(head, first, second)


def _line_error(parts: list[str], head: str, *, timed: bool) -> str:
    if len(parts) not in LINE_PARTS or not all(parts[:2]):
        return "parts"
    if max(map(len, parts)) > LONGEST_PART:
        return "long"
    if timed and not TIME.fullmatch(head):
        return "time"
    return "number" if any(map(holds_number, parts)) else ""


def holds_number(text: str) -> bool:
    """Whether a telephone or ID number stands in it, which goes onto no page, paper or copy."""
    return any(numbers.mask(run) != run for run in LONG_DIGITS.findall(text))


NOTICE_RULE, SCREENS_RULE, DRILL_RULE = "S1", "S9", "S10"
RULES: Final = (NOTICE_RULE, "S2", "S3", "S4", "S5", "S6", "S7", "S8", SCREENS_RULE, DRILL_RULE)
WEEK: Final = timedelta(weeks=1)


class NoticeState(StrEnum):
    """How the notice of the on-site check (现场检查通知书) stands."""

    RECEIVED = "notice_received"
    LATE = "notice_late"  # it usually comes within two weeks of the submission, and they are over
    AWAITED = "notice_awaited"
    NOT_SUBMITTED = "notice_not_submitted"


@dataclass(frozen=True, slots=True)
class ExpectedNotice:
    """``by``: until when the notice usually comes; None before the report was handed in."""

    state: NoticeState
    by: date | None


def expect_notice(received: date | None, submitted: date | None, weeks: int, today: date) -> ExpectedNotice:
    """S1: two weeks after the submission, counted in calendar days; the last one is still in time."""
    by = None if submitted is None else submitted + WEEK * weeks
    if received is not None and (submitted is None or received >= submitted):
        return ExpectedNotice(NoticeState.RECEIVED, by)
    if by is None:
        return ExpectedNotice(NoticeState.NOT_SUBMITTED, None)
    return ExpectedNotice(NoticeState.AWAITED if today <= by else NoticeState.LATE, by)


def judge_sources(states: Iterable[str]) -> tuple[State, str]:
    """S9, what the product sees itself: (state, why) of the sources behind both screens; fresh, stale or absent."""
    codes = set(states)
    if "stale" in codes:
        return State.FAILED, "screens_stale"
    return (State.PASSED, "screens_live") if codes == {"fresh"} else (State.NOT_PROVED, "screens_absent")


def judge_screens(seen_on: date | None, days: int, today: date, *, stand: bool) -> tuple[State, str]:
    """S9, what only a person sees: the note counts for so many days, that of the look the first; then nothing does."""
    if seen_on is None:
        return State.NOT_PROVED, "screens_by_eye"
    if today > seen_on + timedelta(days=days - 1):
        return State.NOT_PROVED, "screens_note_over"
    return (State.PASSED, "screens_seen") if stand else (State.FAILED, "screens_gone")


def build_rows(evidence: Sequence[Check]) -> list[SheetRow]:
    """The ten rows in the guide's order, each with its evidence; what belongs to no row of S1-S10 is left out."""
    by_rule = {rule: [one for one in evidence if one.rule == rule] for rule in RULES}
    return [SheetRow(rule, overall_state(one.state for one in mine), mine) for rule, mine in by_rule.items()]


ANSWERED: Final = {
    Hand.MET: (State.PASSED, "in_time"), Hand.LATE: (State.FAILED, "late"),
    Hand.STOPPED: (State.NOT_PROVED, "excluded"),
}  # fmt: skip
RUNNING_CLOCK: Final = (State.IN_PROGRESS, "running")


@dataclass(frozen=True, slots=True)
class DrillStep:
    """A step at a moment. ``taken``: since the complaint arrived; ``limit``: so much is allowed, None: nothing is."""

    step: str
    state: State
    why: str
    at: datetime | None = None
    taken: timedelta | None = None
    limit: timedelta | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class DrillRecord:
    """What is recorded of a drill's ticket. ``by``: step -> who did it; ``calls``: state -> test calls.

    ``warned``: when the system gave the alert of the arrival; ``reminded``: when it reminded of a clock.
    """

    facts: Facts
    promise: ServiceLevels
    warned: datetime | None
    by: Mapping[str, str]
    calls: Mapping[str, int]
    calls_why: str
    opened: str = "one_click_opened"  # how the complaint came in
    reminded: Mapping[Clock, datetime] = field(default_factory=dict)


def judge_steps(seen: DrillRecord, now: datetime) -> list[DrillStep]:
    """Arrival, alert, response, call-back, closing and the test calls, as they stand at a moment.

    Reminders are a step only where one fell due: who is quicker than the clocks needs none.
    """
    facts = seen.facts.at(now)
    response, close = (evaluate_clock(one, facts, seen.promise, now) for one in (Clock.RESPONSE, Clock.CLOSE))
    arrived = facts.arrived
    if arrived is None or response.due is None or close.due is None:
        return [DrillStep("arrived", State.NOT_PROVED, "arrival_unknown"), _test_calls(seen)]
    quick, whole = response.due - arrived, close.due - arrived

    def timed(step: str, verdict: tuple[State, str], at: datetime | None, limit: timedelta) -> DrillStep:
        return DrillStep(
            step, *verdict, at, None if at is None else at - arrived, limit, seen.by.get(step, "") if at else ""
        )

    return [
        DrillStep("arrived", State.PASSED, seen.opened, arrived, timedelta(0), None, seen.by.get("arrived", "")),
        timed("warned", _alert(seen, response, response.due), seen.warned, quick),
        *(
            timed(REMINDED, verdict, max(seen.reminded.values(), default=None), whole)
            for verdict in _reminders(seen, {Clock.RESPONSE: facts.responded, Clock.CLOSE: facts.finished}, now)
        ),
        timed("responded", _clock_state(response), facts.responded, quick),
        timed("called_back", _call_back(facts, close, now), facts.called_back, whole),
        timed("closed", _clock_state(close), facts.finished, whole),
        _test_calls(seen),
    ]


def _clock_state(read: ClockReading) -> tuple[State, str]:
    return ANSWERED.get(read.hand, RUNNING_CLOCK)


def _call_back(facts: Facts, close: ClockReading, now: datetime) -> tuple[State, str]:
    """The call-back has no clock of its own: it must come before the ticket has to be closed."""
    if close.hand is Hand.STOPPED:
        return State.NOT_PROVED, "excluded"
    if close.due is not None and (facts.called_back or now) > close.due:
        return State.FAILED, "late"
    return RUNNING_CLOCK if facts.called_back is None else (State.PASSED, "in_time")


def _alert(seen: DrillRecord, response: ClockReading, due: datetime) -> tuple[State, str]:
    """The system's warning (系统预警) is the alert that a complaint has arrived before the response is due."""
    if seen.warned is not None:
        return (State.PASSED, "alert_sent") if seen.warned <= due else (State.FAILED, "late")
    return (State.NOT_PROVED, "excluded") if response.hand is Hand.STOPPED else (State.FAILED, "alert_missing")


def _reminders(seen: DrillRecord, done: Mapping[Clock, datetime | None], now: datetime) -> Iterator[tuple[State, str]]:
    """Nothing where none fell due: what was done before its reminder was due needed none."""
    readings = {one: evaluate_clock(one, seen.facts.at(now), seen.promise, now) for one in done}
    due = [
        which
        for which, read in readings.items()
        if read.hand is not Hand.STOPPED and read.warns is not None and (done[which] or now) >= read.warns
    ]
    if due:
        in_time = seen.reminded.keys() >= set(due)
        yield (State.PASSED, "warning_sent") if in_time else (State.FAILED, "warning_missing")


def judge_drill(steps: Sequence[DrillStep]) -> State:
    """The outcome of a drill (S10): that of its steps. Test calls (S4) decide only where some were made.

    Until its ticket is closed, excluded or past its limit it is in progress, whatever a step has shown.
    """
    if any((one.step, one.why) == ("closed", "running") for one in steps):
        return State.IN_PROGRESS
    outcome = overall_state(one.state for one in steps if one.step != CALLS or one.why in CALLED)
    return State.NOT_PROVED if outcome is State.IN_PROGRESS else outcome  # the drill has ended, nothing follows


def _test_calls(seen: DrillRecord) -> DrillStep:
    counts = seen.calls
    if not sum(counts.values()):
        return DrillStep(CALLS, State.NOT_PROVED, seen.calls_why or "calls_unproved")
    if counts.get(State.FAILED):
        return DrillStep(CALLS, State.FAILED, "calls_failed")
    if counts.get(State.NOT_PROVED):
        return DrillStep(CALLS, State.NOT_PROVED, "calls_unproved")
    return DrillStep(CALLS, State.PASSED, "calls_passed")
