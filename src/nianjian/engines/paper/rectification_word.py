"""The 整改报告 as an editable Word file whose bytes depend on its content alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import docx
import jinja2
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate, InlineImage

from nianjian.engines.paper.pictures import Chart
from nianjian.engines.paper.rectification import chart_png

ZIP_STAMP: Final = (2017, 1, 1, 0, 0, 0)
CORE: Final = "docProps/core.xml"
MOMENT: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def fix_stamps(archive: bytes) -> bytes:
    """The same parts in the same order, each with one stamp; who and when of the properties are blank."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            body = old.read(name)
            if name == CORE:
                body = MOMENT.sub(rb"\g<1>2017-01-01T00:00:00Z", body)
                body = re.sub(rb"(<dc:creator>|<dc:description>|<cp:lastModifiedBy>)[^<]*", rb"\g<1>", body)
            told = zipfile.ZipInfo(name, ZIP_STAMP)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o600 << 16
            new.writestr(told, body)
    return out.getvalue()


PLACE: Final = Path(__file__).with_name("report.docx")
FONT: Final = "宋体"
CELL: Final = "Cell"
WIDTHS: Final = (27, 14, 16, 27, 26, 19, 21, 20)
GROUP: Final = ("key", "complaints", "answered", "rate", "rest", "chance", "share", "mark")


def report_template() -> bytes:
    """The template's bytes: always the same."""
    book = docx.Document()
    _page(book)
    book.add_heading("{{ title }}", 0)
    _lines(book, "{{ enterprise }}", "{{ draft }}", "{%p if gaps %}")
    book.add_heading("{{ words.gaps }}", 1)
    _list(book, "gaps")
    book.add_paragraph("{%p endif %}")
    book.add_heading("{{ words.notice }}", 1)
    _table(book, "head", None, ("{{ row[0] }}", "{{ row[1] }}"))
    _location(book)
    book.add_heading("{{ words.isolated }}", 1)
    book.add_paragraph("{%p for order in isolated %}")
    _table(book, "order", None, ("{{ row[0] }}", "{{ row[1] }}"))
    book.add_paragraph("{%p endfor %}")
    book.add_heading("{{ words.measured }}", 1)
    _table(book, "measured", ("figure", "before", "after"), ("{{ row[0] }}", "{{ row[1] }}", "{{ row[2] }}"))
    _list(book, "notes")
    _lines(book, "{%p for chart in charts %}", "{{ chart.caption }}", "{{ chart.picture }}", "{%p endfor %}")
    book.add_heading("{{ words.measures }}", 1)
    _table(book, "measures", ("text", "owner", "due", "done", "every"), _cells(5))
    book.add_heading("{{ words.papers }}", 1)
    _table(book, "papers", ("kind", "issuer", "number", "dated", "sha256"), _cells(5))
    book.add_heading("{{ words.tickets }}", 1)
    _table(book, "tickets", ("id", "source", "accepted", "complained", "line", "calls"), _cells(6))
    book.add_paragraph("{{ tickets_more }}")
    book.add_heading("{{ words.history }}", 1)
    _table(book, "history", None, _cells(2))
    book.add_heading("{{ words.provenance }}", 1)
    _table(book, "provenance", None, _cells(2))
    out = io.BytesIO()
    book.save(out)
    return fix_stamps(out.getvalue())


def _page(book: Any) -> None:  # noqa: ANN401 -- untyped library
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    for style in ("Normal", "Title", "Heading 1", "Heading 2"):
        fonts = book.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), FONT)
    book.styles["Normal"].font.size = Pt(10.5)
    cell = book.styles.add_style(CELL, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = book.styles["Normal"]
    cell.font.size = Pt(9)
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(1.5)
    cell.paragraph_format.line_spacing = 1.0
    section.footer.paragraphs[0].text = "{{ foot }}"


def _location(book: Any) -> None:  # noqa: ANN401 -- untyped library
    book.add_heading("{{ words.located }}", 1)
    _lines(
        book, "{%p if located %}", "{{ located.window }}", "{%p if located.named %}",
        "{{ words.named }} {{ located.named|join('；') }}", "{%p else %}", "{{ words.nobody }}", "{%p endif %}",
        "{{ located.method }}", "{%p for told in located.tables %}",
    )  # fmt: skip
    book.add_heading("{{ told.title }} · {{ told.top }}", 2)
    cells = tuple(f"{{{{ row.{name} }}}}" for name in GROUP)
    _table(book, "told.rows", ("group", *GROUP[1:]), cells, widths=WIDTHS)
    _lines(book, "{%p endfor %}", "{%p endif %}")


def _lines(book: Any, *texts: str) -> None:  # noqa: ANN401 -- untyped library
    for text in texts:
        book.add_paragraph(text)


def _list(book: Any, name: str) -> None:  # noqa: ANN401 -- untyped library
    book.add_paragraph(f"{{%p for one in {name} %}}")
    book.add_paragraph("{{ one }}", style="List Bullet")
    book.add_paragraph("{%p endfor %}")


def _cells(count: int) -> tuple[str, ...]:
    return tuple(f"{{{{ row[{place}] }}}}" for place in range(count))


def _table(
    book: Any,  # noqa: ANN401 -- untyped library
    name: str,
    heads: tuple[str, ...] | None,
    cells: tuple[str, ...],
    *,
    widths: tuple[int, ...] = (),
) -> None:
    """A table with a row for each of ``name``; ``heads``: words of its header, on each page; ``widths`` in mm."""
    made = book.add_table(rows=0, cols=len(cells), style="Table Grid")
    if heads is not None:
        row = _row(made, [f"{{{{ words.{head} }}}}" for head in heads])
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 -- the library has no other way
        for cell in row.cells:
            cell.paragraphs[0].runs[0].bold = True
    _row(made, [f"{{%tr for row in {name} %}}"])
    _row(made, cells)
    _row(made, ["{%tr endfor %}"])
    if widths:
        made.autofit = False
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(width)
            for cell in column.cells:
                cell.width = Mm(width)


def _row(made: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401 -- untyped library
    """A row that no page end cuts; with fewer texts than cells the rest stay empty."""
    row = made.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 -- as above
    for cell, text in zip(row.cells, texts, strict=False):
        cell.paragraphs[0].style = CELL
        cell.paragraphs[0].add_run(text)
    return row


if __name__ == "__main__":
    PLACE.write_bytes(report_template())


WIDTH = Mm(165)


def report_word(told: Mapping[str, Any], charts: Sequence[Chart]) -> bytes:
    """The document; the same content gives the same bytes. Texts are escaped, whatever stands in them."""
    book = DocxTemplate(str(PLACE))
    drawn = [
        {"caption": one.caption, "picture": InlineImage(book, io.BytesIO(chart_png(one.specification)), width=WIDTH)}
        for one in charts
    ]
    book.render({**told, "charts": drawn}, jinja2.Environment(autoescape=True), autoescape=True)
    out = io.BytesIO()
    book.save(out)
    return fix_stamps(out.getvalue())
