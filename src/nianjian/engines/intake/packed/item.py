"""One file of an import, wherever it lies, and its unpacked bytes."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import IO, Final

from nianjian.engines.intake.packed import torn
from nianjian.engines.intake.packed.packs import GZIP, Spool, Unpacking, kind_of
from nianjian.engines.intake.packed.torn import Torn
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.old_workbooks import OldWorkbook
from nianjian.engines.kernel.unpacking import LAST_COLUMN, STEP, checked_ratio, checked_room
from nianjian.engines.kernel.workbooks import BookRow, Workbook

BLOCK: Final = 1 << 20  # what stays in the processor while it is hashed, checked and counted
FAULTS: Final = (  # of an archive, as `zipfile` finds them
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, struct.error, OverflowError,
)  # fmt: skip
MEMBERS: Final = ("zip", "torn")  # kinds of items that lie in an archive


@dataclass(frozen=True, slots=True)
class Item:
    """One file to import.

    ``kind``: plain | gz | zip (a member) | torn (a member of a zip without its end) | sheet (of a workbook) |
    fault (cannot be opened).

    ``name`` is what people see: the file's name, for a member or a further sheet with that name behind it.
    ``spool``: the archive or workbook itself, where it lies packed inside ``path``.
    """

    name: str
    path: Path
    kind: str = "plain"
    member: str | None = None
    spool: Spool | None = field(default=None, compare=False, repr=False)
    book: Workbook | OldWorkbook | None = field(default=None, compare=False, repr=False)  # of a sheet
    fault: NianjianError | None = field(default=None, compare=False)
    torn: Torn | None = None
    first: bool = True  # of a workbook's sheets: it goes by the file's name

    @property
    def size(self) -> int:
        """Bytes to be read, for the progress: of a member the unpacked size."""
        if self.kind == "zip":
            with zipfile.ZipFile(self.archive) as archive:
                return archive.getinfo(self.member or "").file_size
        return self.path.stat().st_size

    @property
    def archive(self) -> Path | IO[bytes]:
        """The zip or workbook that holds this item."""
        return self.path if self.spool is None else self.spool.file

    def sheet_rows(self, width: int = LAST_COLUMN) -> Iterator[BookRow]:
        """Rows of a sheet in order, read as they are asked for; NianjianError as `Workbook.rows`."""
        if self.book is not None:
            yield from self.book.rows(self.member or "", width)


class Stream:
    """The unpacked bytes of an item, block by block, and what is known at their end.

    ``sha256`` covers the file as given, of a zip the member, of a sheet its workbook. ``truncated`` says that a
    pack broke off or is damaged: the bytes up to the break were given. ``taken`` counts the bytes read from disk.
    ``spool``: a folder into which the bytes are going to be written, whose disk is watched.
    """

    def __init__(self, item: Item, spool: Path | None = None) -> None:
        self.item, self.spool = item, spool
        self.truncated = False
        self.taken = 0
        self._member_size = 0
        self._hash = sha256()

    @property
    def sha256(self) -> str:
        """Of what was read so far; of the whole file once `blocks` is exhausted."""
        return self._hash.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes in blocks of about 1 MiB; NianjianError, see `read.items` for what stands in ``fault``."""
        if self.item.fault is not None:
            raise self.item.fault
        sources = {"zip": self._member, "torn": self._torn_member}
        source = sources.get(self.item.kind, self._file)()
        given, looked = 0, 0
        for block in self._unpacked(source):
            given += len(block)
            checked_ratio(self.item.name, self._packed(), given)
            if self.spool is not None and given >= looked:
                checked_room(self.item.name, self.spool, STEP)
                looked = given + STEP
            yield block

    def _unpacked(self, source: Iterator[bytes]) -> Iterator[bytes]:
        first = next(source, b"")
        if self.item.kind == "sheet" or kind_of(first) != GZIP:
            yield from (block for block in chain([first], source) if block)
            return
        unpacking = Unpacking()
        yield from unpacking.blocks(chain([first], source))
        self.truncated = self.truncated or unpacking.broken

    def _packed(self) -> int:
        """Bytes on disk behind what was given so far."""
        return self._member_size if self.item.kind in MEMBERS else self.taken

    def _plain(self, handle: IO[bytes]) -> Iterator[bytes]:
        while block := handle.read(BLOCK):
            self.taken += len(block)
            self._hash.update(block)
            yield block

    def _file(self) -> Iterator[bytes]:
        try:
            with open_archive(self.item.archive) as handle:
                yield from self._plain(handle)
        except OSError as error:
            raise NianjianError("file_unreadable", file=self.item.name, detail=str(error)) from error

    def _member(self) -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(self.item.archive) as archive:
                entry = archive.getinfo(self.item.member or "")
                self._member_size = entry.compress_size
                with archive.open(entry) as handle:
                    yield from self._plain(handle)
        except NotImplementedError as error:  # Deflate64 of Windows' Explorer, among others
            raise NianjianError("pack_unsupported", file=self.item.name, kind="zip (Deflate64)") from error
        except FAULTS:
            self.truncated = True
            yield from self._rest_of_member()
        except OSError as error:
            raise NianjianError("file_unreadable", file=self.item.name, detail=str(error)) from error

    def _rest_of_member(self) -> Iterator[bytes]:
        """What `zipfile` keeps back of a damaged member: all between the last whole block and the damage."""
        with zipfile.ZipFile(self.item.archive) as archive:
            entry = archive.getinfo(self.item.member or "")
        with open_archive(self.item.archive) as handle:
            found = torn.header(handle, entry.header_offset)
            if found is not None:
                blocks, _ = torn.unpacked(handle, replace(found, size=entry.compress_size))
                yield from self._fresh(blocks)

    def _torn_member(self) -> Iterator[bytes]:
        with open_archive(self.item.archive) as handle:
            if self.item.torn is not None:
                self._member_size = self.item.path.stat().st_size - self.item.torn.start
                blocks, unpacking = torn.unpacked(handle, self.item.torn)
                yield from self._fresh(blocks)
                self.truncated = unpacking.broken

    def _fresh(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Without the bytes that were given already."""
        known = self.taken
        for block in blocks:
            fresh = block[min(known, len(block)) :]
            known -= len(block) - len(fresh)
            self.taken += len(fresh)
            self._hash.update(fresh)
            yield fresh


def open_archive(source: Path | IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    """An archive to read from its beginning; a spool stays open behind it."""
    return source.open("rb") if isinstance(source, Path) else nullcontext(source)
