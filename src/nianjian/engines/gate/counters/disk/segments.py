"""The files of the lease journal: lines in batches, each batch on the disk before the next one begins.

A line is ``crc32 batch json``. Of a crash at most the last batch of a segment can be torn, and no answer has left that
waited for it: what cannot be read there is cut. Damage anywhere else loses counts, so the journal is not opened.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from zlib import crc32

from nianjian.engines.kernel.errors import NianjianError

Record = list[str | int | bool]
_SUFFIX: Final = ".journal"


def line(batch: int, record: Sequence[str | int | bool]) -> bytes:
    """A record as it is written."""
    body = f"{batch} {json.dumps(record, ensure_ascii=False, separators=(',', ':'))}".encode()
    return b"%08x %s\n" % (crc32(body), body)


def _parsed(raw: bytes) -> tuple[int, Record] | None:
    """Batch and record of a line without its end; None where it is torn."""
    found, _, body = raw.partition(b" ")
    if len(found) != 8 or b"%08x" % crc32(body) != found:  # noqa: PLR2004 - a crc32 in hex
        return None
    batch, _, text = body.partition(b" ")
    return int(batch), json.loads(text)


def _whole(path: Path) -> Iterator[Record]:
    """Records of one segment. NianjianError gate_journal_damaged where more than the last batch is torn."""
    batch, torn_after = 0, None
    *lines, rest = path.read_bytes().split(b"\n")
    for number, raw in enumerate([*lines, rest] if rest else lines, start=1):
        parsed = _parsed(raw) if number <= len(lines) else None  # a line without its end is torn
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
        """Take the lock. NianjianError gate_journal_locked where another process counts here."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise NianjianError("gate_journal_locked", folder=str(self.folder)) from error
        self._lock = lock
        found = (path for path in self.folder.glob(f"*{_SUFFIX}") if path.stem.isdecimal())
        self.names = sorted(int(path.stem) for path in found)

    def records(self) -> Iterator[Record]:
        """All records, oldest first."""
        for name in self.names:
            yield from _whole(self._path(name))

    def begin(self, records: Sequence[Sequence[str | int | bool]]) -> int:
        """A new segment that holds ``records`` from the start; its name. OSError where there is no room."""
        name = max(self.names, default=0) + 1
        path = self._path(name)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            _write(handle, b"".join(line(1, record) for record in records))
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
        _write(self._handle, b"".join(line(self._batch, record) for record in records))
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
