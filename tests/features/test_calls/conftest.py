"""Test calls that take no time: a gateway that answers, two filed numbers, short pauses, working hours all day."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.answerer import Answerer, pick_up
from tests.support.fixtures import Import
from tests.support.placed_calls import LEDGER

from nianjian.engines.sip.agent import Pace
from nianjian.features.test_calls.operations import calls
from nianjian.features.test_calls.queries import CallBasis


@pytest.fixture
def quick_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    monkeypatch.delenv("NIANJIAN_LIVE", raising=False)
    monkeypatch.setattr(CallBasis, "pace", Pace(apart=0, linger=0))
    monkeypatch.setattr(CallBasis, "working", lambda _self, _moment: True)
    monkeypatch.setattr(CallBasis, "carriers", ("中国移动",))
    monkeypatch.setattr(calls, "HOLD_MS", 0)


@pytest.fixture
def two_numbers(demo: str, load: Import) -> None:
    rows = (("95013", 8, "已备案", "2024-02-01", "HZ-GW-01"), ("95014", 8, "已备案", "2024-02-01", "BJ-GW"))
    load("numbers", LEDGER, *rows)


@pytest.fixture
def far() -> Iterator[Answerer]:
    with Answerer(pick_up) as one:
        yield one
