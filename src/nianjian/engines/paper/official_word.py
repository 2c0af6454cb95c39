"""A paper for the authority as an editable Word file, in the form of `official`; the same paper, the same bytes."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from nianjian.engines.paper.charts import Picture, paper_svg
from nianjian.engines.paper.official import CHART, OfficialPaper, paper_to_document
from nianjian.engines.paper.typeset import render_qr_code, typeset
from nianjian.engines.paper.words import Words, plain_text, strip_zero_width, words

ZIP_STAMP: Final = (2017, 1, 1, 0, 0, 0)
CORE: Final = "docProps/core.xml"
LONG_BLANK: Final = re.compile("＿{5,}")  # to fill in; narrow signs, because Word breaks a line between wide ones
FONT_TABLE: Final = "/word/fontTable.xml"
MOMENT: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
HEADING: Final = "黑体"
BODY: Final = "仿宋"
CELL: Final = "宋体"
INDENT: Final = 2  # characters of a paragraph's first line
MARGIN: Final = {False: Mm(25), True: Mm(14)}  # of the body, of an annex
CODE_ID: Final = 1000  # of the code's picture, beyond those of charts
TWIPS: Final = 56.7  # a millimetre
#: Our fonts as Windows names them -> the names of the same under macOS, older Windows and Linux.
FONTS: Final[Mapping[str, str]] = {
    BODY: "FangSong,仿宋_GB2312,FangSong_GB2312,STFangsong,Noto Serif CJK SC",
    HEADING: "SimHei,STHeiti,Noto Sans CJK SC",
    CELL: "SimSun,STSong,Noto Serif CJK SC",
}


def official_docx(paper: OfficialPaper) -> bytes:
    """The Word file."""
    document, book = paper_to_document(paper), docx.Document()
    _ = words(paper.language)
    _styles(book)
    _settings(book)
    _page(book.sections[0], annex=False, wide=False)
    _frame(book.sections[0], paper.code, document["words"]["of"])
    _head(book, document)
    for part, source in zip(document["parts"], paper.parts, strict=True):
        if part["title"]:
            _heading(book, part["title"])
        _body(book, part, _draw(source.charts, _), 160, document["words"]["none"])
    end = [_line(book, document["closing"])] if document["closing"] else []
    end += _list_annexes(book, document)
    if document["signed"]:
        _sign(book, document, end)
    for place, (part, source) in enumerate(zip(document["annexes"], paper.annexes, strict=True), start=1):
        section = _add_section(book)
        section.different_first_page_header_footer = False
        _page(section, annex=True, wide=paper.wide)
        name = f"{document['words']['annex']}{place if len(paper.annexes) > 1 else ''}"
        _line(book, name, indent=False, bold=True)
        _heading(book, part["title"], centred=True)
        _body(book, part, _draw(source.charts, _), 269 if paper.wide else 182, document["words"]["none"])
        if part["grids"] and not source.charts:
            book.paragraphs[-1].paragraph_format.line_spacing = Pt(1)  # the end of the table is that of its page
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
    normal.paragraph_format.line_spacing = Pt(24)  # exact, as official papers have it: fonts differ in their own
    normal.paragraph_format.space_after = Pt(0)
    for name in ("Title", "Heading 1"):
        style = book.styles[name]
        _font(style.element.get_or_add_rPr(), HEADING)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.size, style.font.bold = Pt(22 if name == "Title" else 14), True
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(8)
    for border in book.styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)


def _settings(book: Any) -> None:  # noqa: ANN401 -- untyped library
    """A Chinese text in Word's present layout, not in that of the library's template of 2010, and the fonts' names."""
    (language,) = book.styles.element.xpath("w:docDefaults//w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    settings = book.settings.element
    settings.find(qn("w:zoom")).set(qn("w:percent"), "100")
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    (mode,) = settings.xpath("w:compat/w:compatSetting[@w:name='compatibilityMode']")
    mode.set(qn("w:val"), "15")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, others in FONTS.items()
    )
    (table,) = (part for part in book.part.package.iter_parts() if part.partname == FONT_TABLE)
    table._blob = f"<w:fonts {nsdecls('w')}>{fonts}</w:fonts>".encode()  # noqa: SLF001 -- the library has no other way


def _add_section(book: Any) -> Any:  # noqa: ANN401 -- untyped library
    """A section on a new page; its break stands in the last paragraph: one of its own could fill a page alone."""
    section = book.add_section(WD_SECTION.NEW_PAGE)
    alone = book.paragraphs[-1]._p  # noqa: SLF001 -- the library has no other way
    alone.getprevious().set_sectPr(alone.pPr.sectPr)
    alone.getparent().remove(alone)
    return section


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


def _frame(section: Any, code: str, text: str) -> None:  # noqa: ANN401 -- untyped library
    """The code above the first page's text, at the right edge, and every page's number below it."""
    section.different_first_page_header_footer = True
    section.header_distance = Mm(6)
    corner = section.first_page_header.paragraphs[0]
    corner.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    picture = corner.add_run().add_picture(io.BytesIO(render_qr_code(code, "png", 6)), width=Mm(15))
    picture._inline.docPr.id = CODE_ID  # noqa: SLF001 -- the library numbers the pictures of each part from 1
    for footer in (section.footer, section.first_page_footer):
        _number_pages(footer.paragraphs[0], text)


def _number_pages(line: Any, text: str) -> None:  # noqa: ANN401 -- untyped library
    """第 x 页　共 N 页, counted by Word."""
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    fields = {"{page}": "PAGE", "{pages}": "NUMPAGES"}
    for piece in filter(None, re.split(r"(\{pages?\})", text)):
        words = "1" if piece in fields else escape(piece)
        run = f'<w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'
        if piece in fields:  # a field holds runs and stands beside them: inside a run Word calls the file damaged
            run = f'<w:fldSimple w:instr="{fields[piece]}">{run}</w:fldSimple>'
        line._p.append(parse_xml(run.replace(">", f" {nsdecls('w')}>", 1)))  # noqa: SLF001 -- the library has no other way


def _head(book: Any, document: Mapping[str, Any]) -> None:  # noqa: ANN401 -- untyped library
    title = book.add_paragraph(_clean(document["title"]), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if document["draft"]:
        line = _line(book, document["draft"], indent=False, bold=True)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.runs[0].font.color.rgb = RGBColor(0xB4, 0x23, 0x18)
    if document["addressee"]:
        _line(book, document["addressee"] + document["words"]["colon"], indent=False)
    if document["opening"]:
        _line(book, document["opening"])
    if document["facts"]:
        _table(
            book, {"header": (), "rows": document["facts"], "total": (), "shares": (2, 5), "right": (False, False)}, 160
        )


def _heading(book: Any, text: str, *, centred: bool = False) -> None:  # noqa: ANN401 -- untyped library
    line = book.add_heading(_clean(text), 1)
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _line(book: Any, text: str, *, indent: bool = True, bold: bool = False) -> Any:  # noqa: ANN401 -- untyped library
    line = book.add_paragraph()
    line.add_run(LONG_BLANK.sub(lambda blank: "__" * len(blank[0]), _clean(text))).bold = bold
    if indent:
        line.paragraph_format.first_line_indent = Pt(14 * INDENT)
    return line


def _body(book: Any, part: Mapping[str, Any], charts: Iterable[bytes], width: int, none: str) -> None:  # noqa: ANN401 -- untyped library
    for line in part["lines"]:
        _line(book, line)
    for grid in part["grids"]:
        if grid["rows"]:
            _table(book, grid, width)
        else:
            _line(book, none, indent=False)
    for chart, image in zip(part["charts"], charts, strict=True):
        picture = book.add_paragraph()
        picture.alignment = WD_ALIGN_PARAGRAPH.CENTER
        picture.paragraph_format.keep_with_next = True
        picture.paragraph_format.line_spacing = 1.0
        picture.add_run().add_picture(io.BytesIO(image), width=Mm(width))
        caption = _line(book, chart["caption"], indent=False)
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.runs[0].font.size = Pt(10.5)


def _list_annexes(book: Any, document: Mapping[str, Any]) -> list[Any]:  # noqa: ANN401 -- untyped library
    several = len(document["annexes"]) > 1
    lead = document["words"]["annex"] + document["words"]["colon"]
    leads = (lead, *["　" * len(lead)] * len(document["annexes"]))
    return [
        _line(book, f"{before}{f'{place}. ' if several else ''}{part['title']}")
        for place, (before, part) in enumerate(zip(leads, document["annexes"], strict=False), start=1)
    ]


def _sign(book: Any, document: Mapping[str, Any], end: Sequence[Any]) -> None:  # noqa: ANN401 -- untyped library
    """落款; kept with the closing words and the list of annexes, or the last line, so that no page holds it alone."""
    for line in (*(end or book.paragraphs[-1:]), _line(book, "", indent=False)):
        line.paragraph_format.keep_with_next = True
    tables = book.element.body.findall(qn("w:tbl"))
    if not end and tables and tables[-1].getnext() is book.paragraphs[-2]._p:  # noqa: SLF001 -- the line that follows the table
        for line in tables[-1].tr_lst[-1].iter(qn("w:p")):  # the last row of a table that ends the body
            line.get_or_add_pPr().get_or_add_keepNext()
    words = document["words"]
    lines = [f"{sign}{words['colon']}＿＿＿＿＿＿＿＿" for sign in document["signs"]]
    lines += [document["enterprise"] + words["seal"], words["date"]]
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
    size = 13 if count > 11 else 15 if count > 7 else 18 if count > 5 else 21  # noqa: PLR2004 -- half points; many columns, small signs
    before = book.paragraphs[-1]
    if before.style.name == "Normal" and before.paragraph_format.first_line_indent:  # a sentence: not close above
        before.paragraph_format.space_after = Pt(5)
        before.paragraph_format.keep_with_next = True
    rows = [_row(grid["header"], widths, size, bold=True, head=True)] if grid["header"] else []
    last = len(grid["rows"]) - 1 if grid["total"] else None  # stays with the total
    rows += [_row(row, widths, size, right=grid["right"], kept=place == last) for place, row in enumerate(grid["rows"])]
    rows += [_row(grid["total"], widths, size, bold=True, right=grid["right"])] if grid["total"] else []
    edge = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="6B7785"/>' for side in SIDES)
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{edge}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    book.element.body.insert_element_before(table, "w:sectPr")
    book.add_paragraph().paragraph_format.line_spacing = Pt(12)


LINE: Final = 13  # twips of a line for a half point of its text: as high in every font
SIDES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")


def _row(
    cells: Iterable[str], widths: Sequence[int], size: int, *, bold: bool = False, head: bool = False,
    kept: bool = False, right: Sequence[bool] = (),
) -> str:  # fmt: skip
    """A row that no page end cuts. ``kept``: on the page of the next one."""
    marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    weight = "<w:b/>" if bold else ""
    font = f'<w:rFonts w:ascii="{CELL}" w:hAnsi="{CELL}" w:eastAsia="{CELL}"/>'
    spacing = f'<w:spacing w:before="20" w:after="20" w:line="{size * LINE}" w:lineRule="exact"/>'
    spacing = f"<w:keepNext/>{spacing}" if kept else spacing
    sides = ["center" if head else "right" if right and right[place] else "left" for place in range(len(widths))]
    body = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr>{spacing}'
        f'<w:jc w:val="{side}"/></w:pPr><w:r><w:rPr>{font}{weight}<w:sz w:val="{size}"/>'
        f'</w:rPr><w:t xml:space="preserve">{escape(_clean(cell))}</w:t></w:r></w:p></w:tc>'
        for cell, width, side in zip(cells, widths, sides, strict=True)
    )
    return f"<w:tr><w:trPr>{marks}</w:trPr>{body}</w:tr>"


def _draw(charts: Sequence[Picture], _: Words) -> list[bytes]:
    """The pictures for Word; the same chart gives the same bytes. ``drawing_failed``."""
    return [typeset("chart.typ", {}, {"chart": paper_svg(one, _, CHART)}, "png") for one in charts]


def _clean(text: object) -> str:
    """A text as Word may hold it: no zero-width sign, no control character."""
    return plain_text(strip_zero_width(str(text)))
