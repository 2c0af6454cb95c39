"""How a number stands after its tests. Pure.

Green only where the newest test of every carrier that counts passed within the days that count; one that failed is red
at once; what is old, unproved, missing or was called outside working hours is never green.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nianjian.features.test_calls.verdict import FAIL, PASS

GREEN, YELLOW, RED, UNKNOWN = "green", "yellow", "red", "insufficient"
MISSING, OLD, OUTSIDE, FEW = "missing", "old", "outside", "few"


@dataclass(frozen=True, slots=True)
class Done:
    """A test: when it began, over which carrier ("": none named), and its verdict."""

    at: datetime
    carrier: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Standing:
    """``carriers``: carrier -> pass, fail, unproved, old, outside (working hours), few (passes) or missing."""

    light: str
    carriers: Mapping[str, str]


def judge_number(
    tests: Iterable[Done],
    *,
    carriers: Sequence[str],
    now: datetime,
    days: int,
    least: int = 1,
    working: Callable[[datetime], bool] = lambda _moment: True,
) -> Standing:
    """Judge by the newest test of each carrier; a carrier counts for every name that holds its word (中国移动).

    ``least``: how many tests of a carrier have to pass within the days. ``working``: whether a moment lies in working
    hours; a test at another moment counts neither for nor against.
    """
    newest: dict[str, Done] = {}
    passed: Counter[str] = Counter()
    outside: set[str] = set()
    last: Done | None = None
    since = now - timedelta(days=days)
    for one in sorted(tests, key=lambda one: one.at):
        named = {carrier for carrier in carriers if carrier in one.carrier}
        if one.at >= since and not working(one.at):
            outside |= named
            continue
        last = one
        newest |= dict.fromkeys(named, one)
        passed.update(named if one.at >= since and one.verdict == PASS else ())
    told = {carrier: _told(newest.get(carrier), since) for carrier in carriers}
    told |= {carrier: FEW for carrier, one in told.items() if one == PASS and passed[carrier] < least}
    told |= {carrier: OUTSIDE for carrier in outside if told[carrier] in {MISSING, OLD}}
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
