"""The program as a person starts it: a process of its own on a home of its own, forked where that is the same."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support import databases
from tests.support.starter import started


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Stdout as one JSON object, and nothing else."""
        told = json.loads(self.out)
        assert isinstance(told, dict)
        return told


Shell = Callable[..., Said]
# What makes a home, or shows how one is made, finds none.
MAKES_A_HOME = frozenset({"doctor", "init", "restore", "upgrade"})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def shell_of(home: Path) -> Shell:
    """The program on this home, its keys beside it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIANJIAN_", "DJANGO_"))}
    kept |= {"NIANJIAN_HOME": str(home), "NIANJIAN_KEYS": str(home.parent / "keys.json"), "LANG": "zh_CN.UTF-8"}
    kept.pop("FORCE_COLOR", None)

    def run(*words: str, **environment: str) -> Said:
        place = Path(environment.get("NIANJIAN_HOME", home))
        if words and words[0] not in MAKES_A_HOME:
            databases.furnish(place)
        there = databases.environment(place)
        done = started(words, env={**kept, **there, **environment}, cwd=home.parent)
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def shell(home: Path) -> Shell:
    """``shell("calls", "list", …, LANG="en_US.UTF-8")`` → what it said."""
    return shell_of(home)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home that has an enterprise ``demo``, and its keys: made once, for making it takes seconds."""
    folder = tmp_path_factory.mktemp("prepared")
    words = ("enterprise", "add", "demo", "--name", "示范", "--province", "北京")
    assert shell_of(folder / "home")(*words).code == 0
    return folder


@pytest.fixture
def demo(home: Path, prepared: Path) -> Shell:
    """The shell with an enterprise ``demo``."""
    shutil.copytree(prepared, home.parent, dirs_exist_ok=True)
    databases.copy(prepared / "home", home)
    return shell_of(home)
