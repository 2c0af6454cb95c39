"""Agenda and posts as people write them: a line each, its parts between bars; pure.

Agenda: ``09:30 | what | who``. Posts: ``place | who | task``. The last part may be left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError

MOST: Final = 60  # lines
LONGEST: Final = 120  # characters of a part
PARTS: Final = (2, 3)
BARS: Final = re.compile(r"[|｜\t]")
TIME: Final = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")
LONG: Final = re.compile(r"[0-9]{7,}[0-9Xx]?")


@dataclass(frozen=True, slots=True)
class Line:
    """``head``: the time (``09:30``) of an agenda's line, the place of a post; then what and who, or who and task."""

    head: str
    first: str
    second: str


def read(text: str, *, timed: bool) -> list[Line]:
    """Lines in the order given, an agenda's by their time.

    ``visit_line_wrong`` with line and flaw (parts, long, time, number: no telephone or ID number belongs here),
    ``visit_lines_too_many``.
    """
    given = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(given) > MOST:
        raise NianjianError("visit_lines_too_many", most=MOST)
    found = [_line(place, line, timed=timed) for place, line in given]
    return sorted(found, key=lambda one: one.head) if timed else found


def format_lines(lines: list[Line]) -> str:
    """The text that `read` reads to the same."""
    return "\n".join(" | ".join(part for part in (one.head, one.first, one.second) if part) for one in lines)


def _line(place: int, line: str, *, timed: bool) -> Line:
    parts = [" ".join(part.split()) for part in BARS.split(line)]
    head, first, second = (*parts, "")[:3] if len(parts) in PARTS else ("", "", "")
    why = _wrong(parts, head, timed=timed)
    if why:
        raise NianjianError("visit_line_wrong", line=place, flaw=why)
    if timed:
        hour, minute = TIME.fullmatch(head).groups()  # type: ignore[union-attr]  # looked at above
        head = f"{int(hour):02}:{minute}"
    return Line(head, first, second)


def _wrong(parts: list[str], head: str, *, timed: bool) -> str:
    if len(parts) not in PARTS or not all(parts[:2]):
        return "parts"
    if max(map(len, parts)) > LONGEST:
        return "long"
    if timed and not TIME.fullmatch(head):
        return "time"
    return "number" if any(map(tells_number, parts)) else ""


def tells_number(text: str) -> bool:
    """Whether a telephone or ID number stands in it, which goes onto no page, paper or copy."""
    return any(numbers.mask(run) != run for run in LONG.findall(text))
