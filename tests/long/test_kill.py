"""SIGKILL at random instants and at every step of an import: a file is in the lake once and whole, or not at all."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.dirty.generate import clean, dirty
from tests.support import call_files, databases
from tests.support.starter import started

from nianjian.engines.lake.tables import Lake

pytestmark = pytest.mark.long

ENTERPRISE = "kill"
KILLS = 50 if os.environ.get("SOAK") else 15
ROWS = 6_000
SEED = 20260302
POINTS = ("after_intent", "mid_write", "before_commit", "after_commit", "before_close")


@dataclass(slots=True)
class Program:
    """The command line in processes of its own, on a home of its own."""

    folder: Path
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environment = databases.own_environment(self.folder, LANG="C.UTF-8", TZ="Asia/Shanghai")
        databases.furnish(self.folder / "home")
        self.ask("enterprise", "add", ENTERPRISE, "--name", "杀", "--province", "浙江")

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "nianjian", *words, "--json"],
            env={**self.environment, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, *words: str, code: int = 0) -> dict[str, Any]:
        done = started([*words, "--json"], env=self.environment, cwd=self.folder, timeout=300)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def load(self, path: Path, *more: str, code: int = 0) -> dict[str, Any]:
        return self.ask(*_load(path), *more, code=code)

    def crash(self, point: str, *words: str) -> None:
        """Run a command that kills itself at ``point``; it must get there."""
        there = {**self.environment, "NIANJIAN_CRASH_AT": point}
        done = started([*words, "--json"], env=there, cwd=self.folder, timeout=300)
        assert done.returncode == -signal.SIGKILL, (point, done.stdout, done.stderr)

    def ids(self) -> Counter[str]:
        """How often each id lies in the lake, good rows only."""
        lake = Lake(url=str(self.folder / "home" / "lake"), enterprise=ENTERPRISE)
        return Counter(row["call_id"] for row in call_files.good(call_files.rows(lake)))

    def active(self) -> list[str]:
        """Batches that the database holds as loaded."""
        batches = self.ask("calls", "list", "--enterprise", ENTERPRISE)["batches"]
        return [one["batch"] for one in batches if one["state"] == "active"]


def _load(path: Path) -> tuple[str, ...]:
    return ("calls", "import", str(path), "--enterprise", ENTERPRISE, "--timezone", "Asia/Shanghai")


def _counts(*, loaded: int = 0, duplicate: int = 0) -> dict[str, int]:
    return {"read": loaded + duplicate, "loaded": loaded, "duplicate": duplicate, "rejected": 0}


def _file(folder: Path, number: int, rows: int = ROWS) -> tuple[Path, Counter[str]]:
    """File ``number`` with rows that no other file has."""
    first = number * rows + 1
    path = folder / f"calls-{number}.csv"
    path.write_bytes(b"\n".join(clean(rows, first=first)) + b"\n")
    return path, Counter(f"D{n:06d}" for n in range(first, first + rows))


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_killed_at_random_instants(program: Program, tmp_path: Path) -> None:
    """Instants over the whole life of the process and a little beyond; a file is tried until it is in."""
    draw = random.Random(SEED)
    path, stored_ids = _file(tmp_path, 0)
    began = time.monotonic()
    program.load(path)
    lasts = time.monotonic() - began
    number, unchanged = 1, 0
    for kill in range(1, KILLS + 1):
        path, ids = _file(tmp_path, number)
        process = program.start(*_load(path))
        time.sleep(draw.uniform(0, 1.05 * lasts))
        process.kill()
        process.communicate()
        after = program.ids()
        assert after in (stored_ids, stored_ids + ids), f"kill {kill}: half a file lies in the lake"
        if after != stored_ids:
            stored_ids, number = after, number + 1
            assert program.load(path)["rows"] == _counts(duplicate=ROWS), f"kill {kill}"
        else:
            unchanged += 1
        if kill % 5 == 0:
            assert len(program.active()) == number, f"kill {kill}: not recovered"
    assert unchanged > 0, "no kill came before the commit"
    _, ids = _file(tmp_path, number)
    for one in range(number + 1):
        again = program.load(tmp_path / f"calls-{one}.csv")["rows"]
        assert again == (_counts(loaded=ROWS) if one == number else _counts(duplicate=ROWS))
    assert program.ids() == stored_ids + ids
    assert len(program.active()) == number + 1
    assert program.ask("audit", "verify")["valid"] is True


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_step_of_an_import(program: Program, tmp_path: Path, point: str) -> None:
    first, stored_ids = _file(tmp_path, 0, 500)
    program.load(first)
    path, ids = _file(tmp_path, 1, 500)
    program.crash(point, *_load(path))
    committed = point in {"after_commit", "before_close"}
    assert program.ids() == (stored_ids + ids if committed else stored_ids)
    assert len(program.active()) == (2 if committed else 1)
    rows = program.load(path)["rows"]
    assert rows == {"read": 500, "loaded": 0 if committed else 500, "duplicate": 500 if committed else 0, "rejected": 0}
    assert program.ids() == stored_ids + ids
    assert program.ask("audit", "verify")["valid"] is True


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_step_with_rejects(program: Program, tmp_path: Path, point: str) -> None:
    """Quarantine and good rows come in one commit: never one without the other, never twice."""
    sample = dirty(rounds=1)
    path = tmp_path / "dirty.csv"
    path.write_bytes(sample.data)
    program.crash(point, *_load(path))
    lake = Lake(url=str(tmp_path / "home" / "lake"), enterprise=ENTERPRISE)
    between = call_files.rows(lake)
    assert (len(call_files.good(between)), len(call_files.bad(between))) in {
        (0, 0), (len(sample.good), len(sample.bad)),
    }  # fmt: skip
    program.load(path, code=0 if between else 1)
    rows = call_files.rows(lake)
    assert (len(call_files.good(rows)), len(call_files.bad(rows))) == (len(sample.good), len(sample.bad))


@pytest.mark.parametrize("point", ["after_intent", "before_commit", "after_commit", "before_close"])
def test_killed_at_each_step_of_an_undo(program: Program, tmp_path: Path, point: str) -> None:
    first, stored_ids = _file(tmp_path, 0, 500)
    program.load(first)
    path, ids = _file(tmp_path, 1, 500)
    batch = program.load(path)["batch"]
    program.crash(point, "calls", "undo", batch)
    gone = point in {"after_commit", "before_close"}
    assert program.ids() == (stored_ids if gone else stored_ids + ids)
    assert (batch in program.active()) != gone
    if not gone:
        program.ask("calls", "undo", batch)
    assert program.ids() == stored_ids
    assert program.load(path)["rows"]["loaded"] == 500
    assert program.ids() == stored_ids + ids


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_step_of_a_replacement(program: Program, tmp_path: Path, point: str) -> None:
    """Old rows out and new rows in is one commit."""
    path, old = _file(tmp_path, 0, 500)
    batch = program.load(path)["batch"]
    other, new = _file(tmp_path, 1, 500)
    program.crash(point, *_load(other), "--replace", batch)
    committed = point in {"after_commit", "before_close"}
    assert program.ids() == (new if committed else old)
    if not committed:
        program.load(other, "--replace", batch)
    assert len(program.active()) == 1
    assert program.ids() == new
