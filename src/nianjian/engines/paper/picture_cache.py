"""Pictures stored as they were rendered, so that each is rendered once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from nianjian.engines.kernel import clock

RETENTION: Final = timedelta(days=90)


@dataclass(slots=True)
class _Folder:
    folder: Path | None = None


_folder = _Folder()


def use_folder(folder: Path | None) -> None:
    """Say where they lie; None: nowhere, each process draws for itself."""
    _folder.folder = folder


def load_or_draw(definition: str, draw: Callable[[str], str]) -> str:
    """Return the picture of a definition; ``draw`` makes it where none lies there.

    A folder that cannot be read or written costs a drawing, never a page.
    """
    if _folder.folder is None:
        return draw(definition)
    path = _folder.folder / f"{hashlib.sha256(definition.encode()).hexdigest()}.svg"
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="utf-8")
    made = draw(definition)
    with suppress(OSError):
        _write(path, made)
    return made


def delete_expired_pictures() -> int:
    """Delete those that were drawn more than `KEPT` ago; how many."""
    if _folder.folder is None:
        return 0
    begin = (clock.now() - RETENTION).timestamp()
    old = [one for one in _folder.folder.glob("*.svg") if one.stat().st_mtime < begin]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


def _write(path: Path, text: str) -> None:
    """Whole or not at all; a home that is gone is not made again."""
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-", suffix=".svg")  # swept as the others are
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
