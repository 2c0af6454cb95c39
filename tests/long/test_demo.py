"""The demo is believable, and the pictures of the documentation can be taken of it anew.

Its light is decided, its reasons lie with the weak team, its calls know line and team.
"""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.support import handbook, pictures
from tests.support.demo_home import PRINTED
from tests.support.site import ROOT

NAMES = {f"web-{name}.png" for name in (*pictures.PLAIN, "wizard", "rulebook", "phone")}


def _split(portrait: dict[str, Any], slug: str, dim: str) -> dict[str | None, dict[str, Any]]:
    (metric,) = (one for one in portrait["metrics"] if one["slug"] == slug)
    return {row["key"]: row for row in metric["splits"][dim]}


@pytest.mark.long
def test_the_demo_tells_a_story(demo_home: Path) -> None:
    printed = (demo_home / PRINTED).read_text(encoding="utf-8")
    assert "总灯： ● 黄灯" in printed or "yellow" in printed
    assert "http://127.0.0.1:8000/account/first/" in printed
    stored = (demo_home / "home" / "portraits" / "DEMO" / "2026.json").read_text(encoding="utf-8")
    portrait = json.loads(stored.splitlines()[1])  # below the run's own line
    assert portrait["light"] == "yellow"
    lights = {metric["slug"]: metric["light"] for metric in portrait["metrics"]}
    assert lights == {
        "seat_vacancy": "yellow_explained",
        "complaint_rate": "yellow",
        "number_consistency": "green",
        "closing_rate": "yellow",
    }
    calls, complaints = (_split(portrait, slug, "team") for slug in ("number_consistency", "complaint_rate"))
    delivered = sum(row["denominator"] for row in calls.values())
    assert calls.get(None, {"denominator": 0})["denominator"] < delivered * 0.05
    assert sum(row["unknown"] for row in calls.values()) < delivered * 0.01
    assert all(calls[team]["denominator"] for team, row in complaints.items() if row["numerator"])
    assert calls["T03"]["light"] == "red"
    lines = _split(portrait, "complaint_rate", "line")
    assert max(lines.values(), key=lambda row: row["numerator"])["key"] == "L23"
    rows = portrait["quality"]["rows"]
    assert rows["rejected"] > 0
    assert rows["loaded"] > 40000


def test_the_page_shows_each_picture() -> None:
    text = (ROOT / "docs" / "use" / "web.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\.\./pictures/(web-[a-z]+\.png)", text)) == NAMES
    for name in NAMES:
        assert 10_000 < (pictures.TARGET / name).stat().st_size < pictures.MOST, name


@pytest.mark.long
def test_pictures_are_taken_anew(demo_home: Path, tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    shutil.copytree(demo_home, demo)
    paths = pictures.take(demo, tmp_path)
    assert {path.name for path in paths} == NAMES
    languages = handbook.LANGUAGES if os.environ.get("SOAK") else {"zh": "zh-CN"}
    book = handbook.take(demo, tmp_path, languages)
    for language in languages:
        assert {path.name for path in book if path.parent.name == language} == handbook.NAMES
    for language in handbook.LANGUAGES:
        assert {path.name for path in (handbook.TARGET / language).glob("*.png")} == handbook.NAMES
    assert all(10_000 < path.stat().st_size < pictures.MOST for path in (*paths, *book))
