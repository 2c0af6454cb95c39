"""The decision journal of one gate process: one file a day, a decision a line, only ever added to."""

import contextlib
import errno
import fcntl
import os
import re
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from nianjian.engines.gate import question as brief
from nianjian.engines.gate.counters.meters import day_end, day_name, day_number
from nianjian.engines.gate.question import ALLOWED, Brief, Frame, Request, Used, Verdict
from nianjian.engines.kernel.errors import NianjianError

HEADER: Final = "#nianjian gate decisions 1"
FIELDS: Final = 23
LONGEST: Final = 512  # characters of a field that comes from a switch
RELEASE_MARK: Final = b"#back\t"
"""How the note of a call begins that may be asked about anew: readers of decisions take it for a comment."""

_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_PLAIN: Final = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A question, its answer, when it was given (epoch milliseconds) and by which generation of the snapshot."""

    request: Request
    verdict: Verdict
    decided_at: int
    generation: int

    @property
    def reason(self) -> str:
        """Why it was refused, or would have been where the gate only looks on; ``allow`` else."""
        return self.verdict.observed or self.verdict.reason


def decision_line(request: Request, verdict: Verdict, decided_at: int, generation: int) -> bytes:
    """The line of a decision, with its end."""
    used = verdict.counter
    counter = (
        ("", "", "", "", "") if used is None else (used.key, used.window, str(used.used), str(used.limit), used.counts)
    )
    fields = (
        str(decided_at),
        verdict.decision_id,
        "1" if verdict.allow else "0",
        verdict.reason,
        verdict.observed,
        verdict.rule,
        "" if verdict.retry_at is None else str(verdict.retry_at),
        *counter,
        str(generation),
        request.enterprise,
        request.display,
        request.callee,
        request.channel,
        request.call_id,
        str(request.at),
        request.caller,
        request.team,
        request.purpose,
    )
    text = "\t".join(fields)
    # nearly no field holds a sign that must be written otherwise: one look at the whole line instead of twenty
    if len(text) > LONGEST or "\\" in text or "\n" in text or "\r" in text or text.count("\t") != FIELDS - 2:
        text = "\t".join([field[:LONGEST].translate(_ESCAPES) for field in fields])
    content = text.encode("utf-8", "surrogatepass")
    return b"%b\t%08x\n" % (content, zlib.crc32(content))


@lru_cache(maxsize=1024)
def decision_frame(answer: tuple[str, str, str], generation: int, question: tuple[str, str, str, str]) -> Frame | None:
    """What stands in the lines of usual decisions between what is each one's or each channel's own.

    ``answer``: rule, window and what is counted; ``question``: enterprise, display number, team and purpose. None where
    a sign of them must be written otherwise.
    """
    rule, window, counts = answer
    enterprise, display, team, purpose = question
    if not all(map(is_plain, (*answer, *question))):
        return None
    return (
        f"\t1\t{ALLOWED}\t\t{rule}\t\t",
        f"\t{window}\t",
        f"\t{counts}\t{generation}\t{enterprise}\t{display}\t",
        f"\t{team}\t{purpose}",
    )


def is_plain(text: str) -> bool:
    """Whether a field is written as it is."""
    return text.isprintable() and "\\" not in text and len(text) <= LONGEST


def brief_lines(briefs: Iterable[Brief]) -> bytes:
    """The lines of usual decisions, each with its end: the same as `decision_line` makes."""
    pieces: list[bytes] = []
    last, moment = 0, "0"
    for of in briefs:
        alike, at, callee, call_id, caller, number, used, limit = of
        if alike.frame is None or not is_plain(callee + call_id + caller):
            pieces.append(decision_line(brief.request_of(of), brief.verdict_of(of), at, alike.generation))
            continue
        if at != last:
            last, moment = at, str(at)
        answer, window, question, end = alike.frame
        content = (
            f"{moment}\t{alike.begun}{number:x}{answer}{alike.slot.counter_name}{window}{used}\t{limit}"
            f"{question}{callee}\t{alike.channel}\t{call_id}\t{moment}\t{caller}{end}"
        ).encode()
        pieces += (content, b"\t%08x\n" % zlib.crc32(content))
    return b"".join(pieces)


def release_line(enterprise: str, call_id: str) -> bytes:
    """The line that says: this call was given back, its answer holds no more."""
    texts = [field[:LONGEST].translate(_ESCAPES) for field in (enterprise, call_id)]
    content = RELEASE_MARK + "\t".join(texts).encode("utf-8", "surrogatepass")
    return b"%b\t%08x\n" % (content, zlib.crc32(content))


def parse_release(raw: bytes) -> tuple[str, str] | None:
    """Enterprise and call id of such a line without its end; None for any other, and for a damaged one."""
    if not raw.startswith(RELEASE_MARK) or not is_intact(raw):
        return None
    _name, enterprise, call_id, _sum = raw.decode("utf-8", "surrogatepass").split("\t")
    return _unescape(enterprise), _unescape(call_id)


def is_intact(raw: bytes) -> bool:
    """Whether a line, without its end, is whole: its check sum fits."""
    content, _tab, checksum = raw.rpartition(b"\t")
    return bool(content) and checksum == b"%08x" % zlib.crc32(content)


def parse_decision(raw: bytes) -> Decision | None:
    """A decision from its line without the end; None for one that is damaged or no decision."""
    if not is_intact(raw):
        return None
    fields = raw.decode("utf-8", "surrogatepass").split("\t")
    if len(fields) != FIELDS:
        return None
    if "\\" in "".join(fields):
        fields = [_unescape(field) for field in fields]
    at, id_, allow, reason, observed, rule, retry, key, window, used, limit, counts, generation, *request, _sum = fields
    enterprise, display, callee, channel, call_id, asked_at, caller, team, purpose = request
    return Decision(
        Request(enterprise, display, callee, channel, call_id, int(asked_at), caller, team, purpose),
        Verdict(
            allow == "1",
            reason,
            rule,
            int(retry) if retry else None,
            Used(key, window, int(used), int(limit), counts) if key else None,
            id_,
            observed,
        ),
        int(at),
        int(generation),
    )


def _unescape(field: str) -> str:
    signs = iter(field)
    return "".join([_PLAIN.get(next(signs, "\\"), "") if sign == "\\" else sign for sign in signs])


EARLIER_BYTES: Final = 1 << 24  # bytes: some ninety thousand decisions, read in less than a second of the processor
BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
BOOT_SUFFIX: Final = ".boot"


def boot_id() -> str:
    """What names this start of the machine; "" where nothing does: then nothing is remembered."""
    try:
        return BOOT.read_text("ascii").strip()
    except OSError:
        return ""


def mark_boot(log: Path, started: str, size: int) -> None:
    """Beside a journal: from ``size`` on it was written since the machine started. An older mark of this start stays.

    A mark that cannot be written makes nothing unsafe: one of another start is not believed.
    """
    if started and _boot_offset(log, started) is None:
        with contextlib.suppress(OSError):
            log.with_suffix(BOOT_SUFFIX).write_text(f"{started} {size}\n", "ascii")


def earlier_decisions(logs: list[Path], started: str) -> Iterator[Decision]:
    """Decisions that hold still, oldest first, of journals in the order of their days.

    A call that was given back, or whose end made room, is asked about anew: its decisions are left out. Behind a line
    that cannot be read nobody knows what it gave back, so all before it is left out too.
    """
    by_call: dict[tuple[str, str], Decision] = {}
    for raw in _newest_lines(logs, started):
        gone = parse_release(raw)
        if gone is not None:
            by_call.pop(gone, None)
        elif raw.startswith(b"#") and not raw.startswith(RELEASE_MARK):
            continue
        elif (one := parse_decision(raw)) is None:
            by_call.clear()
        elif one.request.call_id:
            key = one.request.enterprise, one.request.call_id
            by_call.pop(key, None)  # the later answer takes the later place
            by_call[key] = one
    yield from by_call.values()


def _newest_lines(logs: list[Path], started: str) -> Iterator[bytes]:
    """Whole lines of the newest bytes, in order."""
    left, parts = EARLIER_BYTES, []
    for log in reversed(logs):
        since = _boot_offset(log, started)
        if since is None or left <= 0:
            break
        size = log.stat().st_size
        start = max(since, size - left)
        parts.append((log, start, start > since))
        left -= size - start
    for log, start, torn in reversed(parts):
        with log.open("rb") as file:
            file.seek(start)
            if torn:
                file.readline()  # the place lies within a line
            yield from (raw[:-1] for raw in file if raw.endswith(b"\n"))


def _boot_offset(log: Path, started: str) -> int | None:
    """Where what was written since this start of the machine begins; None: nothing was, or nobody knows."""
    try:
        text = log.with_suffix(BOOT_SUFFIX).read_text("ascii")
    except (OSError, ValueError):
        return None
    name, _space, place = text.partition(" ")
    if not started or name != started or not place.endswith("\n") or not place[:-1].isdigit():
        return None
    return int(place) if log.exists() and int(place) <= log.stat().st_size else None


PIECE: Final = 1000  # lines, or lines of a turn, that are written at once
WAITING_BYTES: Final = 1 << 25  # bytes that may wait where nothing can be written: a hundred thousand decisions
STEP: Final = 1 << 16
SUFFIX: Final = ".log"
PROCESS: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Journal:
    """``process`` names this process among those of the home: letters, digits, - and _; it is locked while open."""

    def __init__(self, folder: Path, process: str) -> None:
        if not PROCESS.fullmatch(process):
            raise NianjianError("gate_process_name", process=process)
        self._folder, self._process = folder, process
        self._boot = boot_id()
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
        number = day_number(now)
        cut = self._day(number)
        self._ends = day_end(number)
        return cut

    def note(self, request: Request, verdict: Verdict, generation: int, now: int) -> None:
        """Take a decision down; ``now`` epoch milliseconds. A clock that goes back stays in the newer file."""
        if self._briefs:
            self._spell()
        self._put(decision_line(request, verdict, now, generation), now)

    def _spell(self) -> None:
        briefs = self._briefs[:]
        self._briefs.clear()
        latest = max(one[1] for one in briefs)
        for some in [briefs] if latest < self._ends else [[one] for one in briefs]:
            self._put(brief_lines(some), some[0][1])

    def _put(self, line: bytes, now: int) -> None:
        """A line, or several of one day."""
        if self._waiting + len(line) > WAITING_BYTES:
            self.lost += line.count(b"\n")
            return
        if now >= self._ends:
            number = day_number(now)
            self._ends = day_end(number)
            self._lines.append(number)
        self._lines.append(line)
        self._waiting += len(line)

    def answered(self, now: int) -> list[Decision]:
        """What earlier runs answered today and yesterday (``now`` epoch milliseconds), the newest of it, oldest first.

        Reads up to `EARLIER_BYTES` bytes, so it is called in a thread, behind `open` and before anything is noted.
        """
        days = (self._path(day_number(now) + day) for day in (-1, 0))
        return list(earlier_decisions([path for path in days if path.exists()], self._boot))

    def back(self, enterprise: str, call_id: str) -> None:
        """Note, at once, that a call may be asked about anew: before its units are given back.

        Errors as `flush`'s: then it is not noted, or stands with what waits.
        """
        if self._briefs:
            self._spell()
        line = release_line(enterprise, call_id)
        if self._waiting + len(line) > WAITING_BYTES:
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
                self._shut()  # midnight: what waited for the day before is written
                self._day(first)
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

    def _day(self, number: int) -> int:
        path = self._path(number)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            os.close(self._file)
            self._file = -1
            raise NianjianError("gate_journal_taken", folder=str(path.parent)) from fault
        cut = cut_tail(self._file)
        if os.fstat(self._file).st_size == 0:
            os.write(self._file, f"{HEADER}\n".encode())
        mark_boot(path, self._boot, os.fstat(self._file).st_size)
        return cut

    def _path(self, number: int) -> Path:
        return self._folder / day_name(number) / f"{self._process}{SUFFIX}"


def cut_tail(file: int) -> int:
    """Cut what stands behind the last whole line; how many bytes were cut."""
    size = os.fstat(file).st_size
    end = size
    while end > 0:
        start = max(0, end - STEP)
        piece = os.pread(file, end - start, start)
        for place in (place for place in range(len(piece) - 1, -1, -1) if piece[place] == ord("\n")):
            raw = piece[piece.rfind(b"\n", 0, place) + 1 : place]
            at_start = start == 0 or piece.rfind(b"\n", 0, place) >= 0
            if at_start and (is_intact(raw) or raw.startswith(b"#")):
                os.ftruncate(file, start + place + 1)
                return size - start - place - 1
        end = start + piece.find(b"\n") + 1 if start and b"\n" in piece else start
    os.ftruncate(file, 0)
    return size
