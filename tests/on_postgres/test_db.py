"""The registers, rooms and flows hold on PostgreSQL as they do on SQLite."""

from __future__ import annotations

import pytest
from tests.on_postgres.held import TESTS, hold

pytestmark = pytest.mark.long


def test_the_same_tests_hold_on_postgresql(database: str) -> None:
    hold(database, "db", "-m", "not long and not web and not soak", f"--ignore={TESTS}/db/test_start.py")
