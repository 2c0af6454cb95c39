"""Whether a team dials predictively, and whether robots call: judged on counted calls. Pure.

Found: in at least one hour so many calls, and such a share of that hour's calls, were dialled while more rang than
agents were free. Not found: none was such an hour, nor are all its hours together, and the records can tell. Cannot be
told: no agent is seen in the records, too few calls, a source that names the agent on too few of the answered calls, or
hours too thin to show it one by one though together they reach both limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

FOUND, NOT_FOUND, UNKNOWN = "found", "not_found", "unknown"
VERDICTS: Final = (FOUND, NOT_FOUND, UNKNOWN)
FIGURES: Final = (
    "calls", "owned", "answered", "alone", "late", "attended", "legs", "robots", "robots_answered", "over", "ringing",
    "widest",
)  # fmt: skip
HIGHEST: Final = frozenset({"ringing", "widest"})  # of several hours the highest counts, not the sum


@dataclass(frozen=True, slots=True)
class Limits:
    """From the rulebook: so many calls over and such a share in an hour; fewer ``least`` calls prove nothing.

    ``named``: the share of answered calls that must name their agent where the source writes no legs of agents.
    """

    over: int
    share: Decimal
    least: int
    named: Decimal


@dataclass(frozen=True, slots=True)
class Hour:
    """A team's hour: the figures of `question.by_hour` and `sweep.by_hour`."""

    team: str
    hour: datetime
    figures: Mapping[str, int]

    def over(self, limits: Limits) -> bool:
        """Whether it was dialled predictively; exactly at the limits it was."""
        return _reaches(self.figures, limits)


@dataclass(frozen=True, slots=True)
class Team:
    """``hours``: the hours that show it, the clearest first. ``why``: the code of what makes the verdict."""

    team: str
    verdict: str
    why: str
    figures: Mapping[str, int]
    hours: Sequence[Hour] = ()


def hours(
    rows: Iterable[Mapping[str, object]], dialled: Mapping[tuple[str, datetime], Mapping[str, int]]
) -> list[Hour]:
    """Rows of `question.by_hour` with what `sweep.by_hour` found, as values."""
    found = []
    for row in rows:
        hour = row["hour"]
        if isinstance(hour, datetime):
            team = str(row["team"])
            told = {**row, **dialled.get((team, hour), {})}
            found.append(Hour(team, hour, {name: int(str(told.get(name) or 0)) for name in FIGURES}))
    return sorted(found, key=lambda one: (one.team, one.hour))


def teams(found: Sequence[Hour], limits: Limits) -> list[Team]:
    """The verdict of each team, by name."""
    by_team: dict[str, list[Hour]] = {}
    for one in found:
        by_team.setdefault(one.team, []).append(one)
    return [_team(name, by_team[name], limits) for name in sorted(by_team)]


def _team(name: str, of_team: Sequence[Hour], limits: Limits) -> Team:
    sums = summed(of_team)
    if not sums["calls"]:
        return Team(name, NOT_FOUND, "robots_only", sums)
    if not sums["attended"]:
        return Team(name, UNKNOWN, "no_agents", sums)
    if not sums["legs"] and sums["answered"] - sums["alone"] < limits.named * sums["answered"]:
        return Team(name, UNKNOWN, "agents_seldom_named", sums)
    showing = [one for one in of_team if one.over(limits)]
    if showing:
        clearest = sorted(showing, key=lambda one: (-one.figures["over"], one.hour))
        return Team(name, FOUND, "dialled_over", sums, clearest)
    verdict, why = _without_an_hour(sums, limits)
    return Team(name, verdict, why, sums)


def _without_an_hour(sums: Mapping[str, int], limits: Limits) -> tuple[str, str]:
    """What is said where no hour shows it: thin hours hide nothing, so their sum is held against the limits, too."""
    if sums["calls"] < limits.least:
        return UNKNOWN, "too_few"
    if _reaches(sums, limits):
        return UNKNOWN, "over_scattered"
    return NOT_FOUND, "over_seldom" if sums["over"] else "agents_free"


def _reaches(figures: Mapping[str, int], limits: Limits) -> bool:
    return figures["over"] >= limits.over and figures["over"] >= limits.share * figures["calls"]


def summed(found: Iterable[Hour]) -> dict[str, int]:
    """The figures of several hours."""
    sums = dict.fromkeys(FIGURES, 0)
    for one in found:
        for name, count in one.figures.items():
            sums[name] = max(sums[name], count) if name in HIGHEST else sums[name] + count
    return sums


def whole(found: Iterable[Team]) -> str:
    """The verdict of the enterprise: what one team does is found, and what one team hides is unknown."""
    verdicts = {one.verdict for one in found}
    if FOUND in verdicts:
        return FOUND
    return NOT_FOUND if verdicts == {NOT_FOUND} else UNKNOWN


@dataclass(frozen=True, slots=True)
class Transfers:
    """Robots' answered calls: ``asked`` an agent, ``put_through`` to one; waits in milliseconds.

    ``in_time``: put through within the limit, included. ``middle`` and ``longest`` None: nobody was put through.
    """

    answered: int
    asked: int
    put_through: int
    in_time: int
    middle: int | None
    longest: int | None


def transfers(rows: Iterable[Mapping[str, object]], seconds: int) -> Transfers:
    """Rows of `question.transfers` as one value; the middle is that of the ordered waits, the lower one of two."""
    told = [(int(str(row["asked"])), row["waited"], int(str(row["calls"]))) for row in rows]
    waits = sorted((int(str(waited)), calls) for _asked, waited, calls in told if waited is not None)
    through = sum(calls for _wait, calls in waits)
    middle, before = None, 0
    for wait, calls in waits:
        before += calls
        if middle is None and 2 * before >= through:
            middle = wait
    return Transfers(
        answered=sum(calls for _asked, _waited, calls in told),
        asked=sum(calls for asked, _waited, calls in told if asked),
        put_through=through,
        in_time=sum(calls for wait, calls in waits if wait <= seconds * 1000),
        middle=middle,
        longest=waits[-1][0] if waits else None,
    )


def robots(seats: int, calls: int, people: int, alone: int, *, suggested: bool = False) -> str:
    """AI outbound: found where a robot's seat is open or a robot called.

    Not found only where every answered call names its agent: behind one that names nobody a robot may have talked.
    Calls that look like a robot's find nothing, but with them nothing is ruled out either.
    """
    if seats or calls:
        return FOUND
    return NOT_FOUND if people and not alone and not suggested else UNKNOWN
