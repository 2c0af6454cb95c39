"""How a number stands after its tests. Pure.

Green only where the newest test of every carrier that counts passed within the days that count; one that failed is red
at once; what is old, unproved or missing is never green.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nianjian.inspection.callback.verdict import FAIL, PASS

GREEN, YELLOW, RED, UNKNOWN = "green", "yellow", "red", "insufficient"
MISSING, OLD = "missing", "old"


@dataclass(frozen=True, slots=True)
class Done:
    """A test: when it began, over which carrier ("": none named), and its verdict."""

    at: datetime
    carrier: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Standing:
    """``carriers``: carrier -> pass, fail, unproved, old or missing."""

    light: str
    carriers: Mapping[str, str]


def standing(tests: Iterable[Done], *, carriers: Sequence[str], now: datetime, days: int) -> Standing:
    """Judge by the newest test of each carrier; a carrier counts for every name that holds its word (中国移动)."""
    newest: dict[str, Done] = {}
    last: Done | None = None
    for one in sorted(tests, key=lambda one: one.at):
        last = one
        newest |= {carrier: one for carrier in carriers if carrier in one.carrier}
    since = now - timedelta(days=days)
    told = {carrier: _told(newest.get(carrier), since) for carrier in carriers}
    if FAIL in told.values() or (last is not None and last.at >= since and last.verdict == FAIL):
        light = RED
    elif last is None or last.at < since:
        light = UNKNOWN
    else:
        light = GREEN if told and set(told.values()) == {PASS} else YELLOW
    return Standing(light, told)


def _told(one: Done | None, since: datetime) -> str:
    if one is None:
        return MISSING
    return one.verdict if one.at >= since else OLD
