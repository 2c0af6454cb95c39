"""Tests marked ``postgres`` once more, in a process of their own, over databases of a PostgreSQL server.

The mark is for what locks, orders, compares, groups or stores as its database does. SOAK=1 holds all others there, too.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.long

HERE: Final = Path(__file__).parent
TESTS: Final = HERE.parent
SOAK: Final = bool(os.environ.get("SOAK"))
# Drawn requests say no more of another database; what a first start makes is SQLite's file.
IGNORED: Final = ("doors/api/test_document.py", "features/overview/test_start.py")


def hold(database: str, tests: Sequence[str], *more: str) -> None:
    """Run the tests of folders or files under ``tests``; fail with what they print."""
    environment = os.environ | {"PYTHONPATH": str(HERE), "NIANJIAN_TEST_DATABASE": database}
    options = ["-q", "-n0", "-p", "plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, *more, *(str(TESTS / name) for name in tests)]
    done = subprocess.run(command, env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_the_marked_tests_hold_on_postgresql(database: str) -> None:
    marked = "not web and not soak" if SOAK else "postgres and not web and not soak"
    hold(database, ("doors", "features", "platform"), "-m", marked, *(f"--ignore={TESTS / path}" for path in IGNORED))


@pytest.mark.soak
def test_a_walk_of_each_role_on_postgresql(database: str) -> None:
    hold(database, ("doors/web/walks/test_roles.py",))
