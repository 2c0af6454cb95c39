"""``nianjian complaints`` and what a switch calls."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support import databases
from tests.support.fixtures import Said, Shell

DUE = {"response_due": "2026-03-02 00:15:00", "close_due": "2026-03-02 22:15:00"}


def _do(shell: Shell, *words: str, **environment: str) -> Said:
    return shell("complaints", *words, "--enterprise", "demo", **environment)


def _add(shell: Shell, name: str, *more: str) -> Said:
    options = ("--source", "12321", "--arrived", "2026-03-01 22:15:00", "--number", "95013001")
    return _do(shell, "add", "--id", name, *options, "--complainant", "13800138000", *more)


def _rows(shell: Shell, *more: str) -> list[dict[str, Any]]:
    result = _do(shell, "list", "--json", *more)
    assert result.code == 0, result.err
    rows: list[dict[str, Any]] = result.json["rows"]
    return rows


def test_a_ticket_from_its_arrival_to_its_close(cli: Shell) -> None:
    assert _add(cli, "I1").code == 0
    for words in (
        ("respond", "I1", "--at", "2026-03-02 00:15:00"),
        ("callback", "I1", "--at", "2026-03-02T01:00:00+08:00", "--result", "满意"),
        ("close", "I1", "--at", "2026-03-01T18:00:00+00:00", "--result", "致歉", "--upheld", "no"),
    ):
        result = _do(cli, *words, "--json")
        assert (result.code, result.err) == (0, "")
    (row,) = _rows(cli, "--state", "closed", "--clock", "close", "--hand", "met")
    assert row | DUE == row
    assert (row["id"], row["state"], row["closed_at"]) == ("I1", "closed", "2026-03-02 02:00:00")
    assert (row["response_on_time"], row["close_on_time"], row["complainant"]) == (True, True, "138****8000")
    history = _do(cli, "show", "I1", "--json").json["history"]
    assert [one["act"] for one in history] == ["close", "callback", "respond", "add"]
    assert "致歉" not in json.dumps(history, ensure_ascii=False)
    _add(cli, "D1", "--drill")
    assert [row["id"] for row in _rows(cli, "--drill")] == ["D1"]
    assert [row["id"] for row in _rows(cli, "--overdue")] == []
    assert "已逾期" in _do(cli, "list").out


def test_a_refusal_of_the_commands_own_is_told_with_its_remedy(cli: Shell) -> None:
    assert _add(cli, "I1").code == 0
    for words, code, remedy in (
        (("list", "--state", "asleep"), "complaint_filter_unknown", "called_back"),
        (("match", "I1", "--confirm"), "complaint_proposal_missing", "I1"),
    ):
        result = _do(cli, *words, "--json")
        assert (result.code, result.json["error"]["code"]) == (2, code)
        assert remedy in result.json["error"]["message"]


def test_a_forward_list_twice_and_the_match(cli: Shell, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text('source: "12321"\ncolumns: {reference: 单号, complained: 对方}\n')
    (tmp_path / "list.csv").write_text("单号,对方,省份\nA1,95013001,浙江\n", encoding="gb18030")
    words = ("import", str(tmp_path / "list.csv"), "--mapping", str(tmp_path / "map.yaml"))
    first, again = (_do(cli, *words, "--json").json for _ in range(2))
    assert (first["rows"]["added"], again["rows"]["unchanged"], first["extra_columns"]) == (1, 1, ["省份"])
    assert _do(cli, "match", "--json").json == {"enterprise": "demo", "looked_at": 1, "none": 1, "linked": 0}
    ahead = _do(cli, *words, "--arrived", "2099-01-01", "--json")
    assert (ahead.code, ahead.json["error"]["code"]) == (2, "complaint_moment_in_future")
    (tmp_path / "list.csv").write_text("单号,对方\n,95013001\n", encoding="utf-8")
    bad = _do(cli, *words)
    assert bad.code == 1
    assert "第 2 行" in bad.out


PATIENCE = 90  # seconds; a process starts slowly on a busy machine


def _late_ticket(shell: Shell, name: str) -> None:
    arrived = (datetime.now(UTC) - timedelta(minutes=100)).isoformat(timespec="seconds")
    options = ("--id", name, "--source", "12321", "--arrived", arrived, "--enterprise", "demo")
    assert shell("complaints", "add", *options).code == 0


def _warnings(home: Path) -> Counter[str]:
    rows = databases.rows(home, "SELECT data FROM audit_entry WHERE verb = %s", "complaints.warning")
    return Counter(str(json.loads(data)["complaint"]) for (data,) in rows)


def _worker_until(home: Path, name: str) -> None:
    """Start a worker, wait for the warning of a ticket, kill it."""
    own = {"NIANJIAN_HOME": str(home), "NIANJIAN_KEYS": str(home.parent / "keys.json")}
    own |= databases.environment(home)
    environ = {one: value for one, value in os.environ.items() if not one.startswith(("NIANJIAN_", "DJANGO_"))}
    worker = subprocess.Popen([sys.executable, "-m", "nianjian", "worker"], env={**environ, **own})
    try:
        until = time.monotonic() + PATIENCE
        while name not in _warnings(home) and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)


@pytest.mark.long
def test_a_killed_worker_and_the_next_one_warn_once(cli: Shell, shell_home: Path) -> None:
    _late_ticket(cli, "I1")
    _worker_until(shell_home, "I1")
    assert _warnings(shell_home) == {"I1": 1}
    _late_ticket(cli, "I2")
    _worker_until(shell_home, "I2")
    assert _warnings(shell_home) == {"I1": 1, "I2": 1}


PLAN = Path(__file__).parents[3] / "deploy" / "freeswitch" / "complaint.xml"
CALL = "7f9c1c1e-9b1a-4a39-8c9e-3d2f5a7f0c11"
GIVEN = {
    "destination_number": "complaint-key", "complainant": "13800138000", "complained": "95013001",
    "complaint_call": CALL, "complaint_enterprise": "demo",
}  # fmt: skip


def pressed(**changes: str) -> str:
    """What the shell gets when the key is pressed; "" where a condition is not met."""
    variables, command = GIVEN | changes, ""
    for condition in ET.parse(PLAN).getroot().iterfind("context/extension/condition"):  # noqa: S314 - of this repository
        field = condition.attrib["field"].removeprefix("${").removesuffix("}")
        match = re.search(condition.attrib["expression"], variables.get(field, ""))
        if match is None:
            return ""
        for action in condition.iterfind("action"):
            data = action.attrib["data"].replace("$1", match[1])
            data = re.sub(r"\$\{(\w+)\}", lambda one: variables.get(one[1], ""), data)
            if action.attrib["application"] == "set":
                assert action.attrib["inline"] == "true", "a condition sees inline results alone"
                key, _, value = data.partition("=")
                variables[key] = value
            else:
                assert action.attrib["application"] == "bgsystem"
                command = data
    return command


def test_the_key_opens_a_ticket_of_the_call(cli: Shell) -> None:
    program, *words = shlex.split(pressed(complained="+8695013001"))
    assert program == "nianjian"
    result = cli(*words, "--json")
    assert result.code == 0, result.err
    assert (result.json["id"], result.json["source"]) == (f"dtmf-{CALL}", "one_click")
    assert cli(*words, "--json").json["error"]["code"] == "complaint_exists"  # pressed twice: one ticket


@pytest.mark.parametrize("name", ["complainant", "complained", "complaint_call", "complaint_enterprise"])
def test_nothing_else_reaches_the_shell(name: str) -> None:
    for value in ("", "1; rm -rf /", "$(id)", "`id`", "138 001", "--at", "-x", "a\nb"):
        assert pressed(**{name: value}) == "", value


def test_the_comment_tells_how_it_is_bound() -> None:
    comment = PLAN.read_text("utf-8").partition("-->")[0]
    assert "execute_extension::complaint-key XML complaint" in comment
    assert all(f'export" data="{name}=' in comment for name in GIVEN if name != "destination_number")
