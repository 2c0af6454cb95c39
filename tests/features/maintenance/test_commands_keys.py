"""Rotation of the keys, broken off for good in its middle and finished by the next call."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support import databases

if TYPE_CHECKING:
    from tests.support.fixtures import Shell

pytestmark = [pytest.mark.postgres, pytest.mark.long]

SEATS = 4_000
PATIENCE = 60  # seconds


def _column(home: Path, query: str) -> list[str]:
    """Read past the program."""
    return [value for (value,) in databases.rows(home, query)]


def _keys(home: Path) -> Counter[str]:
    """Rows by the key that seals their name."""
    persons = _column(home, "SELECT person FROM registers_seat")
    return Counter(base64.b64decode(sealed)[:8].decode() for sealed in persons)


def _entries(home: Path) -> list[dict[str, object]]:
    rows = _column(home, "SELECT data FROM audit_entry WHERE verb = 'vault.rotate'")
    return [json.loads(data) for data in rows]


def _files(home: Path) -> set[str]:
    return {path.read_bytes()[:8].decode() for path in (home / "vault").glob("??/*")}


def _kill_in_the_middle(home: Path) -> None:
    """Start a rotation as a process of its own and kill it as soon as it has sealed the first rows anew."""
    own = {"NIANJIAN_HOME": str(home), "NIANJIAN_KEYS": str(home.parent / "keys.json")}
    own |= databases.environment(home)
    process = subprocess.Popen(
        [sys.executable, "-m", "nianjian", "keys", "rotate"],
        env={**os.environ, **own}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    end = time.monotonic() + PATIENCE
    while len(_keys(home)) == 1 and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    process.kill()
    out, err = process.communicate()
    assert process.returncode == -signal.SIGKILL, (out, err)


def test_a_killed_rotation_is_finished_by_the_next(cli: Shell, shell_home: Path, tmp_path: Path) -> None:
    sheet, paper = tmp_path / "seats.csv", tmp_path / "plan.pdf"
    sheet.write_text("坐席编号,姓名\n" + "".join(f"S{number:04},张{number}\n" for number in range(SEATS)))
    paper.write_bytes(b"a plan")
    assert cli("registers", "import", "seats", str(sheet), "--enterprise", "demo").code == 0
    attach = ("portrait", "attach", "seat_vacancy", str(paper), "--kind", "扩容计划", "--enterprise", "demo")
    assert cli(*attach, "--year", "2026").code == 0
    [old] = _keys(shell_home)

    _kill_in_the_middle(shell_home)
    half = _keys(shell_home)
    [new] = set(half) - {old}
    assert 0 < half[old] < SEATS
    assert _files(shell_home) == {old}
    listed = cli("registers", "list", "seats", "--enterprise", "demo", "--json").json["rows"]
    assert Counter(row["person"][0] for row in listed) == {"张": SEATS}
    assert _entries(shell_home) == []
    by_id = {key["id"]: key for key in cli("keys", "list", "--json").json["keys"]}
    assert {key: one["values"] for key, one in by_id.items()} == dict(half)
    assert (by_id[new]["active"], by_id[new]["rotating"], by_id[old]["files"]) == (True, True, 1)

    done = cli("keys", "rotate", "--json").json
    assert done == {"key": new, "rows": SEATS, "files": 1, "resumed": True}
    assert (_keys(shell_home), _files(shell_home)) == (Counter({new: SEATS}), {new})
    assert cli("registers", "import", "seats", str(sheet), "--enterprise", "demo", "--json").json["rows"][
        "unchanged"
    ] == SEATS  # fmt: skip
    assert _entries(shell_home) == [{"key": new, "rows": SEATS, "files": 1}]
    assert cli("audit", "verify").code == 0

    again = cli("keys", "rotate", "--json").json
    assert again["resumed"] is False
    assert again["key"] not in {old, new}
