"""Folders and small files that only their owner may read, safe against two processes that make them at once.

One of them is the key that signs sessions.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import replace_file
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
