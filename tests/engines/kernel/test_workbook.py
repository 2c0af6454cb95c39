"""What programs write into an xlsx: prefixes, rich text, strict relationships, 1904, every kind of number format."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workbooks import Workbook, meaning, number_text

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def _rows(data: bytes, sheet: int = 0) -> list[list[str | None]]:
    book = Workbook.opened("a.xlsx", io.BytesIO(data))
    return [row.cells for row in book.rows(book.sheets[sheet].name)]


def _by_hand(*, links: str = LINKS, target: str = "worksheets/sheet1.xml", **parts: str) -> bytes:
    relation = f'<Relationship Id="rId1" Type="{links}/{{}}" Target="{{}}"/>'
    listed = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f"<Relationships>{relation.format('officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{links}"><x:sheets>'
        '<x:sheet name="三月" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        + relation.format("worksheet", target)
        + relation.replace("rId1", "rId2").format("sharedStrings", "sharedStrings.xml")
        + "</Relationships>",
        **{f"xl/{name.replace('_', '.')}": text for name, text in parts.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in listed.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("links", "target"),
    [(LINKS, "worksheets/sheet1.xml"), (STRICT, "/xl/worksheets/sheet1.xml"), (LINKS, "./worksheets/sheet1.xml")],
)
def test_prefixes_rich_text_and_cells_without_a_reference(links: str, target: str) -> None:
    strings = (
        f'<x:sst xmlns:x="{MAIN}"><x:si><x:r><x:t>呼</x:t></x:r><x:r><x:t>出</x:t></x:r>'
        "<x:rPh><x:t>hu</x:t></x:rPh></x:si><x:si><x:t>a&amp;b</x:t></x:si></x:sst>"
    )
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c>'
        '<x:c r="D1"><x:v>5</x:v></x:c></x:row><x:row r="3"><x:c r="B3" t="inlineStr"><x:is><x:r><x:t>外</x:t></x:r>'
        '<x:r><x:t>呼</x:t></x:r></x:is></x:c><x:c r="C3" t="b"><x:v>1</x:v></x:c>'
        '<x:c r="D3" t="e"><x:v>#N/A</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    data = _by_hand(links=links, target=target, sharedStrings_xml=strings, **{"worksheets/sheet1_xml": sheet})
    assert _rows(data) == [["呼出", "a&b", None, "5"], [None, "外呼", "TRUE", "#N/A"]]
    assert [row.number for row in Workbook.opened("a", io.BytesIO(data)).rows("三月")] == [1, 3]


def _openpyxl(cells: list[object], formats: list[str]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for place, (value, form) in enumerate(zip(cells, formats, strict=True), 1):
        cell = book.active.cell(1, place, value)
        cell.number_format = form or "General"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsxwriter(cells: list[object], formats: list[str]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, (value, form) in enumerate(zip(cells, formats, strict=True)):
        style = book.add_format({"num_format": form}) if form else None
        if isinstance(value, dt.datetime):
            sheet.write_datetime(0, place, value, style)
        else:
            sheet.write(0, place, value, style)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("write", [_openpyxl, _xlsxwriter])
def test_numbers_and_stamps(write: Callable[[list[object], list[str]], bytes]) -> None:
    when = dt.datetime(2026, 3, 2, 9, 1, 5)  # noqa: DTZ001 - a cell has no zone
    midnight = when.replace(hour=0, minute=0, second=0)
    cells = [13800138000.0, 0.1, 1.3800138000138e16, when, when, midnight, 65 / 86400, 7]
    formats = ["", "", "", "yyyy/m/d h:mm", 'yyyy"年"m"月"d"日" hh:mm:ss', "yyyy-mm-dd hh:mm:ss", "hh:mm:ss", "0.00"]
    assert _rows(write(cells, formats)) == [
        [
            "13800138000", "0.1", "1.38001380001380E+16", "2026-03-02 09:01:05", "2026-03-02 09:01:05",
            "2026-03-02 00:00:00", "00:01:05", "7",
        ]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "code", "kind"),
    [
        (0, None, ""), (14, None, "date"), (22, None, "stamp"), (21, None, "clock"), (31, None, "date"),
        (164, "yyyy/m/d\\ h:mm;@", "stamp"), (164, "[$-804]yyyy年m月d日", "date"), (164, "[h]:mm:ss", "span"),
            (46, None, "span"),
        (164, '0.00"days"', ""), (164, "[Red]#,##0", ""), (164, "General", ""), (164, "@", ""), (164, "0_);(0)", ""),
        (164, "mmm", "date"), (164, "mm:ss.0", "clock"), (164, "[DBNum1]yyyy-mm-dd", "date"),
    ],
)  # fmt: skip
def test_what_a_number_format_means(number: int, code: str | None, kind: str) -> None:
    assert meaning(number, code) == kind


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    assert number_text("44621.5", "stamp", from_1904=True) == number_text("46083.5", "stamp", from_1904=False)


def test_what_is_no_workbook_is_told() -> None:
    for data in (_by_hand(), b"PK\x03\x04"):
        with pytest.raises(NianjianError) as raised:
            _rows(data)
        assert raised.value.code == "workbook_broken"
