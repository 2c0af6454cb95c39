"""What the pages hear from a gate that runs and is not well."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.support.gate_server import made, run, running

from nianjian.features.dial_policy import decisions


def test_the_pages_are_told_why_the_journal_is_an_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> dict[str, Any]:
        gate = made(tmp_path)
        gate.unwritten = "No space left on device"
        async with running(gate) as ports:
            monkeypatch.setenv("NIANJIAN_GATE_URL", f"http://127.0.0.1:{ports['http']}")
            return await asyncio.get_running_loop().run_in_executor(None, decisions._process, "acme")

    found = run(play())
    assert (found["status"], found["problem"]) == ("alarm", "No space left on device")
