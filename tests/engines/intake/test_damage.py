"""A broken line costs itself only: nothing else is lost, and every line is accounted for with its true number."""

from __future__ import annotations

import gzip
import io
import random
import zipfile

import pytest
from tests.engines.intake.conftest import HEADER, Desk, csv_bytes, good, row

from nianjian.engines.intake.lines import unify_line_ends
from nianjian.engines.intake.read import list_items


def test_clean_file_is_loaded_whole(desk: Desk) -> None:
    receipt = desk.take(csv_bytes(good(1000)).rstrip(b"\n"))  # the last line has no end
    assert receipt.rows.as_dict() == {"read": 1000, "loaded": 1000, "duplicate": 0, "rejected": 0}
    assert receipt.days == ("2026-03-01",)
    assert desk.rows("min(line), max(line), count(distinct line)") == [(2, 1001, 1000)]


@pytest.mark.parametrize(
    ("nuls", "code"), [(1, "nul_byte"), (100, "nul_byte"), (4096, "nul_byte"), (3_000_000, "line_too_long")]
)
def test_nuls_that_a_crash_left_behind_cost_no_row(desk: Desk, nuls: int, code: str) -> None:
    receipt = desk.take(csv_bytes(good(20)) + b"\n" * (nuls % 3) + b"\0" * nuls)
    assert (receipt.encoding, receipt.rows.loaded, receipt.reasons) == ("utf-8", 20, {code: 1})


@pytest.mark.parametrize("place", [0, 999])
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
def test_one_bad_line_costs_itself_only(desk: Desk, place: int, line: str, code: str) -> None:
    rows = good(999)
    rows.insert(place, line)
    receipt = desk.take(csv_bytes(rows))
    assert (receipt.rows.loaded, receipt.reasons) == (999, {code: 1})
    assert desk.bad() == [(place + 2, code)]
    lines = [number for (number,) in desk.rows("line", "part <> 'rejected'")]
    assert lines == [number for number in range(2, 1002) if number != place + 2]


def test_every_tenth_line_broken_in_turn(desk: Desk) -> None:
    kinds = [
        ("x,y", "columns_missing"),
        (row(1) + ",a,b", "columns_surplus"),
        ('x,"open', "stray_quote"),
        ("x\0y", "nul_byte"),
        ("x," + "z" * 1_000_001, "line_too_long"),
    ]
    rows, expected = [], []
    for number, text in enumerate(good(500)):
        if number % 10 == 9:
            line, code = kinds[number // 10 % len(kinds)]
            rows.append(line)
            expected.append((len(rows) + 1, code))
        rows.append(text)
    receipt = desk.take(csv_bytes(rows))
    assert receipt.rows.loaded == 500
    assert desk.bad() == expected


def test_invalid_bytes_in_one_line(desk: Desk) -> None:
    rows = csv_bytes(good(1000)).split(b"\n")
    rows[500] = rows[500].replace(b"T1", b"T\xff\xfe1")
    rows.insert(300, b"x,y")
    receipt = desk.take(b"\n".join(rows))
    assert receipt.reasons == {"columns_missing": 1, "invalid_encoding": 1}
    assert receipt.rows.loaded == 999
    assert desk.bad() == [(301, "columns_missing"), (502, "invalid_encoding")]
    (raw,) = desk.rows("raw", "reason = 'invalid_encoding'")[0]
    assert "T\\\\xff\\\\xfe1" in raw


def test_blank_lines_are_counted_and_nothing_else(desk: Desk) -> None:
    rows = good(100)
    rows[10:10] = ["", "  ", ""]
    receipt = desk.take(csv_bytes(rows) + b"\n\n")
    assert (receipt.rows.read, receipt.rows.loaded, receipt.blank_lines) == (100, 100, 5)
    assert desk.rows("line", "call_id = 'c000011'") == [(15,)]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends(desk: Desk, end: str) -> None:
    assert desk.take(csv_bytes(good(50), end=end)).rows.loaded == 50
    assert desk.rows("max(line)") == [(51,)]


def test_a_lone_carriage_return_ends_a_line_in_any_file(desk: Desk) -> None:
    rows = good(60)
    ends = ["\n", "\r\n", "\r", "\r\r\n"]
    data = "".join(text + ends[number % 4] for number, text in enumerate([HEADER, *rows])).encode()
    receipt = desk.take(data)
    assert receipt.rows.as_dict() == {"read": 60, "loaded": 60, "duplicate": 0, "rejected": 0}
    assert receipt.blank_lines == 15
    assert desk.rows("line", "call_id = 'c000003'") == [(4,)]
    assert desk.rows("line", "call_id = 'c000004'") == [(6,)]


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


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "gb18030", "gb18030 marked", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings(desk: Desk, encoding: str) -> None:
    name, mark, _ = encoding.partition(" marked")
    rows = csv_bytes([row(n, 团队="外包一组") for n in range(1, 301)], name)
    receipt = desk.take(b"\x84\x31\x95\x33" * bool(mark) + rows)
    assert receipt.rows.loaded == 300
    assert desk.rows("distinct team_id") == [("外包一组",)]
    assert receipt.encoding.startswith({"gbk": "gb18030"}.get(name, name)[:6])


def test_chinese_far_behind_the_beginning_decides_the_encoding(desk: Desk) -> None:
    header = "call_id,direction,caller,display,callee,start_time,end_time,team"
    rows = [f"c{n},out,95013,95013,13800000001,2026-03-01 08:00:00,2026-03-01 08:01:00,T" for n in range(15_000)]
    rows.append("last,out,95013,95013,13800000001,2026-03-01 08:00:00,2026-03-01 08:01:00,外包一组")
    receipt = desk.take("\n".join([header, *rows]).encode("gb18030"))
    assert (receipt.encoding, receipt.rows.loaded) == ("gb18030", 15_001)
    assert desk.rows("team_id", "call_id = 'last'") == [("外包一组",)]


def test_invalid_bytes_in_gb18030(desk: Desk) -> None:
    rows = csv_bytes(good(100), "gb18030").split(b"\n")
    rows[40] = rows[40].replace(b"T1", b"T\xff1")
    receipt = desk.take(b"\n".join(rows))
    assert (receipt.rows.loaded, receipt.reasons) == (99, {"invalid_encoding": 1})
    assert desk.bad() == [(41, "invalid_encoding")]


def test_quoted_commas_and_quotes(desk: Desk) -> None:
    rows = good(20)
    rows[5] = row(6, 团队='"外包, ""一""组"')
    assert desk.take(csv_bytes(rows)).rows.loaded == 20
    assert desk.rows("team_id", "call_id = 'c000006'") == [('外包, "一"组',)]


def test_quoted_comma_with_a_missing_column_never_passes_misaligned(desk: Desk) -> None:
    rows = good(20)
    rows[5] = row(6, 主叫号码='"010,8888"').rsplit(",", 1)[0]
    receipt = desk.take(csv_bytes(rows))
    assert (receipt.rows.loaded, receipt.reasons) == (19, {"columns_missing": 1})


def test_surplus_empty_cells_are_no_surplus(desk: Desk) -> None:
    rows = good(10)
    rows[3] += ",,"
    assert desk.take(csv_bytes(rows)).rows.loaded == 10


def test_truncated_gz_gives_its_whole_rows_and_the_rest_later(desk: Desk) -> None:
    random.seed(1)
    rows = [row(n, 坐席编号=f"A{random.random()}") for n in range(1, 2001)]
    whole = gzip.compress(csv_bytes(rows))
    part = desk.take(whole[: len(whole) // 2], "part.csv.gz")
    assert part.truncated
    assert "truncated" in part.warnings
    assert 400 < part.rows.loaded < 1600
    assert part.rows.rejected == 0
    later = desk.take(whole, "whole.csv.gz")
    assert later.rows.as_dict() == {
        "read": 2000, "loaded": 2000 - part.rows.loaded, "duplicate": part.rows.loaded, "rejected": 0,
    }  # fmt: skip
    assert desk.good() == 2000


def test_gz_of_several_members_is_whole(desk: Desk) -> None:
    data = csv_bytes(good(100))
    receipt = desk.take(gzip.compress(data[:3000]) + gzip.compress(data[3000:]), "a.gz")
    assert (receipt.rows.loaded, receipt.truncated) == (100, False)


def test_zip_members_and_folders(desk: Desk) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("2026/a.csv", csv_bytes(good(10)))
        archive.writestr("2026/b.csv", csv_bytes(good(10, 11), "gb18030"))
        archive.writestr("__MACOSX/._a.csv", b"junk")
    inner = desk.folder / "in" / "deep"
    inner.mkdir(parents=True)
    (inner / "x.zip").write_bytes(out.getvalue())
    (inner.parent / "c.csv").write_bytes(csv_bytes(good(10, 21)))
    found = list(list_items([desk.folder / "in"]))
    assert [item.name for item in found] == ["c.csv", "deep/x.zip/2026/a.csv", "deep/x.zip/2026/b.csv"]
    assert [desk.take_item(item).rows.loaded for item in found] == [10, 10, 10]


def test_a_zip_member_that_steps_upwards_is_read_not_dropped(desk: Desk) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../export/a.csv", csv_bytes(good(3)))
        archive.writestr("./b/.DS_Store", b"junk")
    (desk.folder / "up.zip").write_bytes(out.getvalue())
    found = list(list_items([desk.folder / "up.zip"]))
    assert [item.name for item in found] == ["up.zip/../export/a.csv"]
    assert desk.take_item(found[0]).rows.loaded == 3
