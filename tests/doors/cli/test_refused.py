"""What the shell refuses to compute, with code, remedy and exit code 2; and what it says while it waits."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.support import databases

Shell = Any
ENGLISH = {"LANG": "en_US.UTF-8"}
YEAR = ("--enterprise", "demo", "--year", "2026")
LIMIT = "portrait.seat_vacancy.limit"
TODAY = {"NIANJIAN_TODAY": "2026-11-25"}


REFUSED = [
    (("portrait", "run", *YEAR, "--as-of", "2025-12-31"), "as_of_before_period", "--year 2025"),
    (("portrait", "run", "--enterprise", "demo", "--year", "2027"), "year_not_begun", "2026"),
    (("portrait", "run", *YEAR, "--province", "火星"), "province_unknown", "浙江"),
    (("portrait", "simulate", *YEAR, "--close-tickets", "50"), "simulation_too_many", "0"),
    (("portrait", "simulate", *YEAR, "--cut-seats", "10"), "simulation_too_many", "0"),
    (("enterprise", "add", "new", "--name", "新", "--province", "火星"), "province_unknown", "浙江"),
    (("rules", "show", "portrait", "--province", "火星"), "province_unknown", "浙江"),
    (
        ("rules", "overlay", LIMIT, "0.25", "--province", "火星", "--from", "2026-01-01", "--reason", "x"),
        "province_unknown",
        "浙江",
    ),
]


@pytest.mark.parametrize(("words", "code", "remedy"), REFUSED)
def test_a_refusal_names_code_and_remedy(cli: Shell, words: tuple[str, ...], code: str, remedy: str) -> None:
    result = cli(*words, "--json", **TODAY)
    assert (result.code, result.json["error"]["code"]) == (2, code)
    assert remedy in result.json["error"]["message"]


def test_a_person_reads_code_by_code_what_to_do(cli: Shell) -> None:
    for words, remedy in {code: (words, remedy) for words, code, remedy in REFUSED}.values():
        said = cli(*words, **TODAY, **ENGLISH)
        assert (said.code, said.out) == (2, "")
        assert remedy in said.err


def test_a_run_that_waits_says_so_on_stderr(cli: Shell, shell_home: Path) -> None:
    assert cli("portrait", "run", *YEAR, "--json", **TODAY).err == ""
    own = {"NIANJIAN_HOME": str(shell_home), "NIANJIAN_KEYS": str(shell_home.parent / "keys.json")}
    environment = {**os.environ, **own, **databases.environment(shell_home), **ENGLISH, **TODAY}
    with (shell_home / "lake" / "demo" / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        words = [sys.executable, "-m", "nianjian", "portrait", "run", *YEAR, "--json"]
        waiting = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert waiting.stderr is not None
        assert "another command is writing this enterprise's data; waiting" in waiting.stderr.readline()
        assert waiting.poll() is None
    out, _err = waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    assert out.startswith("{\n")
