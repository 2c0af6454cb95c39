"""Reconciliation at the shell: the answer of the contract, exit codes, what is written down, the correction sheet."""

from pathlib import Path

import openpyxl
from tests.support.fixtures import Shell

HOUSE = ("--enterprise", "demo")


def test_lines_against_an_export(cli: Shell, shell_home: Path) -> None:
    (shell_home.parent / "l.csv").write_text(
        "线路编号,名称,状态,启用日期\nL01,甲,启用,2025-01-01\nL02,乙,启用,2025-01-01\n"
    )
    assert cli("registers", "import", "lines", "l.csv", *HOUSE).code == 0
    export = shell_home.parent / "export.csv"
    export.write_text("种类,线路编号,名称,启用日期\n中继线,L01,乙,2025-01-01\n中继线,L03,丙,2025-01-01\n")
    assert "名称: 甲 | 乙" in cli("reconcile", "lines", "export.csv", *HOUSE).out
    result = cli(
        "reconcile", "lines", "--export", "export.csv", "--as-of", "2026-12-31", *HOUSE, "--out", "s.xlsx", "--json"
    )
    assert (result.code, result.json["verdict"]) == (1, "failed")
    assert result.json["counts"] == {"same": 0, "only_ours": 1, "only_theirs": 1, "field_differs": 1}
    results = [(one["key"], one["result"]) for one in result.json["rows"]]
    assert results == [("L01", "field_differs"), ("L02", "only_ours"), ("L03", "only_theirs")]
    sheet = openpyxl.load_workbook(shell_home.parent / "s.xlsx").worksheets[0]
    assert sheet.max_row == 4
    assert (shell_home.parent / "s.xlsx").stat().st_mode & 0o077 == 0
    run = result.json["run"]
    (waits,) = cli("season", "show", *HOUSE, "--json").json["obstacles"]
    assert (waits["code"], waits["values"]["run"], waits["values"]["count"]) == ("differences_open", run, 3)
    assert f"中继线对账有3条差异尚未处理（对账{run}" in "".join(cli("season", "show", *HOUSE).out.split())
    differences = cli("reconcile", "show", run, "--state", "open", "--json").json["differences"]
    for one in differences:
        said = ("--owner", "王五", "--cause", "已拆除", "--action", "已注销")
        assert cli("reconcile", "settle", run, str(one["id"]), "--state", "settled", *said).code == 0
    assert cli("reconcile", "show", run, "--json").json["verdict"] == "passed"
    assert cli("season", "show", *HOUSE, "--json").json["obstacles"] == []
    listed = cli("reconcile", "list", *HOUSE, "--json").json["runs"][0]
    assert (listed["run"], listed["open"], listed["verdict"]) == (run, 0, "passed")
    assert listed["made_at"].endswith("+08:00")
    assert "中继线" in cli("reconcile", "list", *HOUSE).out


def test_what_is_wrong_is_named(cli: Shell, shell_home: Path) -> None:
    (shell_home.parent / "bad.csv").write_text("线路编号,启用日期\nL01,昨天\n")
    assert "第 2 行，启用日期：" in cli("reconcile", "lines", "bad.csv", *HOUSE).err
    assert cli("reconcile", "lines", *HOUSE, "--json").json["error"]["code"] == "usage"
    months = cli("reconcile", "people", "--from", "2026-13", *HOUSE, "--json")
    assert (months.code, months.json["error"]["code"]) == (2, "usage")
    empty = cli("reconcile", "people", "--from", "2026-01", "--to", "2026-02", *HOUSE, "--json")
    assert (empty.code, empty.json["verdict"], [*empty.json["matrix"]]) == (1, "not_proved", ["2026-01", "2026-02"])
    alone = cli("reconcile", "sources", *HOUSE, "--json")
    assert (alone.code, alone.json["verdict"], alone.json["counts"]) == (1, "not_proved", {"same": 0, "parted": 0})


def test_a_carriers_bill_beside_the_call_records(cli: Shell, shell_home: Path) -> None:
    (shell_home.parent / "lines.csv").write_text("线路编号,名称,运营商\nL1,甲,中国电信\nL2,乙,中国移动\n")
    assert cli("registers", "import", "lines", "lines.csv", *HOUSE).code == 0
    head = "话单ID,方向,主叫号码,被叫号码,开始时间,接通时间,结束时间,结果,线路编号"
    calls = [
        f"c{number},呼出,95013001,13800138000,2026-03-02 09:0{number}:00,{answered},2026-03-02 09:0{number}:50,,{line}"
        for number, (line, answered) in enumerate(
            (("L1", "2026-03-02 09:00:05"), ("L1", ""), ("L2", "2026-03-02 09:02:05"))
        )
    ]
    (shell_home.parent / "calls.csv").write_text("\n".join([head, *calls]))
    assert cli("calls", "import", "calls.csv", *HOUSE).code == 0
    (shell_home.parent / "bill.csv").write_text("账单日,中继,条数,分钟\n2026-03-02,L1,1,1\n")
    (shell_home.parent / "m.yaml").write_text("columns: {账期: 账单日, calls: 条数, minutes: 分钟}\n")
    mapped = ("reconcile", "sources", "--bill", "bill.csv", "--mapping", "m.yaml", *HOUSE, "--json")
    result = cli(*mapped)
    assert (result.code, result.json["verdict"]) == (1, "failed")  # the bill knows no line of another carrier
    likely = {one["line"]: one["likely"] for one in result.json["rows"]}
    assert likely == {"L1": "unanswered_not_billed", "L2": "line_missing"}
    own = cli(*mapped, "--carrier", "中国电信")
    assert (own.code, own.json["verdict"], own.json["open"]) == (0, "passed", 0)
    assert (own.json["file"], own.json["from"], own.json["as_of"]) == ("bill.csv", "2026-03-02", "2026-03-02")
    (difference,) = cli("reconcile", "show", own.json["run"], "--json").json["differences"]
    fields = {"calls": 1, "answered": None, "minutes": "1.00"}
    assert (difference["state"], difference["fields"]["carrier-bill"]) == ("explained", fields)
    assert cli(*mapped, "--carrier", "谁").json["error"]["code"] == "reconcile_carrier_unknown"
    assert cli("reconcile", "sources", "--carrier", "中国电信", *HOUSE, "--json").json["error"]["code"] == "usage"
    assert "没有可比对的" in cli("reconcile", "sources", "--together", "--from", "2026-03-02", *HOUSE).out
