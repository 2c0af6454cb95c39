"""Find decisions: newest first over the files of all processes and days, by parts of a day, and days that have any."""

import heapq
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final

from nianjian.engines.gate import decision_journal, question
from nianjian.engines.gate.counters.meters import day_name, day_number
from nianjian.engines.gate.decision_journal import SUFFIX, Decision

NEAR: Final = 1 << 16  # bytes that are read through for one place in a file
DIGITS: Final = 20  # more than a moment has
LAST_DAY: Final = 2_932_896  # 9999-12-31, counted from 1970-01-01


@dataclass(frozen=True, slots=True)
class DecisionFilter:
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
        request = one.request
        texts = (
            (self.enterprise, request.enterprise),
            (self.display, request.display),
            (self.channel, request.channel),
            (self.call_id, request.call_id),
            (self.reason, one.reason),
        )
        return (
            all(not term or term == value for term, value in texts)
            and (
                not self.callee
                or question.number_key(self.callee) == question.number_key(request.callee) != question.UNREADABLE
            )
            and (self.allow is None or self.allow == one.verdict.allow)
            and (self.since is None or self.since <= one.decided_at)
            and (self.until is None or one.decided_at < self.until)
        )


@dataclass(slots=True)
class DecisionMatches:
    """Decisions newest first; ``more``: there are others, or may be; ``damaged``: lines that could not be read.

    ``reached``: the search ended early, at a line of that moment (epoch milliseconds), as it was to read no more.
    """

    decisions: list[Decision]
    more: bool = False
    damaged: int = 0
    reached: int | None = None


def search_decisions(folder: Path, query: DecisionFilter, limit: int, *, lines: int | None = None) -> DecisionMatches:
    """At most ``limit`` decisions; days outside the wanted span are not opened.

    ``lines``: how many may be read, of all enterprises; None: as many as it takes.
    """
    matches, read = DecisionMatches([]), 0
    for day in _day_folders(folder, query):
        sources = [_read_backwards(path, matches, query.until) for path in sorted(day.glob(f"*{SUFFIX}"))]
        for one in heapq.merge(*sources, key=lambda one: one.decided_at, reverse=True):
            if query.since is not None and one.decided_at < query.since:
                return matches
            if query.until is not None and one.decided_at >= query.until:
                continue
            if lines is not None and read >= lines:
                matches.more, matches.reached = True, one.decided_at
                return matches
            read += 1
            if not query.fits(one):
                continue
            if len(matches.decisions) == limit:
                matches.more = True
                return matches
            matches.decisions.append(one)
    return matches


def read_decisions(path: Path, matches: DecisionMatches | None = None) -> Iterator[Decision]:
    """The decisions of one file, oldest first; damaged lines are counted in ``matches``."""
    with path.open("rb") as file:
        for raw in file:
            yield from _parse_lines(raw.rstrip(b"\n"), matches)


def _day_folders(folder: Path, query: DecisionFilter) -> list[Path]:
    first = "" if query.since is None else _day_text(query.since)
    last = "9" if query.until is None else _day_text(query.until - 1)
    if not folder.is_dir():
        return []
    days = [path for path in folder.iterdir() if path.is_dir() and first <= path.name <= last]
    return sorted(days, key=lambda path: path.name, reverse=True)


def _day_text(moment: int) -> str:
    """The day of any number of milliseconds; beyond the calendar its end."""
    return day_name(min(max(day_number(moment), 0), LAST_DAY))


def _read_backwards(path: Path, matches: DecisionMatches, until: int | None) -> Iterator[Decision]:
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = content.rfind(b"\n")  # what stands behind it is still being written
        if until is not None:
            end = content.find(b"\n", _find_before(content, end, until))
        while end > 0:
            start = content.rfind(b"\n", 0, end) + 1
            yield from _parse_lines(content[start:end], matches)
            end = start - 1


def _find_before(content: mmap.mmap, end: int, until: int) -> int:
    """A place not far behind the last line that is older than a moment: lines stand in order of their moments."""
    low = 0
    while end - low > NEAR:
        middle = (low + end) // 2
        start = content.rfind(b"\n", 0, middle) + 1
        moment = _moment_of_line(content[start : start + DIGITS])
        if moment is not None and moment >= until:
            end = middle
        else:
            low = middle
    return end


def _parse_lines(raw: bytes, matches: DecisionMatches | None) -> Iterator[Decision]:
    if raw.startswith(b"#"):
        return
    one = decision_journal.parse_decision(raw)
    if one is not None:
        yield one
    elif matches is not None:
        matches.damaged += 1


def days_with_decisions(folder: Path, enterprise: str) -> tuple[set[date], set[date]]:
    """The days with a decision of the enterprise, and the days on which the gate wrote a journal at all."""
    days, running = set(), set()
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        files = sorted(place.glob(f"*{SUFFIX}"))
        try:
            day = date.fromisoformat(place.name)
        except ValueError:
            continue
        if files:
            running.add(day)
        if any(_has_decision(path, enterprise) for path in files):
            days.add(day)
    return days, running


def _has_decision(path: Path, enterprise: str) -> bool:
    name = b"\t%b\t" % enterprise.encode()
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = content.find(name)
        while place >= 0:
            start = content.rfind(b"\n", 0, place) + 1
            end = content.find(b"\n", place)
            if end < 0:  # it is still being written
                return False
            one = decision_journal.parse_decision(content[start:end])
            if one is not None and one.request.enterprise == enterprise:
                return True
            place = content.find(name, end)
    return False


PART: Final = 1 << 27  # bytes of all files that a part may have at most


def end_of_part(files: Sequence[Path], since: int | None) -> int | None:
    """The moment (epoch milliseconds) with which the part that begins at ``since`` ends; None: with the day.

    ``since`` None: the first part. Each file has a mark at every so many bytes. Between two marks of a file lies as
    much of it, so a span that holds as many marks as there are files holds at most twice the files' number of such
    pieces: a part.
    """
    return next((one for one in part_beginnings(files) if since is None or one > since), None)


def part_beginnings(files: Sequence[Path]) -> list[int]:
    """The moments with which the parts of a day begin, but for the first."""
    step = max(PART // (2 * max(len(files), 1)), 1)
    marks = sorted(one for path in files for one in _part_marks(path, step))
    return list(dict.fromkeys(marks[len(files) - 1 :: max(len(files), 1)]))


def decisions_between(
    path: Path, enterprise: str, since: int | None, until: int | None, matches: DecisionMatches | None = None
) -> Iterator[Decision]:
    """An enterprise's decisions of one file, oldest first; of lines that are another's no more than its name is read.

    ``until`` is not included; damaged lines are counted in ``matches``.
    """
    name = b"\t%b\t" % enterprise.encode()
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file:
        if since is not None:
            file.seek(_find_start(file, since))
        for raw in file:
            if raw.startswith(b"#") or not raw.endswith(b"\n"):  # the heading, and what is still being written
                continue
            moment = _moment_of_line(raw)
            if moment is not None and since is not None and moment < since:
                continue
            if moment is not None and until is not None and moment >= until:
                return
            if name not in raw:
                continue
            one = decision_journal.parse_decision(raw.rstrip(b"\n"))
            if one is not None and one.request.enterprise == enterprise:
                yield one
            elif one is None and matches is not None:
                matches.damaged += 1


def _part_marks(path: Path, step: int) -> Iterator[int]:
    """The moments of the lines behind every so many bytes."""
    with path.open("rb") as file:
        for place in range(step, path.stat().st_size, step):
            file.seek(place)
            file.readline()
            moment = _moment_of_line(file.readline())
            if moment is not None:
                yield moment


def _moment_of_line(raw: bytes) -> int | None:
    text = raw[: max(raw.find(b"\t", 0, DIGITS), 0)]
    return int(text) if text.isdigit() else None


def _find_start(file: IO[bytes], since: int) -> int:
    """The beginning of a line not far before the first of ``since``: lines stand in order of their moments."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        low, high = 0, len(content)
        while high - low > NEAR:
            middle = (low + high) // 2
            start = content.rfind(b"\n", 0, middle) + 1
            moment = _moment_of_line(content[start : start + DIGITS])
            if moment is not None and moment < since:
                low = max(start, low + 1)
            else:
                high = middle
        return content.rfind(b"\n", 0, low) + 1
