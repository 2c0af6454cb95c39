"""The first look at a forward list: its own headings, what each is read as, some of its values, its faults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nianjian.engines.intake import text_masking
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.forwards.mapping import ForwardMapping
from nianjian.features.complaints.forwards.service import check_list, spelling
from nianjian.platform.registers import columns
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.sheet_reader import Beginning, Finding, read_beginning

EXAMPLES: Final = 3
SEARCHED: Final = 200  # lines in which examples are looked for
FAULTS: Final = 50
LONG: Final = 20  # signs of a value that is no sentence of a complainant
SHOWN: Final = 4  # signs of a longer one


@dataclass(frozen=True, slots=True)
class ListColumn:
    """``heading`` as the list has it; ``field`` of ours it is read as, "" for none; ``examples``: masked values."""

    heading: str
    field: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListLook:
    """``fault``: why the list cannot be read as it is mapped; else how many rows, the faulty ones, the first faults."""

    file: str
    sheet: str
    encoding: str
    columns: tuple[ListColumn, ...]
    fault: NianjianError | None
    read: int
    faulty: int
    findings: tuple[Finding, ...]
    faults: int


def preview_forward_list(path: Path, mapping: ForwardMapping) -> ListLook:
    """Look at a list; nothing is written. Raises what `sheet_reader.read_beginning` raises."""
    sheet = spelling(mapping)
    found = read_beginning(path, sheet)
    columns = columns_of(found, sheet)
    try:
        table, checked = check_list(path, mapping)
    except NianjianError as fault:
        return ListLook(found.file, found.sheet, found.encoding, columns, fault, len(found.lines), 0, (), 0)
    first = tuple(checked.findings[:FAULTS])
    return ListLook(
        found.file,
        found.sheet,
        found.encoding,
        columns,
        None,
        len(table.lines),
        checked.faulty,
        first,
        len(checked.findings),
    )


def columns_of(found: Beginning, sheet: Sheet) -> tuple[ListColumn, ...]:
    """Each heading of a file with the field it is read as and some of its values, masked."""
    taken: set[str] = set()
    made = []
    for position, heading in enumerate(found.header):
        if not heading:
            continue
        column = sheet.column(heading)
        field = "" if column is None or column.field in taken else column.field
        taken.add(field)
        values: dict[str, None] = {}
        for line in found.lines[:SEARCHED]:
            cell = line.cells[position] if position < len(line.cells) else None
            text = "" if cell is None else str(cell).strip()
            if text:
                values[columns.mask_cell(text, column) if column is not None else _shown(heading, text)] = None
            if len(values) == EXAMPLES:
                break
        made.append(ListColumn(heading, field, tuple(values)))
    return tuple(made)


def _shown(heading: str, text: str) -> str:
    """A value of a column that nobody has named yet: it may be a number, a name, or what a complainant wrote."""
    (hidden,) = text_masking.mask_cells([heading], [text])
    return hidden if len(hidden) <= LONG else f"{hidden[:SHOWN]}…"
