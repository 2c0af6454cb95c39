"""SIGKILL of workers at random instants while they remind a portfolio of 1,000 licences."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.support.receivers import Program, served

pytestmark = pytest.mark.long
KILLS, SEED = 25, 20270802
PEOPLE = 4  # each with a channel, and all channels are spoken to at once
EACH = 40 * PEOPLE * 2  # enterprises, people, reports
TRACKS = {"许可年报": "track:licence", "码号年报": "track:code_number"}


def test_each_reminder_is_delivered_once_or_visibly_maybe(tmp_path: Path) -> None:
    server = Program()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NIANJIAN_")}
    environment = {
        **environ, "DJANGO_SETTINGS_MODULE": "nianjian.doors.site.settings", "NIANJIAN_HOME": str(tmp_path / "home"),
        "NIANJIAN_KEYS": str(tmp_path / "keys.json"), "NIANJIAN_TODAY": "2027-08-02",
        "NIANJIAN_WEBHOOK_HOSTS": "127.0.0.1",
    }  # fmt: skip
    with served(server):
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.reminding", str(server.server_port), str(KILLS), str(SEED)],
            env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    summary = json.loads(done.stdout)
    heard = Counter(_parse_message(one["path"], str(one["message"])) for one in server.heard)
    states = {(user, what): state for user, what, state in summary["rows"]}
    assert summary["codes"] == [0, 0]
    assert summary["messages"] == len(states) == EACH, "each is there once"
    assert (summary["again"], summary["sent"]) == (0, 0), "what has run changes nothing when it runs again"
    assert set(states.values()) <= {"delivered", "unclear"}
    assert not {one: count for one, count in heard.items() if count > 1}, "nothing twice"
    assert {one for one, state in states.items() if state == "delivered"} <= set(heard), "nothing lost"
    assert set(heard) <= set(states)
    assert Counter(states.values())["unclear"] <= KILLS * PEOPLE, "a kill leaves one in doubt at most for each channel"


def _parse_message(path: str, text: str) -> tuple[str, str]:
    line = text.splitlines()[0]
    (about,) = [code for name, code in TRACKS.items() if name in line]
    return path.strip("/"), f"e{line.partition('：')[0].removeprefix('企业')}/{about}"
