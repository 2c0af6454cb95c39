"""A list of telephone numbers on disk: sorted fixed-width columns, read by mmap, asked by bisection.

One file, little-endian, every section on a multiple of 8 bytes::

    header   8 s magic, u32 flags, u32 highs (m), u64 entries (n)
    start    u64 x (m+1)   where the entries of each high half begin; the last is n
    high     u32 x m       distinct upper halves of the keys, sorted
    low      u32 x n       lower halves, sorted within their high half
    from     u32 x n       first second (epoch) of the entry; only with `SPANS`
    to       u32 x n       first second no longer in it; `OPEN`: no end; only with `SPANS`
    purpose  u8  x n       number of a purpose; only with `PURPOSES`

The keys are unsigned 64-bit numbers (`number_key`); as their upper halves are few, an entry takes 4 bytes, 13 with
all columns: 100 million take 0.4 to 1.3 GB.
"""

import mmap
import struct
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError

MAGIC: Final = b"NJLIST01"
HEADER: Final = struct.Struct("<8sIIQ")
SPANS: Final = 1
PURPOSES: Final = 2
OPEN: Final = 0xFFFF_FFFF
HALF: Final = 32
LOW: Final = 0xFFFF_FFFF
NOWHERE: Final = range(0)
PIECE: Final = 1 << 22  # bytes: about a millisecond, in which the interpreter stands still
POPULATE: Final = 22  # MADV_POPULATE_READ, which the standard library does not name yet
FEW: Final = 200_000  # entries: so many keys are held as a set too, which says "no" in a tenth of the time
BLOCK: Final = 512  # entries between two fences: 2 kB


def align_size(size: int) -> int:
    """``size`` rounded up to whole sections."""
    return -(-size // 8) * 8


def list_sections(flags: int, highs: int, entries: int) -> list[tuple[str, int]]:
    """Name and size in bytes of each section after the header, in their order."""
    sections = [("start", 8 * (highs + 1)), ("high", 4 * highs), ("low", 4 * entries)]
    if flags & SPANS:
        sections += [("from", 4 * entries), ("to", 4 * entries)]
    if flags & PURPOSES:
        sections += [("purpose", entries)]
    return sections


class NumberList:
    """One open list. Look-ups cost two bisections and touch a few pages; nothing is read ahead."""

    __slots__ = ("_fences", "_from", "_high", "_low", "_purpose", "_start", "_to", "entries", "few", "purposes")

    def __init__(self, path: Path, purposes: tuple[str, ...] = ("",)) -> None:
        """Open ``path``; ``purposes`` names the purpose numbers, the first of them none. ``gate_snapshot_damaged``."""
        if path.stat().st_size < HEADER.size:
            raise NianjianError("gate_snapshot_damaged", file=path.name)
        content = memoryview(_map_file(path))
        magic, flags, highs, self.entries = HEADER.unpack_from(content)
        parts = list_sections(flags, highs, self.entries)
        if magic != MAGIC or len(content) != align_size(HEADER.size) + sum(align_size(size) for _name, size in parts):
            raise NianjianError("gate_snapshot_damaged", file=path.name)
        sections: dict[str, memoryview] = {}
        place = align_size(HEADER.size)
        for name, size in parts:
            sections[name] = content[place : place + size]
            place += align_size(size)
        self._start, self._high, self._low = (
            sections["start"].cast("Q"),
            sections["high"].cast("I"),
            sections["low"].cast("I"),
        )
        self._from = sections["from"].cast("I") if "from" in sections else None
        self._to = sections["to"].cast("I") if "to" in sections else None
        self._purpose = sections.get("purpose")
        self.purposes = purposes
        self._fences = self._fenced()
        self.few = frozenset(self._keys()) if self.entries <= FEW else None

    def _keys(self) -> Iterator[int]:
        for at, high in enumerate(self._high):
            for place in range(self._start[at], self._start[at + 1]):
                yield (high << HALF) + self._low[place]

    def _fenced(self) -> list[int]:
        """The key of every `BLOCK`-th entry: they stay in the processor's cache, so a look-up touches one block."""
        fences: list[int] = []
        for at, high in enumerate(self._high):
            first, end = self._start[at], self._start[at + 1]
            places = range(-(-first // BLOCK) * BLOCK, end, BLOCK)
            fences += [(high << HALF) + self._low[place] for place in places]
        return fences

    def places(self, key: int) -> range:
        """The places of a key's entries."""
        if self.few is not None and key not in self.few:
            return NOWHERE
        high, low, column = key >> HALF, key & LOW, self._low
        at = bisect_left(self._high, high)
        if at == len(self._high) or self._high[at] != high:
            return NOWHERE
        end = self._start[at + 1]
        fence = bisect_left(self._fences, key) * BLOCK  # the first entry with this key lies in the block before
        first = last = bisect_left(column, low, max(fence - BLOCK, self._start[at]), min(fence + 1, end))
        while last < end and column[last] == low:
            last += 1
        return range(first, last) if last > first else NOWHERE

    def __contains__(self, key: object) -> bool:
        """Whether the list names the number at all."""
        return isinstance(key, int) and bool(self.places(key))

    def spans(self, key: int) -> Iterator[tuple[int, int, int]]:
        """(from, to, number of the purpose) of each entry of a key; seconds, `to` not included."""
        for at in self.places(key):
            yield (
                0 if self._from is None else self._from[at],
                OPEN if self._to is None else self._to[at],
                0 if self._purpose is None else self._purpose[at],
            )

    def holding(self, key: int, second: int) -> Iterator[str]:
        """The purposes of the key's entries that hold at the moment; "" where an entry names none."""
        for at in self.places(key):
            if self._from is not None and self._to is not None:
                end = self._to[at]
                if second < self._from[at] or (second >= end and end != OPEN):
                    continue
            yield self.purposes[0 if self._purpose is None else self._purpose[at]]


def _map_file(path: Path) -> mmap.mmap:
    """The file in memory, its pages at hand: the first look-up in each would wait for its page otherwise."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with suppress(OSError):  # a kernel before 5.14
        for start in range(0, len(mapped), PIECE):
            mapped.madvise(POPULATE, start, min(PIECE, len(mapped) - start))
    return mapped
