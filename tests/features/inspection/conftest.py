"""The day on which the on-site check is tested."""

from pathlib import Path

import pytest


@pytest.fixture
def august(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of the test's own, on the last day of August 2026."""
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-08-31")
