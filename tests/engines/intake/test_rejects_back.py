"""Rejected rows of a source without a header, or of JSON: out as a table, corrected, and in again as that source."""

import csv
import io
import json
from dataclasses import astuple
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.engines.intake.conftest import HEADER, Desk, csv_bytes, good, row
from tests.engines.intake.formats.test_asterisk import A, B, document
from tests.engines.intake.workbooks import book

from nianjian.engines.intake import ledger, rejects
from nianjian.engines.intake.read import list_items
from nianjian.engines.kernel.errors import NianjianError

LEGS = [document(), document(originator=A, uuid=B, caller_id_number="95013")]
VOS = (
    '{"flowno":"1","callere164":"8001","calleee164":"13800000001","callertogatewaye164":"95013",'
    '"starttime":"1772413260000","stoptime":"1772413300000","holdtime":"40"}\n'
)
ACC = "INVITE|t1||1@h|200|OK|1772413260|1772413260.5|95013|13800000001|10.0.0.1|sip:95013@h\n"
CDR = "1772413261|1772413300|39.5|1@h|95013|13800000001\n"
MASTER = (
    '"","95013","13800000001","outbound","95013","PJSIP/8001-1","PJSIP/carrier-1","Dial","x","2026-03-02 09:25:00",'
    '"2026-03-02 09:25:10","2026-03-02 09:25:50","50","40","ANSWERED","DOCUMENTATION","1772413025.25",""\n'
)
CASES = {
    "freeswitch_json": (
        "\n".join(json.dumps(leg) for leg in LEGS) + "\n",
        "1772416800000000",
    ),
    "vos3000": (VOS + VOS.replace('"1"', '"2"'), "1772413260000"),
    "kamailio": (ACC + ACC.replace("1@h", "2@h"), "1772413260|"),
    "asterisk": (MASTER + MASTER.replace("025.25", "026.26"), "2026-03-02 09:25:00"),
}


@pytest.mark.parametrize("source", CASES)
def test_corrected_rows_are_the_rows_that_never_broke(tmp_path: Path, source: str) -> None:
    """The second row's start is broken, put right in the rejects file, and imported without any hint."""
    text, start = CASES[source]
    at = text.rindex(start)
    broken = f"{text[:at]}soon{text[at + len(start.rstrip('|')) :]}"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole, desk = Desk(tmp_path / "a"), Desk(tmp_path / "b")
    assert whole.take(text.encode(), "whole.log", timezone="Asia/Shanghai").rows.loaded == 2
    first = desk.take(broken.encode(), "broken.log", timezone="Asia/Shanghai")
    assert (first.source, first.rows.loaded, first.reasons) == (source, 1, {"start_unreadable": 1})
    out = tmp_path / "rejects.csv"
    assert rejects.write_rejects(desk.lake, "B1", out) == {out: 1}
    fixed = out.read_text(encoding="utf-8-sig").replace("soon", start.rstrip("|"))
    again = desk.take(fixed.encode(), "fixed.csv", timezone="Asia/Shanghai")
    assert (again.source, astuple(again.rows)) == (source, (1, 1, 0, 0))
    same = "call_id, call_key, leg, direction, callee, display, display_raw, start_ts, answer_ts, end_ts, result, extra"
    assert desk.rows(same, "part <> 'rejected'") == whole.rows(same, "part <> 'rejected'")


def test_rows_under_other_columns_stand_in_a_file_of_their_own(desk: Desk) -> None:
    """Two forms of one source in one batch, as when Kamailio's folder is imported."""
    folder = desk.folder / "logs"
    folder.mkdir()
    (folder / "acc.log").write_text(ACC.replace("|1772413260|", "|soon|"))
    (folder / "cdrs.log").write_text(
        CDR.replace("1772413261", "later") + CDR.replace("1@h", "2@h") + CDR.replace("1@h", "3@h")
    )
    for item in list_items([folder]):
        desk.take_item(item, batch="B1")
    out, second = desk.folder / "x.csv", desk.folder / "x-2.csv"
    assert rejects.write_rejects(desk.lake, "B1", out) == {out: 1, second: 1}
    texts = [path.read_text(encoding="utf-8-sig") for path in (out, second)]
    fixed = [text.replace("soon", "1772413260").replace("later", "1772413261") for text in texts]
    receipts = [desk.take(text.encode(), f"fixed-{number}.csv") for number, text in enumerate(fixed)]
    assert [(one.source, one.rows.loaded, one.rows.rejected) for one in receipts] == [("kamailio", 1, 0)] * 2
    assert desk.rows("call_id", "part <> 'rejected' and call_key = '1@h'") == [
        ("1@h|INVITE|t1|200|1772413260",),
        ("cdr:1@h",),
    ]


def test_cells_beyond_the_header_come_back_and_are_refused_until_someone_decides(desk: Desk) -> None:
    early = row(2).replace("呼出,", "呼出,,", 1)  # a comma too many moves every cell
    table = [HEADER, f"{row(1)},甲组,乙", early, row(3, 开始时间="soon"), row(4)]
    reasons = {"columns_surplus": 2, "start_unreadable": 1}
    assert desk.take(csv_bytes(table[1:]), "x.csv").reasons == reasons
    out, second = desk.folder / "out.csv", desk.folder / "out2.csv"
    assert rejects.write_rejects(desk.lake, "B1", out) == {out: 3}
    text = out.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == f"{HEADER},行号,列,原因代码,原因,多出的列1,多出的列2"
    assert [line.rsplit(",", 2)[1:] for line in text.splitlines()[1:]] == [["甲组", "乙"], ["营销", ""], ["", ""]]
    (sheet := Desk(desk.folder / "sheet")).folder.mkdir()
    assert sheet.take(book(rows=[line.split(",") for line in table[1:]]), "x.xlsx").reasons == reasons
    assert rejects.write_rejects(sheet.lake, "B1", second) == {second: 3}
    assert second.read_text(encoding="utf-8-sig") == text
    assert desk.take(out.read_bytes(), "untouched.csv").reasons == reasons
    assert rejects.write_rejects(desk.lake, "B2", second) == {second: 3}
    again = second.read_text(encoding="utf-8-sig")
    assert [line.split(",")[:15] for line in again.splitlines()] == [line.split(",")[:15] for line in text.splitlines()]
    assert again.splitlines()[0] == text.splitlines()[0]
    fixed = text.replace(",甲组,乙", ",,").replace("soon", "2026-03-01 08:00:00")
    fixed = "\n".join(line if "c000002" not in line else row(2) + ",3,,,,," for line in fixed.splitlines())
    assert astuple(desk.take(fixed.encode(), "fixed.csv").rows) == (3, 3, 0, 0)
    assert desk.rows("call_id, team_id, extra", "part <> 'rejected'") == [
        (f"c{n:06d}", "T1", None) for n in range(1, 5)
    ]


def test_a_line_that_gives_no_row_again_is_kept_with_its_own_signs(desk: Desk) -> None:
    desk.take(csv_bytes([row(1, 开始时间="soon", 主叫号码="=1+2")]))
    rejects.write_rejects(desk.lake, "B1", out := desk.folder / "out.csv")
    heading, line = out.read_text(encoding="utf-8-sig").splitlines()
    desk.take(f"{heading}\n{','.join(line.split(',')[:4])}\n".encode(), "cut.csv")
    assert "'=1+2" in line
    assert desk.rows("raw", "reason = 'columns_missing'") == [('["c000001", "呼出", "=1+2", "95013"]',)]


def test_a_field_that_json_does_not_show_is_no_column_of_the_rejects(desk: Desk) -> None:
    """Nor does a corrected row come back as not answered because its answer time is an empty cell."""
    record = {"id": "a", "方向": "呼出", "外显": "95013", "被叫": "13800000001", "状态": "接通"}
    record |= {"start": "2026-03-01 10:00:00", "end": "soon"}
    desk.take((json.dumps(record) + "\n").encode(), "x.jsonl")
    out = desk.folder / "out.csv"
    rejects.write_rejects(desk.lake, "B1", out)
    text = out.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "id,方向,外显,被叫,状态,start,end,more,行号,列,原因代码,原因"
    desk.take(text.replace("soon", "2026-03-01 10:00:30").encode(), "fixed.csv")
    assert desk.rows("answered", "part <> 'rejected'") == [(True,)]


@pytest.mark.parametrize("runs", [0, 100])
def test_rows_come_in_the_order_of_their_lines(desk: Desk, monkeypatch: pytest.MonkeyPatch, runs: int) -> None:
    """Rows that are held back, as two contents of one id, and lines that never became rows lie behind the others."""
    monkeypatch.setattr(rejects, "_RUNS", runs)
    monkeypatch.setattr(rejects, "_BATCH", 2)
    bad = [row(number, 开始时间="昨天") for number in range(2, 7)]
    torn = "x" * 40_000 + ",呼出"
    receipt = desk.take(csv_bytes([row(1), bad[0], row(1, 被叫号码="13911111111"), *bad[1:3], torn, *bad[3:]]))
    lines = pq.read_table(*(desk.folder / "lake").rglob("part=rejected/*.parquet"), columns=["line"], partitioning=None)
    assert lines["line"].to_pylist() != sorted(lines["line"].to_pylist())
    out = desk.folder / "x.csv"
    rejects.write_rejects(desk.lake, "B1", out)
    table = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    numbers = [int(one[table[0].index("行号")]) for one in table[1:]]
    assert numbers == sorted(lines["line"].to_pylist())
    assert len(numbers) == receipt.rows.rejected


def test_a_file_that_others_could_read_is_closed_to_them(desk: Desk) -> None:
    desk.take(csv_bytes([row(1, 开始时间="soon")]))
    out = desk.folder / "rejects.csv"
    out.write_text("former", encoding="utf-8")
    out.chmod(0o644)
    assert rejects.write_rejects(desk.lake, "B1", out) == {out: 1}
    assert out.stat().st_mode & 0o777 == 0o600


def test_a_batch_of_duplicates_has_no_rejects_and_was_not_undone(desk: Desk) -> None:
    desk.take(csv_bytes(good(2)))
    assert desk.take(csv_bytes(good(1)), "again.csv").rows.duplicate == 1
    out = desk.folder / "rejects.csv"
    assert rejects.write_rejects(desk.lake, "B2", out) == {out: 0}
    text = out.read_text(encoding="utf-8-sig").strip()
    assert text.startswith("话单ID,")
    assert text.endswith("行号,列,原因代码,原因")
    ledger.undo_batch(desk.lake, "B1")
    with pytest.raises(NianjianError, match="batch_already_undone"):
        rejects.write_rejects(desk.lake, "B1", out)


ATTACKS = ('=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "@SUM(1)", "\u3000=1+1", "'=1", "''+1", "＝1+1", "-1+2")


def test_formulas_run_nowhere_and_come_back_as_they_were(desk: Desk) -> None:
    """In every column, the header too; what never breaks stands beside them: a number abroad, one below zero."""
    header = f"{HEADER},=备注,余额"
    table = [
        [*row(n, 开始时间="soon", 被叫号码="+8613800138000", 坐席编号=text).split(","), text, "-12.50"]
        for n, text in enumerate(ATTACKS, 1)
    ]
    wide = [*row(99, 坐席编号="@A").split(","), "=1", "-1", "=2", "+3"]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header.split(","), *table, wide])
    first = desk.take(out.getvalue().encode())
    assert first.reasons == {"start_unreadable": len(ATTACKS), "columns_surplus": 1}
    path = desk.folder / "rejects.csv"
    rejects.write_rejects(desk.lake, "B1", path)
    text = path.read_bytes().decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert [cell for cell in cells if cell.lstrip("\u3000 \"'")[:1] in set("=+@＝") and cell[:1] != "'"] == []
    assert cells.count("-12.50") == len(ATTACKS)
    desk.take(path.read_bytes(), "untouched.csv")
    rejects.write_rejects(desk.lake, "B2", again := desk.folder / "again.csv")
    head = len(header.split(",")) + 1  # the numbers of lines differ
    assert [line[: head - 1] for line in csv.reader(again.read_text(encoding="utf-8-sig").splitlines())] == [
        line[: head - 1] for line in csv.reader(io.StringIO(text, newline=""))
    ]
    fixed = text.replace("soon", "2026-03-01 08:00:00")
    saved, stream = openpyxl.Workbook(), io.BytesIO()
    for line in csv.reader(io.StringIO(fixed, newline="")):
        saved.worksheets[0].append(line)
    saved.save(stream)
    assert desk.take(stream.getvalue(), "fixed.xlsx").rows.loaded == len(ATTACKS)
    assert desk.take(fixed.encode(), "fixed.csv").rows.duplicate == len(ATTACKS) + 1, "the same in both forms"
    rows = desk.rows("agent_id, callee, extra", "part <> 'rejected'")
    assert sorted(one[0] for one in rows) == sorted(one.strip() for one in ATTACKS)
    assert {one[1] for one in rows} == {13800138000}
    extras = [json.loads(one[2]) for one in rows]
    assert {frozenset(one) for one in extras} == {frozenset(["=备注", "余额"])}
    assert {one["余额"] for one in extras} == {"-12.50"}
