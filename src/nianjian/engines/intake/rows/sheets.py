"""The rows of a workbook's sheet, fitted to the columns of its header."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from nianjian.engines.intake.format import Layout
from nianjian.engines.intake.read import Item, Stream
from nianjian.engines.intake.rows.lines import Census, Damage
from nianjian.engines.intake.rows.scan import Row


def sheet_rows(item: Item, layout: Layout, census: Census) -> Iterator[Row]:
    """Every row below the header; blank and damaged ones go into the census."""
    width = len(layout.columns)
    last = layout.header_lines
    for row in item.sheet_rows(width):
        cells = row.cells
        census.blank.extend(range(last + 1, row.number))  # a blank row may be left out of the file
        last = max(last, row.number)
        if row.number <= layout.header_lines:
            continue
        if row.formula:
            census.damaged.append(Damage(row.number, "formula_unsaved", json.dumps(cells[:width], ensure_ascii=False)))
        elif not any(cells):
            census.blank.append(row.number)
        elif len(cells) > width:
            census.damaged.append(Damage(row.number, "columns_surplus", json.dumps(cells, ensure_ascii=False)))
        else:
            yield row.number, [*cells, *[None] * (width - len(cells))]


def digest(item: Item) -> str:
    """sha256 of the workbook; of a further sheet together with its name, for it is another file of calls."""
    found = sha256()
    for block in Stream(item).blocks():
        found.update(block)
    if not item.first:
        found.update((item.member or "").encode())
    return found.hexdigest()
