"""Lists and refusals in the reader's language: no codes, no Python, no fault of another program's words."""

import re
from pathlib import Path

from tests.support.fixtures import Shell

ENGLISH = {"LANG": "en_US.UTF-8"}
WIDE = {"COLUMNS": "400"}


def test_a_register_is_listed_in_the_words_of_its_sheet(cli: Shell, tmp_path: Path) -> None:
    sheet = tmp_path / "seats.csv"
    sheet.write_text("坐席编号,类型,备案状态\ns1,机器人,注销\ns2,人工,已备案\n", encoding="utf-8")
    assert cli("registers", "import", "seats", str(sheet), "--enterprise", "demo").code == 0
    listed = ("registers", "list", "seats", "--enterprise", "demo")
    output = cli(*listed).out
    assert all(word in output for word in ("机器人", "已注销", "人工", "已备案"))
    assert not re.search("robot|human|filed|cancelled", output)
    assert "cancelled" in cli(*listed, **ENGLISH).out
    assert cli(*listed, "--json").json["rows"][0]["filing"] == "cancelled"


def test_batches_are_listed_with_their_state_in_words(cli: Shell, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    row = "a,呼出,95013,13800138000,2026-03-01 08:00:00,,2026-03-01 08:01:00"
    calls.write_text(f"话单ID,方向,外显号码,被叫号码,开始时间,接通时间,结束时间\n{row}\n", encoding="utf-8")
    batch = cli("calls", "import", str(calls), "--enterprise", "demo", "--json").json["batch"]
    assert "active" not in cli("calls", "list", "--enterprise", "demo").out
    assert cli("calls", "undo", batch).code == 0
    listed = cli("calls", "list", "--enterprise", "demo").out
    assert "已撤销" in listed
    assert "undone" not in listed


def test_rules_are_shown_by_id_or_beginning_without_python(cli: Shell) -> None:
    for prefix in ("d1", "calendar.words"):
        result = cli("rules", "show", prefix, **WIDE)
        assert (result.code, re.findall(r"[{}']|Decimal|_workdays", result.out)) == (0, [])
    rules = cli("rules", "show", "D1", "--json").json["rules"]
    assert rules
    assert {one["id"] for one in rules} == {"D1"}
    result = cli("rules", "show", "D77", "--json")
    assert (result.code, result.json["error"]["code"]) == (2, "rule_unknown")


def test_a_file_that_cannot_be_read_is_spoken_of_in_our_words(cli: Shell, tmp_path: Path) -> None:
    calls, broken = tmp_path / "calls.csv", tmp_path / "broken.json"
    calls.write_text("话单ID\n", encoding="utf-8")
    broken.write_bytes(b'{"year": 2029,\n x')
    year = ("portrait", "run", "--enterprise", "demo", "--year", "2026")
    for words, said in (
        (("holidays", "import", str(broken)), "不是有效的 JSON，请看第几行、第几个字符（2:2）"),
        (("calls", "import", str(calls), "--enterprise", "demo", "--mapping", "no.yaml"), "没有文件 no.yaml"),
        ((*year, "--html", str(tmp_path / "no" / "x.html")), "没有这个文件或文件夹"),
        (("holidays", "due", "--from", "9999-12-30", "--workdays", "9"), "超出了公元"),
    ):
        result = cli(*words)
        assert (result.code, said in result.err) == (2, True), result.err
        assert not re.search("Errno|No such|Expecting|Traceback", result.err)
