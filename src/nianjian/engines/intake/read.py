"""The files of an import, one `Item` each with its unpacked bytes: plain, gz, members of a zip, sheets, folders."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import IO, Final

from nianjian.engines.intake import archives
from nianjian.engines.intake.archives import GZIP, HEAD, OLD_WORKBOOK, ZIP, Spool, Unpacking, ZipMember, kind_of
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.old_workbooks import OldWorkbook, other_kind
from nianjian.engines.kernel.unpacking import LAST_COLUMN, STEP, checked_ratio, checked_room
from nianjian.engines.kernel.workbooks import CONTENT, BookRow, Workbook

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
    torn: ZipMember | None = None
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
            found = archives.read_header(handle, entry.header_offset)
            if found is not None:
                blocks, _ = archives.unpack_member(handle, replace(found, size=entry.compress_size))
                yield from self._fresh(blocks)

    def _torn_member(self) -> Iterator[bytes]:
        with open_archive(self.item.archive) as handle:
            if self.item.torn is not None:
                self._member_size = self.item.path.stat().st_size - self.item.torn.start
                blocks, unpacking = archives.unpack_member(handle, self.item.torn)
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


DEEPEST: Final = 2  # zip archives around a file

_MARKED_UTF8: Final = 0x800


def list_items(paths: Sequence[str | Path]) -> Iterator[Item]:
    """Every file under the paths, folders in sorted order without hidden files.

    NianjianError ``file_missing`` before the first item, each further missing path a finding; ``nothing_to_import``.
    What cannot be opened, or goes away meanwhile, becomes an item too, so that it holds up no other; its ``fault``
    is raised when it is read: ``file_unreadable``, ``file_empty``, ``zip_broken``, ``zip_encrypted``,
    ``workbook_broken``, ``pack_unsupported``, ``pack_nested``, and those of `kernel.unpacking`.
    """
    missing = [str(given) for given in paths if not Path(given).exists()]
    if missing:
        others = tuple({"code": "file_missing", "file": name} for name in missing[1:])
        raise NianjianError("file_missing", findings=others, file=missing[0])
    found = False
    for path in map(Path, paths):
        for file in _files(path):
            name = file.name if file == path else file.relative_to(path).as_posix()
            for item in _guard_items(Item(name, file), 0):
                found = True
                yield item
    if not found:
        raise NianjianError("nothing_to_import", paths=", ".join(str(path) for path in paths))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def _guard_items(item: Item, depth: int) -> Iterator[Item]:
    try:
        yield from _items_inside(item, depth)
    except NianjianError as error:
        yield replace(item, kind="fault", fault=error)


def _items_inside(item: Item, depth: int) -> Iterator[Item]:
    """The item itself, or what it is an archive or workbook of; it lies ``depth`` zip archives deep."""
    with_head = islice(Stream(item).blocks(), 1)  # of a gz: of what is inside
    kind = kind_of(next(with_head, b"")[:HEAD])
    if kind is None:
        yield replace(item, kind=GZIP) if item.kind == "plain" and _is_gz(item) else item
        return
    if kind == GZIP or (kind == ZIP and depth >= DEEPEST):
        raise NianjianError("pack_nested", file=item.name)
    if kind not in (ZIP, OLD_WORKBOOK):
        raise NianjianError("pack_unsupported", file=item.name, kind=kind)
    holder = item
    if item.kind in MEMBERS or _is_gz(item):
        holder = Item(item.name, item.path, spool=Spool(item.name, Stream(item).blocks(), item.size))
    if kind == OLD_WORKBOOK:
        yield from _sheets(holder, OldWorkbook(item.name, holder.archive))
        return
    for inner, encrypted in _members(holder):
        if encrypted:
            yield replace(inner, kind="fault", fault=NianjianError("zip_encrypted", file=inner.name))
        elif inner.book is not None:
            yield inner
        else:
            yield from _guard_items(inner, depth + 1)


def _members(holder: Item) -> Iterator[tuple[Item, bool]]:
    """The members of a zip, or the sheets of the workbook that it is, and whether one is encrypted."""
    name = holder.name
    try:
        with zipfile.ZipFile(holder.archive) as archive:
            listed = archive.infolist()
    except (*FAULTS, OSError, ValueError):
        yield from _torn_members(holder)
        return
    names = {entry.filename for entry in listed}
    if (other := other_kind(names)) is not None:
        raise NianjianError("book_unsupported", file=name, kind=other)
    if CONTENT in names:
        yield from ((sheet, False) for sheet in _sheets(holder, Workbook.opened(name, holder.archive)))
        return
    for entry in sorted(listed, key=lambda e: e.filename):
        if _is_wanted(entry.filename):
            inner = f"{name}/{_entry_name(entry)}"
            yield Item(inner, holder.path, "zip", entry.filename, spool=holder.spool), bool(entry.flag_bits & 1)


def _torn_members(holder: Item) -> Iterator[tuple[Item, bool]]:
    """What can be read of a zip that broke off; NianjianError ``zip_broken`` if nothing can."""
    name = holder.name
    with open_archive(holder.archive) as handle:
        listed = archives.list_members(name, handle)
    if any(one.name.startswith((CONTENT, "_rels/", "xl/")) for one in listed):
        raise NianjianError("workbook_broken", file=name, detail="zip")
    wanted = [one for one in listed if _is_wanted(one.name)]
    if not wanted:
        raise NianjianError("zip_broken", file=name)
    for one in wanted:
        yield Item(f"{name}/{one.name}", holder.path, "torn", one.name, spool=holder.spool, torn=one), one.encrypted


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """`zipfile` reads a name that is not marked as UTF-8 by a code page of the first PCs."""
    try:
        return (
            entry.filename if entry.flag_bits & _MARKED_UTF8 else archives.member_name(entry.filename.encode("cp437"))
        )
    except UnicodeEncodeError:
        return entry.filename


def _is_wanted(member: str) -> bool:
    """No folder, nothing hidden. A step upwards hides nothing: members are read in place, so it does no harm."""
    parts = member.split("/")
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return not (member.endswith("/") or "__MACOSX" in parts or hidden)


def _sheets(holder: Item, book: Workbook | OldWorkbook) -> Iterator[Item]:
    """Every sheet with rows: the first under the file's name, the others with their own behind it."""
    sheets = [replace(holder, kind="sheet", member=name, book=book) for name in book.names]
    rows = [sum(1 for _ in islice((row for row in sheet.sheet_rows() if any(row.cells)), 2)) for sheet in sheets]
    # A header alone is a file of no rows, but only where no other sheet has any.
    wanted = [sheet for sheet, count in zip(sheets, rows, strict=True) if count > 1] or [
        sheet for sheet, count in zip(sheets, rows, strict=True) if count
    ][:1]
    if not wanted:
        raise NianjianError("file_empty", file=holder.name)
    yield wanted[0]
    for sheet in wanted[1:]:
        yield replace(sheet, name=f"{holder.name}/{sheet.member}", first=False)


def _is_gz(item: Item) -> bool:
    if item.kind in MEMBERS:
        return False
    with open_archive(item.archive) as handle:
        return handle.read(2) == b"\x1f\x8b"
