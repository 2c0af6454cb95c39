"""Folders and small files that only their owner may read, safe against two processes that make them at once.

One of them is the key that signs sessions.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import hold_lock, is_locked, replace_file
from nianjian.platform.home import env
from nianjian.platform.home.env import Environment

PRIVATE: Final = 0o700
OTHERS: Final = 0o077
SIGNING: Final = "secret_key"  # file in the home; no part of a backup: a home without it makes a new one
BYTES: Final = 50  # of the key that signs sessions


def make_private(folder: Path) -> None:
    """Make the folder with mode 0700; an existing one loses the rights of group and others."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        if folder.stat().st_mode & OTHERS:
            folder.chmod(PRIVATE)
    except OSError as fault:
        raise NianjianError("home_unusable", folder=str(folder), reason=fault.strerror or "") from fault


def write_once(path: Path, content: str) -> str:
    """Write a private file unless it is there already; the content that stands in it, whoever was first."""
    with replace_file(path, once=True) as file:
        file.write(content.encode())
    return path.read_text(encoding="utf-8")


def signing_key(environment: Environment) -> str:
    """Return the key that signs sessions; the first caller makes the file, mode 0600, later ones read it."""
    if environment.secret_key:
        return environment.secret_key
    make_private(environment.home)
    path = environment.home / SIGNING
    if path.exists():
        return path.read_text(encoding="utf-8")
    return write_once(path, secrets.token_urlsafe(BYTES))


# Where what does not fit into memory goes, of engines and of requests: the home, for it holds what is personal.
#
# One folder a process under ``<home>/tmp/engine``, mode 0700. Its owner holds a lock on it for as long as it lives;
# a folder whose lock is free was left by a killed process, and goes at the next start.

_own: dict[tuple[int, Path], tuple[Path, int]] = {}  # process and home -> folder, handle of its lock


def folder(home: Path) -> Path:
    """The folder of this process, made when it is first asked for; NianjianError ``home_unusable``."""
    owner = os.getpid(), home
    if owner not in _own:
        for part in (home, home / "tmp", _root(home)):
            make_private(part)
        with _alone(home):
            path = Path(tempfile.mkdtemp(prefix="engine-", dir=_root(home)))  # mode 0700
            lock = os.open(_lock_of(path), os.O_CREAT | os.O_RDWR, 0o600)  # the end of the process closes it
            fcntl.flock(lock, fcntl.LOCK_EX)
        _own[owner] = path, lock
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
            if not is_locked(_lock_of(left)):
                shutil.rmtree(left, ignore_errors=True)


def _alone(home: Path) -> AbstractContextManager[None]:
    """Between making a folder and locking it no other process may look at it."""
    return hold_lock(_root(home) / ".lock")


def _root(home: Path) -> Path:
    return home / "tmp" / "engine"


def _lock_of(path: Path) -> Path:
    return path / ".lock"
