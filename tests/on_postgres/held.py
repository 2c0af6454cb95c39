"""Suites of SQLite once more, in a process of their own, over databases of a PostgreSQL server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent


def hold(database: str, tests: str, *more: str) -> None:
    """Run the tests of a folder or file under ``tests``; fail with what they print."""
    environment = os.environ | {"PYTHONPATH": str(HERE), "NIANJIAN_TEST_DATABASE": database}
    options = ["-q", "-n0", "-p", "plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, *more, str(TESTS / tests)]
    done = subprocess.run(command, env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
