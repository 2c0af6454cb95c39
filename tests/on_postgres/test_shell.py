"""The program at the shell holds on PostgreSQL."""

from __future__ import annotations

import os

import pytest
from tests.on_postgres.held import hold

pytestmark = pytest.mark.long

# Each command is a start of the program, so all of them take half an hour: with SOAK=1.
SHELL = ["doors/cli"] if os.environ.get("SOAK") else ["doors/cli/test_keys.py", "doors/cli/test_doctor.py"]


@pytest.mark.parametrize("tests", SHELL)
def test_the_same_tests_hold_on_postgresql(database: str, tests: str) -> None:
    hold(database, tests, "-m", "not long and not web and not soak")
