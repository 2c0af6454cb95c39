"""What a generated item is before it is set, and the same as a workbook and as a PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, NewType

import pypdfium2

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import Claim
from nianjian.engines.paper.texts.claims import claim_text
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.typeset import typeset
from nianjian.engines.paper.words import CHINESE, Words, words
from nianjian.engines.paper.workbook import open_workbook, text_width
from nianjian.platform.registers.columns import Column, Kind

DASH: Final = "–"  # not known
SHORT: Final = "＿＿＿＿"  # a blank in a cell
Cell = str | int
Row = Mapping[str, object]  # field of a register -> value


@dataclass(frozen=True, slots=True)
class Head:
    """Whose paper it is and where its figures come from. ``run``: id of the portrait's run, ``snapshot``: its hash."""

    enterprise: str
    licence: str
    credit_code: str
    representative: str
    address: str
    year: int
    as_of: date
    run: str
    snapshot: str
    rulebook: str


@dataclass(frozen=True, slots=True)
class Table:
    """``shares``: of the page's width, one a column; none: as wide as they need. ``total``: the last row, or none."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    shares: tuple[int, ...] = ()


Line = NewType("Line", str)
"""A sentence of a paper. Only the functions below make one: a bare text would be a fact that nothing decides."""


def claim_line(claim: Claim, _: Words, stated: Mapping[str, str], **values: object) -> Line:
    """What the data, or else a person, say of a claim; "" for nothing."""
    return Line(claim_text(claim, _, stated, **values))


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
    """A heading and its sentences."""

    title: str
    lines: tuple[Line, ...]


Say = Callable[[str], Line]  # the sentence of a claim by its id


@dataclass(frozen=True, slots=True)
class Document:
    """``wide``: landscape. ``signs``: lines for the hand, seal and date; ``foot``: what every page says."""

    item: str
    title: str
    facts: tuple[tuple[str, str], ...]
    foot: str
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()
    signs: tuple[str, ...] = ()
    wide: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As data for the typesetter."""
        tables = [
            {
                "title": table.title, "header": table.header, "total": [format_cell(cell) for cell in table.total],
                "rows": [[format_cell(cell) for cell in row] for row in table.rows], "shares": table.shares,
                "right": [_counted(table, place) for place in range(len(table.header))],
            }
            for table in self.tables
        ]  # fmt: skip
        same = {name: getattr(self, name) for name in ("title", "facts", "foot", "signs", "wide")}
        return {**same, "sections": [asdict(section) for section in self.sections], "tables": tables}


def _counted(table: Table, place: int) -> bool:
    """Whether a column holds counts only: they stand to the right."""
    cells = [row[place] for row in table.rows]
    return bool(cells) and all(isinstance(cell, int) for cell in cells)


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
    """The document with what stands above every item, and a foot on every page that binds the paper to the run."""
    facts = (
        (_("Enterprise"), head.enterprise),
        (_("Licence"), head.licence),
        (_("unified social credit code"), head.credit_code),
        (_("Data year"), str(head.year)),
        (_("As of"), head.as_of.isoformat()),
        (_("Figures from run"), head.run),
    )
    foot = f"{_('Run')} {head.run} · {_('Data versions')} {head.snapshot[:16]} · {_('Rulebook')} {head.rulebook}"
    hand = (*signs, _("Enterprise (seal)"), _("Date"))
    return Document(item, title or _(ITEMS[item]), facts, foot, tuple(tables), tuple(sections), hand, wide)


def register_table(
    title: str, columns: Sequence[Column], rows: Iterable[Row], shares: tuple[int, ...], needed: Sequence[str] = ()
) -> Table:
    """Rows of a register as they are printed; of the ``needed`` fields an unknown one is a blank to fill in."""
    body = tuple(
        tuple(
            SHORT if cell == DASH and column.field in needed else cell
            for cell, column in zip(cells, columns, strict=True)
        )
        for cells in (row_cells(row, columns) for row in rows)
    )
    return Table(title, tuple(column.header for column in columns), body, shares=shares)


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
    book = open_workbook(stream, document.title)
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
        longest = max((text_width(format_cell(row[column])) for row in (*table.rows, table.total) if row), default=0)
        sheet.set_column(column, column, min(max(longest, text_width(name) / 2, 8) + 2, WIDEST))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    if document.wide:
        sheet.set_landscape()
    sheet.set_header("&L" + document.title.replace(MARK, 2 * MARK))
    sheet.set_footer("&L" + document.foot.replace(MARK, 2 * MARK) + "&R&P / &N")
