"""The files of an import, one `Item` each with its unpacked bytes: plain, gz, members of a zip, sheets, folders."""

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.old_workbooks import OldWorkbook, other_kind
from nianjian.engines.kernel.unpacking import LAST_COLUMN, STEP, checked_ratio, checked_room
from nianjian.engines.kernel.workbooks import CONTENT, BookRow, Workbook

HEAD: Final = 512  # bytes that tell

GZIP: Final = "gz"
ZIP: Final = "zip"
OLD_WORKBOOK: Final = "xls"

_GZIP_WINDOW: Final = 31  # zlib's own window of 32 KiB (15) with the gzip frame (16)
_BLOCK: Final = 1 << 22
_BITE: Final = 64

_MAGIC: Final = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),  # an empty one
    (b"\x1f\x8b", GZIP),
    (b"\xd0\xcf\x11\xe0", OLD_WORKBOOK),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bz2"),
)
_TAR_AT: Final = 257


def kind_of(head: bytes) -> str | None:
    """``gz``, ``zip``, ``xls`` or the name of a pack that is not read here; None for text."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return "tar" if head[_TAR_AT:].startswith(b"ustar") else None


class Unpacking:
    """The bytes of a gz, member after member, or of a zip's member (``bare``: deflate without a frame).

    ``broken`` once it broke off or is damaged; every byte before was given.
    """

    def __init__(self, *, bare: bool = False) -> None:
        self.broken = False
        self._window = -zlib.MAX_WBITS if bare else _GZIP_WINDOW

    def blocks(self, packed: Iterable[bytes]) -> Iterator[bytes]:
        """Unpacked blocks of at most 4 MiB."""
        unpack = zlib.decompressobj(self._window)
        fresh = True
        for block in packed:
            rest = block
            while rest and not self.broken:
                if unpack.eof and self._window < 0:
                    return
                if unpack.eof:
                    rest = rest.lstrip(b"\0")  # padding between members is allowed
                    if not rest:
                        break
                    unpack = zlib.decompressobj(self._window)
                fresh = False
                before = unpack.copy()
                try:
                    data = unpack.decompress(rest, _BLOCK)
                    rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
                except zlib.error:
                    self.broken = True
                    yield from _bytes_before_fault(before, rest)
                    break
                if data:
                    yield data
        if not unpack.eof and not fresh:
            self.broken = True


def _bytes_before_fault(unpack: Any, packed: bytes) -> Iterator[bytes]:  # noqa: ANN401 - zlib's, without a public name
    """What a call that failed would have given before: it is made again in small bites."""
    for start in range(0, len(packed), _BITE):
        try:
            data = unpack.decompress(packed[start : start + _BITE])
        except zlib.error:
            return
        if data:
            yield data


class Spool:
    """A copy that can be sought, in a file without a name: gone with its owner, and after a crash."""

    def __init__(self, file: str, blocks: Iterable[bytes], expected: int) -> None:
        """``expected``: bytes, as far as known. NianjianError ``disk_too_small``."""
        folder = Path(tempfile.gettempdir())
        checked_room(file, folder, expected)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with its owner
        since = 0
        for block in blocks:
            since += len(block)
            if since > STEP:
                checked_room(file, folder, since)
                since = 0
            self._file.write(block)

    @property
    def file(self) -> IO[bytes]:
        """At its beginning."""
        self._file.seek(0)
        return self._file

    def __del__(self) -> None:
        """Nobody reads it any more."""
        file = getattr(self, "_file", None)
        if file is not None:
            file.close()


# APPNOTE 4.3.7: signature, version, flags, method, time, date, crc, packed size, size, length of name and of extra.
_HEADER: Final = struct.Struct("<4sHHHHHIIIHH")
_MEMBER: Final = b"PK\x03\x04"
_ENCRYPTED: Final = 0x1
_SIZE_BEHIND: Final = 0x8  # packed size and crc follow the bytes
_SIZE_ELSEWHERE: Final = 0xFFFFFFFF
_TORN_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A member of a zip: its packed bytes begin at ``start``; ``size`` None: they go on to where the file ends."""

    name: str
    start: int
    size: int | None
    stored: bool
    encrypted: bool = False


def list_members(file: str, handle: IO[bytes]) -> list[ZipMember]:
    """Every member whose header is whole, in file order. NianjianError ``unpacked_too_large``."""
    members: list[ZipMember] = []
    place = 0
    while (torn := read_header(handle, place)) is not None:
        end = torn.start + torn.size if torn.size is not None else None
        if end is None and not torn.stored:
            end = _find_end(file, handle, torn.start)
        members.append(torn)
        if end is None:
            break
        place = _next_member(handle, end)
    return members


def read_header(handle: IO[bytes], place: int) -> ZipMember | None:
    """The member that begins at ``place``; None if none does, or its header is not whole."""
    handle.seek(place)
    head = handle.read(_HEADER.size)
    if len(head) < _HEADER.size or not head.startswith(_MEMBER):
        return None
    _, _, flags, method, _, _, _, packed, _, name_length, extra_length = _HEADER.unpack(head)
    name = handle.read(name_length)
    start = place + _HEADER.size + name_length + extra_length
    if len(name) < name_length or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return None
    return ZipMember(
        name=member_name(name),
        start=start,
        size=None if flags & _SIZE_BEHIND or packed == _SIZE_ELSEWHERE else packed,
        stored=method == zipfile.ZIP_STORED,
        encrypted=bool(flags & _ENCRYPTED),
    )


def member_name(raw: bytes) -> str:
    """A member's name for people: programs on Chinese Windows write GBK, others UTF-8, and few say which."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def unpack_member(handle: IO[bytes], torn: ZipMember) -> tuple[Iterator[bytes], Unpacking]:
    """The member's bytes as far as they go; the second says at their end whether they broke off."""
    unpacking = Unpacking(bare=True)
    packed = _packed_bytes(handle, torn)
    return _count_bytes(packed, torn, unpacking) if torn.stored else unpacking.blocks(packed), unpacking


def _packed_bytes(handle: IO[bytes], torn: ZipMember) -> Iterator[bytes]:
    handle.seek(torn.start)
    left = torn.size
    while block := handle.read(_TORN_BLOCK if left is None else min(_TORN_BLOCK, left)):
        left = None if left is None else left - len(block)
        yield block


def _count_bytes(packed: Iterator[bytes], torn: ZipMember, unpacking: Unpacking) -> Iterator[bytes]:
    size = 0
    for block in packed:
        size += len(block)
        yield block
    unpacking.broken = torn.size is None or size < torn.size


def _find_end(file: str, handle: IO[bytes], start: int) -> int | None:
    """Where the deflated bytes from ``start`` end; None if the file ends or is damaged before."""
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    handle.seek(start)
    read = size = 0
    while block := handle.read(_TORN_BLOCK):
        read += len(block)
        while block and not unpack.eof:
            try:
                size += len(unpack.decompress(block, _TORN_BLOCK))
            except zlib.error:
                return None
            checked_ratio(file, read, size)
            block = unpack.unconsumed_tail
        if unpack.eof:
            return start + read - len(unpack.unused_data)
    return None


def _next_member(handle: IO[bytes], place: int) -> int:
    """The next member: sizes may stand between, with or without a signature, of four or eight bytes."""
    for skipped in (0, 12, 16, 20, 24):
        handle.seek(place + skipped)
        if handle.read(4) == _MEMBER:
            return place + skipped
    return place


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
        """The unpacked bytes in blocks of about 1 MiB; NianjianError, see `list_items` for what stands in ``fault``."""
        if self.item.fault is not None:
            raise self.item.fault
        sources = {"zip": self._member, "torn": self._torn_member}
        source = sources.get(self.item.kind, self._file)()
        size, next_check = 0, 0
        for block in self._unpacked(source):
            size += len(block)
            checked_ratio(self.item.name, self._packed(), size)
            if self.spool is not None and size >= next_check:
                checked_room(self.item.name, self.spool, STEP)
                next_check = size + STEP
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
            header = read_header(handle, entry.header_offset)
            if header is not None:
                blocks, _ = unpack_member(handle, replace(header, size=entry.compress_size))
                yield from self._fresh(blocks)

    def _torn_member(self) -> Iterator[bytes]:
        with open_archive(self.item.archive) as handle:
            if self.item.torn is not None:
                self._member_size = self.item.path.stat().st_size - self.item.torn.start
                blocks, unpacking = unpack_member(handle, self.item.torn)
                yield from self._fresh(blocks)
                self.truncated = unpacking.broken

    def _fresh(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Without the bytes that were given already."""
        skip = self.taken
        for block in blocks:
            fresh = block[min(skip, len(block)) :]
            skip -= len(block) - len(fresh)
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
    missing = [str(arg) for arg in paths if not Path(arg).exists()]
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
        if _is_visible_file(entry.filename):
            inner = f"{name}/{_entry_name(entry)}"
            yield Item(inner, holder.path, "zip", entry.filename, spool=holder.spool), bool(entry.flag_bits & 1)


def _torn_members(holder: Item) -> Iterator[tuple[Item, bool]]:
    """What can be read of a zip that broke off; NianjianError ``zip_broken`` if nothing can."""
    name = holder.name
    with open_archive(holder.archive) as handle:
        listed = list_members(name, handle)
    if any(one.name.startswith((CONTENT, "_rels/", "xl/")) for one in listed):
        raise NianjianError("workbook_broken", file=name, detail="zip")
    members = [one for one in listed if _is_visible_file(one.name)]
    if not members:
        raise NianjianError("zip_broken", file=name)
    for one in members:
        yield Item(f"{name}/{one.name}", holder.path, "torn", one.name, spool=holder.spool, torn=one), one.encrypted


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """`zipfile` reads a name that is not marked as UTF-8 by a code page of the first PCs."""
    try:
        return entry.filename if entry.flag_bits & _MARKED_UTF8 else member_name(entry.filename.encode("cp437"))
    except UnicodeEncodeError:
        return entry.filename


def _is_visible_file(member: str) -> bool:
    """No folder, nothing hidden. A step upwards hides nothing: members are read in place, so it does no harm."""
    parts = member.split("/")
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return not (member.endswith("/") or "__MACOSX" in parts or hidden)


def _sheets(holder: Item, book: Workbook | OldWorkbook) -> Iterator[Item]:
    """Every sheet with rows: the first under the file's name, the others with their own behind it."""
    sheets = [replace(holder, kind="sheet", member=name, book=book) for name in book.names]
    rows = [sum(1 for _ in islice((row for row in sheet.sheet_rows() if any(row.cells)), 2)) for sheet in sheets]
    # A header alone is a file of no rows, but only where no other sheet has any.
    items = [sheet for sheet, count in zip(sheets, rows, strict=True) if count > 1] or [
        sheet for sheet, count in zip(sheets, rows, strict=True) if count
    ][:1]
    if not items:
        raise NianjianError("file_empty", file=holder.name)
    yield items[0]
    for sheet in items[1:]:
        yield replace(sheet, name=f"{holder.name}/{sheet.member}", first=False)


def _is_gz(item: Item) -> bool:
    if item.kind in MEMBERS:
        return False
    with open_archive(item.archive) as handle:
        return handle.read(2) == b"\x1f\x8b"
