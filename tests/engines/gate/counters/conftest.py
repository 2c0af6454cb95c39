"""A store for each test, founded with the caps that all of them use."""

from collections.abc import Iterator

import pytest
from tests.support.gate_store import Valkey, founded, per_day, server

CAP = per_day(300)


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A real store, fit to count, with the cap of 300 a day."""
    with server() as one:
        founded(one, CAP)
        yield one
