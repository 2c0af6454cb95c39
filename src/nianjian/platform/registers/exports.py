"""A list as a file: the sheet's own headers, so that a full one can be imported again; a masked one cannot."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import xlsxwriter

from nianjian.engines.kernel.formulas import harmless
from nianjian.platform.registers import entries
from nianjian.platform.registers.columns import MASKED, SPAN, Column, Kind, Sheet, is_masked
from nianjian.platform.registers.queries import display_value
from nianjian.platform.registers.versions import Version
from nianjian.platform.registers.workbooks import OPTIONS, STAMP

MOST: Final = 50_000  # rows: more are for an import's own source, not for a spreadsheet
FIGURES: Final = frozenset({Kind.WHOLE, Kind.AMOUNT, Kind.DURATION})
WIDTH: Final = 16


def export_header(sheet: Sheet, *, full: bool) -> list[str]:
    """Headers of the columns and of the span."""
    names = [MASKED + one.header if is_masked(one) and not full else one.header for one in sheet.columns]
    return [*names, *SPAN]


def write_csv(sheet: Sheet, rows: Iterable[Version], *, full: bool) -> bytes:
    """UTF-8 with a byte-order mark, as Excel wants it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(export_header(sheet, full=full))
    for texts in _lines(sheet, rows, full=full):
        writer.writerow(map(harmless, texts))
    return stream.getvalue().encode("utf-8-sig")


def write_workbook(sheet: Sheet, rows: Iterable[Version], about: Sequence[tuple[str, str]], *, full: bool) -> bytes:
    """An xlsx: the list, and a sheet ``about`` that says whose it is."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {**OPTIONS, "in_memory": True})
    book.set_properties({"created": STAMP})
    bold = book.add_format({"bold": True})
    page, note = book.add_worksheet(sheet.title[:31]), book.add_worksheet("说明")
    names = export_header(sheet, full=full)
    page.write_row(0, 0, names, bold)
    page.set_column(0, len(names) - 1, WIDTH)
    page.freeze_panes(1, 1)
    for line, texts in enumerate(_lines(sheet, rows, full=full), start=1):
        for place, text in enumerate(texts):
            if not text:
                continue
            if place < len(sheet.columns) and sheet.columns[place].kind in FIGURES:
                page.write_number(line, place, float(text))
            else:
                page.write_string(line, place, text)
    for line, (label, text) in enumerate(about):
        note.write_string(line, 0, label, bold)
        note.write_string(line, 1, text)
    note.set_column(0, 1, 2 * WIDTH)
    book.close()
    return stream.getvalue()


def _lines(sheet: Sheet, rows: Iterable[Version], *, full: bool) -> Iterator[list[str]]:
    for version in rows:
        texts = [_text(getattr(version, one.field), one, full=full) for one in sheet.columns]
        yield [*texts, *(str(day or "") for day in (version.valid_from, version.valid_to))]


def _text(value: object, column: Column, *, full: bool) -> str:
    if value is not None and is_masked(column) and not full:
        return str(display_value(value, column))
    return entries.format_value(value, column)
