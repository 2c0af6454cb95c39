"""Make a list's file from entries in any order: spread over buckets by key, each sorted by itself, then joined.

Takes numpy, so the gate's own process never imports this module.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final, Self

import numpy as np
import numpy.typing as npt

from nianjian.engines.gate.question import KIND
from nianjian.engines.gate.snapshot.lists import (
    HALF,
    HEADER,
    LOW,
    MAGIC,
    OPEN,
    PURPOSES,
    SPANS,
    align_size,
    list_sections,
)

Entries = npt.NDArray[Any]

ENTRY: Final = np.dtype([("key", "<u8"), ("from", "<u4"), ("to", "<u4"), ("purpose", "u1")])
HELD: Final = 4_000_000
ROOM: Final = ".list-"
"""How the working folders begin; one that a killed process left may go."""
FINE: Final = 10**7  # keys a bucket of mobile numbers: at most 170 MB of entries
COARSE: Final = 10**8  # and of all others
MOBILES: Final = 2 * 10**10
A_KIND: Final = MOBILES // FINE  # buckets a kind of number; the last one takes all that is longer
COLUMNS: Final = {"low": "<u4", "from": "<u4", "to": "<u4", "purpose": "u1"}


class ListBuilder:
    """Takes entries with `add`, gives the file with `finish`; works in a folder of its own beside ``path``.

    Used in a ``with``, at whose end the folder is gone.
    """

    def __init__(self, path: Path, *, spans: bool, purposes: bool, most: int = HELD) -> None:
        """``most``: entries held in memory before they are spread over files."""
        self._path, self._most = path, most
        self._flags = (SPANS if spans else 0) | (PURPOSES if purposes else 0)
        self._held: list[Entries] = []
        self._count = 0
        self._room = Path(tempfile.mkdtemp(dir=path.parent, prefix=ROOM))
        self._buckets: dict[int, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Remove the working folder."""
        shutil.rmtree(self._room, ignore_errors=True)

    def add(self, entries: Entries) -> None:
        """Take entries of `ENTRY`; keys of 0 are left out."""
        entries = entries[entries["key"] > 0]
        self._held.append(entries)
        self._count += len(entries)
        if self._count >= self._most:
            self._spread()

    def add_rows(self, rows: Iterable[tuple[int, int, int, int]]) -> None:
        """Take (key, from, to, purpose)."""
        self.add(np.array(list(rows), dtype=ENTRY))

    def finish(self) -> int:
        """Write the file; how many entries it holds. Equal entries are one."""
        with ExitStack() as stack:
            parts = {name: stack.enter_context((self._room / f".{name}").open("w+b")) for name in COLUMNS}
            highs: list[npt.NDArray[Any]] = []
            starts: list[npt.NDArray[Any]] = []
            total = 0
            for bucket in self._sorted():
                ordered = self._distinct(bucket)
                high, at = np.unique(ordered["key"] >> HALF, return_index=True)
                highs.append(high)
                starts.append(at + total)
                total += len(ordered)
                parts["low"].write((ordered["key"] & LOW).astype("<u4").tobytes())
                for name in ("from", "to", "purpose"):
                    parts[name].write(ordered[name].tobytes())
            self._join(parts, *_merge_buckets(highs, starts), total)
        return total

    def _sorted(self) -> Iterator[Entries]:
        """The buckets in the order of their keys; the entries of one bucket together."""
        if not self._buckets:
            yield np.concatenate([np.empty(0, ENTRY), *self._held])
            return
        self._spread()
        for number in sorted(self._buckets):
            yield np.fromfile(self._buckets[number], ENTRY)

    def _spread(self) -> None:
        entries = np.concatenate([np.empty(0, ENTRY), *self._held])
        self._held, self._count = [], 0
        if not len(entries):
            return
        number = _bucket_of(entries["key"])
        order = np.argsort(number, kind="stable")
        entries, number = entries[order], number[order]
        buckets, starts = np.unique(number, return_index=True)
        for bucket, part in zip(buckets.tolist(), np.split(entries, starts[1:]), strict=True):
            path = self._buckets.setdefault(bucket, self._room / str(bucket))
            with path.open("ab") as file:
                file.write(part.tobytes())

    def _distinct(self, entries: Entries) -> Entries:
        if not self._flags & PURPOSES:
            entries["purpose"] = 0
        if not self._flags & SPANS:
            entries["from"], entries["to"] = 0, OPEN
        entries = entries[np.lexsort((entries["to"], entries["from"], entries["purpose"], entries["key"]))]
        new = np.ones(len(entries), bool)
        new[1:] = entries[1:] != entries[:-1]
        return entries[new]

    def _join(self, parts: Mapping[str, IO[bytes]], high: Entries, start: Entries, total: int) -> None:
        temp = self._path.with_name(f".{self._path.name}")
        with temp.open("wb") as file:
            file.write(HEADER.pack(MAGIC, self._flags, len(high), total).ljust(align_size(HEADER.size), b"\0"))
            for name, size in list_sections(self._flags, len(high), total):
                if name == "start":
                    file.write(np.append(start, total).astype("<u8").tobytes())
                elif name == "high":
                    file.write(high.astype("<u4").tobytes())
                else:
                    parts[name].seek(0)
                    while piece := parts[name].read(1 << 22):
                        file.write(piece)
                file.write(b"\0" * (align_size(size) - size))
        temp.replace(self._path)


def _bucket_of(keys: Entries) -> Entries:
    """The bucket of each key: it never falls where the key grows."""
    kind, value = keys // KIND, keys % KIND
    number: Entries = kind * A_KIND + np.minimum(value // np.where(kind == 0, FINE, COARSE), A_KIND - 1)
    return number


def _merge_buckets(highs: list[Entries], starts: list[Entries]) -> tuple[Entries, Entries]:
    """Upper halves over all buckets, each once, and where its entries begin."""
    high, start = np.concatenate(highs), np.concatenate(starts)
    first = np.ones(len(high), bool)
    first[1:] = high[1:] != high[:-1]
    return high[first], start[first]
