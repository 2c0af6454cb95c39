"""A trial over the beginning of a file: it is imported into a lake of its own, which is then thrown away."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from nianjian.engines.intake import ledger, load
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.preview import text_masking
from nianjian.engines.intake.read import Item, Stream
from nianjian.engines.intake.receipt import FileReceipt
from nianjian.engines.intake.rejects import first_rejects, write
from nianjian.engines.intake.rows.prepare import encoding_of, text_blocks
from nianjian.engines.kernel import numbers
from nianjian.engines.lake.schema import REJECTED
from nianjian.engines.lake.tables import Lake

ROWS: Final = 2_000  # lines of a file that are tried
WIDEST: Final = 4 << 20  # bytes: a longer beginning is cut here, whatever it holds
SHOWN: Final = 10

COLUMNS: Final = (
    "line", "call_id", "direction", "display", "display_confidence", "callee", "start_ts", "answer_ts", "end_ts",
    "result", "answered", "agent_id", "agent_kind", "line_id", "team_id",
)  # fmt: skip
_READ: Final = (*COLUMNS, "display_shape", "callee_shape", "display_raw", "callee_raw")
_LANDLINE: Final = ("landline",)


@dataclass(frozen=True, slots=True)
class Trial:
    """``whole``: the file has no more rows than were tried. ``rows``: as they would stand in the lake, masked.

    ``rejected``: (line, column, reason, the masked cells) of the first rows that would be rejected.
    """

    receipt: FileReceipt
    whole: bool
    rows: tuple[dict[str, object], ...]
    rejected: tuple[tuple[int, str, str, list[str]], ...]


def trial(item: Item, source: str, mapping: FileMapping, timezone: str | None) -> Trial:
    """Try the first `ROWS` lines. Raises what `load.import_file` raises."""
    with _tried(item, source, mapping, timezone) as (lake, receipt, whole):
        rejected = tuple(
            (row.line, row.column, row.reason, text_masking.cells(row.header, row.cells))
            for row in first_rejects(lake, "B0", SHOWN)
        )
        return Trial(receipt, whole, tuple(_rows(lake)), rejected)


def rejected(  # noqa: PLR0917 -- what a trial takes, and where the rows go
    item: Item, source: str, mapping: FileMapping, timezone: str | None, target: Path, words: Callable[[str], str]
) -> list[Path]:
    """Write the rows of the beginning that would be rejected, in full, as `intake.rejects.write` does; the files.

    None where no row would be. Raises what `load.import_file` raises.
    """
    with _tried(item, source, mapping, timezone) as (lake, receipt, _whole):
        if not receipt.as_dict()["rows"]["rejected"]:
            return []
        return list(write(lake, "B0", target, words))


@contextmanager
def _tried(
    item: Item, source: str, mapping: FileMapping, timezone: str | None
) -> Iterator[tuple[Lake, FileReceipt, bool]]:
    """The lake with the beginning in it, its receipt, and whether that is the whole file."""
    with tempfile.TemporaryDirectory(prefix="nianjian-trial-") as name:
        folder = Path(name)
        path, whole = _cut(item, folder)
        lake = Lake(url=str(folder / "lake"), enterprise="trial")
        receipt = load.import_file(
            lake=lake,
            item=Item(item.name, path),
            batch="B0",
            source=source,
            mapping=mapping,
            timezone=timezone,
        )
        yield lake, receipt, whole


def _cut(item: Item, folder: Path) -> tuple[Path, bool]:
    path = folder / (Path(item.name).name or "file")
    if item.kind == "sheet":
        path = path.with_suffix(".csv")
        return path, _write(path, _sheet(item))
    encoding = encoding_of(item)
    blocks = text_blocks(Stream(item), encoding) if encoding.startswith("utf-16") else Stream(item).blocks()
    return path, _write(path, blocks)


def _write(path: Path, blocks: Iterator[bytes]) -> bool:
    """Write the first lines; whether these were all."""
    lines = taken = 0
    with path.open("wb") as out:
        for block in blocks:
            piece, ends = block, block.count(b"\n")
            if lines + ends > ROWS:
                place = -1
                for _ in range(ROWS - lines):
                    place = block.find(b"\n", place + 1)
                piece = block[: place + 1]
            room = WIDEST - taken
            if len(piece) > room:
                piece = piece[: piece.rfind(b"\n", 0, room) + 1] or piece[:room]
            out.write(piece)
            if len(piece) < len(block):
                return False
            lines, taken = lines + ends, taken + len(piece)
    return True


def _sheet(item: Item) -> Iterator[bytes]:
    """The rows of a sheet as lines of CSV, each on the line of its number."""
    before = 0
    for row in islice(item.sheet_rows(), ROWS + 1):
        out = io.StringIO()
        out.write("\n" * (row.number - before - 1))
        csv.writer(out, lineterminator="\n").writerow([" ".join((cell or "").split("\n")) for cell in row.cells])
        before = row.number
        yield out.getvalue().encode()


def _rows(lake: Lake) -> Iterator[dict[str, object]]:
    found: list[dict[str, Any]] = []
    for old in lake.old_files(ledger.CALLS):
        if old.partition["part"] != REJECTED:
            table = pq.read_table(lake.path(ledger.CALLS) / old.path, columns=list(_READ), partitioning=None)
            found += table.sort_by([("line", "ascending")]).slice(0, SHOWN).to_pylist()
    for row in sorted(found, key=lambda one: int(one["line"]))[:SHOWN]:
        yield mask_row(row)


def mask_row(row: dict[str, Any]) -> dict[str, object]:
    """A row of the lake as a door may show it."""
    told: dict[str, object] = {name: row[name] for name in COLUMNS}
    for name in ("display", "callee"):
        value, raw = row[name], row[f"{name}_raw"]
        zero = "0" if row[f"{name}_shape"] in _LANDLINE else ""
        told[name] = numbers.mask(f"{zero}{value}" if value is not None else str(raw or ""))
    told["call_id"] = text_masking.line(str(row["call_id"]))
    return told
