"""What the files of a switch under watch, rotated ones too, hold about test calls; each is read once, within bounds."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BufferedIOBase
from pathlib import Path
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.features.screens import posted, sources
from nianjian.features.screens.watch import ACCOUNTS
from nianjian.features.test_calls import landings
from nianjian.features.test_calls.landings import BESIDE, REACH, CallRecord, PlacedCall, VoicemailSigns

MOST: Final = 1 << 26  # bytes that are read of a file
LONGEST: Final = 1 << 20  # of a line
FILES: Final = 400  # that are read: a proxy may have one a process and day
_MARK: Final = r"[.-]\d[\d.T:_-]{0,24}"
_PACKED: Final = re.compile(r"\.(?:gz|bz2|xz|zst|lz4|zip|Z)")
OPENERS: Final[Mapping[str, Callable[[Path], BufferedIOBase]]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
TORN: Final = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""What reading a file may raise: one that is gone or locked away, broken, or packed in a way that is not known here."""


@dataclass(frozen=True, slots=True)
class SwitchFile:
    """``until``: its last write; ``node``: its identity on the disk; ``after``: the last write of the one before it."""

    path: Path
    until: datetime
    node: int
    after: datetime | None = None


@dataclass(slots=True)
class ReadPart:
    """``read`` bytes; what of a file was left out: what stands before the part that was read, or behind it."""

    read: int = 0
    before: bool = False
    behind: bool = False


def choose_files(paths: Iterable[Path], first: datetime, last: datetime) -> tuple[list[SwitchFile], datetime | None]:
    """The files of ``paths`` and the rotated ones beside them that hold records of a span; the newest first.

    Beside it the last write of the newest that is one too many: what was recorded up to then is not read.
    """
    found: dict[Path, SwitchFile] = {}
    for path in paths:
        family = sorted(_family(path), key=lambda one: one.until)
        for place, one in enumerate(family):
            after = family[place - 1].until if place else None
            if one.path == path or (one.until >= first and (after is None or after <= last)):
                found.setdefault(one.path, SwitchFile(one.path, one.until, one.node, after))
    files = sorted(found.values(), key=lambda one: one.until, reverse=True)
    return files[:FILES], files[FILES].until if len(files) > FILES else None


def _family(path: Path) -> Iterator[SwitchFile]:
    try:
        names = [one for one in path.parent.iterdir() if one == path or _is_rotated(path.name, one.name)]
    except OSError:
        names = [path]
    for one in names:
        try:
            told = one.stat()
        except OSError:  # gone since, or not there at all
            continue
        if one.is_file():
            yield SwitchFile(one, datetime.fromtimestamp(told.st_mtime, UTC), told.st_ino)


def _is_rotated(name: str, other: str) -> bool:
    end = Path(other).suffix
    bare = other.removesuffix(end) if _PACKED.fullmatch(end) else other
    stem, dot, kind = name.rpartition(".")
    shapes = [re.escape(name) + _MARK, *([re.escape(stem) + _MARK + re.escape(dot + kind)] if stem else [])]
    return any(re.fullmatch(shape, bare) for shape in shapes)


def read_lines(path: Path, part: ReadPart, most: int = MOST) -> Iterator[bytes]:
    """Whole lines: of a plain file the last ``most`` bytes, of a packed one the first. Raises one of ``TORN``."""
    opener = OPENERS.get(path.suffix)
    if opener is None and _PACKED.fullmatch(path.suffix):
        raise OSError(path.suffix)
    with path.open("rb") if opener is None else opener(path) as file:
        if opener is None:
            size = file.seek(0, 2)
            part.before = size > most
            file.seek(max(0, size - most))
            if part.before:
                file.readline()
        yield from _whole_lines(file, part, most)


def _whole_lines(file: BufferedIOBase, part: ReadPart, most: int) -> Iterator[bytes]:
    """Lines with an end, no longer than ``LONGEST``; a packed file may unpack to anything."""
    torn = False
    while chunk := file.readline(LONGEST):
        part.read += len(chunk)
        if part.read > most:
            part.behind = True
            return
        if not chunk.endswith(b"\n"):
            torn = True
        elif torn:
            torn = False
        else:
            yield chunk.rstrip(b"\r\n")


BUDGET: Final = 4 * MOST  # bytes that are read of a switch's files, the newest first
STEP: Final = 20_000  # lines between two signs of life
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_END: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class SwitchRecords:
    """``records`` near any of the tests; ``moments`` of all calls in order, epoch seconds; ``gaps``: not read."""

    records: list[CallRecord] = field(default_factory=list)
    moments: array[float] = field(default_factory=lambda: array("d"))
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)

    def take(self, one: SwitchFile, part: ReadPart, rows: Iterable[CallRecord | datetime], near: _Near) -> None:
        """Of a file the records near a test, the moments of all its calls, and as a gap what was not read of it."""
        moments, kept = array("d"), []
        try:
            for row in rows:
                moments.append((row if isinstance(row, datetime) else row.at).timestamp())
                if isinstance(row, CallRecord) and near.has(row):
                    kept.append(row)
        except FileNotFoundError:
            return
        except TORN:
            self.gaps.append((one.after or _BEGINNING, one.until))
            return
        self.records += kept
        self.moments.extend(moments)
        if part.before:
            self.gaps.append((one.after or _BEGINNING, _moment(min(moments)) if moments else one.until))
        if part.behind:
            self.gaps.append((_moment(max(moments)) if moments else one.after or _BEGINNING, one.until))

    def covers(self, one: PlacedCall) -> bool:
        """Whether there are calls on both sides of a test, and all of its own time was read."""
        if any(first <= one.answered + REACH and last >= one.begun - REACH for first, last in self.gaps):
            return False
        begun, answered, beside = one.begun.timestamp(), one.answered.timestamp(), BESIDE.total_seconds()
        before = bisect_left(self.moments, begun - beside) < bisect_right(self.moments, begun)
        return before and bisect_right(self.moments, answered) < bisect_right(self.moments, answered + beside)


def read_switch(
    given: sources.Records, source: str, tests: Sequence[PlacedCall], signs: VoicemailSigns, tick: Callable[[], None]
) -> SwitchRecords:
    """Read the files of a switch for these tests; what ``tick`` raises ends it."""
    first = min(one.begun for one in tests) - BESIDE
    last = max(one.answered for one in tests) + BESIDE
    files, lost = choose_files(_paths(given, first, last), first, last)
    found = SwitchRecords(gaps=[] if lost is None else [(_BEGINNING, lost)])
    near, left = _Near(tests), BUDGET
    for one in files:
        part = ReadPart()
        lines = _with_ticks(read_lines(one.path, part, min(left, MOST)), tick)
        found.take(one, part, landings.read_switch_records(given.kind, lines, source, signs, near.at), near)
        left = max(left - part.read, 0)
    again, _lost = choose_files(_paths(given, first, last), first, last)
    if {(one.path, one.node) for one in again} != {(one.path, one.node) for one in files}:
        found.gaps.append((_BEGINNING, _END))  # moved while they were read
    found.records = landings.join_records(found.records)
    found.moments = array("d", sorted(found.moments))
    return found


def _with_ticks(lines: Iterable[bytes], tick: Callable[[], None]) -> Iterator[bytes]:
    """The lines, with a sign of life now and then."""
    for count, line in enumerate(lines):
        if count % STEP == 0:
            tick()
        yield line


def _paths(given: sources.Records, first: datetime, last: datetime) -> list[Path]:
    """The files that are written now; a switch that posts has one a day."""
    path = given.path
    if given.kind == sources.POSTING:
        day, end = (moment.astimezone(clock.ZONE).date() for moment in (first, last))
        return [posted.file_of(path, day + timedelta(days=step)) for step in range((end - day).days + 1)]
    if given.kind == "kamailio" and path.is_dir():
        return sorted(one for one in path.iterdir() if one.match(ACCOUNTS))
    return [path]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class _Near:
    """Whether a record may be of one of some tests: cheap, for every call of a switch is asked for."""

    def __init__(self, tests: Sequence[PlacedCall]) -> None:
        self._tests = sorted(tests, key=lambda one: one.begun)
        self._begun = [one.begun for one in self._tests]
        self._longest = max((one.answered - one.begun for one in tests), default=timedelta())
        self._ids = {one.call_id for one in tests if one.call_id}

    def at(self, moment: datetime, call: str) -> bool:
        """By its moment or its call-id alone."""
        return call in self._ids or bool(self._around(moment))

    def has(self, record: CallRecord) -> bool:
        """By its call-id, or by its moment and its numbers."""
        if record.call in self._ids:
            return True
        return any(landings.find_time_gap(record, one) is not None for one in self._around(record.at))

    def _around(self, moment: datetime) -> Sequence[PlacedCall]:
        first = bisect_left(self._begun, moment - REACH - self._longest)
        return self._tests[first : bisect_right(self._begun, moment + REACH)]
