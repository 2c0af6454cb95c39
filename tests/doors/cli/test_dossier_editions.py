from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support import packages

from nianjian.cli.main import main
from nianjian.dossier.editions.build import build


def _told(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_riding_seal_is_planned(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _told(["dossier", "seal-plan", "--sheets", "57", "--duplex"], capsys)
    assert code == 0
    assert told["uncovered"] == []
    stamps = told["stamps"]
    assert isinstance(stamps, list)
    assert [(one["first"], one["last"]) for one in stamps] == [(1, 20), (20, 39), (39, 57)]
    assert stamps[-1]["last_page"] == 114
    assert _told(["dossier", "seal-plan", "--sheets", "0"], capsys)[0] == 2


def test_verify_says_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = build(packages.package(tmp_path, (1,)), tmp_path / "out", uploads=False).folder
    code, told = _told(["dossier", "verify", str(folder)], capsys)
    assert (code, told["intact"], told["differences"]) == (0, True, [])
    (folder / "more.txt").write_text("x")
    code, told = _told(["dossier", "verify", str(folder)], capsys)
    assert (code, told["intact"]) == (1, False)
    assert told["differences"] == [{"file": "more.txt", "page": None, "kind": "extra_file"}]
    assert main(["dossier", "verify", str(folder)]) == 1
    assert "more.txt" in capsys.readouterr().out
    assert _told(["dossier", "verify", str(tmp_path / "nothing")], capsys)[0] == 2
    assert _told(["dossier", "verify", str(folder / "more.txt"), "--scan"], capsys)[0] == 2
