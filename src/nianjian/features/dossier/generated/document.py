"""What a generated item is before it is set, and the same as a workbook and as a PDF."""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NewType

import pypdfium2

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import Claim
from nianjian.engines.paper.official import Grid, OfficialPaper, Part, format_code, official_pdf
from nianjian.engines.paper.texts.claims import claim_text
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.words import CHINESE, Words, words
from nianjian.engines.paper.workbook import open_workbook, text_width
from nianjian.platform.registers.columns import Column, Kind

DASH: Final = "–"  # not known
SHORT: Final = "＿＿＿＿"  # a blank in a cell
ISO_DAY: Final = re.compile(r"(?<![0-9A-Za-z-])(\d{4})-(\d{2})-(\d{2})(?![0-9A-Za-z-])")
Cell = str | int
Row = Mapping[str, object]  # field of a register -> value


@dataclass(frozen=True, slots=True)
class Head:
    """Whose paper it is and where its figures come from; ``basis``: of them, in words.

    ``run``: id of the portrait's run, ``snapshot``: its hash.
    """

    enterprise: str
    licence: str
    credit_code: str
    representative: str
    year: int
    as_of: date
    basis: str
    run: str
    snapshot: str
    rulebook: str
    authority: str = ""  # to whom the paper goes (主送)


@dataclass(frozen=True, slots=True)
class Table:
    """``shares``: of the page's width, one a column; none: as wide as they need. ``total``: the last row, or none.

    ``annexed``: stands behind the seal whatever its size.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    shares: tuple[int, ...] = ()
    annexed: bool = False


Line = NewType("Line", str)
"""A sentence of a paper. Only the functions below make one: a bare text would be a fact that nothing decides."""


def claim_line(claim: Claim, _: Words, stated: Mapping[str, str], **values: object) -> Line:
    """What the data, or else a person, say of a claim, with days as a letter writes them; "" for nothing."""
    text = claim_text(claim, _, stated, **values)
    return Line(ISO_DAY.sub(lambda match: _letter_day(match[1], match[2], match[3], _), text))


def method_line(text: str) -> Line:
    """How figures are counted, what a mark means, or what the seal declares; no fact about the enterprise."""
    return Line(text)


def rule_line(text: str) -> Line:
    """A rule, or where it stands."""
    return Line(text)


def portrait_line(text: str) -> Line:
    """What the compliance portrait has computed, as it says it everywhere."""
    return Line(text)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, its sentences, and tables below them."""

    title: str
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()


Say = Callable[[str], Line]  # the sentence of a claim by its id


@dataclass(frozen=True, slots=True)
class Document:
    """An item before it is set. ``code``: what its QR code carries; ``addressee`` "": a working sheet, not sealed.

    ``signs``: lines for the hand beside seal and date; ``wide``: annexes lie across.
    """

    item: str
    title: str
    enterprise: str
    facts: tuple[tuple[str, str], ...]
    code: str
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()
    addressee: str = ""
    opening: str = ""
    closing: str = ""
    signs: tuple[str, ...] = ()
    signed: bool = True
    wide: bool = False


BODY_COLUMNS: Final = 7  # a table with more of them, or
BODY_ROWS: Final = 40  # with more of these, is an annex


def is_annex(table: Table) -> bool:
    """Whether a table stands behind the seal, on pages of its own."""
    return table.annexed or len(table.header) > BODY_COLUMNS or len(table.rows) > BODY_ROWS


def to_paper(document: Document) -> OfficialPaper:
    """The item in the form of official correspondence: sections and small tables in the body, large ones annexed."""
    tables = [(is_annex(table), Part(table.title, grids=(_grid(table),))) for table in document.tables]
    parts = [
        Part(section.title, tuple(section.lines), tuple(map(_grid, section.tables))) for section in document.sections
    ]
    same = ("title", "enterprise", "code", "addressee", "opening", "facts", "closing", "signs", "signed", "wide")
    return OfficialPaper(
        parts=(*parts, *(part for annexed, part in tables if not annexed)),
        annexes=tuple(part for annexed, part in tables if annexed),
        **{name: getattr(document, name) for name in same},
    )


def _grid(table: Table) -> Grid:
    rows = tuple(tuple(format_cell(cell) for cell in row) for row in table.rows)
    # Counts stand to the right, also where some are not known or not due.
    right = tuple(any(isinstance(row[place], int) for row in table.rows) for place in range(len(table.header)))
    return Grid(table.header, rows, tuple(format_cell(cell) for cell in table.total), table.shares, right)


def day_text(day: date, _: Words) -> str:
    """A day as a letter writes it."""
    return _letter_day(day.year, day.month, day.day, _)


def _letter_day(year: int | str, month: int | str, day: int | str, _: Words) -> str:
    return _("{day} {month}/{year}").format(year=int(year), month=int(month), day=int(day))


def format_cell(cell: Cell) -> str:
    """A count with its thousands; a text as it is."""
    return f"{cell:,}" if isinstance(cell, int) else cell


def build(
    item: str,
    head: Head,
    _: Words,
    *,
    title: str = "",
    sections: Sequence[Section] = (),
    tables: Sequence[Table] = (),
    signs: Sequence[str] = (),
    wide: bool = False,
) -> Document:
    """The document with what stands in every item; a code binds the paper to the run.

    ``title``: of a report for the house itself, which goes to no authority.
    """
    facts = (
        (_("Enterprise"), head.enterprise),
        (_("Licence"), head.licence),
        (_("unified social credit code"), head.credit_code),
        (_("Data year"), str(head.year)),
        (_("As of"), head.as_of.isoformat()),
        (_("Basis"), head.basis),
    )
    name = title or _(ITEMS[item])
    code = format_code(item=item, year=head.year, run=head.run, data=head.snapshot[:16], rules=head.rulebook)
    opening = _("We submit our {title} of {year}; its data is as of {day}.")
    return Document(
        item=item,
        title=name,
        enterprise=head.enterprise,
        facts=facts,
        code=code,
        tables=tuple(tables),
        sections=tuple(sections),
        addressee="" if title else head.authority or _("＿＿＿＿ Communications Administration"),
        opening="" if title else opening.format(title=name, year=head.year, day=day_text(head.as_of, _)),
        closing="" if title else _("This is our report."),
        signs=tuple(signs),
        wide=wide,
    )


def register_table(
    title: str, columns: Sequence[Column], rows: Iterable[Row], shares: tuple[int, ...], needed: Sequence[str] = ()
) -> Table:
    """Rows of a register as they are printed; of the ``needed`` fields an unknown one is a blank to fill in."""
    blanks = [SHORT if column.field in needed else DASH for column in columns]
    body = tuple(
        tuple(blank if cell == DASH else cell for cell, blank in zip(row_cells(row, columns), blanks, strict=True))
        for row in rows
    )
    return Table(title, tuple(column.header for column in columns), body, shares=shares)


def list_blank_cells(tables: Iterable[Table]) -> list[str]:
    """Row and column of each blank in the tables of a register, as the paper names them: ``95013 备案日期``."""
    rows = [(table.header, row) for table in tables for row in table.rows]
    return [f"{row[0]} {name}" for names, row in rows for name, cell in zip(names, row, strict=True) if cell == SHORT]


def row_cells(row: Row, columns: Sequence[Column]) -> tuple[Cell, ...]:
    """A register's row as it is printed."""
    return tuple(_cell(row.get(one.field), one) for one in columns)


def _cell(value: object, column: Column) -> Cell:
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return column.offered()[0 if value else 1] if column.kind is Kind.FLAG else str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return next((text for text, stored in column.choices.items() if stored == value), str(value))


A4: Final = 9  # as Excel numbers papers
WIDEST: Final = 40
MARK: Final = "&"  # Excel reads what follows as a command; doubled it is a sign


def pdf(document: Document) -> bytes:
    """A4 in official form; ``drawing_failed``."""
    return official_pdf(to_paper(document))


def docx(document: Document) -> bytes:
    """The same as an editable Word file."""
    from nianjian.engines.paper.official_word import official_docx  # noqa: PLC0415 -- Word's library loads for a paper alone

    return official_docx(to_paper(document))


def pages(body: bytes) -> int:
    """How many pages a PDF has."""
    with pypdfium2.PdfDocument(body) as document:
        return len(document)


def xlsx(document: Document) -> bytes:
    """One sheet a table, the facts and sentences before them; the header rows are repeated on every page."""
    _ = words(CHINESE)
    stream = io.BytesIO()
    book = open_workbook(stream, document.title, document.code)
    lines = [*document.facts, *((one.title, line) for one in document.sections for line in one.lines)]
    lines += [(one, "") for one in document.signs]
    _sheet(book, document, Table(document.title, (_("Entry"), _("Content")), tuple(lines)))
    for table in (*(table for section in document.sections for table in section.tables), *document.tables):
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
        longest = max((text_width(format_cell(row[column])) for row in (*table.rows, table.total) if row), default=0)
        sheet.set_column(column, column, min(max(longest, text_width(name) / 2, 8) + 2, WIDEST))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    if document.wide:
        sheet.set_landscape()
    sheet.set_header("&L" + document.title.replace(MARK, 2 * MARK))
    sheet.set_footer("&R&P / &N")
