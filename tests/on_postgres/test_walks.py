"""A walk of each role over a site on PostgreSQL."""

from __future__ import annotations

import pytest
from tests.on_postgres.held import hold

pytestmark = [pytest.mark.long, pytest.mark.soak]


def test_a_walk_of_each_role_on_postgresql(database: str) -> None:
    hold(database, "doors/web/walks/test_roles.py")
