"""What is said of a file of somebody's that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nianjian.engines.kernel.errors import NianjianError


@contextmanager
def wrap_read_errors(path: Path) -> Iterator[None]:
    """Around whatever opens ``path``: ``file_missing``, ``file_unreadable`` with the system's own reason."""
    try:
        yield
    except FileNotFoundError as fault:
        raise NianjianError("file_missing", file=str(path)) from fault
    except OSError as fault:
        raise NianjianError("file_unreadable", file=str(path), reason=fault.strerror or "") from fault


def content(path: Path) -> bytes:
    """All of it; errors as `reading`."""
    with wrap_read_errors(path):
        return path.read_bytes()
