"""What holds for every command: JSON alone on stdout, exit codes, languages, an empty home, no colour in a pipe."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest

from nianjian.doors.cli.main import VERBS

Shell = Any

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = {"LANG": "en_US.UTF-8"}
TOKEN = "NIANJIAN_TOKEN"  # noqa: S105 -- the name of the variable


@pytest.mark.parametrize("verb", [*VERBS, ""])
def test_help_speaks_the_language(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nianjian.doors.cli.main import main  # noqa: PLC0415

    words = [*([verb] if verb else []), "--help"]
    for language, chinese in (("en_GB.UTF-8", False), ("zh_CN.UTF-8", True), ("C", True)):
        monkeypatch.setenv("LANG", language)
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
        assert bool(CHINESE.search(capsys.readouterr().out)) is chinese


@pytest.mark.parametrize(
    "words",
    [
        (), ("nonsense",), ("calls",), ("calls", "import", "x.csv"), ("calls", "list"),
        ("portrait", "run", "--enterprise", "demo", "--year", "soon"),
        ("portrait", "simulate", "--enterprise", "demo", "--year", "2026", "--open-seats", "-1"),
        ("registers", "list", "numbers", "--enterprise", "demo", "--as-at", "2026-02-30"),
        ("serve", "--listen", "everywhere"),
    ],
)  # fmt: skip
def test_wrong_use_is_2_and_one_json_object(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import json  # noqa: PLC0415

    from nianjian.doors.cli.main import main  # noqa: PLC0415

    for language, chinese in (("en_GB.UTF-8", False), ("zh_CN.UTF-8", True)):
        monkeypatch.setenv("LANG", language)
        assert main([*words, "--json"]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert {"code", "message"} <= set(error)
        assert bool(CHINESE.search(error["message"])) is chinese, error["message"]


def test_a_state_inside_a_sentence_is_said_in_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    from nianjian.engines.paper.texts.errors import STATES  # noqa: PLC0415
    from nianjian.platform.terminal.language import sentence  # noqa: PLC0415

    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    sentences = {
        sentence(code, {"state": state}) for code in ("batch_not_active", "approval_decided") for state in STATES
    }
    assert [text for text in sentences if set(STATES) & set(text.split())] == []
    assert len(sentences) == 2 * len(STATES)


def test_any_command_prepares_an_empty_home(shell: Shell, shell_home: Path) -> None:
    result = shell("audit", "verify", "--json").json
    assert result == {"valid": True, "entries": 0, "broken_at": None, "reason": None, "last": "0" * 64}
    assert stat.S_IMODE(shell_home.stat().st_mode) == 0o700


def test_enterprises_and_their_errors(cli: Shell) -> None:
    assert cli("enterprise", "list", "--json").json["enterprises"] == [
        {"code": "demo", "name": "示范", "province": "北京"}
    ]
    again = cli("enterprise", "add", "demo", "--name", "x", "--province", "y", "--json")
    assert (again.code, again.json["error"]["code"]) == (2, "enterprise_exists")
    unknown = cli("calls", "list", "--enterprise", "nobody", **ENGLISH)
    assert (unknown.code, unknown.out) == (2, "")
    assert "there is no enterprise nobody" in unknown.err


def test_colour_only_on_a_terminal_or_when_forced(cli: Shell) -> None:
    assert "\x1b[" not in cli("audit", "verify").out
    assert "\x1b[" in cli("audit", "verify", FORCE_COLOR="1").out


def test_a_token_may_stand_in_a_file(cli: Shell, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(cli("user", "add", "anna", "--json").json["token"] + "\n")
    assert cli("user", "list", "--as", "anna", "--json", **{f"{TOKEN}_FILE": str(file)}).code == 0
    file.write_text("guess")
    refused = cli("user", "list", "--as", "anna", "--json", **{f"{TOKEN}_FILE": str(file)})
    assert refused.json["error"]["code"] == "token_refused"


def test_who_lacks_the_role_is_told_which_would_do(cli: Shell) -> None:
    added = cli("user", "add", "王芳", "--role", "tester", "--enterprise", "demo", "--json").json
    own = {TOKEN: added["token"]}
    assert cli("registers", "list", "seats", "--enterprise", "demo", "--as", "王芳", **own).code == 0
    refused = cli("registers", "import", "seats", "none.csv", "--enterprise", "demo", "--as", "王芳", **own)
    assert refused.code == 2
    assert "没有可以“导入或撤销”的角色" in refused.err
    assert "data_officer (数据专员)" in refused.err
    cli("user", "grant", "王芳", "--role", "data_officer", "--enterprise", "demo")
    allowed = cli("registers", "import", "seats", "none.csv", "--enterprise", "demo", "--as", "王芳", "--json", **own)
    assert allowed.json["error"]["code"] == "file_missing"
    cli("user", "revoke", "王芳", "--role", "data_officer", "--enterprise", "demo")
    cli("user", "revoke", "王芳", "--role", "tester", "--enterprise", "demo")
    again = cli("registers", "list", "seats", "--enterprise", "demo", "--as", "王芳", "--json", **own)
    assert again.json["error"]["code"] == "role_missing"


def test_an_overlay_needs_a_second_person(cli: Shell) -> None:
    words = ("rules", "overlay", "portrait.seat_vacancy.limit", "0.25", "--enterprise", "demo", "--from", "2026-01-01")
    request = cli(*words, "--reason", "更严", "--json")
    assert (request.code, request.json["state"]) == (1, "pending")
    approval = request.json["approval"]
    alone = cli("approve", approval, "--json")
    assert (alone.code, alone.json["error"]["code"]) == (2, "approval_needs_user")
    token = cli("user", "add", "anna", "--enterprise", "demo", "--json").json["token"]
    done = cli("approve", approval, "--as", "anna", "--json", **{TOKEN: token})
    assert (done.code, done.json["state"]) == (0, "approved")
    result = cli("rules", "show", "portrait.seat_vacancy.limit", "--enterprise", "demo", "--on", "2026-06-01", "--json")
    (rule,) = result.json["rules"]
    assert (rule["value"], rule["level"], rule["citation"]) == ("0.25", "internal", "更严")


def test_signs_of_a_file_never_act_on_the_terminal(cli: Shell, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("\x1b]0;taken\x07\x1b[31mred,\u202eb\n1,2\n", encoding="utf-8")
    result = cli("calls", "import", str(file), "--enterprise", "demo")
    assert result.code == 2
    assert "red" in result.err
    assert not {"\x1b", "\x07", "\u202e"} & set(result.err)
