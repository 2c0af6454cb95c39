"""Small files that claim to be enormous: refused with the place and the remedy, or read as the few cells they hold."""

from __future__ import annotations

import dataclasses
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.books import LAST, cell, ods, ods_row, row, xls, xlsx

from nianjian.engines.kernel import unpacking
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.old_workbooks import open_workbook
from nianjian.engines.kernel.unpacking import HELD, Limits

MEMORY = 100 << 20  # bytes that a refusal may take
TENTH = dataclasses.replace(
    HELD, sheet=96 << 20, **{name: getattr(HELD, name) // 10 for name in ("strings", "cells", "text")}
)  # fmt: skip
Rows = list[tuple[int, list[object]]]


def _read(folder: Path, data: bytes, within: Limits = HELD) -> Rows:
    path = folder / "a.xlsx"
    path.write_bytes(data)
    book = open_workbook(path.name, path, within)
    return [(found.number, list(found.cells)) for found in book.values(book.names[0])]


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
    found, told = _refused(tmp_path, built, TENTH)
    assert (found, time.monotonic() - began < 60) == (code, True)
    if values is not None:
        assert told == values


def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    data = xlsx(*(row(n, "a") for n in range(1, 20_000)))
    code, values = _refused(tmp_path, data, dataclasses.replace(HELD, seconds=-1))
    assert (code, values["limit"], values["sheet"]) == ("workbook_slow", -1, "表0")


def test_letters_of_columns() -> None:
    assert [unpacking.letters(n) for n in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
