"""Whether every ticket of a period was responded to and closed in time: the claim, and the count that decides it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from nianjian.engines.kernel.claims import Claim, Lack
from nianjian.features.complaints.clocks import Clock, Promise, evaluate_clock, overdue
from nianjian.features.complaints.states import Facts

CLAIM: Final = "tickets_in_time"
RULE: Final = "S8"
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tickets:
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


def count_tickets(tickets: Iterable[Facts], promise: Promise, at: datetime) -> Tickets:
    """Read both clocks of every ticket at a moment; excluded ones are the caller's to leave out."""
    late, count, undecided, unknown, still = dict.fromkeys(Clock, 0), 0, 0, 0, 0
    waits: dict[Clock, list[timedelta]] = {one: [] for one in Clock}
    limits: dict[Clock, list[timedelta]] = {one: [] for one in Clock}
    for facts in tickets:
        count += 1
        if facts.arrived is None:
            unknown += 1
            continue
        read = [evaluate_clock(one, facts, promise, at) for one in Clock]
        undecided += any(one.on_time is None for one in read)
        still += overdue(facts, promise, at)
        for one in read:
            late[one.clock] += one.on_time is False
            limits[one.clock].append(promise.on(facts.arrived)[one.clock].length)
            done = facts.responded if one.clock is Clock.RESPONSE else facts.finished
            if done is not None:
                waits[one.clock].append(done - facts.arrived)
    return Tickets(
        tickets=count,
        response_late=late[Clock.RESPONSE],
        close_late=late[Clock.CLOSE],
        undecided=undecided,
        no_arrival=unknown,
        response_95=_of_hundred(waits[Clock.RESPONSE]),
        close_95=_of_hundred(waits[Clock.CLOSE]),
        overdue=still,
        response_limit=_of_hundred(limits[Clock.RESPONSE], 100),
        close_limit=_of_hundred(limits[Clock.CLOSE], 100),
    )


def _of_hundred(lengths: Sequence[timedelta], share: int = 95) -> int | None:
    """Minutes, begun ones counted, within which so many of a hundred lie."""
    if not lengths:
        return None
    place = -(-share * len(lengths) // 100) - 1
    return -(-sorted(lengths)[place] // MINUTE)


def tickets_in_time(told: Tickets) -> Claim:
    """2小时内响应、24小时内结案: every ticket of the period, none late.

    One that has no arrival proves nothing, and neither do tickets whose clocks all run still.
    """
    lacks = []
    if not told.tickets:
        lacks.append(Lack("no_tickets", known=False))
    if told.response_late:
        lacks.append(Lack("responses_late", count=told.response_late))
    if told.close_late:
        lacks.append(Lack("closes_late", count=told.close_late))
    if told.tickets and told.undecided == told.tickets:
        lacks.append(Lack("tickets_running", known=False))
    if told.no_arrival:
        lacks.append(Lack("arrival_unknown", known=False, count=told.no_arrival))
    return Claim(CLAIM, asdict(told), lacks, RULE)
