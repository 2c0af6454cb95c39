"""The API holds on PostgreSQL; random requests (`test_document`) are not sent to it once more."""

from __future__ import annotations

import pytest
from tests.on_postgres.held import TESTS, hold

pytestmark = pytest.mark.long


def test_the_same_tests_hold_on_postgresql(database: str) -> None:
    hold(database, "doors/api", "-m", "not web and not soak", f"--ignore={TESTS}/doors/api/test_document.py")
