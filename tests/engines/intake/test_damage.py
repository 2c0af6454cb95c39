"""A broken line costs itself only: nothing else is lost, and every line is accounted for with its true number."""

import bz2
import gzip
import io
import json
import tarfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from tests.engines.intake.conftest import HEADER, Desk, csv_bytes, good, row
from tests.engines.intake.workbooks import HEADER_CELLS, book, cells

from nianjian.engines.intake import lines as documents
from nianjian.engines.intake.lines import LONGEST, Damage, cut_at_lines, json_records, unify_line_ends
from nianjian.engines.intake.read import Item, Spool, list_items
from nianjian.engines.kernel import unpacking
from nianjian.engines.kernel.errors import NianjianError


def test_clean_file_is_loaded_whole(desk: Desk) -> None:
    receipt = desk.take(csv_bytes(good(1000)).rstrip(b"\n"))  # the last line has no end
    assert receipt.rows.as_dict() == {"read": 1000, "loaded": 1000, "duplicate": 0, "rejected": 0}
    assert receipt.days == ("2026-03-01",)
    assert desk.rows("min(line), max(line), count(distinct line)") == [(2, 1001, 1000)]


def test_the_days_of_a_file_are_those_of_its_calls(desk: Desk) -> None:
    texts = csv_bytes(good(3)).splitlines()
    days = (b"2026-03-03", b"2026-02-28", b"2026-03-01")
    rows = [text.replace(b"2026-03-01", day) for text, day in zip(texts[1:], days, strict=True)]
    assert desk.take(b"\n".join([texts[0], *rows])).days == ("2026-02-28", "2026-03-01", "2026-03-03")


@pytest.mark.parametrize(("nuls", "code"), [(1, "nul_byte"), (4096, "nul_byte"), (3_000_000, "line_too_long")])
def test_nuls_that_a_crash_left_behind_cost_no_row(desk: Desk, nuls: int, code: str) -> None:
    receipt = desk.take(csv_bytes(good(20)) + b"\n" * (nuls % 3) + b"\0" * nuls)
    assert (receipt.encoding, receipt.rows.loaded, receipt.reasons) == ("utf-8", 20, {code: 1})


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('x1,呼出,"95013,95013,13800000001,2026-03-01 08:00:00,,,2026-03-01 08:01:00,,,,,,', "stray_quote"),
        ('x1,"呼"出,95013,95013,13800000001,2026-03-01 08:00:00,,,2026-03-01 08:01:00,,,,,,', "stray_quote"),
        ("x1,呼\0出,95013", "nul_byte"),
        ("x1," + "y" * 2_500_000, "line_too_long"),
        ("x1,呼出", "columns_missing"),
        (row(9_000_000) + ",1,2", "columns_surplus"),
    ],
)
def test_a_bad_line_costs_itself_only(desk: Desk, line: str, code: str) -> None:
    """As the first of the file, in its middle and as the last; `tests/dirty` has every other kind in the middle."""
    receipt = desk.take(csv_bytes([line, *good(99), line, *good(99, 100), line]))
    assert (receipt.rows.loaded, receipt.reasons) == (198, {code: 3})
    assert desk.bad() == [(2, code), (102, code), (202, code)]
    lines = [number for (number,) in desk.rows("line", "part <> 'rejected'")]
    assert lines == [*range(3, 102), *range(103, 202)]


@pytest.mark.parametrize(("encoding", "kept"), [("utf-8", "T\\\\xff\\\\xff1"), ("gb18030", "T\ufffd\ufffd1")])
def test_invalid_bytes_in_one_line(desk: Desk, encoding: str, kept: str) -> None:
    rows = csv_bytes(good(100), encoding).split(b"\n")
    rows[50] = rows[50].replace(b"T1", b"T\xff\xff1")
    rows.insert(30, b"x,y")
    receipt = desk.take(b"\n".join(rows))
    assert (receipt.encoding, receipt.rows.loaded) == (encoding, 99)
    assert desk.bad() == [(31, "columns_missing"), (52, "invalid_encoding")]
    (raw,) = desk.rows("raw", "reason = 'invalid_encoding'")[0]
    assert kept in raw


def test_invalid_bytes_in_the_heading_are_no_row(desk: Desk) -> None:
    heading, *rows = csv_bytes(good(20)).splitlines()
    receipt = desk.take(b"\n".join([heading + b",\xff", *(line + b",x" for line in rows)]))
    assert receipt.rows.as_dict() == {"read": 20, "loaded": 20, "duplicate": 0, "rejected": 0}


def test_blank_lines_are_counted_and_nothing_else(desk: Desk) -> None:
    rows = good(100)
    rows[10:10] = ["", "  ", ""]
    receipt = desk.take(csv_bytes(rows) + b"\n\n")
    assert (receipt.rows.read, receipt.rows.loaded, receipt.blank_lines) == (100, 100, 5)
    assert desk.rows("line", "call_id = 'c000011'") == [(15,)]


@pytest.mark.parametrize(
    ("ends", "blank", "line"), [(["\r\n"], 0, 5), (["\r"], 0, 5), (["\n", "\r\n", "\r", "\r\r\n"], 15, 6)]
)
def test_other_line_ends(desk: Desk, ends: list[str], blank: int, line: int) -> None:
    texts = [HEADER, *good(60)]
    receipt = desk.take("".join(text + ends[number % len(ends)] for number, text in enumerate(texts)).encode())
    assert receipt.rows.as_dict() == {"read": 60, "loaded": 60, "duplicate": 0, "rejected": 0}
    assert receipt.blank_lines == blank
    assert desk.rows("line", "call_id in ('c000003', 'c000004')") == [(4,), (line,)]


@pytest.mark.parametrize("end", ["\r", "\n"])
def test_a_line_end_in_quotes_belongs_to_its_cell(desk: Desk, end: str) -> None:
    rows = good(20)
    rows[5] = row(6, 团队=f'"外包{end}一组"')
    assert desk.take(csv_bytes(rows)).rows.as_dict() == {"read": 20, "loaded": 20, "duplicate": 0, "rejected": 0}
    assert desk.rows("team_id, line", "call_id = 'c000006'") == [("外包\n一组", 7)]
    assert desk.rows("line", "call_id = 'c000007'") == [(9,)]


@pytest.mark.parametrize("cut", range(1, 9))
def test_line_ends_over_block_borders(cut: int) -> None:
    text = b"a\r\nb\rc\r\r\n\nd\r"
    blocks = [text[start : start + cut] for start in range(0, len(text), cut)]
    assert b"".join(unify_line_ends(blocks)) == b"a\nb\nc\n\n\nd\n"


def test_a_line_over_many_blocks_loses_no_piece_while_it_may_be_one() -> None:
    blocks = [b"x" * LONGEST, b"y", b"\nz"]
    assert b"".join(cut_at_lines(blocks)) == b"".join(blocks)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "gb18030 marked", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(desk: Desk, encoding: str) -> None:
    name, mark, _ = encoding.partition(" marked")
    rows = csv_bytes([row(n, 团队="外包一组") for n in range(1, 31)], name)
    receipt = desk.take(b"\x84\x31\x95\x33" * bool(mark) + rows)
    assert receipt.rows.loaded == 30
    assert desk.rows("distinct team_id") == [("外包一组",)]
    assert receipt.encoding.startswith(name[:6])


def test_chinese_far_behind_the_beginning_decides_the_encoding(desk: Desk) -> None:
    header = "call_id,direction,caller,display,callee,start_time,end_time,team"
    rows = [f"c{n},out,95013,95013,13800000001,2026-03-01 08:00:00,2026-03-01 08:01:00,T" for n in range(15_000)]
    rows.append("last,out,95013,95013,13800000001,2026-03-01 08:00:00,2026-03-01 08:01:00,外包一组")
    receipt = desk.take("\n".join([header, *rows]).encode("gb18030"))
    assert (receipt.encoding, receipt.rows.loaded) == ("gb18030", 15_001)
    assert desk.rows("team_id", "call_id = 'last'") == [("外包一组",)]


def test_quotes_commas_and_surplus_cells(desk: Desk) -> None:
    """A quote behind other signs is one of them; a quoted comma hides no missing column; empty cells are no surplus."""
    rows = good(20)
    rows[5] = row(6, 团队='"外包, ""一""组"')
    rows[7] = row(8, 团队='T1"', 坐席编号='a"b')
    rows[9] = row(10, 主叫号码='"010,8888"').rsplit(",", 1)[0]
    rows[11] += ",,"
    receipt = desk.take(csv_bytes(rows))
    assert (receipt.rows.loaded, desk.bad()) == (19, [(11, "columns_missing")])
    assert desk.rows("team_id, agent_id", "line in (7, 9)") == [('T1"', 'a"b'), ('外包, "一"组', "A1")]


def test_gz_of_several_members_is_whole(desk: Desk) -> None:
    data = csv_bytes(good(100))
    receipt = desk.take(gzip.compress(data[:3000]) + gzip.compress(data[3000:]), "a.gz")
    assert (receipt.rows.loaded, receipt.truncated) == (100, False)


def test_zip_members_and_folders(desk: Desk) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("2026/a.csv", csv_bytes(good(10)))
        archive.writestr("2026/b.csv", csv_bytes(good(10, 11), "gb18030"))
        archive.writestr("../export/c.csv", csv_bytes(good(3, 51)))
        archive.writestr("__MACOSX/._a.csv", b"junk")
        archive.writestr("./b/.DS_Store", b"junk")
    inner = desk.folder / "in" / "deep"
    inner.mkdir(parents=True)
    (inner / "x.zip").write_bytes(out.getvalue())
    (inner.parent / "c.csv").write_bytes(csv_bytes(good(10, 21)))
    (inner / "y.csv.gz").write_bytes(gzip.compress(csv_bytes([*good(5, 6), *good(5, 60)])))
    items = list(list_items([desk.folder / "in"]))
    names = ["../export/c.csv", "2026/a.csv", "2026/b.csv"]
    assert [item.name for item in items] == ["c.csv", *(f"deep/x.zip/{name}" for name in names), "deep/y.csv.gz"]
    assert [desk.take_item(item).rows.loaded for item in items] == [10, 3, 10, 10, 5]


# Documents and lines read piece by piece: one broken record costs itself only, a line is found again by its number.


def _refuse(text: str) -> object:
    raise ValueError(text)


def _read(text: str, size: int) -> tuple[list[tuple[int, object]], list[Damage]]:
    """Records and damages when the text comes in blocks of ``size`` bytes."""
    data, bad = text.encode(), list[Damage]()
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    records = [(line, json.loads(record)) for line, record in json_records(blocks, bad, _refuse)]
    return records, bad


TEXTS = {
    "array": '[\n{"a": 1},\n{"a": "呼出"}, {"a": {"b": [{"c": 2}]}}\n]\n',
    "answer around": '{"Code": 0, "Data": {"List": [\n {"a": 1},\n\n {"a": 2}\n]}, "More": [{"x": 1}]}',
    "broken in the middle": '[\n{"a": 1},\n{"a": oops, "b": "x"},\n{"a": 3}\n]',
    "broken off": '[\n{"a": 1},\n{"a": 2},\n{"a": "unfini',
    "one after another": '[{"a": 1}\n{"a": 2}\n]',
    "empty": "[]",
    "nothing": "  \n",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_the_size_of_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch, name: str, size: int) -> None:
    whole = _read(TEXTS[name], 1 << 20)
    monkeypatch.setattr(documents, "SMALL", 64)
    monkeypatch.setattr(documents, "_STEP", 16)
    assert _read(TEXTS[name], size) == whole


def test_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SMALL", 64)
    monkeypatch.setattr(documents, "_STEP", 16)
    records, bad = _read(TEXTS["broken in the middle"], 5)
    assert records == [(2, {"a": 1}), (4, {"a": 3})]
    assert [(damage.line, damage.code) for damage in bad] == [(3, "json_invalid")]
    records, bad = _read(TEXTS["broken off"], 5)
    assert records == [(2, {"a": 1}), (3, {"a": 2})]
    assert [(damage.line, damage.code) for damage in bad] == [(4, "json_invalid")]
    assert [line for line, _ in _read(TEXTS["answer around"], 5)[0]] == [2, 4]


def test_memory_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """6 MB of records and one of 4 MB that no call can be, where the longest record has 800 KB."""
    monkeypatch.setattr(documents, "SMALL", documents.SMALL // 10)
    monkeypatch.setattr(documents, "_STEP", documents._STEP // 10)
    good = (json.dumps({"a": "x" * 500}) + ",\n").encode() * 200

    def blocks() -> Iterator[bytes]:
        yield b"[\n"
        for _ in range(30):
            yield good
        yield b'{"a": "'
        for _ in range(40):
            yield b"y" * 100_000
        yield b'"},\n'
        for _ in range(30):
            yield good
        yield b'{"a": 1}]'

    bad: list[Damage] = []
    tracemalloc.start()
    count = sum(1 for _ in json_records(blocks(), bad, _refuse))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60 * 200 + 1
    assert [(damage.line, damage.code) for damage in bad] == [(6_002, "json_invalid")]
    assert peak < 8 << 20


def test_a_large_document_loads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SMALL", documents.SMALL // 10)
    rows = [dict(zip(HEADER.split(","), row(number).split(","), strict=True)) for number in range(1, 2_001)]
    text = json.dumps({"Code": 200, "Data": {"List": rows}}, ensure_ascii=False)
    assert len(text) > documents.SMALL // 2
    receipt = desk.take((text + " " * documents.SMALL).encode(), "calls.json")
    assert (receipt.rows.loaded, receipt.reasons) == (2_000, {})


WHOLE = [b"one\n", b"\n", b"three, a longer one\n", b"4\n", b"five"]


@pytest.mark.parametrize("block", [1, 5, 6, 1000])
@pytest.mark.parametrize("last", [b"five", b"five\n"])
def test_lines_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, last: bytes) -> None:
    monkeypatch.setattr(documents, "_BLOCK", block)
    text = [*WHOLE[:-1], last]
    path = tmp_path / "calls.csv"
    path.write_bytes(b"".join(text))
    for count in range(len(text) + 1):
        for places in combinations(range(1, len(text) + 1), count):
            assert list(documents.lines_at(path, places)) == [text[place - 1] for place in places]


# Packs inside packs, bombs, and workbooks: every row is read, or the file is refused by name before it does harm.

MIB = 1 << 20


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def _list_archive(desk: Desk, data: bytes, name: str) -> list[Item]:
    path = desk.folder / name
    path.write_bytes(data)
    return list(list_items([path]))


def _loaded(desk: Desk, data: bytes, name: str) -> dict[str, int]:
    return {item.name: desk.take_item(item).rows.loaded for item in _list_archive(desk, data, name)}


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
    (item,) = _list_archive(desk, _zip(a_csv_gz=packed), "a.zip")
    receipt = desk.take_item(item)
    assert (receipt.known, receipt.rows.duplicate) == (True, 3)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_chinese_names_of_members_are_shown_as_they_were_written(desk: Desk, encoding: str) -> None:
    raw = "三月/话单.csv".encode(encoding)
    data = _zip(**{"x" * len(raw): csv_bytes(good(2))}).replace(b"x" * len(raw), raw)
    assert _loaded(desk, data, "a.zip") == {"a.zip/三月/话单.csv": 2}
    (item,) = _list_archive(desk, data[:-30], "b.zip")
    assert item.name == "b.zip/三月/话单.csv"


def test_a_third_zip_is_refused_by_name_and_holds_up_nothing(desk: Desk) -> None:
    deep = _zip(
        b_zip=_zip(c_zip=_zip(d_csv=csv_bytes(good(1))), e_csv=csv_bytes(good(2))), z_csv=csv_bytes(good(3, 50))
    )
    by_name = {item.name: item for item in _list_archive(desk, deep, "a.zip")}
    assert list(by_name) == ["a.zip/b.zip/c.zip", "a.zip/b.zip/e.csv", "a.zip/z.csv"]
    error = _refused(desk, by_name["a.zip/b.zip/c.zip"])
    assert (error.code, error.values["file"]) == ("pack_nested", "a.zip/b.zip/c.zip")
    assert desk.take_item(by_name["a.zip/b.zip/e.csv"]).rows.loaded == 2
    assert desk.take_item(by_name["a.zip/z.csv"]).rows.loaded == 3


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
    (item,) = _list_archive(desk, bytes(data), "a.zip")
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
    broken = _list_archive(desk, whole[: len(whole) * 5 // 6], "broken.zip")
    assert [item.name for item in broken] == ["broken.zip/a.csv", "broken.zip/b.csv", "broken.zip/c.csv"]
    first, second, third = (desk.take_item(item) for item in broken)
    assert (first.rows.loaded, first.truncated) == (second.rows.loaded, second.truncated) == (1_500, False)
    assert third.truncated
    assert 300 < third.rows.loaded < 1_500
    *_, again = _list_archive(desk, whole, "whole.zip")
    assert desk.take_item(again).rows.loaded == 1_500 - third.rows.loaded


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
    (item,) = _list_archive(desk, whole[: len(whole) // 2], "a.xlsx")
    assert _refused(desk, item).code == "workbook_broken"


def test_what_is_damaged_from_its_beginning_is_not_called_empty(desk: Desk) -> None:
    data = bytearray(gzip.compress(csv_bytes(good(3))))
    data[10] ^= 0xFF
    (item,) = _list_archive(desk, bytes(data), "a.gz")
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
    (item,) = _list_archive(desk, data, "bomb")
    error = _refused(desk, item)
    assert (error.code, error.values["file"]) == ("unpacked_too_large", item.name)
    assert not [path for path in Path(desk.lake.folder).rglob("*") if path.is_file() and path.stat().st_size > MIB]


def test_an_honest_large_file_is_not_taken_for_a_bomb(desk: Desk, suspicious: None) -> None:
    """Rows that repeat shrink to a twentieth."""
    text = csv_bytes(good(4_000) * 12)
    data = _zip(a_csv=text)
    assert len(text) > unpacking.UNSUSPECTED
    assert len(text) > 20 * len(data)
    (item,) = _list_archive(desk, data, "a.zip")
    receipt = desk.take_item(item)
    assert (receipt.rows.loaded, receipt.rows.duplicate) == (4_000, 11 * 4_000)


def test_no_copy_is_begun_on_a_disk_without_room() -> None:
    with pytest.raises(NianjianError) as raised:
        Spool("a.zip/b.xlsx", iter([b"x"]), 1 << 60)
    assert raised.value.code == "disk_too_small"
    assert raised.value.values["file"] == "a.zip/b.xlsx"


def test_a_workbook_bomb_is_refused(desk: Desk, suspicious: None) -> None:
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>' + "0" * (20 * MIB) + "</t></is></c></row>"
    (item,) = _list_archive(desk, book(rows=[cells(1)], patch={"</sheetData>": f"{row}</sheetData>"}), "a.xlsx")
    assert _refused(desk, item).code == "unpacked_too_large"


def test_a_hostile_sheet_is_refused(desk: Desk) -> None:
    for xml in (
        '<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet/>',
        '<worksheet><sheetData><row r="1"><c r="ZZZZ1"><v>1</v></c></row></sheetData></worksheet>',
        '<worksheet><sheetData><row r="99999999"/></sheetData></worksheet>',
        '<worksheet><sheetData><row r="1"><c t="s"><v>77</v></c></row></sheetData></worksheet>',
        "<worksheet><sheetData>",
    ):
        (item,) = _list_archive(desk, book(rows=[], sheet=xml), "a.xlsx")
        assert _refused(desk, item).code == "workbook_broken", xml


def test_a_cell_at_the_far_end_costs_nothing(desk: Desk) -> None:
    """Such a file makes readers that lay out the whole sheet end the process."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    (item,) = _list_archive(desk, book(rows=[cells(1)], patch={"</sheetData>": f"{far}</sheetData>"}), "a.xlsx")
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
    (item,) = _list_archive(desk, book(rows=None), "a.xlsx")
    assert _refused(desk, item).code == "file_empty"
    (item,) = _list_archive(desk, book(rows=[]), "b.xlsx")
    assert desk.take_item(item).rows.read == 0


def test_a_formula_whose_value_was_not_saved_is_told(desk: Desk) -> None:
    (item,) = _list_archive(desk, book(rows=[cells(1), [*cells(2)[:4], "=C2+1", *cells(2)[5:]]]), "a.xlsx")
    receipt = desk.take_item(item)
    assert (receipt.rows.loaded, receipt.reasons) == (1, {"formula_unsaved": 1})
    assert desk.rows("line", "part = 'rejected'") == [(3,)]


def test_other_workbooks_are_called_by_name(desk: Desk) -> None:
    data = _zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<x/>")
    (item,) = _list_archive(desk, data, "a.ods")
    error = _refused(desk, item)
    assert (error.code, error.values["kind"]) == ("book_unsupported", "ods")
