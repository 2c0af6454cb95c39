"""A document as a workbook and as a PDF; the same document gives the same bytes."""

from __future__ import annotations

import io
from typing import Any, Final

import pypdfium2
import xlsxwriter

from nianjian.engines.paper.printing.typeset import typeset
from nianjian.engines.paper.words import CHINESE, words
from nianjian.engines.paper.workbook import STAMP, WIDE_FROM
from nianjian.features.dossier.generated.document import Document, Table, text

SOURCE: Final = "dossier_item.typ"
A4: Final = 9  # as Excel numbers papers
WIDEST: Final = 40
MARK: Final = "&"  # Excel reads what follows as a command; doubled it is a sign


def pdf(document: Document) -> bytes:
    """A4 with bookmarks, page x of y, header rows on every page, and the run; ``drawing_failed``."""
    _ = words(CHINESE)
    names = {"of": _("Page {page} of {pages}"), "none": _("none"), "summary": _("Summary")}
    return typeset(SOURCE, document.as_dict() | {"words": names}, {}, "pdf", tagged=False)


def pages(body: bytes) -> int:
    """How many pages a PDF has."""
    with pypdfium2.PdfDocument(body) as document:
        return len(document)


def xlsx(document: Document) -> bytes:
    """One sheet a table, the facts and sentences before them; printed with the header rows repeated and the run."""
    _ = words(CHINESE)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": document.title, "created": STAMP.replace(tzinfo=None)})
    lines = [*document.facts, *((one.title, line) for one in document.sections for line in one.lines)]
    lines += [(one, "") for one in document.signs] + [("", document.foot)]
    _sheet(book, document, Table(document.title, (_("Entry"), _("Content")), tuple(lines)))
    for table in document.tables:
        _sheet(book, document, table)
    book.close()
    return stream.getvalue()


def _sheet(book: Any, document: Document, table: Table) -> None:  # noqa: ANN401 -- untyped library
    sheet = book.add_worksheet(table.title.replace("/", "·")[:31])
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
    plain, total = book.add_format({"border": 1}), book.add_format({"border": 1, "bold": True})
    counts = book.add_format({"border": 1, "num_format": "#,##0"})
    sheet.write_row(0, 0, table.header, head)
    for place, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            sheet.write(place, column, cell, counts if isinstance(cell, int) else plain)
    if table.total:
        sheet.write_row(len(table.rows) + 1, 0, table.total, total)
    for column, name in enumerate(table.header):
        longest = max((_width(text(row[column])) for row in (*table.rows, table.total) if row), default=0)
        sheet.set_column(column, column, min(max(longest, _width(name) / 2, 8) + 2, WIDEST))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    if document.wide:
        sheet.set_landscape()
    sheet.set_header("&L" + document.title.replace(MARK, 2 * MARK))
    sheet.set_footer("&L" + document.foot.replace(MARK, 2 * MARK) + "&R&P / &N")


def _width(told: str) -> int:
    return sum(2 if ord(sign) > WIDE_FROM else 1 for sign in told)
