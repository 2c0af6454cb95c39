"""A year's work through the shell: registers and calls in, rejects out and in again, the portrait, an attachment."""

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Shell = Any
HEADER = (
    "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,"
    "振铃时间,接通时间,结束时间,结果,坐席编号,坐席类型,线路编号,团队,用途"
)


def _call(number: int, *, display: str = "95013", start: str = "2026-03-02 10:00:00", callee: str = "") -> str:
    day = start[:10]
    times = f"{start},,{day} 10:00:05,{day} 10:01:00"
    return f"c{number},呼出,02110000,{display},{callee or 13900000000 + number},{times},接通,S1,人工,L1,,通知"


def _numbers(path: Path) -> Path:
    header = "码号,批准总位长,备案状态,备案日期,有效期起,有效期止,呼出权限"
    path.write_text(f"{header}\n95013,5,已备案,2025-01-01,2025-01-01,2029-12-31,是\n")
    return path


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    odd = [_call(20, display="13800138000"), _call(21, start="never")]
    lines = [HEADER, *(_call(number) for number in range(20)), *odd]
    path = tmp_path / "calls.csv"
    path.write_bytes("\n".join(lines).encode("gb18030") + b"\n")
    return path


def test_calls_in_rejects_out_and_in_again(cli: Shell, calls: Path, tmp_path: Path) -> None:
    first = cli("calls", "import", str(calls), "--enterprise", "demo", "--json")
    assert first.code == 1
    (file,) = first.json["files"]
    assert file["rows"] == first.json["rows"] == {"read": 22, "loaded": 21, "duplicate": 0, "rejected": 1}
    assert file["reasons"] == {"start_unreadable": 1}
    assert (file["source"], file["encoding"]) == ("generic", "gb18030")
    batch = first.json["batch"]
    rejects = tmp_path / "rejects.csv"
    written = cli("calls", "rejects", batch, "--output", str(rejects), "--json").json
    assert (written["rows"], written["files"]) == (1, [{"output": str(rejects), "rows": 1}])
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["行号"], row["原因代码"], row["话单ID"]) == ("23", "start_unreadable", "c21")
    corrected = rejects.read_text(encoding="utf-8-sig").replace("never", "2026-03-02 10:00:00")
    rejects.write_text(corrected, encoding="utf-8")
    again = cli("calls", "import", str(rejects), "--enterprise", "demo", "--timezone", "Asia/Shanghai", "--json")
    assert (again.code, again.json["rows"]["loaded"]) == (0, 1)
    assert cli("calls", "import", str(calls), "--enterprise", "demo", "--json").json["rows"]["duplicate"] == 22
    listed = cli("calls", "list", "--enterprise", "demo", "--json").json["batches"]
    assert [one["state"] for one in listed] == ["active", "active"]
    assert cli("calls", "undo", batch, "--json").json == {
        "batch": batch, "state": "undone", "rows": 21, "affected": [],
    }  # fmt: skip
    twice = cli("calls", "undo", batch, "--json")
    assert (twice.code, twice.json["error"]["code"]) == (2, "batch_not_active")
    assert cli("calls", "import", str(calls), "--enterprise", "demo", "--json").json["rows"]["loaded"] == 21
    assert cli("audit", "verify", "--json").json["valid"] is True


def test_an_assumed_time_zone_is_said(cli: Shell, calls: Path) -> None:
    said = cli("calls", "import", str(calls), "--enterprise", "demo", LANG="en_US.UTF-8")
    assert "Asia/Shanghai was assumed" in said.err
    assert "the start time cannot be read" in said.out


def test_a_folder_with_a_side_file(cli: Shell, calls: Path, tmp_path: Path) -> None:
    """The others are in, the side file is named on stderr, the exit code is 2."""
    folder = tmp_path / "logs"
    folder.mkdir()
    calls.rename(folder / "calls.csv")
    (folder / "far_end.jsonl").write_text('{"t": 1, "event": "INVITE"}\n')
    said = cli("calls", "import", str(folder), "--enterprise", "demo", "--json")
    assert (said.code, said.json["rows"]["loaded"]) == (2, 21)
    assert [(one["name"], one["code"]) for one in said.json["failed"]] == [("far_end.jsonl", "source_unrecognised")]
    assert "far_end.jsonl" in said.err
    listed = cli("calls", "list", "--enterprise", "demo", "--json").json["batches"]
    assert [(one["state"], one["rows"]["loaded"], len(one["files"])) for one in listed] == [("active", 21, 1)]


def test_replace_takes_the_old_rows_out(cli: Shell, calls: Path, tmp_path: Path) -> None:
    old = cli("calls", "import", str(calls), "--enterprise", "demo", "--json").json["batch"]
    other = tmp_path / "other.csv"
    other.write_text(HEADER + "\n" + _call(0, display="95014") + "\n")
    new = cli("calls", "import", str(other), "--enterprise", "demo", "--replace", old, "--json")
    assert new.json["rows"]["loaded"] == 1
    listed = cli("calls", "list", "--enterprise", "demo", "--json").json["batches"]
    states = {one["batch"]: one["state"] for one in listed}
    assert states == {old: "replaced", new.json["batch"]: "active"}


def test_an_undo_says_which_files_to_import_again(cli: Shell, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("\n".join([HEADER, *(_call(number) for number in range(10))]) + "\n")
    second.write_text("\n".join([HEADER, *(_call(number) for number in range(20))]) + "\n")
    options = ("--enterprise", "demo", "--timezone", "Asia/Shanghai", "--json")
    one, two = (cli("calls", "import", str(path), *options).json["batch"] for path in (first, second))
    undone = cli("calls", "undo", one, "--json")
    affected = [{"batch": two, "files": ["b.csv"]}]
    assert undone.json == {"batch": one, "state": "undone", "rows": 10, "affected": affected}
    assert "b.csv" in undone.err
    assert two in undone.err
    assert cli("calls", "import", str(second), *options).json["rows"]["loaded"] == 10
    assert cli("calls", "undo", two, "--json").json["affected"] != []


def test_a_bad_sheet_changes_nothing_and_is_marked(cli: Shell, tmp_path: Path) -> None:
    sheet = tmp_path / "numbers.csv"
    sheet.write_text("码号,批准总位长,备案日期\n95013,five,2025-01-01\n")
    said = cli("registers", "import", "numbers", str(sheet), "--enterprise", "demo", "--json")
    assert said.code == 1
    (fault,) = said.json["errors"]
    assert (fault["code"], fault["line"], fault["column"]) == ("number_unreadable", 2, "批准总位长")
    book = openpyxl.load_workbook(said.json["error_workbook"])
    assert "不是整数" in str([[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]) + str(
        [[cell.comment and cell.comment.text for cell in row] for row in book.worksheets[0].iter_rows()]
    )
    assert cli("registers", "list", "numbers", "--enterprise", "demo", "--json").json["rows"] == []


def test_portrait_of_a_year(cli: Shell, calls: Path, tmp_path: Path) -> None:
    assert cli("registers", "import", "numbers", str(_numbers(tmp_path / "n.csv")), "--enterprise", "demo").code == 0
    cli("calls", "import", str(calls), "--enterprise", "demo")
    words = ("portrait", "run", "--enterprise", "demo", "--year", "2026")
    page, book = tmp_path / "p.html", tmp_path / "p.xlsx"
    said = cli(*words, "--json", "--html", str(page), "--xlsx", str(book))
    assert said.code == 0
    assert cli(*words, "--raw", "--json").out == said.out
    metrics = {metric["slug"]: metric for metric in said.json["metrics"]}
    numbers = metrics["number_consistency"]
    assert (numbers["numerator"], numbers["denominator"]) == (20, 21)
    assert "13800138000" not in said.out + page.read_text()
    assert "138****8000" in page.read_text()
    assert openpyxl.load_workbook(book).sheetnames[0] == "合规画像"
    assert "Number consistency rate" in cli(*words, LANG="en_US.UTF-8").out


def test_the_second_day_is_shown_to_people_and_in_json_only_when_named(cli: Shell, tmp_path: Path) -> None:
    """Ten seats are filed; two more of them are opened after the as-of day."""
    sheet = tmp_path / "s.csv"
    opened = ["2025-12-01"] * 5 + ["2026-02-01"] * 2 + [""] * 3
    rows = [f"A{number},人工,已备案,2025-11-01,{day}" for number, day in enumerate(opened)]
    sheet.write_text("\n".join(["坐席编号,类型,备案状态,备案日期,开通日期", *rows]) + "\n", encoding="utf-8")
    assert cli("registers", "import", "seats", str(sheet), "--enterprise", "demo").code == 0
    words = ("portrait", "run", "--enterprise", "demo", "--year", "2025")
    later = {"NIANJIAN_TODAY": "2026-03-01"}
    plain, other = cli(*words, "--json", **later), cli(*words, "--json", NIANJIAN_TODAY="2026-01-15")
    assert plain.out == other.out
    assert plain.json["period"]["today"] is None
    assert "today" not in plain.json["metrics"][0]["twins"]
    portrait = cli(*words, "--json", "--today", "2026-03-01").json
    assert portrait["period"]["today"] == "2026-03-01"
    vacancy = portrait["metrics"][0]
    assert (vacancy["slug"], vacancy["value"], vacancy["light"]) == ("seat_vacancy", "50.0000", "yellow")
    assert (vacancy["twins"]["today"]["value"], vacancy["twins"]["today"]["light"]) == ("30.0000", "green")
    assert "截至2026-03-01: 30.00 % · 绿" in cli(*words, **later).out
    page = tmp_path / "p.html"
    cli(*words, "--html", str(page), **later)
    assert "截至2026-03-01" not in page.read_text(encoding="utf-8")
    cli(*words, "--html", str(page), "--today", "2026-03-01")
    assert "截至2026-03-01" in page.read_text(encoding="utf-8")


def test_simulate_and_attach(cli: Shell, tmp_path: Path) -> None:
    seats = tmp_path / "seats.csv"
    rows = [f"S{n},人工,已备案,2025-01-01,{'2025-01-01' if n < 60 else ''}" for n in range(100)]
    seats.write_text("坐席编号,类型,备案状态,备案日期,开通日期\n" + "\n".join(rows) + "\n")
    assert cli("registers", "import", "seats", str(seats), "--enterprise", "demo").code == 0
    year = ("--enterprise", "demo", "--year", "2026", "--json")
    result = cli("portrait", "simulate", "--open-seats", "10", *year).json
    lights = [result[when]["metrics"][0]["light"] for when in ("before", "after")]
    assert lights == ["yellow", "green"]
    paper = tmp_path / "plan.pdf"
    paper.write_bytes(b"%PDF-1.4 plan")
    wrong = cli("portrait", "attach", "complaint_rate", str(paper), "--kind", "expansion_plan", *year)
    assert (wrong.code, wrong.json["error"]["code"]) == (2, "attachment_metric_wrong")
    assert cli("portrait", "attach", "seat_vacancy", str(paper), "--kind", "expansion_plan", *year).code == 0
    assert cli("portrait", "run", *year).json["metrics"][0]["light"] == "yellow_explained"


def test_a_template_of_every_register_imports_as_it_is(cli: Shell, tmp_path: Path) -> None:
    path = tmp_path / "seats.xlsx"
    assert cli("registers", "template", "seats", "-o", str(path), "--json").json["kind"] == "seats"
    assert cli("registers", "import", "seats", str(path), "--enterprise", "demo", "--json").json["rows"]["read"] == 0
    wrong = cli("registers", "template", "chairs", "-o", str(path), "--json")
    assert (wrong.code, wrong.json["error"]["code"]) == (2, "register_kind_unknown")
