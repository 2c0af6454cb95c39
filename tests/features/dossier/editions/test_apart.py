from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support import packages

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import build_process
from nianjian.features.dossier.editions.build import build


def _room(folder: Path) -> Path:
    room = folder / "room"
    room.mkdir(exist_ok=True)
    return room


def test_the_other_process_writes_the_same_package(tmp_path: Path) -> None:
    package = packages.package(tmp_path, (1,), draft=True, duplex=False)
    here = build(package, tmp_path / "here")
    assert build_process.build(package, tmp_path / "there", room=_room(tmp_path)) == here.digest
    for one in here.folder.rglob("*.*"):
        assert (tmp_path / "there" / one.relative_to(here.folder)).read_bytes() == one.read_bytes()
    assert list(_room(tmp_path).iterdir()) == []


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    package = packages.package(tmp_path, (1,))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(NianjianError) as caught:
        build_process.build(
            replace(package, items=(replace(package.items[0], file=broken),)), tmp_path / "out", room=_room(tmp_path)
        )
    assert (caught.value.code, caught.value.values["file"]) == ("dossier_copy_unreadable", "broken.pdf")


def test_a_process_that_ends_costs_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_process, "SECONDS", 0)  # no time to wait for the answer
    monkeypatch.setattr(build_process, "LOOK", 0.001)
    with pytest.raises(NianjianError) as caught:
        build_process.build(packages.package(tmp_path, (1,)), tmp_path / "out", room=_room(tmp_path))
    assert (caught.value.code, caught.value.values["reason"]) == ("dossier_build_failed", "time")


def test_long_words_come_through_however_often_somebody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_process, "LOOK", 0.01)
    package = replace(packages.package(tmp_path, (1,)), licence="浙" * 24_000)  # more than a pipe holds
    looked: list[int] = []
    digest = build_process.build(package, tmp_path / "out", room=_room(tmp_path), watch=lambda: looked.append(1))
    assert digest in (tmp_path / "out" / "manifest.json").read_text()
    assert looked


def test_who_watches_can_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_process, "LOOK", 0.05)

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_process.build(packages.package(tmp_path, (1,)), tmp_path / "out", room=_room(tmp_path), watch=stop)
    assert not (tmp_path / "out" / "manifest.json").exists()
