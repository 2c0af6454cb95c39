"""Where the table begins: titles, notes and ``sep=;`` may stand above the header, and a header may take two rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from nianjian.engines.intake.format import ADDED, FileMapping, Sample
from nianjian.engines.intake.vendor.columns import plain
from nianjian.engines.intake.vendor.tables import is_json
from nianjian.engines.kernel.formulas import restored

WITHIN: Final = 20  # filled lines: whoever writes more above a table writes no export

_DELIMITERS: Final = ",\t|;"


def beginning(found: Sample, fits: Callable[[Sample], bool]) -> Sample | None:
    """The sample from the first line on that is a header by ``fits``; None if there is none."""
    return next((one for one in _beginnings(found) if fits(one)), None)


def nearest(found: Sample, mapping: FileMapping) -> Sample:
    """The sample from the line that has most of the columns that the mapping names, for want of one that has all."""
    wanted = {plain(name) for name in column_names(mapping)}
    return max(_beginnings(found), key=lambda one: len(wanted & {plain(cell) for cell in one.header}))


def has_mapped_columns(mapping: FileMapping) -> Callable[[Sample], bool]:
    """Whether a header has every column that the mapping names, display columns too."""
    wanted = {plain(name) for name in column_names(mapping)}

    def fits(sample: Sample) -> bool:
        return wanted <= {plain(cell) for cell in sample.header}

    return fits


def column_names(mapping: FileMapping) -> list[str]:
    """The headers that a mapping names; positions are none."""
    listed: list[str] = list(mapping.display_from)
    for column in mapping.columns.values():
        listed += [one for one in (column if isinstance(column, tuple) else (column,)) if isinstance(one, str)]
    return listed


def _beginnings(found: Sample) -> Iterator[Sample]:
    yield found
    if is_json(found):
        return
    for place in range(1, min(len(found.lines), WITHIN)):
        lines = found.lines[place:]
        mark = delimiter(lines[0])
        numbers = (found.numbers or tuple(range(1, len(found.lines) + 1)))[place:]
        below = replace(
            found,
            text="\n".join(lines) + "\n",
            lines=lines,
            numbers=numbers,
            delimiter=mark,
            header=cells(lines[0], mark),
        )
        yield below
        if _is_lower_half(below.header, upper := cells(found.lines[place - 1], mark)):
            yield replace(below, header=_merged(upper, below.header))


def _is_lower_half(header: Iterable[str], upper: Iterable[str]) -> bool:
    """A cell that was merged downwards is empty in the lower row."""
    return any(above and not here for here, above in zip(header, upper, strict=False))


def _merged(upper: tuple[str, ...], lower: tuple[str, ...]) -> tuple[str, ...]:
    longest = max(len(upper), len(lower))
    upper, lower = (side + ("",) * (longest - len(side)) for side in (upper, lower))
    return tuple(here or above for here, above in zip(lower, upper, strict=True))


def delimiter(line: str) -> str:
    """The sign that most often stands between the cells of a line."""
    bare = "".join(line.split('"')[::2])  # a quoted comma does not count
    return max(_DELIMITERS, key=bare.count)


def cells(line: str, mark: str) -> tuple[str, ...]:
    """The cells of one line, quotes, outer blanks and Excel's ``="…"`` taken off."""
    try:
        row = next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        row = line.split(mark)
    if set(ADDED) <= set(row):
        row = list(map(restored, row))
    return tuple(_bare(cell) for cell in row)


def _bare(cell: str) -> str:
    text = cell.strip().removeprefix("\ufeff")
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text
