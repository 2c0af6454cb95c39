"""Readiness by 人、号、系统: passed checks of all; what is unknown counts as not passed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PASSED, FAILED, UNKNOWN = "passed", "failed", "unknown"
PEOPLE, NUMBERS, SYSTEM = "people", "numbers", "system"
PARTS: Final = (PEOPLE, NUMBERS, SYSTEM)


@dataclass(frozen=True, slots=True)
class Check:
    """``rule``: the row of the guide; ``why``: the code of what makes the state; ``day``: when it was seen."""

    check: str
    part: str
    rule: str
    state: str
    why: str
    day: str | None = None


def share(checks: Sequence[Check], part: str = "") -> tuple[int, int]:
    """(passed, all) of a part, of everything without one."""
    of = [one for one in checks if not part or one.part == part]
    return sum(one.state == PASSED for one in of), len(of)


def state(checks: Sequence[Check]) -> str:
    """Ready only where every check has passed."""
    states = {one.state for one in checks}
    return FAILED if FAILED in states else PASSED if states == {PASSED} else UNKNOWN
