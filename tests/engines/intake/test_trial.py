"""A trial over the beginning of a file says what the import would, whatever the file is packed in, and masks it."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from nianjian.engines.intake import rejects
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.formats import catalogue
from nianjian.engines.intake.preview import MEMBERS, ROWS, example_file, preview_files, try_file
from nianjian.engines.intake.read import list_items

HEADER = ["话单ID", "方向", "主叫号码", "外显号码", "被叫号码", "开始时间", "接通时间", "结束时间", "结果", "客户姓名"]
TIMES = ("2026-03-02 10:00:00", "2026-03-02 10:00:05", "2026-03-02 10:01:00")
Table = list[list[str]]


def _table(rows: int, bad: int) -> Table:
    sound = [
        [f"c{n}", "呼出", "02110000", "95013", str(13900000000 + n), *TIMES, "接通", "张三丰"] for n in range(rows)
    ]
    return [HEADER, *sound, *([f"b{n}", *sound[0][1:5], "昨天", "", "", "接通", "李四"] for n in range(bad))]


def _csv(table: Table) -> str:
    return "\n".join(",".join(row) for row in table) + "\n"


def _records(table: Table) -> list[dict[str, str]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def _zip(table: Table) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("话单/calls.csv", _csv(table).encode("gb18030"))
    return out.getvalue()


def _book(table: Table) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [["外呼明细"], [], *table]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _json(table: Table) -> str:
    return json.dumps(_records(table), ensure_ascii=False)


FORMS: dict[str, Callable[[Table], bytes]] = {
    "a.csv": lambda table: _csv(table).encode("gb18030"),
    "marked.csv": lambda table: _csv(table).encode("utf-8-sig"),
    "wide.csv": lambda table: _csv(table).encode("utf-16"),
    "a.csv.gz": lambda table: gzip.compress(_csv(table).encode()),
    "a.zip": _zip,
    "a.xlsx": _book,
    "array.json": lambda table: _json(table).encode(),
    "answer.json": lambda table: f'{{"Data":{{"List":{_json(table)}}}}}'.encode(),
    "lines.jsonl": lambda table: "\n".join(json.dumps(one, ensure_ascii=False) for one in _records(table)).encode(),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_trial_of_every_kind_of_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name](_table(30, 5)))
    (item,) = list_items([path])
    trial = try_file(item, "auto", FileMapping(), "Asia/Shanghai")
    assert trial.receipt.rows.as_dict() == {"read": 35, "loaded": 30, "duplicate": 0, "rejected": 5}
    assert trial.receipt.reasons == {"start_unreadable": 5}
    assert trial.whole
    assert len(trial.rows) == 10
    if name == "a.xlsx":
        assert (trial.rows[0]["line"], trial.rejected[0].line) == (4, 34), "a sheet keeps its numbers of lines"
    text = str(trial.rows) + str(trial.rejected)
    assert "139****0000" in text
    for personal in ("13900000000", "张三丰", "李四"):
        assert personal not in text
    (look,) = preview_files([path], "auto", FileMapping())
    assert look.source == "generic"
    for personal in ("13900000000", "张三丰"):
        assert personal not in "".join(look.lines)


@pytest.mark.parametrize("name", ["wide.csv", "a.csv.gz", "a.xlsx", "lines.jsonl"])
def test_of_a_long_file_the_beginning_is_tried(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name](_table(ROWS + 500, 0)))
    (item,) = list_items([path])
    trial = try_file(item, "auto", FileMapping(), "Asia/Shanghai")
    assert not trial.whole
    assert trial.receipt.rows.rejected == 0
    assert ROWS - 3 <= trial.receipt.rows.loaded <= ROWS


def test_of_a_large_pack_only_the_first_members_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as pack:
        for number in range(MEMBERS + 5):
            pack.writestr(f"{number:03}.csv", _csv(_table(1, 0)))
    assert len(preview_files([path], "auto", FileMapping())) == MEMBERS


def test_what_cannot_be_read_stands_in_the_look(tmp_path: Path) -> None:
    for name, content in (
        ("letter.csv", b"dear,sir\nplease,find\n"),
        ("empty.csv", b""),
        ("broken.zip", b"PK\x03\x04x"),
    ):
        (tmp_path / name).write_bytes(content)
    by_name = {look.name: look for look in preview_files(sorted(tmp_path.iterdir()), "auto", FileMapping())}
    assert {name: look.fault.code for name, look in by_name.items() if look.fault} == {
        "letter.csv": "source_unrecognised",
        "empty.csv": "file_empty",
        "broken.zip": "zip_broken",
    }
    assert by_name["letter.csv"].header == ("dear", "sir")


def test_lines_are_masked() -> None:
    masked = {
        "13800138000": "138****8000", "+8613800138000": "138****8000", "138 0013 8000": "138****8000",
        "138-0013-8000": "138****8000", "110101199003070007": "110*************07",
        "id=13800138000;x": "id=138****8000;x",
        "2026-03-02 10:00:05,13800138000,接通": "2026-03-02 10:00:05,138****8000,接通",
        "02110000,95013,13800138000": "021***00,95013,138****8000",
    }  # fmt: skip
    times = ("2026-03-02 10:00:05", "2026/3/2 9:05", "2026年3月2日 10:00:05", "20260302100005", "2026-03-02", "95013")
    masked |= {text: text for text in times}
    assert {text: rejects.mask_line(text) for text in masked} == masked


def test_names_are_masked_by_their_heading() -> None:
    assert rejects.mask_cells(["客户姓名", "备注"], ["张三丰", "回 13800138000", "x"]) == [
        "张**",
        "回 138****8000",
        "x",
    ]


@pytest.mark.parametrize("source", sorted(catalogue()))
def test_each_source_has_an_example_that_comes_in_as_it_is(source: str) -> None:
    (item,) = list_items([example_file(source)])
    receipt = try_file(item, "auto", FileMapping(), "Asia/Shanghai").receipt
    assert receipt.source == source
    assert receipt.rows.read == receipt.rows.loaded + receipt.rows.duplicate > 0
