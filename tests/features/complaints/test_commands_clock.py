"""The worker warns of a ticket once, also when it is killed and another one takes over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support import databases

if TYPE_CHECKING:
    from tests.support.fixtures import Shell

PATIENCE = 90  # seconds; a process starts slowly on a busy machine


def _late_ticket(shell: Shell, name: str) -> None:
    arrived = (datetime.now(UTC) - timedelta(minutes=100)).isoformat(timespec="seconds")
    given = ("--id", name, "--source", "12321", "--arrived", arrived, "--enterprise", "demo")
    assert shell("complaints", "add", *given).code == 0


def _warnings(home: Path) -> Counter[str]:
    found = databases.rows(home, "SELECT data FROM audit_entry WHERE verb = %s", "complaints.warning")
    return Counter(str(json.loads(data)["complaint"]) for (data,) in found)


def _worker_until(home: Path, name: str) -> None:
    """Start a worker, wait for the warning of a ticket, kill it."""
    own = {"NIANJIAN_HOME": str(home), "NIANJIAN_KEYS": str(home.parent / "keys.json")}
    own |= databases.environment(home)
    kept = {one: value for one, value in os.environ.items() if not one.startswith(("NIANJIAN_", "DJANGO_"))}
    worker = subprocess.Popen([sys.executable, "-m", "nianjian", "worker"], env={**kept, **own})
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
