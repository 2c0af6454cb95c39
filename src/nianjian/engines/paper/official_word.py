"""A paper for the authority as an editable Word file, in the form of `official`; the same paper, the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

import docx
import qrcode
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from nianjian.engines.paper.charts import Picture, paper_svg
from nianjian.engines.paper.official import CHART, OfficialPaper, paper_to_document
from nianjian.engines.paper.qr_codes import qr_png
from nianjian.engines.paper.typeset import typeset
from nianjian.engines.paper.words import Words, plain_text, strip_zero_width, words

ZIP_STAMP: Final = (2017, 1, 1, 0, 0, 0)
CORE: Final = "docProps/core.xml"
MOMENT: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
HEADING: Final = "黑体"
BODY: Final = "仿宋"
CELL: Final = "宋体"
INDENT: Final = 2  # characters of a paragraph's first line
MARGIN: Final = {False: Mm(25), True: Mm(14)}  # of the body, of an annex
TWIPS: Final = 56.7  # a millimetre


def official_docx(paper: OfficialPaper) -> bytes:
    """The Word file."""
    told, book = paper_to_document(paper), docx.Document()
    _ = words(paper.language)
    _styles(book)
    _page(book.sections[0], annex=False, wide=False)
    _number_pages(book.sections[0], told["words"]["of"])
    _head(book, paper, told)
    for part, source in zip(told["parts"], paper.parts, strict=True):
        if part["title"]:
            _heading(book, part["title"])
        _body(book, part, _draw(source.charts, _), 160)
    if told["closing"]:
        _line(book, told["closing"])
    _annex_list(book, told)
    if told["signed"]:
        _sign(book, told)
    for place, (part, source) in enumerate(zip(told["annexes"], paper.annexes, strict=True), start=1):
        section = book.add_section(WD_SECTION.NEW_PAGE)
        _page(section, annex=True, wide=paper.wide)
        name = f"{told['words']['annex']}{place if len(paper.annexes) > 1 else ''}"
        _line(book, name, indent=False, bold=True)
        _heading(book, part["title"], centred=True)
        _body(book, part, _draw(source.charts, _), 269 if paper.wide else 182)
    out = io.BytesIO()
    book.save(out)
    return fix_stamps(out.getvalue())


def fix_stamps(archive: bytes) -> bytes:
    """The same parts in the same order, each with one stamp; who and when of the properties are blank."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            body = old.read(name)
            if name == CORE:
                body = MOMENT.sub(rb"\g<1>2017-01-01T00:00:00Z", body)
                body = re.sub(rb"(<dc:creator>|<dc:description>|<cp:lastModifiedBy>)[^<]*", rb"\g<1>", body)
            entry = zipfile.ZipInfo(name, ZIP_STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, body)
    return out.getvalue()


def _styles(book: Any) -> None:  # noqa: ANN401 -- untyped library
    normal = book.styles["Normal"]
    normal.font.size = Pt(14)
    _font(normal.element.get_or_add_rPr(), BODY)
    normal.paragraph_format.line_spacing = 1.5
    normal.paragraph_format.space_after = Pt(0)
    for name in ("Title", "Heading 1"):
        style = book.styles[name]
        _font(style.element.get_or_add_rPr(), HEADING)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.size, style.font.bold = Pt(22 if name == "Title" else 14), True
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(8)
    for border in book.styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)


def _font(properties: Any, name: str) -> None:  # noqa: ANN401 -- untyped library
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for kind in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), name)


def _page(section: Any, *, annex: bool, wide: bool) -> None:  # noqa: ANN401 -- untyped library
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.left_margin = section.right_margin = MARGIN[annex]
    section.top_margin = section.bottom_margin = Mm(20)


def _number_pages(section: Any, text: str) -> None:  # noqa: ANN401 -- untyped library
    """第 x 页　共 N 页, counted by Word."""
    line = section.footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for piece in re.split(r"(\{pages?\})", text):
        run = line.add_run("" if piece.startswith("{") else piece)
        run.font.size = Pt(9)
        if piece.startswith("{"):
            field = {"{page}": "PAGE", "{pages}": "NUMPAGES"}[piece]
            run._r.append(  # noqa: SLF001 -- the library has no other way
                parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
            )


def _head(book: Any, paper: OfficialPaper, told: Mapping[str, Any]) -> None:  # noqa: ANN401 -- untyped library
    """The code at the right edge, title, 主送, opening and facts."""
    corner = book.add_paragraph()
    corner.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    corner.paragraph_format.line_spacing = 1.0
    made = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    made.add_data(paper.code)
    made.make(fit=True)
    corner.add_run().add_picture(io.BytesIO(qr_png(made.get_matrix(), 6)), width=Mm(15))
    title = book.add_paragraph(_clean(told["title"]), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if told["draft"]:
        line = _line(book, told["draft"], indent=False, bold=True)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.runs[0].font.color.rgb = RGBColor(0xB4, 0x23, 0x18)
    if told["addressee"]:
        _line(book, told["addressee"] + told["words"]["colon"], indent=False)
    if told["opening"]:
        _line(book, told["opening"])
    if told["facts"]:
        _table(book, {"header": (), "rows": told["facts"], "total": (), "shares": (2, 5), "right": (False, False)}, 160)


def _heading(book: Any, text: str, *, centred: bool = False) -> None:  # noqa: ANN401 -- untyped library
    line = book.add_heading(_clean(text), 1)
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _line(book: Any, text: str, *, indent: bool = True, bold: bool = False) -> Any:  # noqa: ANN401 -- untyped library
    line = book.add_paragraph()
    line.add_run(_clean(text)).bold = bold
    if indent:
        line.paragraph_format.first_line_indent = Pt(14 * INDENT)
    return line


def _body(book: Any, part: Mapping[str, Any], charts: Iterable[bytes], width: int) -> None:  # noqa: ANN401 -- untyped library
    for line in part["lines"]:
        _line(book, line)
    for grid in part["grids"]:
        if grid["rows"]:
            _table(book, grid, width)
    for chart, drawn in zip(part["charts"], charts, strict=True):
        picture = book.add_paragraph()
        picture.alignment = WD_ALIGN_PARAGRAPH.CENTER
        picture.paragraph_format.keep_with_next = True
        picture.add_run().add_picture(io.BytesIO(drawn), width=Mm(width))
        caption = _line(book, chart["caption"], indent=False)
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.runs[0].font.size = Pt(10.5)


def _annex_list(book: Any, told: Mapping[str, Any]) -> None:  # noqa: ANN401 -- untyped library
    several = len(told["annexes"]) > 1
    lead = told["words"]["annex"] + told["words"]["colon"]
    for place, part in enumerate(told["annexes"], start=1):
        number = f"{place}. " if several else ""
        _line(book, f"{lead if place == 1 else '　' * len(lead)}{number}{part['title']}")


def _sign(book: Any, told: Mapping[str, Any]) -> None:  # noqa: ANN401 -- untyped library
    """落款; kept with the last line before it, so that no page holds it alone."""
    book.paragraphs[-1].paragraph_format.keep_with_next = True
    space = _line(book, "", indent=False)
    space.paragraph_format.keep_with_next = True
    words = told["words"]
    lines = [f"{sign}{words['colon']}＿＿＿＿＿＿＿＿" for sign in told["signs"]]
    lines += [told["enterprise"] + words["seal"], words["date"]]
    for place, text in enumerate(lines, start=1):
        line = _line(book, text, indent=False)
        line.paragraph_format.left_indent = Mm(70)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.keep_with_next = place < len(lines)


def _table(book: Any, grid: Mapping[str, Any], width: int) -> None:  # noqa: ANN401 -- untyped library
    """A table of the given width in mm, its header on every page; written as XML, for thousands of rows."""
    count = len(grid["header"]) or len(grid["rows"][0])
    shares = grid["shares"] or (1,) * count
    widths = [round(width * TWIPS * share / sum(shares)) for share in shares]
    size = 13 if count > 11 else 15 if count > 7 else 21  # noqa: PLR2004 -- half points; many columns, small signs
    rows = [_row(grid["header"], widths, size, bold=True, head=True)] if grid["header"] else []
    rows += [_row(row, widths, size, right=grid["right"]) for row in grid["rows"]]
    rows += [_row(grid["total"], widths, size, bold=True, right=grid["right"])] if grid["total"] else []
    edge = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="6B7785"/>' for side in SIDES)
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edge}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    book.element.body.insert_element_before(table, "w:sectPr")
    book.add_paragraph().paragraph_format.line_spacing = 0.7


SIDES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")


def _row(
    cells: Iterable[str], widths: Sequence[int], size: int, *, bold: bool = False, head: bool = False,
    right: Sequence[bool] = (),
) -> str:  # fmt: skip
    """A row that no page end cuts."""
    marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    weight = "<w:b/>" if bold else ""
    font = f'<w:rFonts w:ascii="{CELL}" w:hAnsi="{CELL}" w:eastAsia="{CELL}"/>'
    body = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:spacing w:line="240"'
        f' w:lineRule="auto" w:before="20" w:after="20"/><w:jc w:val="{_side(place, right, head=head)}"/></w:pPr><w:r>'
        f'<w:rPr>{font}{weight}<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(_clean(cell))}</w:t>'
        "</w:r></w:p></w:tc>"
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"<w:tr><w:trPr>{marks}</w:trPr>{body}</w:tr>"


def _side(place: int, right: Sequence[bool], *, head: bool) -> str:
    if head:
        return "center"
    return "right" if right and right[place] else "left"


def _draw(charts: Sequence[Picture], _: Words) -> list[bytes]:
    """The pictures for Word; the same chart gives the same bytes. ``drawing_failed``."""
    return [typeset("chart.typ", {}, {"chart": paper_svg(one, _, CHART)}, "png") for one in charts]


def _clean(text: object) -> str:
    """A text as Word may hold it: no zero-width sign, no control character."""
    return plain_text(strip_zero_width(str(text)))
