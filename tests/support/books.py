"""Workbooks by hand: what no honest program writes."""

import io
import struct
import zipfile
from collections.abc import Iterable
from typing import Final

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LAST: Final = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'


def cell(place: str, text: str) -> str:
    """A cell with its text inside."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *texts: str) -> str:
    """A row of cells from A on."""
    return f'<row r="{number}">{"".join(cell(f"{chr(65 + at)}{number}", text) for at, text in enumerate(texts))}</row>'


def xlsx(*rows: str | bytes, strings: Iterable[str] = (), dimension: str = "A1", sheets: int = 1) -> bytes:
    """A workbook whose sheets all are these rows; ``strings``: XML of its shared texts."""
    links = "".join(f'<Relationship Id="r{n}" Type="{LINKS}/worksheet" Target="s.xml"/>' for n in range(sheets))
    links += f'<Relationship Id="s" Type="{LINKS}/sharedStrings" Target="strings.xml"/>'
    sheet_tags = "".join(f'<sheet name="表{n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in range(sheets))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("[Content_Types].xml", "<Types/>")
        root = f'<Relationship Id="r" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        pack.writestr("_rels/.rels", f"<Relationships>{root}</Relationships>")
        pack.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{links}</Relationships>")
        book = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{sheet_tags}</sheets></workbook>'
        pack.writestr("xl/workbook.xml", book)
        with pack.open("xl/strings.xml", "w", force_zip64=True) as part:
            _fill(part, [f'<sst xmlns="{MAIN}">', *strings, "</sst>"])
        with pack.open("xl/s.xml", "w", force_zip64=True) as part:
            head = f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>'
            _fill(part, [head, *rows, "</sheetData></worksheet>"])
    return out.getvalue()


def _fill(part: object, pieces: Iterable[str | bytes]) -> None:
    for piece in pieces:
        part.write(piece if isinstance(piece, bytes) else piece.encode())  # type: ignore[attr-defined]


def ods(*rows: str) -> bytes:
    """An ODF spreadsheet with one sheet, 表."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        pack.writestr("META-INF/manifest.xml", manifest)
        body = f'<office:body><office:spreadsheet><table:table table:name="表">{"".join(rows)}</table:table>'
        end = "</office:spreadsheet></office:body></office:document-content>"
        pack.writestr("content.xml", f"<office:document-content {names}>{body}{end}")
    return out.getvalue()


def ods_row(*texts: str, blank: int = 0, times: int = 1) -> str:
    """A row that stands ``times`` times, with blank cells before the others."""
    gap = f'<table:table-cell table:number-columns-repeated="{blank}"/>' if blank else ""
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts
    )
    return f'<table:table-row table:number-rows-repeated="{times}">{gap}{cells}</table:table-row>'


def xls(*cells: tuple[int, int, str]) -> bytes:
    """A BIFF8 workbook with one sheet, 表: (row, column, text) from 0."""
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0x600))
    name = "表".encode("utf-16-le")
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0x600))
    for line, column, text in cells:
        sheet += _record(0x204, struct.pack("<HHHHB", line, column, 0, len(text), 0) + text.encode("latin-1"))
    sheet += _record(0x0A, b"")
    bound = 4 + 4 + 2 + 2 + len(name)
    at = len(start) + bound + 4
    book = start + _record(0x85, struct.pack("<IBBBB", at, 0, 0, 1, 1) + name) + _record(0x0A, b"") + sheet
    return _compound(book.ljust(max(4096, -(-len(book) // 512) * 512), b"\0"))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(stream: bytes) -> bytes:
    """A compound file with the stream ``Workbook``: header, one sector of the table, one of names, the stream."""
    free, end, own = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    count = len(stream) // 512
    table = [own, end, *(n + 3 for n in range(count - 1)), end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6sIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    names = (
        _entry("Root Entry", 5, 1, end, 0) + _entry("Workbook", 2, free, 2, len(stream)) + 2 * _entry("", 0, free, 0, 0)
    )
    return header + struct.pack("<128I", *table, *[free] * (128 - len(table))) + names + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII16sIQQIQ", length, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, b"", 0, 0, 0, start, size
    )
