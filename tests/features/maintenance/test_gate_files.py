"""The gate's files in a backup, while the feed goes on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nianjian.engines.gate.snapshot import files
from nianjian.features.maintenance import backup
from nianjian.features.maintenance.rows import files_once


def test_a_generation_that_the_feed_prunes_meanwhile_is_gone(tmp_path: Path) -> None:
    root = files.snapshot_root(tmp_path)
    lists, generation = root / files.LISTS, root / files.GENERATIONS / "7"
    for folder in (lists, generation):
        folder.mkdir(parents=True)
    shared, own, pruned = (generation / f"{name}.list" for name in ("shared", "own", "pruned"))
    for path in (shared, own, pruned):
        path.write_text("1")
    (lists / "a.list").hardlink_to(shared)
    (lists / "b.list").symlink_to(lists / "none")  # as one that the glob has seen and the feed then deleted
    other = tmp_path / "vault" / "f"
    found = files_once(tmp_path, [other, shared, own, pruned])
    assert next(found) == other, "what is nothing of the gate's is not looked at"
    pruned.unlink()
    assert list(found) == [own]


def test_a_folder_that_goes_while_it_is_listed_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1", "2", ".half"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "2" / ".lock").touch()
    scan = os.scandir

    def pruned(place: Path) -> object:
        if Path(place).name == "1":
            Path(place).rename(tmp_path / ".pruned")
        return scan(place)

    monkeypatch.setattr(os, "scandir", pruned)
    assert [str(path.relative_to(tmp_path)) for path in backup._visible(tmp_path)] == ["2/file"]
    assert backup._visible(tmp_path / "none") == []
