"""The demo is believable: its light is decided, its reasons lie with the weak team, its calls know line and team."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.long


def _split(portrait: dict[str, Any], slug: str, dim: str) -> dict[str | None, dict[str, Any]]:
    (metric,) = (one for one in portrait["metrics"] if one["slug"] == slug)
    return {row["key"]: row for row in metric["splits"][dim]}


def test_the_demo_tells_a_story(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    words = [sys.executable, "-m", "bench.demo", "--rows", "40000", "--folder", str(folder), "--no-serve"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=580, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "总灯： ● 黄灯" in done.stdout or "yellow" in done.stdout
    assert "http://127.0.0.1:8000/account/first/" in done.stdout
    kept = (folder / "home" / "portraits" / "DEMO" / "2026.json").read_text(encoding="utf-8")
    portrait = json.loads(kept.splitlines()[1])  # below the run's own line
    assert portrait["light"] == "yellow"
    lights = {metric["slug"]: metric["light"] for metric in portrait["metrics"]}
    assert lights == {
        "seat_vacancy": "yellow_explained",
        "complaint_rate": "yellow",
        "number_consistency": "green",
        "closing_rate": "yellow",
    }
    calls, told = (_split(portrait, slug, "team") for slug in ("number_consistency", "complaint_rate"))
    delivered = sum(row["denominator"] for row in calls.values())
    assert calls.get(None, {"denominator": 0})["denominator"] < delivered * 0.05
    assert sum(row["unknown"] for row in calls.values()) < delivered * 0.01
    assert all(calls[team]["denominator"] for team, row in told.items() if row["numerator"])
    assert calls["T03"]["light"] == "red"
    lines = _split(portrait, "complaint_rate", "line")
    assert max(lines.values(), key=lambda row: row["numerator"])["key"] == "L23"
    rows = portrait["quality"]["rows"]
    assert rows["rejected"] > 0
    assert rows["loaded"] > 40000
