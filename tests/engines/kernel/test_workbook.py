"""What programs write into an xlsx: prefixes, rich text, strict relationships, 1904, every kind of number format."""

import dataclasses
import datetime as dt
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from tests.support.books import LAST, cell, ods, ods_row, row, xls, xlsx

from nianjian.engines.intake.sql import restore_cell
from nianjian.engines.kernel import unpacking
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import harmless, restored
from nianjian.engines.kernel.old_workbooks import open_workbook
from nianjian.engines.kernel.unpacking import HELD, Limits
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


# Small files that claim to be enormous: refused with the place and the remedy, or read as the few cells they hold.

MEMORY = 100 << 20  # bytes that a refusal may take
TENTH = dataclasses.replace(
    HELD, sheet=96 << 20, **{name: getattr(HELD, name) // 10 for name in ("strings", "cells", "text")}
)  # fmt: skip
Rows = list[tuple[int, list[object]]]


def _read(folder: Path, data: bytes, within: Limits = HELD) -> Rows:
    path = folder / "a.xlsx"
    path.write_bytes(data)
    book = open_workbook(path.name, path, within)
    return [(record.number, list(record.cells)) for record in book.values(book.names[0])]


def _refused(folder: Path, data: bytes, within: Limits = HELD) -> tuple[str, dict[str, object]]:
    tracemalloc.start()
    try:
        with pytest.raises(NianjianError) as raised:
            _read(folder, data, within)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    values = dict(raised.value.values)
    assert values.pop("file") == "a.xlsx"
    return raised.value.code, values


def test_a_lone_cell_in_the_last_corner_is_named(tmp_path: Path) -> None:
    data = xlsx(row(1, "a"), LAST)
    assert len(data) < 5_000
    assert _refused(tmp_path, data) == (
        "workbook_columns_many",
        {"sheet": "表0", "row": 1_048_576, "column": "XFD", "limit": "1,000"},
    )


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (lambda: xlsx(row(1, "a"), row(1_048_576, "b")), [(1, ["a"]), (1_048_576, ["b"])]),
        (lambda: xlsx(row(1, "a"), dimension="A1:XFD1048576"), [(1, ["a"])]),
        (lambda: xlsx(row(1, "a"), *(f'<row r="{n}"/>' for n in range(2, 30_000))), [(1, ["a"])]),
        (lambda: xlsx(row(1, "a", "b"), *['<row r="2"><c r="XFD2" s="1"/></row>'] * 10_000), [(1, ["a", "b"])]),
        (lambda: xlsx('<row r="1">' + cell("C1", "c") + cell("A1", "a") + "</row>"), [(1, ["a", None, "c"])]),
        (lambda: xls((0, 0, "a"), (65_535, 3, "b")), [(1, ["a"]), (65_536, [None, None, None, "b"])]),
        (lambda: ods(ods_row("a"), ods_row(times=9), ods_row("b", blank=2)), [(1, ["a"]), (11, [None, None, "b"])]),
    ],
    ids=["last row", "dimension", "empty rows", "empty cells", "order", "xls", "ods"],
)
def test_a_sparse_sheet_is_the_cells_that_it_holds(tmp_path: Path, data: Callable[[], bytes], rows: Rows) -> None:
    assert [one for one in _read(tmp_path, data()) if one[1]] == rows


@pytest.mark.parametrize(
    ("data", "code", "values"),
    [
        (
            lambda: xlsx(*(f'<row r="{n}">{cell(f"ALL{n}", "x")}</row>' for n in range(1, 900))),
            "workbook_cells_many",
            {"sheet": "表0", "row": 801, "limit": "800,000"},
        ),
        (
            lambda: xlsx('<row r="7">' + cell("B7", "x" * 40_000) + "</row>"),
            "workbook_cell_long",
            {"sheet": "表0", "cell": "B7", "limit": "32,767"},
        ),
        (
            lambda: xlsx(
                *(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 600)),
                strings=[f"<si><t>{'x' * 32_000}</t></si>"],
            ),
            "workbook_text_much",
            {"sheet": "表0", "row": 420, "limit": "13,421,772"},
        ),
        (lambda: xlsx(row(1, "a"), sheets=1_025), "workbook_sheets_many", {"sheets": 1_025, "limit": "1,024"}),
        (
            lambda: xlsx(row(1, "a"), strings=[f"<si><t>{'x' * 999}</t></si>"] * 8_000),
            "part_too_large",
            {"part": "xl/strings.xml", "size": "7 MB", "limit": "6 MB"},
        ),
        (lambda: xlsx(row(1, "a"), *[" " * (1 << 20)] * 80), "unpacked_too_large", None),
        (lambda: xlsx(*[b" " * (1 << 20)] * 97), "part_too_large", {"part": "表0", "size": "97 MB", "limit": "96 MB"}),
        (lambda: xlsx("<a>" * 100_000), "workbook_broken", None),
        (lambda: xlsx("<!--" + "x" * (8 << 20) + "-->"), "workbook_broken", None),
        (lambda: xlsx("<row " + " ".join(f'a{n}="1"' for n in range(900_000)) + "/>"), "workbook_broken", None),
        (lambda: xlsx('<row r="1">' + "<c><v>1</v></c>" * 20_000 + "</row>"), "workbook_columns_many", None),
        (lambda: xlsx('<row r="1048577"><c><v>1</v></c></row>'), "workbook_broken", None),
        (lambda: xls(*((n, 0, "x") for n in range(9)), (65_535, 65_535, "x")), "workbook_memory", None),
        (lambda: xls((0, 0, "x"), (65_535, 255, "x")), "workbook_memory", {"limit": "192 MB", "seconds": 60}),
        (lambda: ods(ods_row("a"), ods_row("x", blank=999, times=50_000)), "workbook_memory", None),
        (lambda: xlsx(row(1, "a"))[:-300], "workbook_broken", None),
    ],
    ids=[
        "cells", "cell", "text", "sheets", "strings", "bomb", "sheet", "depth", "comment", "attributes",
        "cells without a place", "row", "xls far off", "xls", "ods", "torn",
    ],
)  # fmt: skip
def test_what_is_too_much_is_named(
    tmp_path: Path, data: Callable[[], bytes], code: str, values: dict[str, object] | None
) -> None:
    built, began = data(), time.monotonic()
    reason, details = _refused(tmp_path, built, TENTH)
    assert (reason, time.monotonic() - began < 60) == (code, True)
    if values is not None:
        assert details == values


def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    data = xlsx(*(row(n, "a") for n in range(1, 20_000)))
    code, values = _refused(tmp_path, data, dataclasses.replace(HELD, seconds=-1))
    assert (code, values["limit"], values["sheet"]) == ("workbook_slow", -1, "表0")


def test_letters_of_columns() -> None:
    assert [unpacking.letters(n) for n in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


# What a spreadsheet program would run never begins a cell, and comes back as it was.

RUN = [
    "=1+1", "+8613800138000", "@SUM(A1)", "-2+3", "\t=1", "\r=1", "\n=1", "  =1", "\u3000=1", "\ufeff=1", '"=1', "'=1",
    "''=1", "＝1", "＋1", "－1+2", "＠A1", "−1", "\u200b=1", "=cmd|' /C calc'!A0", "\tplain", "-", "- 1", "-1,5", "--1",
]  # fmt: skip
SAFE = [
    "", "a=b", "13800138000", "-5", "-0.50", "0", "'", "'abc", "'0138", "呼出", "2026-03-01", "1+1", " a", "-", "--",
]  # fmt: skip
CELLS = st.text(st.sampled_from(list("=+-@＝＋－＠'\"“\t\r\n \u3000\ufeff\u200b019.aA呼")), max_size=8)


def test_what_would_run_stands_behind_an_apostrophe_and_the_rest_stays() -> None:
    active = set(RUN) - set(SAFE)
    assert {cell: harmless(cell) for cell in active} == {cell: f"'{cell}" for cell in active}
    assert [(harmless(cell), restored(cell)) for cell in SAFE] == [(cell, cell) for cell in SAFE]


@given(CELLS)
def test_it_comes_back_as_it_was_in_both_readers(cell: str) -> None:
    safe = harmless(cell)
    assert restored(safe) == cell
    assert safe.lstrip(" \u3000\ufeff\u200b\t\r\n'\"“")[:1] not in {*"=+@＝＋－＠"} or safe.startswith("'")
    rows = duckdb.execute(f"select {restore_cell('c')}, {restore_cell('d')} from (select ? as c, ? as d)", [safe, cell])
    assert rows.fetchall() == [(cell, restored(cell))]
