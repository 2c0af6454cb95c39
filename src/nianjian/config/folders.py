"""Folders and small files that only their owner may read, safe against two processes that make them at once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from nianjian.kernel.errors import NianjianError

PRIVATE: Final = 0o700
OTHERS: Final = 0o077


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
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return path.read_text(encoding="utf-8")
    finally:
        Path(name).unlink()
    return content
