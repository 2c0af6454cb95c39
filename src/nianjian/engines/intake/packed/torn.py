"""A zip without its end: the list of members stands there, but every member says its own name in front of its bytes.

Also the bytes of a damaged member as far as they go, for `zipfile` keeps back the block in which the damage lies.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from nianjian.engines.intake.packed.packs import Unpacking
from nianjian.engines.kernel.unpacking import checked_ratio

# APPNOTE 4.3.7: signature, version, flags, method, time, date, crc, packed size, size, length of name and of extra.
_HEADER: Final = struct.Struct("<4sHHHHHIIIHH")
_MEMBER: Final = b"PK\x03\x04"
_ENCRYPTED: Final = 0x1
_SIZE_BEHIND: Final = 0x8  # packed size and crc follow the bytes
_SIZE_ELSEWHERE: Final = 0xFFFFFFFF
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Torn:
    """A member of a zip: its packed bytes begin at ``start``; ``size`` None: they go on to where the file ends."""

    name: str
    start: int
    size: int | None
    stored: bool
    encrypted: bool = False


def members(file: str, handle: IO[bytes]) -> list[Torn]:
    """Every member whose header is whole, in file order. NianjianError ``unpacked_too_large``."""
    found: list[Torn] = []
    place = 0
    while (torn := header(handle, place)) is not None:
        end = torn.start + torn.size if torn.size is not None else None
        if end is None and not torn.stored:
            end = _end(file, handle, torn.start)
        found.append(torn)
        if end is None:
            break
        place = _behind(handle, end)
    return found


def header(handle: IO[bytes], place: int) -> Torn | None:
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
    return Torn(
        name=shown_name(name),
        start=start,
        size=None if flags & _SIZE_BEHIND or packed == _SIZE_ELSEWHERE else packed,
        stored=method == zipfile.ZIP_STORED,
        encrypted=bool(flags & _ENCRYPTED),
    )


def shown_name(raw: bytes) -> str:
    """A member's name for people: programs on Chinese Windows write GBK, others UTF-8, and few say which."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def unpacked(handle: IO[bytes], torn: Torn) -> tuple[Iterator[bytes], Unpacking]:
    """The member's bytes as far as they go; the second says at their end whether they broke off."""
    unpacking = Unpacking(bare=True)
    packed = _packed(handle, torn)
    return _counted(packed, torn, unpacking) if torn.stored else unpacking.blocks(packed), unpacking


def _packed(handle: IO[bytes], torn: Torn) -> Iterator[bytes]:
    handle.seek(torn.start)
    left = torn.size
    while block := handle.read(_BLOCK if left is None else min(_BLOCK, left)):
        left = None if left is None else left - len(block)
        yield block


def _counted(packed: Iterator[bytes], torn: Torn, unpacking: Unpacking) -> Iterator[bytes]:
    given = 0
    for block in packed:
        given += len(block)
        yield block
    unpacking.broken = torn.size is None or given < torn.size


def _end(file: str, handle: IO[bytes], start: int) -> int | None:
    """Where the deflated bytes from ``start`` end; None if the file ends or is damaged before."""
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    handle.seek(start)
    read = given = 0
    while block := handle.read(_BLOCK):
        read += len(block)
        while block and not unpack.eof:
            try:
                given += len(unpack.decompress(block, _BLOCK))
            except zlib.error:
                return None
            checked_ratio(file, read, given)
            block = unpack.unconsumed_tail
        if unpack.eof:
            return start + read - len(unpack.unused_data)
    return None


def _behind(handle: IO[bytes], place: int) -> int:
    """The next member: sizes may stand between, with or without a signature, of four or eight bytes."""
    for skipped in (0, 12, 16, 20, 24):
        handle.seek(place + skipped)
        if handle.read(4) == _MEMBER:
            return place + skipped
    return place
