"""Packs inside packs, bombs, and workbooks: every row is read, or the file is refused by name before it does harm."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from tests.engines.intake.conftest import Desk, csv_bytes, good
from tests.engines.intake.workbooks import HEADER_CELLS, book, cells

from nianjian.engines.intake.read import Item, Spool, list_items
from nianjian.engines.kernel import unpacking
from nianjian.engines.kernel.errors import NianjianError

MIB = 1 << 20


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def _found(desk: Desk, data: bytes, name: str) -> list[Item]:
    path = desk.folder / name
    path.write_bytes(data)
    return list(list_items([path]))


def _loaded(desk: Desk, data: bytes, name: str) -> dict[str, int]:
    return {item.name: desk.take_item(item).rows.loaded for item in _found(desk, data, name)}


def _refused(desk: Desk, item: Item) -> NianjianError:
    with pytest.raises(NianjianError) as raised:
        desk.take_item(item)
    return raised.value


def test_gz_workbook_and_zip_inside_a_zip(desk: Desk) -> None:
    inner = _zip(d_csv=csv_bytes(good(5, 300)), e_csv_gz=gzip.compress(csv_bytes(good(6, 400))))
    outer = _zip(
        a_csv=csv_bytes(good(2)),
        b_csv_gz=gzip.compress(csv_bytes(good(3, 100))),
        c_xlsx=book(rows=[cells(n) for n in range(200, 204)]),
        inner_zip=inner,
    )
    assert _loaded(desk, outer, "outer.zip") == {
        "outer.zip/a.csv": 2,
        "outer.zip/b.csv.gz": 3,
        "outer.zip/c.xlsx": 4,
        "outer.zip/inner.zip/d.csv": 5,
        "outer.zip/inner.zip/e.csv.gz": 6,
    }
    assert _loaded(desk, gzip.compress(book(rows=[cells(500)])), "f.xlsx.gz") == {"f.xlsx.gz": 1}


def test_a_gz_out_of_a_zip_is_the_same_file_as_the_gz(desk: Desk) -> None:
    packed = gzip.compress(csv_bytes(good(3)), mtime=0)
    assert desk.take(packed, "a.csv.gz").rows.loaded == 3
    (item,) = _found(desk, _zip(a_csv_gz=packed), "a.zip")
    receipt = desk.take_item(item)
    assert (receipt.known, receipt.rows.duplicate) == (True, 3)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_chinese_names_of_members_are_shown_as_they_were_written(desk: Desk, encoding: str) -> None:
    raw = "三月/话单.csv".encode(encoding)
    data = _zip(**{"x" * len(raw): csv_bytes(good(2))}).replace(b"x" * len(raw), raw)
    assert _loaded(desk, data, "a.zip") == {"a.zip/三月/话单.csv": 2}
    (item,) = _found(desk, data[:-30], "b.zip")
    assert item.name == "b.zip/三月/话单.csv"


def test_a_third_zip_is_refused_by_name_and_holds_up_nothing(desk: Desk) -> None:
    deep = _zip(
        b_zip=_zip(c_zip=_zip(d_csv=csv_bytes(good(1))), e_csv=csv_bytes(good(2))), z_csv=csv_bytes(good(3, 50))
    )
    found = {item.name: item for item in _found(desk, deep, "a.zip")}
    assert list(found) == ["a.zip/b.zip/c.zip", "a.zip/b.zip/e.csv", "a.zip/z.csv"]
    error = _refused(desk, found["a.zip/b.zip/c.zip"])
    assert (error.code, error.values["file"]) == ("pack_nested", "a.zip/b.zip/c.zip")
    assert desk.take_item(found["a.zip/b.zip/e.csv"]).rows.loaded == 2
    assert desk.take_item(found["a.zip/z.csv"]).rows.loaded == 3


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"), io.BytesIO())
    return out.getvalue()


def test_what_cannot_be_read_is_called_by_name_and_holds_up_no_good_file(desk: Desk) -> None:
    packs = {
        "a.tar.gz": (_tar(), "tar"), "a.csv.bz2": (bz2.compress(b"x"), "bz2"),
        "a.7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"), "a.rar": (b"Rar!\x1a\x07\x00", "rar"),
        "a.zip": (b"PK\x03\x04 nothing", None), "b.csv": (csv_bytes(good(2)), None),
    }  # fmt: skip
    (folder := desk.folder / "in").mkdir()
    for name, (data, _kind) in packs.items():
        (folder / name).write_bytes(data)
    *others, broken, sound = list_items([folder])
    for item in others:
        error = _refused(desk, item)
        assert (error.code, error.values) == ("pack_unsupported", {"file": item.name, "kind": packs[item.name][1]})
    assert (_refused(desk, broken).code, len(others)) == ("zip_broken", 4)
    assert desk.take_item(sound).rows.loaded == 2


def test_a_member_that_is_damaged_loads_what_came_before(desk: Desk) -> None:
    whole = csv_bytes(good(8_000))
    data = bytearray(_zip(a_csv=whole))
    data[len(data) // 2] ^= 0xFF
    (item,) = _found(desk, bytes(data), "a.zip")
    receipt = desk.take_item(item)
    assert receipt.truncated
    assert receipt.rows.loaded > 1_000
    assert desk.take(whole, "a.csv").rows.loaded == 8_000 - receipt.rows.loaded


@pytest.mark.parametrize("streamed", [False, True])
def test_a_zip_that_broke_off_loads_what_is_there(desk: Desk, streamed: bool) -> None:  # noqa: FBT001
    """Its list of members is lost with its end; sizes may stand in front of a member's bytes or behind them."""
    out = io.BytesIO()
    with zipfile.ZipFile(Unseekable(out) if streamed else out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type] # writes only
        for number, name in enumerate(("a.csv", "b.csv", "c.csv")):
            archive.writestr(name, csv_bytes(good(1_500, 10_000 * number)))
    whole = out.getvalue()
    broken = _found(desk, whole[: len(whole) * 5 // 6], "broken.zip")
    assert [item.name for item in broken] == ["broken.zip/a.csv", "broken.zip/b.csv", "broken.zip/c.csv"]
    first, second, third = (desk.take_item(item) for item in broken)
    assert (first.rows.loaded, first.truncated) == (second.rows.loaded, second.truncated) == (1_500, False)
    assert third.truncated
    assert 300 < third.rows.loaded < 1_500
    again = [desk.take_item(item).rows.loaded for item in _found(desk, whole, "whole.zip")]
    assert again == [0, 0, 1_500 - third.rows.loaded]


class Unseekable:
    """Makes zipfile write sizes behind the bytes, as programs that write to a pipe do."""

    def __init__(self, out: io.BytesIO) -> None:
        self.write, self.flush = out.write, out.flush


@pytest.mark.parametrize("version", [b"\x14\x00", b"\xff\x00"])
def test_a_damaged_list_of_members_is_no_traceback(desk: Desk, version: bytes) -> None:
    """One byte in it says that a newer zip is needed: the members are found by their own headers."""
    data = bytearray(_zip(a_csv=csv_bytes(good(3))))
    at = data.index(b"PK\x01\x02") + 6
    data[at : at + 2] = version
    assert _loaded(desk, bytes(data), "a.zip") == {"a.zip/a.csv": 3}


def test_a_broken_workbook_is_no_heap_of_files(desk: Desk) -> None:
    whole = book(rows=[cells(number) for number in range(50)])
    (item,) = _found(desk, whole[: len(whole) // 2], "a.xlsx")
    assert _refused(desk, item).code == "workbook_broken"


def test_what_is_damaged_from_its_beginning_is_not_called_empty(desk: Desk) -> None:
    data = bytearray(gzip.compress(csv_bytes(good(3))))
    data[10] ^= 0xFF
    (item,) = _found(desk, bytes(data), "a.gz")
    assert _refused(desk, item).code == "pack_broken"


# --- bombs


@pytest.fixture
def suspicious(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sixteenth of what is unpacked without a question."""
    monkeypatch.setattr(unpacking, "UNSUSPECTED", unpacking.UNSUSPECTED // 16)


@pytest.mark.parametrize("name", ["gz", "zip", "gz in zip"])
def test_a_bomb_is_refused_before_it_goes_off(desk: Desk, suspicious: None, name: str) -> None:
    text = csv_bytes(good(1)) + b"0" * (20 * MIB)
    data = gzip.compress(text) if name == "gz" else _zip(a_csv=text)
    if name == "gz in zip":
        data = _zip(a_csv_gz=gzip.compress(text))
    (item,) = _found(desk, data, "bomb")
    error = _refused(desk, item)
    assert (error.code, error.values["file"]) == ("unpacked_too_large", item.name)
    assert not [path for path in Path(desk.lake.folder).rglob("*") if path.is_file() and path.stat().st_size > MIB]


def test_an_honest_large_file_is_not_taken_for_a_bomb(desk: Desk, suspicious: None) -> None:
    """Rows that repeat shrink to a twentieth."""
    text = csv_bytes(good(4_000) * 12)
    data = _zip(a_csv=text)
    assert len(text) > unpacking.UNSUSPECTED
    assert len(text) > 20 * len(data)
    (item,) = _found(desk, data, "a.zip")
    receipt = desk.take_item(item)
    assert (receipt.rows.loaded, receipt.rows.duplicate) == (4_000, 11 * 4_000)


def test_no_copy_is_begun_on_a_disk_without_room() -> None:
    with pytest.raises(NianjianError) as raised:
        Spool("a.zip/b.xlsx", iter([b"x"]), 1 << 60)
    assert raised.value.code == "disk_too_small"
    assert raised.value.values["file"] == "a.zip/b.xlsx"


def test_a_workbook_bomb_is_refused(desk: Desk, suspicious: None) -> None:
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>' + "0" * (20 * MIB) + "</t></is></c></row>"
    (item,) = _found(desk, book(rows=[cells(1)], patch={"</sheetData>": f"{row}</sheetData>"}), "a.xlsx")
    assert _refused(desk, item).code == "unpacked_too_large"


def test_a_hostile_sheet_is_refused(desk: Desk) -> None:
    for xml in (
        '<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet/>',
        '<worksheet><sheetData><row r="1"><c r="ZZZZ1"><v>1</v></c></row></sheetData></worksheet>',
        '<worksheet><sheetData><row r="99999999"/></sheetData></worksheet>',
        '<worksheet><sheetData><row r="1"><c t="s"><v>77</v></c></row></sheetData></worksheet>',
        "<worksheet><sheetData>",
    ):
        (item,) = _found(desk, book(rows=[], sheet=xml), "a.xlsx")
        assert _refused(desk, item).code == "workbook_broken", xml


def test_a_cell_at_the_far_end_costs_nothing(desk: Desk) -> None:
    """Such a file makes readers that lay out the whole sheet end the process."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    (item,) = _found(desk, book(rows=[cells(1)], patch={"</sheetData>": f"{far}</sheetData>"}), "a.xlsx")
    receipt = desk.take_item(item)
    assert (receipt.rows.loaded, receipt.reasons) == (1, {"columns_surplus": 1})


# --- workbooks


def test_sheets_without_rows_are_passed_over_and_others_go_by_their_name(desk: Desk) -> None:
    data = book(
        rows=[cells(1)],
        more={"空": [], "表头": [HEADER_CELLS], "隐藏": [HEADER_CELLS, cells(2), cells(3)]},
        hidden=("隐藏",),
    )
    assert _loaded(desk, data, "a.xlsx") == {"a.xlsx": 1, "a.xlsx/隐藏": 2}


def test_a_workbook_of_nothing_and_one_of_a_header(desk: Desk) -> None:
    (item,) = _found(desk, book(rows=None), "a.xlsx")
    assert _refused(desk, item).code == "file_empty"
    (item,) = _found(desk, book(rows=[]), "b.xlsx")
    assert desk.take_item(item).rows.read == 0


def test_a_formula_whose_value_was_not_saved_is_told(desk: Desk) -> None:
    (item,) = _found(desk, book(rows=[cells(1), [*cells(2)[:4], "=C2+1", *cells(2)[5:]]]), "a.xlsx")
    receipt = desk.take_item(item)
    assert (receipt.rows.loaded, receipt.reasons) == (1, {"formula_unsaved": 1})
    assert desk.rows("line", "part = 'rejected'") == [(3,)]


def test_other_workbooks_are_called_by_name(desk: Desk) -> None:
    data = _zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<x/>")
    (item,) = _found(desk, data, "a.ods")
    error = _refused(desk, item)
    assert (error.code, error.values["kind"]) == ("book_unsupported", "ods")
