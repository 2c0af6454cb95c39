"""Find decisions: newest first, over the files of all processes and days."""

from __future__ import annotations

import heapq
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nianjian.engines.gate import telephone
from nianjian.engines.gate.decisions import record
from nianjian.engines.gate.decisions.journal import DAY, EAST, SUFFIX, day_name
from nianjian.engines.gate.decisions.record import Decision

NEAR: Final = 1 << 16  # bytes that are read through for one place in a file
DIGITS: Final = 20  # more than a moment has
LAST_DAY: Final = 2_932_896  # 9999-12-31, counted from 1970-01-01


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty texts and None match everything.

    Moments are epoch milliseconds, ``until`` not included.

    ``callee`` is compared as a number, however it is written; ``reason`` also finds what was only observed.
    """

    enterprise: str = ""
    callee: str = ""
    display: str = ""
    channel: str = ""
    reason: str = ""
    call_id: str = ""
    allow: bool | None = None
    since: int | None = None
    until: int | None = None

    def fits(self, one: Decision) -> bool:
        """Whether a decision is one of those."""
        asked = one.request
        texts = (
            (self.enterprise, asked.enterprise),
            (self.display, asked.display),
            (self.channel, asked.channel),
            (self.call_id, asked.call_id),
            (self.reason, one.reason),
        )
        return (
            all(not wanted or wanted == found for wanted, found in texts)
            and (not self.callee or telephone.key(self.callee) == telephone.key(asked.callee) != telephone.UNREADABLE)
            and (self.allow is None or self.allow == one.verdict.allow)
            and (self.since is None or self.since <= one.decided_at)
            and (self.until is None or one.decided_at < self.until)
        )


@dataclass(slots=True)
class Found:
    """Decisions newest first; ``more``: there are others, or may be; ``damaged``: lines that could not be read.

    ``reached``: the search ended early, at a line of that moment (epoch milliseconds), as it was to read no more.
    """

    decisions: list[Decision]
    more: bool = False
    damaged: int = 0
    reached: int | None = None


def search(folder: Path, wanted: Wanted, limit: int, *, lines: int | None = None) -> Found:
    """At most ``limit`` decisions; days outside the wanted span are not opened.

    ``lines``: how many may be read, of all enterprises; None: as many as it takes.
    """
    found, read = Found([]), 0
    for day in _days(folder, wanted):
        sources = [_backwards(path, found, wanted.until) for path in sorted(day.glob(f"*{SUFFIX}"))]
        for one in heapq.merge(*sources, key=lambda one: one.decided_at, reverse=True):
            if wanted.since is not None and one.decided_at < wanted.since:
                return found
            if wanted.until is not None and one.decided_at >= wanted.until:
                continue
            if lines is not None and read >= lines:
                found.more, found.reached = True, one.decided_at
                return found
            read += 1
            if not wanted.fits(one):
                continue
            if len(found.decisions) == limit:
                found.more = True
                return found
            found.decisions.append(one)
    return found


def decisions(path: Path, found: Found | None = None) -> Iterator[Decision]:
    """The decisions of one file, oldest first; damaged lines are counted in ``found``."""
    with path.open("rb") as file:
        for raw in file:
            yield from _read(raw.rstrip(b"\n"), found)


def _days(folder: Path, wanted: Wanted) -> list[Path]:
    first = "" if wanted.since is None else _day_of(wanted.since)
    last = "9" if wanted.until is None else _day_of(wanted.until - 1)
    if not folder.is_dir():
        return []
    days = [path for path in folder.iterdir() if path.is_dir() and first <= path.name <= last]
    return sorted(days, key=lambda path: path.name, reverse=True)


def _day_of(moment: int) -> str:
    """The day of any number of milliseconds; beyond the calendar its end."""
    return day_name(min(max((moment + EAST) // DAY, 0), LAST_DAY))


def _backwards(path: Path, found: Found, until: int | None) -> Iterator[Decision]:
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = content.rfind(b"\n")  # what stands behind it is still being written
        if until is not None:
            end = content.find(b"\n", _before(content, end, until))
        while end > 0:
            start = content.rfind(b"\n", 0, end) + 1
            yield from _read(content[start:end], found)
            end = start - 1


def _before(content: mmap.mmap, end: int, until: int) -> int:
    """A place not far behind the last line that is older than a moment: lines stand in order of their moments."""
    low = 0
    while end - low > NEAR:
        middle = (low + end) // 2
        start = content.rfind(b"\n", 0, middle) + 1
        moment = content[start : max(start, content.find(b"\t", start, start + DIGITS))]
        if moment.isdigit() and int(moment) >= until:
            end = middle
        else:
            low = middle
    return end


def _read(raw: bytes, found: Found | None) -> Iterator[Decision]:
    if raw.startswith(b"#"):
        return
    one = record.read(raw)
    if one is not None:
        yield one
    elif found is not None:
        found.damaged += 1
