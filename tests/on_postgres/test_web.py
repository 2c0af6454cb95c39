"""The pages hold on PostgreSQL. A browser is no matter of the database: one walk of each role goes over it."""

from __future__ import annotations

import pytest
from tests.on_postgres.held import hold

pytestmark = pytest.mark.long


def test_the_same_tests_hold_on_postgresql(database: str) -> None:
    hold(database, "doors/web", "-m", "not web and not soak", "--ignore-glob=*walk*")
