"""The on-site check at the shell: the answer of the contract, exit codes, what an empty firm may not claim."""

import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path

from PIL import Image
from tests.support.fixtures import Shell

HOUSE = ("--enterprise", "demo")
DAY = ("--as-of", "2026-08-31")
LAST = date(2026, 8, 28)
HEADER = "话单ID,方向,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,坐席编号,坐席类型,线路编号,团队"


def test_an_empty_firm_proves_nothing(cli: Shell) -> None:
    ready = cli("inspect", "readiness", *HOUSE, *DAY, "--json")
    assert (ready.code, ready.json["state"], ready.json["as_of"]) == (1, "failed", "2026-08-31")
    assert {"shares", "checks", "answers", "rulebook", "at"} <= set(ready.json)
    assert {one["part"] for one in ready.json["checks"]} == {"people", "numbers", "system"}
    assert not [one["check"] for one in ready.json["checks"] if one["rule"] == "S2" and one["state"] == "passed"]

    cards = cli("inspect", "answers", *HOUSE, *DAY, "--json")
    assert cards.code == 1
    assert cards.json["released"] < cards.json["all"] == len(cards.json["cards"])
    sentences = {one["card"]: one["state"] for one in cards.json["cards"]}
    assert "released" not in {sentences[name] for name in ("own_numbers", "robot_abilities")}

    result = cli("inspect", "retention", *HOUSE, *DAY, "--json")
    assert (result.code, {one["log"] for one in result.json["logs"]} >= {"calls", "gateway", "complaints"}) == (1, True)
    reach = {one["log"]: one["must_reach"] for one in result.json["logs"]}
    assert {reach.pop(name) for name in ("recordings", "consents")} == {"2026-08-01"}, "thirty days"
    assert set(reach.values()) == {"2026-02-28"}, "six months by the calendar"

    dialled = cli("inspect", "dialling-mode", *HOUSE, "--to", "2026-08-31", "--json")
    assert (dialled.code, dialled.json["verdict"], dialled.json["to"]) == (1, "unknown", "2026-08-31")


def test_how_calls_are_dialled_decides_the_exit_code(cli: Shell, shell_home: Path) -> None:
    """An agent's hour at its work."""
    rows = [
        f"c{minute},呼出,95013,13900000001,{LAST} 10:{minute:02}:00,{LAST} 10:{minute:02}:05,{LAST} 10:{minute:02}:50,"
        "接通,S1,人工,L1,T1"
        for minute in range(2, 32)
    ]
    (shell_home.parent / "calls.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    days = ("--from", str(LAST), "--to", str(LAST))
    assert cli("inspect", "dialling-mode", *HOUSE, *days).code == 1
    assert cli("calls", "import", "calls.csv", *HOUSE, "--timezone", "Asia/Shanghai").code == 0
    result = cli("inspect", "dialling-mode", *HOUSE, *days, "--json")
    assert (result.json["verdict"], result.code) == ("not_found", 0)
    assert (result.json["from"], result.json["to"]) == (str(LAST), str(LAST))


def test_what_is_wrong_is_named(cli: Shell) -> None:
    for words, code in (
        (("readiness", *HOUSE, "--as-of", "2026-13-01"), "usage"),
        (("retention", *HOUSE, "--as-of", "2999-01-01"), "inspection_day_wrong"),
        (("answers", "--enterprise", "nobody"), "enterprise_unknown"),
        (("retention", *HOUSE, "--recordings", "gone"), "recordings_folder_wrong"),
        (("nothing", *HOUSE), "usage"),
    ):
        said = cli("inspect", *words, "--json")
        assert (said.code, said.json["error"]["code"]) == (2, code)


def test_a_day_is_planned_told_and_copied(cli: Shell, shell_home: Path) -> None:
    agenda, posts = shell_home.parent / "agenda.txt", shell_home.parent / "posts.txt"
    agenda.write_bytes("9:00 | 见面 | 合规负责人\n".encode("gb18030"))
    posts.write_text("前台 | 行政\n", encoding="utf-8")
    words = ("--day", "2999-01-01", "--notice", "通知书", "--agenda", "agenda.txt", "--posts", "posts.txt")
    plan = cli("inspect", "plan", *HOUSE, *words, "--json")
    assert (plan.code, plan.json["agenda"]) == (0, [{"at": "09:00", "what": "见面", "who": "合规负责人"}])
    moved = cli("inspect", "plan", *HOUSE, "--day", "2999-01-01", "--place", "杭州", "--json").json
    assert (moved["place"], moved["notice"], moved["agenda"]) == ("杭州", "通知书", plan.json["agenda"])
    result = cli("inspect", "day", *HOUSE, "--last", "--json")
    assert (result.code, result.json["visit"]["day"], result.json["state"]) == (1, "2999-01-01", "not_proved")
    assert len(result.json["rows"]) == 10
    for more, whole in (("--last",), False), ((), True):  # nobody has put a look as work, so none is kept
        assert cli("inspect", "copy", *HOUSE, *more, "--out", "copy.zip", "--json").code == 0
        with zipfile.ZipFile(shell_home.parent / "copy.zip") as pack:
            index, names = pack.read("index.html").decode(), pack.namelist()
        assert "见面" in index
        assert ("尚未检查" not in index, "retention.pdf" in names, "answers.html" in names) == (whole,) * 3
    assert (shell_home.parent / "copy.zip").stat().st_mode & 0o077 == 0
    agenda.write_text("x", encoding="utf-8")
    wrong = cli("inspect", "plan", *HOUSE, *words, "--json")
    assert (wrong.code, wrong.json["error"]["code"]) == (2, "visit_line_wrong")
    assert cli("inspect", "plan", *HOUSE, "--day", "2999-01-01", "--remove").code == 0
    assert cli("inspect", "day", *HOUSE, "--day", "2999-01-01", "--last", "--json").json["error"]["code"] == (
        "visit_unknown"
    )


def test_a_notice_is_kept_fetched_and_removed_and_screens_are_signed(cli: Shell, shell_home: Path) -> None:
    day = ("--day", "2999-01-01")
    assert cli("inspect", "plan", *HOUSE, *day).code == 0
    out = io.BytesIO()
    Image.new("L", (827, 1169), 200).save(out, "PNG", dpi=(100, 100))
    (shell_home.parent / "notice.png").write_bytes(out.getvalue())
    result = cli("inspect", "notice", "notice.png", *HOUSE, *day, "--json")
    assert (result.code, result.json["name"], result.json["sha256"]) == (
        0, "notice.png", hashlib.sha256(out.getvalue()).hexdigest(),
    )  # fmt: skip
    scan = str(result.json["scan"])
    assert result.json["sha256"] in cli("inspect", "day", *HOUSE, "--last").out
    assert cli("inspect", "notice", *HOUSE, *day, "--fetch", scan, "--out", "got.png").code == 0
    assert (shell_home.parent / "got.png").read_bytes() == out.getvalue()
    assert (shell_home.parent / "got.png").stat().st_mode & 0o077 == 0
    for words, code in (
        ((), "usage"),
        (("--fetch", scan), "usage"),
        (("gone.png",), "file_missing"),
        (("--fetch", "9" * 18, "--out", "x"), "visit_scan_unknown"),
    ):
        assert cli("inspect", "notice", *HOUSE, *day, *words, "--json").json["error"]["code"] == code
    assert cli("inspect", "notice", *HOUSE, *day, "--remove", scan).code == 0
    signed = cli("inspect", "screens", *HOUSE, "--json")
    assert (signed.code, signed.json["stand"]) == (0, True)
    assert cli("inspect", "screens", *HOUSE, "--missing").code == 1
    late = cli("inspect", "screens", *HOUSE, "--seen-on", "2999-01-01", "--json")
    assert (late.code, late.json["error"]["code"]) == (2, "screens_seen_wrong")
    rows = cli("inspect", "day", *HOUSE, "--last", "--json").json["rows"]
    assert {one["why"] for row in rows if row["rule"] == "S9" for one in row["evidence"]} == {
        "screens_absent", "screens_gone",
    }  # fmt: skip


def test_what_no_record_tells_is_stated_from_a_shell(cli: Shell) -> None:
    data = cli("inspect", "declare", *HOUSE, "--predictive", "no", "--json").json
    answers = {one["card"]: one["answer"] for one in data["declarations"]}
    assert answers == {"ai_outbound": None, "predictive": False, "one_click": None}
    assert "有无预测式外呼？无" in cli("inspect", "declare", *HOUSE, "--predictive", "no").out.replace(" ", "")
