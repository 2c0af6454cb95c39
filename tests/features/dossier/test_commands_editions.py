import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support import packages
from tests.support.paper_scans import a4

from nianjian.doors.cli.main import main
from nianjian.features.dossier import commands
from nianjian.features.dossier.commands import acts, offline
from nianjian.features.dossier.editions.build import build


def test_the_riding_seal_is_planned(command: Callable[..., Any]) -> None:
    result = command("seal-plan", "--sheets", 57, "--duplex")
    assert result["uncovered"] == []
    stamps = result["stamps"]
    assert [(one["first"], one["last"]) for one in stamps] == [(1, 20), (20, 39), (39, 57)]
    assert stamps[-1]["last_page"] == 114
    command("seal-plan", "--sheets", 0, code=2)


def test_verify_says_what_differs(
    tmp_path: Path, command: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = build(packages.package(tmp_path, (1,)), tmp_path / "out", uploads=False).folder
    result = command("verify", folder)
    assert (result["intact"], result["differences"]) == (True, [])
    (folder / "more.txt").write_text("x")
    result = command("verify", folder, code=1)
    assert result["intact"] is False
    assert result["differences"] == [{"file": "more.txt", "page": None, "kind": "extra_file"}]
    assert main(["dossier", "verify", str(folder)]) == 1
    assert "more.txt" in capsys.readouterr().out
    command("verify", tmp_path / "nothing", code=2)
    command("verify", folder / "more.txt", "--scan", code=2)


def _process(*words: object, **environment: str) -> tuple[int, dict[str, Any]]:
    """What a process of its own answers: nothing is loaded in it before."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("NIANJIAN_", "DJANGO_"))}
    command = [sys.executable, "-m", "nianjian", "dossier", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, check=False, env=plain | environment)
    assert done.stdout, done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


def test_papers_are_sorted_without_a_home(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.pdf").write_bytes(a4())
    (tmp_path / "in" / "b.txt").write_bytes(b"nothing")
    code, result = _process("sort", tmp_path / "in")
    assert (code, result["sure"]) == (1, False)
    assert [(Path(one["file"]).name, one["item"]) for one in result["files"]] == [("a.pdf", None), ("b.txt", None)]
    assert [one["fault"] is None for one in result["files"]] == [True, False]


def test_signatures_are_shown_by_a_process_that_knows_no_table_yet(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(a4())
    home = {"NIANJIAN_HOME": str(tmp_path / "home"), "NIANJIAN_KEYS": str(tmp_path / "keys.json")}
    code, result = _process("signature", "show", tmp_path / "a.pdf", **home)
    assert (code, result["signatures"]) == (1, [])


def _acts(parser: argparse.ArgumentParser) -> Iterator[partial[Any]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from _acts(one)
    if act := parser.get_default("act"):
        yield act


def test_every_action_is_done_by_a_function() -> None:
    parser = argparse.ArgumentParser()
    commands.configure(parser)
    names = [one.args[0] for one in _acts(parser)]
    assert len(names) == len(set(names)) > 30
    assert all(callable(getattr(acts, name, None) or getattr(offline, name, None)) for name in names)
