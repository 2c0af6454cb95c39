"""The day on which the on-site check is tested, and a drill that has begun."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from nianjian.features.inspection.operations import drill
from nianjian.features.inspection.states import DrillPlan
from nianjian.platform.accounts.query import Actor

FORWARD = DrillPlan("12321", {"responded": 1, "called_back": 2, "closed": 3}, {"agent": "anna"}, ["second_call"])


@pytest.fixture
def august(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of the test's own, on the last day of August 2026."""
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-08-31")


def begun(enterprise: str, operator: Actor, planned: DrillPlan = FORWARD, phone: str = "") -> str:
    """A drill that has begun; what is looked up first, and its test calls, are other tests'."""
    book = {"version": "1", "sha256": "0" * 64}
    data = {"as_of": "2026-03-02", "checks": [], "rulebook": book, "calls": {}, "why": "calls_unasked", "tests": []}
    data |= {"script": planned.to_document()}
    return drill.begin_drill(enterprise=enterprise, token="", phone=phone, data=data, actor=operator)


def printed(render: Callable[[Any, Console], None], document: Any) -> str:
    """What a terminal shows of it."""
    file = StringIO()
    render(document, Console(file=file, width=300))
    return file.getvalue()
