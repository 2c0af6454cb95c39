"""What a file would become before anything is written: its source, its first lines, a trial over its beginning."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from nianjian.engines.intake import ledger, load, rejects
from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import FileMapping, Sample
from nianjian.engines.intake.formats import catalogue, generic
from nianjian.engines.intake.ledger import FileReceipt
from nianjian.engines.intake.lines import encoding_of, text_blocks
from nianjian.engines.intake.load import choose_format, read_sample
from nianjian.engines.intake.mapping import FIELDS
from nianjian.engines.intake.read import Item, Stream, list_items
from nianjian.engines.intake.rejects import RejectedLine, first_rejects, write_rejects
from nianjian.engines.intake.tables import is_json, join_cells, split_cells
from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.tables import Lake

FOLDER: Final = Path(__file__).resolve().parent / "examples"


def example_file(source: str) -> Path:
    """The file of a source; ``source_unknown``."""
    by_source = {path.stem: path for path in FOLDER.iterdir()}
    if source not in by_source:
        raise NianjianError("source_unknown", source=source, known=", ".join(sorted(by_source)))
    return by_source[source]


LINES: Final = 6
WIDE: Final = 400  # signs of a line
MEMBERS: Final = 20  # of an archive or workbook that are looked at

_SHEET: Final = "sheet"


@dataclass(frozen=True, slots=True)
class FilePreview:
    """``source`` "" where it is not told: then ``fault`` says why. ``lines`` are masked, the heading is the first.

    ``fields``: our field -> the file's heading that it is read from, as far as the generic form recognises it.
    ``zoned``: its times say their zone. ``mapped``: it is read by a mapping of its columns.
    """

    name: str
    encoding: str = ""
    source: str = ""
    title: str = ""
    evidence: str = ""
    header: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    zoned: bool = False
    mapped: bool = False
    fault: NianjianError | None = None


def preview_files(paths: Sequence[Path], source: str, mapping: FileMapping) -> list[FilePreview]:
    """Look at each file under the paths; of an archive with many at the first `MEMBERS`."""
    items = (item for path in paths for item in islice(list_items([path]), MEMBERS))
    return [preview_item(item, source, mapping) for item in items]


def preview_item(item: Item, source: str, mapping: FileMapping) -> FilePreview:
    """Look at one; what cannot be read or recognised stands in ``fault``, nothing is raised for a file's sake."""
    if item.fault is not None:
        return FilePreview(item.name, fault=item.fault)
    try:
        encoding = _SHEET if item.kind == _SHEET else encoding_of(item)
        beginning = read_sample(item, encoding)
    except NianjianError as fault:
        return FilePreview(item.name, fault=fault)
    try:
        form, start = choose_format(beginning, source, mapping)
    except NianjianError as fault:
        return _add_lines(FilePreview(item.name, encoding, fault=fault), beginning)
    preview = FilePreview(
        item.name,
        encoding,
        form.name,
        form.title,
        form.evidence,
        zoned=form.zone_in_file,
        mapped=form.name == generic.FORMAT.name or bool(mapping.columns),
    )
    return _add_lines(preview, start)


def _add_lines(look: FilePreview, sample: Sample) -> FilePreview:
    header = () if is_json(sample) else tuple(cell for cell in sample.header if cell)
    columns = Columns(list(header))
    fields = [(field, name) for field in FIELDS if (name := columns.find(*generic.list_headers(field))) is not None]
    first = sample.lines[:LINES]
    if header:
        mark = sample.delimiter
        lines = [
            rejects.mask_line(first[0]),
            *(mark.join(rejects.mask_cells(sample.header, split_cells(one, mark))) for one in first[1:]),
        ]
    else:
        lines = [rejects.mask_member(one) for one in first]
    return replace(look, header=header, lines=tuple(one[:WIDE] for one in lines), fields=tuple(fields))


def list_sources() -> list[tuple[str, str, str]]:
    """Name, title and evidence of each source that can be read."""
    return [(one.name, one.title, one.evidence) for one in catalogue().values()]


ROWS: Final = 2_000  # lines of a file that are tried
WIDEST: Final = 4 << 20  # bytes: a longer beginning is cut here, whatever it holds
SHOWN: Final = 10

COLUMNS: Final = (
    "line", "call_id", "direction", "display", "display_confidence", "callee", "start_ts", "answer_ts", "end_ts",
    "result", "answered", "agent_id", "agent_kind", "line_id", "team_id",
)  # fmt: skip
_READ: Final = (*COLUMNS, "display_shape", "callee_shape", "display_raw", "callee_raw")


@dataclass(frozen=True, slots=True)
class Trial:
    """``whole``: the file has no more rows than were tried. ``rows``: as they would stand in the lake, masked.

    ``rejected``: the first rows that would be rejected, masked.
    """

    receipt: FileReceipt
    whole: bool
    rows: tuple[dict[str, object], ...]
    rejected: tuple[RejectedLine, ...]


def try_file(item: Item, source: str, mapping: FileMapping, timezone: str | None) -> Trial:
    """Try the first `ROWS` lines. Raises what `load.import_file` raises."""
    with _import_beginning(item, source, mapping, timezone) as (lake, receipt, whole):
        rejected = tuple(row.masked() for row in first_rejects(lake, "B0", SHOWN))
        return Trial(receipt, whole, tuple(_lake_rows(lake)), rejected)


def write_trial_rejects(  # noqa: PLR0917 -- what a trial takes, and where the rows go
    item: Item, source: str, mapping: FileMapping, timezone: str | None, target: Path, words: Callable[[str], str]
) -> list[Path]:
    """Write the rows of the beginning that would be rejected, in full, as `rejects.write_rejects` does; the files.

    None where no row would be. Raises what `load.import_file` raises.
    """
    with _import_beginning(item, source, mapping, timezone) as (lake, receipt, _whole):
        return list(write_rejects(lake, "B0", target, words)) if receipt.rows.rejected else []


@contextmanager
def _import_beginning(
    item: Item, source: str, mapping: FileMapping, timezone: str | None
) -> Iterator[tuple[Lake, FileReceipt, bool]]:
    """The lake with the beginning in it, its receipt, and whether that is the whole file."""
    with tempfile.TemporaryDirectory(prefix="nianjian-trial-") as name:
        folder = Path(name)
        path, whole = _cut_beginning(item, folder)
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


def _cut_beginning(item: Item, folder: Path) -> tuple[Path, bool]:
    path = folder / (Path(item.name).name or "file")
    if item.kind == "sheet":
        path = path.with_suffix(".csv")
        return path, _write_lines(path, _sheet_lines(item))
    encoding = encoding_of(item)
    blocks = text_blocks(Stream(item), encoding) if encoding.startswith("utf-16") else Stream(item).blocks()
    return path, _write_lines(path, blocks)


def _write_lines(path: Path, blocks: Iterator[bytes]) -> bool:
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


def _sheet_lines(item: Item) -> Iterator[bytes]:
    """The rows of a sheet as lines of CSV, each on the line of its number."""
    before = 0
    for row in islice(item.sheet_rows(), ROWS + 1):
        yield (b"\n" * (row.number - before - 1)) + join_cells(row.cells).encode() + b"\n"
        before = row.number


def _lake_rows(lake: Lake) -> Iterator[dict[str, object]]:
    rows: list[dict[str, Any]] = []
    for old in lake.old_files(ledger.CALLS_TABLE):
        if not old.is_rejected:
            table = pq.read_table(lake.path(ledger.CALLS_TABLE) / old.path, columns=list(_READ), partitioning=None)
            rows += table.sort_by([("line", "ascending")]).slice(0, SHOWN).to_pylist()
    for row in sorted(rows, key=lambda one: int(one["line"]))[:SHOWN]:
        yield mask_row(row)


def mask_row(row: dict[str, Any]) -> dict[str, object]:
    """A row of the lake as a door may show it."""
    entry: dict[str, object] = {name: row[name] for name in COLUMNS}
    for name in ("display", "callee"):
        value, raw = row[name], row[f"{name}_raw"]
        zero = "0" if row[f"{name}_shape"] == "landline" else ""
        entry[name] = numbers.mask(f"{zero}{value}" if value is not None else str(raw or ""))
    entry["call_id"] = rejects.mask_line(str(row["call_id"]))
    return entry
