"""The pictures of the documentation can be taken anew, are small, and are those that the pages show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support import handbook, pictures
from tests.support.site import ROOT

NAMES = {f"web-{name}.png" for name in (*pictures.PLAIN, "wizard", "rulebook", "phone")}


def test_the_page_shows_each_picture() -> None:
    text = (ROOT / "docs" / "use" / "web.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\.\./pictures/(web-[a-z]+\.png)", text)) == NAMES
    for name in NAMES:
        assert 10_000 < (pictures.TARGET / name).stat().st_size < pictures.MOST, name


@pytest.mark.long
def test_pictures_are_taken_anew(tmp_path: Path) -> None:
    words = ["-m", "bench.demo", "--rows", "40000", "--folder", str(tmp_path / "demo"), "--no-serve"]
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True, timeout=580)
    made = pictures.take(tmp_path / "demo", tmp_path)
    assert {path.name for path in made} == NAMES
    languages = handbook.LANGUAGES if os.environ.get("SOAK") else {"zh": "zh-CN"}
    book = handbook.take(tmp_path / "demo", tmp_path, languages)
    for language in languages:
        assert {path.name for path in book if path.parent.name == language} == handbook.NAMES
    for language in handbook.LANGUAGES:
        assert {path.name for path in (handbook.TARGET / language).glob("*.png")} == handbook.NAMES
    assert all(10_000 < path.stat().st_size < pictures.MOST for path in (*made, *book))
