"""A case at the shell: its days, an isolation that the gate obeys at once, the draft of a report."""

import zipfile
from pathlib import Path

from tests.support.fixtures import Shell

HOUSE = ("--enterprise", "demo")
ASK = (
    "gate", "check", *HOUSE, "--display", "95013001", "--callee", "13900139000", "--at", "2026-11-25T12:00",
    "--channel", "L01", "--json",
)  # fmt: skip


def test_an_isolation_takes_two_persons_and_the_gate_obeys_at_once(cli: Shell, shell_home: Path) -> None:
    header = "码号,批准总位长,用途,有效期止,备案状态,备案日期,呼出权限\n"
    (shell_home.parent / "n.csv").write_text(f"{header}95013,8,外呼营销,2028-12-31,已备案,2024-02-01,是\n")
    (shell_home.parent / "l.csv").write_text("线路编号,状态\nL01,启用\n")
    for kind, name in (("numbers", "n.csv"), ("lines", "l.csv")):
        assert cli("registers", "import", kind, name, *HOUSE).code == 0
    token = cli("user", "add", "bo", "--role", "compliance_lead", *HOUSE, "--json").json["token"]
    opened = cli("rectify", "open", "--received", "2026-04-28", "--json").json
    assert opened["due"] == "2026-05-14"
    case = opened["id"]
    assert cli(*ASK).json["allow"] is True
    result = cli("rectify", "isolate", case, "--channel", "L01", "--reason", "投诉集中", "--json")
    assert (result.code, result.json["state"]) == (1, "pending")
    assert cli(*ASK).json["allow"] is True
    done = cli("approve", result.json["approval"], "--as", "bo", "--json", NIANJIAN_TOKEN=token)
    assert (done.code, done.json["cap"], done.json["white_list"]) == (0, 30, True)
    refused = cli(*ASK)
    assert (refused.code, refused.json["reason"], refused.json["rule"]) == (
        1, "not-on-white-list", "rectification.white_list",
    )  # fmt: skip
    assert cli("rectify", "show", case, "--json").json["state"] == "isolated"
    measured = cli("rectify", "measure", case, "--json")
    assert (measured.code, measured.json["channel"], measured.json["cap"]) == (0, "L01", 30)
    lifted = cli("rectify", "lift", case, "--channel", "L01", "--reason", "已整改", "--json")
    assert lifted.code == 1
    cli("approve", lifted.json["approval"], "--as", "bo", NIANJIAN_TOKEN=token)
    assert cli(*ASK).json["allow"] is True


def test_a_report_with_gaps_is_a_draft(cli: Shell, shell_home: Path) -> None:
    (shell_home.parent / "l.csv").write_text("线路编号,状态\nL01,启用\n")
    assert cli("registers", "import", "lines", "l.csv", *HOUSE).code == 0
    away = ("--channel", "L01", "--reason", "投诉集中", "--end", "投诉下降")
    assert "不属于" not in cli("rectify", "locate", *HOUSE).out, "there is no case"
    case = cli("rectify", "open", "--received", "2026-11-20", *HOUSE, "--json").json["id"]
    for words in (("locate", *HOUSE), ("isolate", *away, *HOUSE)):
        assert f"{case}。" in cli("rectify", *words).out, "what names no case says that it belongs to none"
    assert cli("rectify", "show", case, "--json").json["orders"] == []
    (shell_home.parent / "测评.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    said = ("--issuer", "某测评中心", "--number", "CP-1", "--dated", "2026-11-21", "--scope", "外呼平台", "--json")
    number = cli("rectify", "attach", case, "测评.pdf", *said).json["id"]
    assert cli("rectify", "attach", "测评.pdf", *said).code == 0, "the only open case"
    unread = {gap["code"] for gap in cli("rectify", "check", case, "--json").json["gaps"]}
    assert "test_report_unread" in unread
    assert cli("rectify", "assessment", case, "--read", str(number)).code == 0
    read = {gap["code"] for gap in cli("rectify", "check", case, "--json").json["gaps"]}
    assert "test_report_unread" not in read
    result = cli("rectify", "report", case, "--out", "报告.docx", "--json")
    assert (result.code, result.json["draft"]) == (1, True)
    assert {gap["code"] for gap in result.json["gaps"]} >= {"not_located", "not_isolated", "measures_missing"}
    with zipfile.ZipFile(shell_home.parent / "报告.docx") as book:
        assert "草稿" in book.read("word/document.xml").decode()
    english = cli("rectify", "check", case, LANG="en_US.UTF-8")
    assert english.code == 1
    before = cli("audit", "verify", "--json").json["entries"]
    lost = cli("rectify", "report", case, "--out", "none/报告.docx", "--json")
    assert (lost.code, lost.json["error"]["code"]) == (2, "file_problem")
    assert cli("audit", "verify", "--json").json["entries"] == before, "nothing is noted of a report that is nowhere"
    assert not list(shell_home.parent.glob(".*报告*"))
    assert "no channel is isolated" in english.out
    assert cli("rectify", "submit", case, "--json").json["error"]["code"] == "rectify_step_early"
    ahead = cli("rectify", "open", "--received", "2026-12-28", *HOUSE)
    assert "暂定" in ahead.out
    (shell_home.parent / "notice.txt").write_text("通知")
    wrong = cli("rectify", "open", "--received", "2026-04-28", "--notice", "notice.txt", *HOUSE, "--json")
    assert (wrong.code, wrong.json["error"]["code"]) == (2, "attachment_type_refused")
    assert {one["state"] for one in cli("rectify", "list", *HOUSE, "--json").json["cases"]} == {"opened"}
    assert cli("rectify", "check", "--json").json["error"]["code"] == "rectify_case_needed"
