"""What a file is packed with, by its first bytes, and the members of a zip, even of one without its end."""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from nianjian.engines.kernel.unpacking import STEP, checked_ratio, checked_room

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
    found: list[ZipMember] = []
    place = 0
    while (torn := read_header(handle, place)) is not None:
        end = torn.start + torn.size if torn.size is not None else None
        if end is None and not torn.stored:
            end = _find_end(file, handle, torn.start)
        found.append(torn)
        if end is None:
            break
        place = _next_member(handle, end)
    return found


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
    given = 0
    for block in packed:
        given += len(block)
        yield block
    unpacking.broken = torn.size is None or given < torn.size


def _find_end(file: str, handle: IO[bytes], start: int) -> int | None:
    """Where the deflated bytes from ``start`` end; None if the file ends or is damaged before."""
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    handle.seek(start)
    read = given = 0
    while block := handle.read(_TORN_BLOCK):
        read += len(block)
        while block and not unpack.eof:
            try:
                given += len(unpack.decompress(block, _TORN_BLOCK))
            except zlib.error:
                return None
            checked_ratio(file, read, given)
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
