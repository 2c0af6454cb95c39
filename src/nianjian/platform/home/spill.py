"""Where what does not fit into memory goes, of engines and of requests: the home, for it holds what is personal.

One folder a process under ``<home>/tmp/engine``, mode 0700. Its owner holds a lock on it for as long as it lives;
a folder whose lock is free was left by a killed process, and goes at the next start.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nianjian.platform.home import env
from nianjian.platform.home.folders import make_private

_own: dict[tuple[int, Path], tuple[Path, int]] = {}  # process and home -> folder, handle of its lock


def folder(home: Path) -> Path:
    """The folder of this process, made when it is first asked for; NianjianError ``home_unusable``."""
    owner = os.getpid(), home
    if owner not in _own:
        for part in (home, home / "tmp", _root(home)):
            make_private(part)
        with _alone(home):
            made = Path(tempfile.mkdtemp(prefix="engine-", dir=_root(home)))  # mode 0700
            lock = os.open(_lock_of(made), os.O_CREAT | os.O_RDWR, 0o600)  # the end of the process closes it
            fcntl.flock(lock, fcntl.LOCK_EX)
        _own[owner] = made, lock
    return _own[owner][0]


@contextmanager
def temporary_file(name: str, content: bytes) -> Iterator[Path]:
    """A file under its own name, in a folder that is closed to others and soon gone."""
    with tempfile.TemporaryDirectory(dir=folder(env.read().home)) as place:
        path = Path(place) / name
        path.write_bytes(content)
        yield path


def shelter(home: Path) -> Path:
    """Let the whole process put its temporary files into its folder instead of the system's; that folder.

    The web server writes a request of more than half a mebibyte into a temporary file before any code of ours sees it.
    """
    place = folder(home) / "files"
    make_private(place)
    tempfile.tempdir = str(place)
    return place


def empty(home: Path) -> None:
    """Delete what processes left that live no more."""
    if not _root(home).is_dir():
        return
    with _alone(home):
        for left in _root(home).glob("engine-*"):
            if not _is_held(left):
                shutil.rmtree(left, ignore_errors=True)


def _is_held(left: Path) -> bool:
    if not _lock_of(left).exists():
        return False
    with _lock_of(left).open("ab") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Between making a folder and locking it no other process may look at it."""
    with (_root(home) / ".lock").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _root(home: Path) -> Path:
    return home / "tmp" / "engine"


def _lock_of(made: Path) -> Path:
    return made / ".lock"
