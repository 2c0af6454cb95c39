"""Engines know no accounts: a login stands for itself, and no database is asked for a name."""

import pytest

from nianjian.engines.paper import people


@pytest.fixture(autouse=True)
def _no_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_connected", [lambda _enterprise: people.NOBODY])
