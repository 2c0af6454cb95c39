"""The files of the lease journal: lines in batches, each on the disk before the next begins, many records a sync."""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from zlib import crc32

from nianjian.engines.kernel.errors import NianjianError

Record = list[str | int | bool]
_SUFFIX: Final = ".journal"


def encode_record(batch: int, record: Sequence[str | int | bool]) -> bytes:
    """A record as it is written."""
    body = f"{batch} {json.dumps(record, ensure_ascii=False, separators=(',', ':'))}".encode()
    return b"%08x %s\n" % (crc32(body), body)


def _parse_line(raw: bytes) -> tuple[int, Record] | None:
    """Batch and record of a line without its end; None where it is torn."""
    checksum, _, body = raw.partition(b" ")
    if len(checksum) != 8 or b"%08x" % crc32(body) != checksum:  # noqa: PLR2004 - a crc32 in hex
        return None
    batch, _, text = body.partition(b" ")
    return int(batch), json.loads(text)


def _read_segment(path: Path) -> Iterator[Record]:
    """Records of one segment. NianjianError gate_journal_damaged where more than the last batch is torn."""
    batch, torn_after = 0, None
    *lines, rest = path.read_bytes().split(b"\n")
    for number, raw in enumerate([*lines, rest] if rest else lines, start=1):
        parsed = _parse_line(raw) if number <= len(lines) else None  # a line without its end is torn
        if parsed is None:
            torn_after = batch if torn_after is None else torn_after
            continue
        batch = parsed[0]
        if torn_after is not None and batch > torn_after + 1:
            raise NianjianError("gate_journal_damaged", file=str(path), line=number)
        yield parsed[1]


class Segments:
    """A folder with a lock and numbered segments; of all methods but `open` and `close` one runs at a time."""

    def __init__(self, folder: Path) -> None:
        """Nothing is touched before `open`."""
        self.folder = folder
        self._lock = -1
        self._handle = -1
        self._batch = 0
        self.names: list[int] = []

    def open(self) -> None:
        """Take the lock. NianjianError gate_journal_taken where another process counts here."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise NianjianError("gate_journal_taken", folder=str(self.folder)) from error
        self._lock = lock
        paths = (path for path in self.folder.glob(f"*{_SUFFIX}") if path.stem.isdecimal())
        self.names = sorted(int(path.stem) for path in paths)

    def records(self) -> Iterator[Record]:
        """All records, oldest first."""
        for name in self.names:
            yield from _read_segment(self._path(name))

    def begin(self, records: Sequence[Sequence[str | int | bool]]) -> int:
        """A new segment that holds ``records`` from the start; its name. OSError where there is no room."""
        name = max(self.names, default=0) + 1
        path = self._path(name)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            _write(handle, b"".join(encode_record(1, record) for record in records))
            os.fsync(handle)
            self._sync_folder()
        except OSError:
            os.close(handle)
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        if self._handle >= 0:
            os.close(self._handle)
        self._handle, self._batch = handle, 1
        self.names.append(name)
        return name

    def append(self, records: Sequence[Sequence[str | int | bool]]) -> None:
        """One batch, on the disk when this returns. After an OSError only `begin` leads on."""
        self._batch += 1
        _write(self._handle, b"".join(encode_record(self._batch, record) for record in records))
        os.fdatasync(self._handle)

    def drop(self, names: Sequence[int]) -> None:
        """Remove segments that nothing needs any more, the oldest first."""
        for name in sorted(names):
            self._path(name).unlink(missing_ok=True)
            self.names.remove(name)

    def close(self) -> None:
        """Give the lock back."""
        for handle in (self._handle, self._lock):
            if handle >= 0:
                os.close(handle)
        self._handle = self._lock = -1

    def _path(self, name: int) -> Path:
        return self.folder / f"{name:08d}{_SUFFIX}"

    def _sync_folder(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


LOG: Final = logging.getLogger(__name__)
Heard = Callable[[bool], None]


class Writer:
    """Writes batches in a thread, one at a time, and tells who waits whether they are on the disk.

    After a failure nothing is written before `renew` has begun a new segment: what a disk that has erred holds of the
    last batch is not known, so that batch counts on the disk at most, and its answers were refusals.
    """

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="gate-journal")
        self._records: list[Record] = []
        self._waiting: list[Heard] = []
        self._flying: list[Heard] = []
        self._busy: asyncio.Future[object] | None = None
        self._asked = False
        self.batch = 1  # the one that is being filled
        self.broken = False
        self.syncs = 0

    def put(self, record: Record) -> int:
        """Write it with the batch that is being filled; that batch's number. A broken writer drops it."""
        if not self.broken:
            self._records.append(record)
            if not self._asked and self._busy is None:
                self._asked = True
                asyncio.get_running_loop().call_soon(self._flush)
        return self.batch

    def wait(self, batch: int, heard: Heard) -> None:
        """Call ``heard`` when the batch is on the disk (True) or lost (False); it must be flying or being filled."""
        waiting = self._waiting if batch == self.batch else self._flying
        waiting.append(heard)

    def renew(self, records: list[Record]) -> asyncio.Future[object] | None:
        """Begin a new segment with ``records``; None while the disk works."""
        if self._busy is not None:
            return None
        return self._work(lambda: self._segments.begin(records), [])

    def drop(self, names: list[int]) -> None:
        """Remove segments, when the disk is free."""
        self._thread.submit(self._segments.drop, names)

    async def close(self, last: list[Record]) -> None:
        """Write what is open and ``last``, then give everything back."""
        await self._idle()
        if not self.broken:
            self._records += last
            self._flush()
            await self._idle()
        self._thread.shutdown(wait=True)
        self._segments.close()

    async def _idle(self) -> None:
        while (busy := self._busy) is not None:
            await asyncio.wait([busy])
            await asyncio.sleep(0)  # its callbacks come first

    def _flush(self) -> None:
        self._asked = False
        if self._busy is not None or not self._records:
            return
        records, self._records = self._records, []
        waiting, self._waiting = self._waiting, []
        self.batch += 1
        self.syncs += 1
        self._work(lambda: self._segments.append(records), waiting)

    def _work(self, work: Callable[[], object], waiting: list[Heard]) -> asyncio.Future[object]:
        self._flying = waiting
        self._busy = asyncio.get_running_loop().run_in_executor(self._thread, work)
        self._busy.add_done_callback(self._landed)
        return self._busy

    def _landed(self, done: asyncio.Future[object]) -> None:
        waiting, self._flying, self._busy = self._flying, [], None
        error = done.exception()
        if error is None:
            self.broken = False
            self._tell(waiting, kept=True)
            self._flush()
            return
        if not self.broken:
            LOG.error("the lease journal cannot be written: %s; calls that need it are refused", error)
        self.broken = True
        self._records.clear()
        waiting += self._waiting
        self._waiting = []
        self.batch += 1
        self._tell(waiting, kept=False)

    def _tell(self, waiting: list[Heard], *, kept: bool) -> None:
        for heard in waiting:
            try:
                heard(kept)
            except Exception:
                LOG.exception("an answer could not be given")
