"""Pictures that lie in the home are drawn once by all processes together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nianjian.engines.paper import charts, picture_cache


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    before = picture_cache._folder.folder
    picture_cache.use_folder(tmp_path / "home" / "tmp" / "charts")
    (tmp_path / "home").mkdir()
    yield tmp_path / "home" / "tmp" / "charts"
    picture_cache.use_folder(before)


def test_a_picture_is_drawn_once_and_again_after_its_time(folder: Path) -> None:
    asked: list[str] = []

    def draw(definition: str) -> str:
        asked.append(definition)
        return f"<svg>{definition}</svg>"

    assert [picture_cache.load_or_draw(text, draw) for text in ("甲", "甲", "b")] == ["<svg>甲</svg>"] * 2 + [
        "<svg>b</svg>"
    ]
    assert asked == ["甲", "b"]
    assert {path.stat().st_mode & 0o777 for path in (*folder.iterdir(), folder)} == {0o600, 0o700}
    os.utime(next(folder.iterdir()), (0, 0))
    assert (picture_cache.delete_expired_pictures(), len(list(folder.iterdir()))) == (1, 1)
    (folder / next(folder.iterdir())).write_bytes(b"\xff")
    for text in ("甲", "b"):
        assert picture_cache.load_or_draw(text, draw) == f"<svg>{text}</svg>"
    assert asked[2:] == ["甲", "b"]


def test_a_home_that_is_gone_costs_a_drawing_and_is_not_made_again(folder: Path) -> None:
    folder.parents[1].rmdir()
    assert picture_cache.load_or_draw("a", str.upper) == "A"
    assert (folder.parents[1].exists(), picture_cache.delete_expired_pictures()) == (False, 0)


def test_another_process_finds_a_chart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = charts.month_bars([("2026-01", "a", 1.0)], axis="x", description="found")
    picture = charts.render_svg(definition)
    assert [path.read_text(encoding="utf-8") for path in folder.iterdir()] == [picture]
    charts._render_cached.cache_clear()
    monkeypatch.setattr(charts.vl_convert, "vegalite_to_svg", None)
    assert charts.render_svg(definition) == picture
