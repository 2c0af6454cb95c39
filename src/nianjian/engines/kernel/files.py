"""What is said of a file of somebody's that cannot be read; and files of ours that are written whole or not at all."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

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


def require_size(name: str, size: int, most: int) -> None:
    """``file_empty``, ``file_too_large``: a file of ``size`` bytes where ``most`` may be kept."""
    if not size:
        raise NianjianError("file_empty", file=name)
    if size > most:
        raise NianjianError("file_too_large", file=name, limit=most)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def hold_lock(path: Path, taken: NianjianError | None = None) -> Iterator[None]:
    """Hold a lock file alone. Where another process holds it: wait for it, or raise ``taken``."""
    with path.open("ab") as handle:
        if taken is None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        elif not _try_lock(handle):
            raise taken
        yield


def is_locked(path: Path) -> bool:
    """Whether somebody holds a lock file at this moment: an answer for looking, which protects nothing."""
    if not path.exists():
        return False
    with path.open("ab") as handle:
        return not _try_lock(handle)


def _try_lock(handle: IO[bytes]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def content(path: Path) -> bytes:
    """All of it; errors as `wrap_read_errors`."""
    with wrap_read_errors(path):
        return path.read_bytes()


def write_private_file(path: Path, content: bytes) -> str:
    """Write a file that nobody else may read, a former one of that name neither; its name. ``file_unwritable``."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device
            path.write_bytes(content)
        else:
            with replace_file(path) as file:
                file.write(content)
    except OSError as fault:
        raise NianjianError("file_unwritable", file=str(path), reason=fault.strerror or "") from fault
    return str(path)


@contextmanager
def replace_file(path: Path, *, once: bool = False, prefix: str = "") -> Iterator[IO[bytes]]:
    """A file for its owner alone that takes the place of ``path`` once all that the block writes is on disk.

    ``once``: a file that is there already stays, and what was written goes. ``prefix``: how its name begins meanwhile.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix or f".{path.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if once:
            with suppress(FileExistsError):
                os.link(name, path)
        else:
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
