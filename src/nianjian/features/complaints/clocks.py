"""The two clocks of a ticket: first response and close, and whether all tickets kept them; pure.

Hours run at once and all day long from the arrival of the forward (民法典 201), what happens exactly at the end is in
time (1259). An automatic answer stops nothing; a reopening keeps the start. All limits come from the rulebook.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from nianjian.engines.kernel.claims import Claim, Lack
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import day_of
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints.states import Facts

UNDER: Final = "complaints."
UNITS: Final = frozenset({"hours", "minutes"})


class Clock(StrEnum):
    """Which clock."""

    RESPONSE = "response"
    CLOSE = "close"


class Hand(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    WARNED = "warned"  # little time is left
    MET = "met"
    LATE = "late"  # done too late, or not done and over
    STOPPED = "stopped"  # the ticket is excluded
    UNSET = "unset"  # when the forward arrived is not known


@dataclass(frozen=True, slots=True)
class ClockLimit:
    """How long a clock runs, and after how much of it to warn."""

    length: timedelta
    warning: timedelta


ClockLimits = Mapping[Clock, ClockLimit]


def read_limits(book: Rulebook) -> ClockLimits:
    """The limits of both clocks by the rules of a day; ``rule_unknown``, ``rule_value_kind``."""
    return {
        clock: ClockLimit(_span(book, f"{UNDER}{clock.value}"), _span(book, f"{UNDER}{clock.value}.warning"))
        for clock in Clock
    }


def _span(book: Rulebook, key: str) -> timedelta:
    unit = book.rule(key).unit
    if unit not in UNITS:
        raise NianjianError("rule_value_kind", key=key, wanted="hours")
    return timedelta(**{unit: book.integer(key)})


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """What holds since when: ``starts`` are first days in order, each with its terms; the first holds before it too."""

    starts: tuple[date, ...]
    terms: tuple[ClockLimits, ...]

    def on(self, arrived: datetime) -> ClockLimits:
        """The terms of a ticket that arrived then: a rule that changes later does not change it."""
        return self.terms[max(bisect_right(self.starts, day_of(arrived)) - 1, 0)]


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock at a moment. ``on_time`` None: it is not decided yet, or nothing is to be decided."""

    clock: Clock
    hand: Hand
    due: datetime | None = None
    warns: datetime | None = None
    on_time: bool | None = None


def evaluate_clock(clock: Clock, facts: Facts, promise: ServiceLevels, at: datetime) -> ClockReading:
    """How a clock stands at a moment; what was recorded for later does not count yet."""
    facts = facts.at(at)
    if facts.arrived is None:
        return ClockReading(clock, Hand.STOPPED if facts.exclusion else Hand.UNSET)
    limit = promise.on(facts.arrived)[clock]
    due, warns = facts.arrived + limit.length, facts.arrived + limit.warning
    if facts.exclusion:
        return ClockReading(clock, Hand.STOPPED, due, warns)
    done = facts.responded if clock is Clock.RESPONSE else facts.finished
    if (done or at) > due:
        return ClockReading(clock, Hand.LATE, due, warns, on_time=False)
    if done is not None:
        return ClockReading(clock, Hand.MET, due, warns, on_time=True)
    return ClockReading(clock, Hand.WARNED if at >= warns else Hand.RUNNING, due, warns)


def overdue_since(facts: Facts, promise: ServiceLevels, at: datetime) -> datetime | None:
    """When the first limit ran out that a ticket, still open at a moment, has not kept; None: it keeps them all."""
    facts = facts.at(at)
    if facts.finished is not None:
        return None
    undone = [Clock.CLOSE] if facts.responded is not None else list(Clock)
    read = [evaluate_clock(clock, facts, promise, at) for clock in undone]
    return min((one.due for one in read if one.hand is Hand.LATE and one.due is not None), default=None)


def is_overdue(facts: Facts, promise: ServiceLevels, at: datetime) -> bool:
    """Whether a ticket is still open past one of its limits at a moment, however long ago that was."""
    return overdue_since(facts, promise, at) is not None


CLAIM: Final = "tickets_in_time"
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TicketCounts:
    """Tickets of the period; ``undecided``: of which a clock still runs; waits in minutes, the 95th of a hundred.

    ``overdue``: still open past a limit; ``response_limit`` and ``close_limit``: the longest that held, in minutes.
    """

    tickets: int
    response_late: int
    close_late: int
    undecided: int
    no_arrival: int
    response_95: int | None = None
    close_95: int | None = None
    overdue: int = 0
    response_limit: int | None = None
    close_limit: int | None = None


def count_tickets(tickets: Iterable[Facts], promise: ServiceLevels, at: datetime) -> TicketCounts:
    """Read both clocks of every ticket at a moment; excluded ones are the caller's to leave out."""
    every = list(tickets)
    arrivals = [(one, one.arrived) for one in every if one.arrived is not None]
    read = [[evaluate_clock(clock, facts, promise, at) for clock in Clock] for facts, _arrived in arrivals]

    def late(clock: Clock) -> int:
        return sum(one.clock is clock and one.on_time is False for pair in read for one in pair)

    def wait(clock: Clock) -> int | None:
        done = [(facts.responded if clock is Clock.RESPONSE else facts.finished, came) for facts, came in arrivals]
        return _of_hundred([end - came for end, came in done if end is not None])

    def limit(clock: Clock) -> int | None:
        return _of_hundred([promise.on(came)[clock].length for _facts, came in arrivals], 100)

    return TicketCounts(
        tickets=len(every),
        response_late=late(Clock.RESPONSE),
        close_late=late(Clock.CLOSE),
        undecided=sum(any(one.on_time is None for one in pair) for pair in read),
        no_arrival=len(every) - len(arrivals),
        response_95=wait(Clock.RESPONSE),
        close_95=wait(Clock.CLOSE),
        overdue=sum(is_overdue(facts, promise, at) for facts, _arrived in arrivals),
        response_limit=limit(Clock.RESPONSE),
        close_limit=limit(Clock.CLOSE),
    )


def _of_hundred(lengths: Sequence[timedelta], share: int = 95) -> int | None:
    """Minutes, begun ones counted, within which so many of a hundred lie."""
    if not lengths:
        return None
    place = -(-share * len(lengths) // 100) - 1
    return -(-sorted(lengths)[place] // MINUTE)


def list_lacks(*cases: tuple[object, Lack]) -> list[Lack]:
    """What is lacking: of each pair the second, where the first holds."""
    return [lack for holds, lack in cases if holds]


def build_in_time_claim(counts: TicketCounts) -> Claim:
    """2小时内响应、24小时内结案: every ticket of the period, none late.

    One that has no arrival proves nothing, and neither do tickets whose clocks all run still.
    """
    lacks = list_lacks(
        (not counts.tickets, Lack("no_tickets", known=False)),
        (counts.response_late, Lack("responses_late", count=counts.response_late)),
        (counts.close_late, Lack("closes_late", count=counts.close_late)),
        (counts.tickets and counts.undecided == counts.tickets, Lack("tickets_running", known=False)),
        (counts.no_arrival, Lack("arrival_unknown", known=False, count=counts.no_arrival)),
    )
    return Claim(CLAIM, asdict(counts), lacks)
