"""Rejected rows that stand in the quarantine already: a file read again must not double them.

The same line with the same cells, refused for the same reason: of the same file in another batch, or of a file that
begins alike (a pack that broke off, and later the whole one).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from nianjian.engines.intake.ledger import CALLS
from nianjian.engines.intake.rows.writer import Places, Writer
from nianjian.engines.lake.keys import Hashes, KeyFiles, Sought
from nianjian.engines.lake.tables import Lake, OldFile
from nianjian.engines.lake.workbench import Workbench, scan_parquet

_KEY: Final = ("source", "reason", "raw", "line")
_NAMES: Final = ", ".join(_KEY)
_SAME: Final = " and ".join(f"fresh.{name} is not distinct from old.{name}" for name in _KEY)


def rejected_keys(lake: Lake) -> KeyFiles:
    """The hashes by which rejected rows are found again."""
    return KeyFiles(lake, CALLS, _NAMES)


def weed_out(bench: Workbench, writer: Writer, keys: KeyFiles, files: Sequence[OldFile]) -> tuple[int, list[OldFile]]:
    """Take out of what the writer adds the rejected rows that ``files`` hold already.

    How many there were, and those of ``files`` that hold one.
    """
    path = writer.rejected() if files else None
    if path is None:
        return 0, []
    hashes = _hashes(bench, path)
    sought = Sought(np.unique(hashes))
    holding = [file for file in files if len(sought.within(keys.of(bench, file)))]
    if not holding:
        return 0, []
    fresh = _fresh(bench, path, [keys.lake.path(keys.table) / file.path for file in holding])
    if len(fresh) < len(hashes):
        writer.keep_rejected(fresh)
    return len(hashes) - len(fresh), holding


def _hashes(bench: Workbench, path: Path) -> Hashes:
    found = bench.table(f"select hash({_NAMES}) as h from {scan_parquet([path])}").column("h")
    return np.asarray(found.to_numpy(), dtype=np.uint64)


def _fresh(bench: Workbench, path: Path, holding: Sequence[Path]) -> Places:
    """Places of the file's rows that stand nowhere yet. Hashes only suspect: whole values are compared here."""
    fresh = f"select {_NAMES}, file_row_number as place from {scan_parquet([path], numbered=True)}"
    old = f"select {_NAMES} from {scan_parquet(holding)}"
    asked = f"select place from ({fresh}) fresh anti join ({old}) old on {_SAME} order by place"
    return np.asarray(bench.table(asked).column("place").to_numpy(), dtype=np.int64)
