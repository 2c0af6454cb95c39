"""Tell by its first bytes what a file is packed with, and lay what is inside another pack where it can be sought."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final, Protocol

from nianjian.engines.kernel.unpacking import STEP, checked_room

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
                    yield from _up_to_the_fault(before, rest)
                    break
                if data:
                    yield data
        if not unpack.eof and not fresh:
            self.broken = True


class _Inflating(Protocol):
    """The part of zlib's object that is used here: its class has no public name."""

    def decompress(self, data: bytes, /) -> bytes:
        """What comes out of this piece."""
        ...


def _up_to_the_fault(unpack: _Inflating, packed: bytes) -> Iterator[bytes]:
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
