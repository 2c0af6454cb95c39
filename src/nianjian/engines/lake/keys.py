"""Which ids a table's Parquet files hold: their 64-bit hashes, sorted, in one small file for each Parquet file.

A cache and nothing more: a file of hashes that is missing or of the wrong size is made again from the Parquet file.
Looking for ids in the Parquet files themselves would read every id of the lake again for each import.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt

from nianjian.engines.lake.tables import Lake, OldFile
from nianjian.engines.lake.workbench import Workbench, scan_parquet

Hashes = npt.NDArray[np.uint64]

# The engine's hash may change with its version: then the old files are simply not found.
_FLAVOUR: Final = f"duckdb-{duckdb.__version__}"

_FEW: Final = 32  # times fewer ids than a file has rows: they are looked up one by one
_LARGEST_FILTER: Final = 24  # bits: 16 MiB
_MANY: Final = 10_000
_VERY_MANY: Final = 3_000_000
_FIRST_BITS: Final = np.uint64(48)


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The files of hashes of one table; ``column`` is the id's."""

    lake: Lake
    table: str
    column: str

    def save(self, path: str, hashes: Hashes) -> None:
        """Keep the hashes of the Parquet file ``path`` (relative to the table's folder), in any order."""
        target = self._place(path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        in_order(hashes).tofile(target)

    def of(self, bench: Workbench, file: OldFile) -> Hashes:
        """The sorted hashes of a file, mapped rather than read: 8 bytes a row."""
        target = self._place(file.path)
        if not target.exists() or target.stat().st_size != file.rows * 8:
            scan = scan_parquet([self.lake.path(self.table) / file.path])
            hashes = bench.table(f"select hash({self.column}) as h from {scan}").column("h")
            self.save(file.path, np.array(hashes.to_numpy(), dtype=np.uint64))
        if not file.rows:
            return np.empty(0, dtype=np.uint64)
        return np.memmap(target, dtype=np.uint64, mode="r")

    def forget(self, path: str) -> None:
        """Delete the hashes of a Parquet file that is gone, of every version of the engine."""
        for file in (self.lake.folder / ".keys").glob(f"*/{self.table}/{Path(path).name}.hashes"):
            file.unlink(missing_ok=True)

    def _place(self, path: str) -> Path:
        return self.lake.folder / ".keys" / _FLAVOUR / self.table / f"{Path(path).name}.hashes"


class Sought:
    """Hashes looked for in many files. Linear in the rows of a file, about 4 ns each; few hashes cost less."""

    def __init__(self, hashes: Hashes) -> None:
        """``hashes``: sorted."""
        self._hashes = hashes
        bits = min(max(len(hashes) * 16, 2).bit_length(), _LARGEST_FILTER)
        self._shift = np.uint64(64 - bits)
        self._filter = np.zeros(1 << bits, dtype=np.bool_)
        self._filter[hashes >> self._shift] = True

    def within(self, others: Hashes) -> Hashes:
        """Those that stand in ``others`` (sorted) too."""
        mine = self._hashes
        if not len(mine) or not len(others):
            return mine[:0]
        if len(mine) * _FEW < len(others):
            return np.asarray(mine[_stand_in(others, mine)])
        near = others[self._filter[others >> self._shift]]
        return np.asarray(near[_stand_in(mine, near)])

    def marks(self, others: Hashes) -> npt.NDArray[np.bool_]:
        """For each of ``others``, in any order, whether it is sought."""
        mask = np.zeros(len(others), dtype=np.bool_)
        if len(self._hashes):
            near = np.flatnonzero(self._filter[others >> self._shift])
            mask[near] = _stand_in(self._hashes, others[near])
        return mask


def in_order(hashes: Hashes) -> Hashes:
    """Sorted ascending, at a third of the usual price: hashes are spread evenly, 16 bits nearly place them."""
    if not _MANY < len(hashes) < _VERY_MANY:
        return np.sort(hashes)
    nearly = hashes[np.argsort((hashes >> _FIRST_BITS).astype(np.uint16), kind="stable")]
    nearly.sort(kind="stable")  # fast on what is nearly in order
    return nearly


def _stand_in(those: Hashes, these: Hashes) -> npt.NDArray[np.bool_]:
    """For each of ``these`` whether it is one of ``those`` (sorted, not empty)."""
    places = np.searchsorted(those[:-1], these)
    return np.asarray(those[places] == these)
