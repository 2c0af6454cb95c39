"""The decision journal of one gate process: one file a day, only ever added to.

What is noted waits in memory until `flush`, which the process calls at the end of a turn of its loop; a note touches no
file, so it cannot fail. What cannot be written waits for the next `flush`, each line for the file of its day. A killed
process loses the answers of that turn and nothing that was written. `sync` (fdatasync) is called once a second in a
thread, so a power cut may cost a second of the journal; the counters have a journal of their own that costs nothing.
A line that broke off is cut away when the file is opened again. Beside each file stands since when this start of the
machine writes to it (`earlier`), so that a new run knows what the ones before it have answered.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections import deque
from itertools import islice
from pathlib import Path
from typing import Final

from nianjian.engines.gate.asked import Request, Verdict
from nianjian.engines.gate.brief import Brief
from nianjian.engines.gate.decisions import earlier, record
from nianjian.engines.gate.decisions.record import Decision
from nianjian.engines.kernel.errors import NianjianError

EAST: Final = 28_800_000
DAY: Final = 86_400_000
PIECE: Final = 1000  # lines, or lines of a turn, that are written at once
MOST: Final = 1 << 25  # bytes that may wait where nothing can be written: a hundred thousand decisions
STEP: Final = 1 << 16
SUFFIX: Final = ".log"
PROCESS: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Journal:
    """``process`` names this process among those of the home: letters, digits, - and _; it is locked while open."""

    def __init__(self, folder: Path, process: str) -> None:
        if not PROCESS.fullmatch(process):
            raise NianjianError("gate_process_name", process=process)
        self._folder, self._process = folder, process
        self._boot = earlier.boot()
        self._lines: deque[bytes | int] = deque()  # a number: what follows belongs to that day
        self._waiting = 0  # bytes
        self._file = -1
        self._ends = 0  # the moment at which the day of the newest line is over, epoch milliseconds
        self._briefs: list[Brief] = []  # newer than the lines
        self.jot = self._briefs.append
        """Takes a usual decision down: its line is made by the next `flush`, with those of the whole turn."""
        self.prefix = ""
        """How the ids of this start's decisions begin, so that no other decision has one of them: process and start."""
        self.written = 0
        """Lines written since it was opened."""
        self.lost = 0
        """Decisions that are in no journal: too many waited."""

    def open(self, now: int) -> int:
        """Open the file of the day of ``now`` (epoch milliseconds), cutting a torn tail; how many bytes were cut.

        ``gate_journal_taken`` where another process of this name is running.
        """
        self.prefix = f"{self._process}-{now:x}-"
        number = _day_of(now)
        cut = self._day(number)
        self._ends = _end(number)
        return cut

    def note(self, request: Request, verdict: Verdict, generation: int, now: int) -> None:
        """Take a decision down; ``now`` epoch milliseconds. A clock that goes back stays in the newer file."""
        if self._briefs:
            self._spell()
        self._put(record.line(request, verdict, now, generation), now)

    def _spell(self) -> None:
        briefs = self._briefs[:]
        self._briefs.clear()
        latest = max(one[1] for one in briefs)
        for some in [briefs] if latest < self._ends else [[one] for one in briefs]:
            self._put(record.brief_lines(some), some[0][1])

    def _put(self, line: bytes, now: int) -> None:
        """A line, or several of one day."""
        if self._waiting + len(line) > MOST:
            self.lost += line.count(b"\n")
            return
        if now >= self._ends:
            number = _day_of(now)
            self._ends = _end(number)
            self._lines.append(number)
        self._lines.append(line)
        self._waiting += len(line)

    def answered(self, now: int) -> list[Decision]:
        """What earlier runs answered today and yesterday (``now`` epoch milliseconds), the newest of it, oldest first.

        Reads up to `earlier.MOST` bytes, so it is called in a thread, behind `open` and before anything is noted.
        """
        days = (self._path(_day_of(now) + day) for day in (-1, 0))
        return list(earlier.answered([path for path in days if path.exists()], self._boot))

    def back(self, enterprise: str, call_id: str) -> None:
        """Note, at once, that a call may be asked about anew: before its units are given back.

        Errors as `flush`'s: then it is not noted, or stands with what waits.
        """
        if self._briefs:
            self._spell()
        line = record.back(enterprise, call_id)
        if self._waiting + len(line) > MOST:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._lines.append(line)
        self._waiting += len(line)
        self.flush()

    def flush(self) -> None:
        """Write what waits; what could not be written waits still.

        OSError where there is no room, ``gate_journal_taken`` where another process has this name's file of a new day.
        """
        if self._briefs:
            self._spell()
        while self._lines:
            first = self._lines[0]
            if isinstance(first, int):
                self._turn(first)
                self._lines.popleft()
            else:
                self._write()

    def _write(self) -> None:
        """A piece of the lines up to the next midnight."""
        piece: list[bytes] = []
        for line in islice(self._lines, PIECE):
            if isinstance(line, int):
                break
            piece.append(line)
        left = os.write(self._file, b"".join(piece))
        self._waiting -= left
        for line in piece:
            self.written += line.count(b"\n", 0, left)
            if left < len(line):  # the disk took a part of it
                self._lines[0] = line[left:]
                return
            left -= len(line)
            self._lines.popleft()

    def sync(self) -> None:
        """Have what was written on the disk; blocks, so it is called in a thread."""
        if self._file >= 0:
            os.fdatasync(self._file)

    def close(self) -> None:
        """Write, sync and close."""
        try:
            self.flush()
        finally:
            self._shut()

    def _shut(self) -> None:
        if self._file < 0:
            return
        file, self._file = self._file, -1
        try:
            os.fdatasync(file)
        finally:
            os.close(file)

    def _turn(self, number: int) -> None:
        """Midnight: what waited for the day before is written."""
        self._shut()
        self._day(number)

    def _day(self, number: int) -> int:
        path = self._path(number)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            os.close(self._file)
            self._file = -1
            raise NianjianError("gate_journal_taken", process=self._process) from fault
        cut = cut_tail(self._file)
        if os.fstat(self._file).st_size == 0:
            os.write(self._file, f"{record.HEADER}\n".encode())
        earlier.mark(path, self._boot, os.fstat(self._file).st_size)
        return cut

    def _path(self, number: int) -> Path:
        return self._folder / day_name(number) / f"{self._process}{SUFFIX}"


def _day_of(now: int) -> int:
    return (now + EAST) // DAY


def _end(number: int) -> int:
    return (number + 1) * DAY - EAST


def day_name(number: int) -> str:
    """ISO date of a day counted from 1970-01-01."""
    from datetime import date, timedelta  # noqa: PLC0415 -- once a day, and no clock is read

    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def cut_tail(file: int) -> int:
    """Cut what stands behind the last whole line; how many bytes were cut."""
    size = os.fstat(file).st_size
    end = size
    while end > 0:
        start = max(0, end - STEP)
        piece = os.pread(file, end - start, start)
        for place in _ends_of(piece):
            raw = piece[piece.rfind(b"\n", 0, place) + 1 : place]
            at_start = start == 0 or piece.rfind(b"\n", 0, place) >= 0
            if at_start and (record.good(raw) or raw.startswith(b"#")):
                os.ftruncate(file, start + place + 1)
                return size - start - place - 1
        end = start + piece.find(b"\n") + 1 if start and b"\n" in piece else start
    os.ftruncate(file, 0)
    return size


def _ends_of(piece: bytes) -> list[int]:
    """Places of the line ends, last first."""
    return [place for place in range(len(piece) - 1, -1, -1) if piece[place] == ord("\n")]
