"""What the gate decided about a channel, out of its journal: attempts a day, refusals, the white list (R3, R4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

from nianjian.engines.gate import decision_journal
from nianjian.engines.gate.decision_journal import DAY, EAST, SUFFIX, Decision
from nianjian.engines.gate.question import Request
from nianjian.engines.kernel.numbers import normalise
from nianjian.engines.metrics.metric import decimal_text
from nianjian.features.rectification.isolate import Channel

WHITE_LIST: Final = "not-on-white-list"
CAP: Final = "cap"


def summarize_decisions(
    folder: Path, enterprise: str, channel: Channel, since: int, last: date, *, lines: Collection[str] = ()
) -> dict[str, Any]:
    """Decisions from ``since`` (epoch milliseconds) to the end of the day ``last``; a looking-on gate refuses nothing.

    ``lines``: of a team, those that the register gives it: most switches name no team. A displayed number is found
    however the switch wrote it.
    ``white_listed``: attempts whose callee the white list did not refuse, of ``asked``; ``by_day``: (day, allowed).
    """
    counted: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for one in _decisions(folder, enterprise, _asked(channel, lines), since, last):
        counted["asked"] += 1
        counted["allowed" if one.verdict.allow else one.verdict.reason] += 1
        if one.reason != WHITE_LIST:
            counted["white_listed"] += 1
        if one.verdict.allow:
            days[_day(one.decided_at)] += 1
    share = Fraction(counted["white_listed"], counted["asked"]) if counted["asked"] else None
    refused = counted["asked"] - counted["allowed"]
    return {
        "asked": counted["asked"],
        "allowed": counted["allowed"],
        "over_cap": counted[CAP],
        "not_on_white_list": counted[WHITE_LIST],
        "refused_otherwise": refused - counted[CAP] - counted[WHITE_LIST],
        "white_listed": counted["white_listed"],
        "white_list_share": decimal_text(share, "%"),
        "most": max(days.values(), default=0),
        "by_day": [[day, days[day]] for day in sorted(days)],
    }


def _asked(channel: Channel, lines: Collection[str]) -> tuple[bytes, Callable[[Request], bool]]:
    """What stands in every line of the journal about the channel, and whether a question is about it."""
    value = channel.value
    if channel.key == "line":
        return value.encode("utf-8", "surrogatepass"), lambda asked: asked.channel == value
    if channel.key == "team":
        own = frozenset(lines)
        return b"", lambda asked: asked.channel in own or asked.team == value

    @cache
    def same(display: str) -> bool:
        return display == value or normalise(display) == normalise(value)

    return b"", lambda asked: same(asked.display)


def _decisions(
    folder: Path, enterprise: str, asked: tuple[bytes, Callable[[Request], bool]], since: int, last: date
) -> Iterator[Decision]:
    """The journal's lines about a channel; a line without its name is not even taken apart."""
    needle, about = asked
    first = _day(since)
    for day in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not first <= day.name <= last.isoformat():
            continue
        for path in sorted(day.glob(f"*{SUFFIX}")):
            with path.open("rb") as file:
                for raw in file:
                    one = decision_journal.parse_decision(raw.rstrip(b"\n")) if needle in raw else None
                    if one is None or one.decided_at < since or one.request.enterprise != enterprise:
                        continue
                    if about(one.request):
                        yield one


def _day(moment: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=(moment + EAST) // DAY)).isoformat()
