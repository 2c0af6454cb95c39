"""Who uses a home, and how a restored one takes the place of the old: by renames that any later start can finish.

Every process of the program holds a shared lock on its home. A restore holds it alone, stages the new content beside
the old in hidden folders, and then writes the journal: from that instant the new home holds, whatever is killed.
The journal works where a home cannot be renamed itself, because it is a mount.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError, crash_point
from nianjian.engines.kernel.files import hold_lock, sync_folder

IN_USE: Final = ".using.lock"
JOURNAL: Final = ".restore.json"
STAGE: Final = ".restoring-"  # + stamp: a home that is being unpacked
ASIDE: Final = ".before-"  # + stamp: what a restore has put away
PASSING: Final = "tmp"  # what engines put down and the next start removes
OUT: Final = "out"
IN: Final = "in"

_held: dict[Path, int] = {}  # home: the descriptor of its lock, closed by the end of the process


def enter(home: Path, database_url: str) -> None:
    """Take part in a home for the life of this process; finish a restore that was killed after its journal stood.

    ``home_being_restored`` while another process restores it.
    """
    if home in _held:
        return
    handle = os.open(home / IN_USE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        os.close(handle)
        raise NianjianError("home_being_restored", home=str(home)) from fault
    if (home / JOURNAL).exists():
        fcntl.flock(handle, fcntl.LOCK_UN)
        fcntl.flock(handle, fcntl.LOCK_EX)
        settle(home, database_url)
        fcntl.flock(handle, fcntl.LOCK_SH)
    _held[home] = handle


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Keep every other process out of the home; ``home_in_use`` while there is one."""
    with hold_lock(home / IN_USE, NianjianError("home_in_use", home=str(home))):
        yield


def contents(root: Path) -> list[Path]:
    """What a home or a folder of lakes holds; locks, the journal, stages and what was put away are hidden files."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if not path.name.startswith(".") and path.name != PASSING)


def sweep(roots: list[Path]) -> None:
    """Remove the stages of restores that were killed before their journal stood. Be alone."""
    for root in roots:
        for left in root.glob(f"{STAGE}*"):
            shutil.rmtree(left, ignore_errors=True)


def begin(home: Path, roots: list[Path], stamp: str, *, in_database: bool) -> None:
    """Write the journal: each root's stage of this stamp is complete and on disk.

    ``in_database``: it holds only if the database, which commits next, carries the stamp.
    """
    journal = {"stamp": stamp, "roots": [str(root) for root in roots], "phase": OUT, "in_database": in_database}
    _write(home, journal)


def settle(home: Path, database_url: str) -> None:
    """Put the new content in its place, or drop it where the database never took it; may be repeated. Be alone."""
    path = home / JOURNAL
    if not path.exists():
        return
    journal = json.loads(path.read_text(encoding="utf-8"))
    stamp, roots = journal["stamp"], [Path(root) for root in journal["roots"]]
    if journal["in_database"] and not _carries(database_url, stamp):
        for root in roots:
            shutil.rmtree(root / f"{STAGE}{stamp}", ignore_errors=True)
        path.unlink()
        return
    if journal["phase"] == OUT:
        for root in roots:
            _move(contents(root), root / f"{ASIDE}{stamp}", OUT)
        _write(home, {**journal, "phase": IN})
    for root in roots:
        stage = root / f"{STAGE}{stamp}"
        if stage.is_dir():
            _move(contents(stage), root, IN)
            shutil.rmtree(stage)
    path.unlink()


def _move(paths: list[Path], folder: Path, phase: str) -> None:
    if not paths:
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in paths:
        path.rename(folder / path.name)
        crash_point(phase)
    for one in (folder, paths[0].parent):
        sync_folder(one)


def _write(home: Path, journal: Mapping[str, Any]) -> None:
    fresh = home / f"{JOURNAL}.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(journal, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(home / JOURNAL)
    sync_folder(home)


def _carries(database_url: str, stamp: str) -> bool:
    """Whether the PostgreSQL database took the restore: its table of migrations says so in its comment.

    Locking the table waits for a commit of the killed process that may still be under way.
    """
    import psycopg  # noqa: PLC0415 -- only after a killed restore

    with suppress(psycopg.errors.UndefinedTable), psycopg.connect(database_url) as database:
        database.execute("LOCK TABLE django_migrations IN ACCESS SHARE MODE")
        row = database.execute("SELECT obj_description('django_migrations'::regclass, 'pg_class')").fetchone()
        return row is not None and row[0] == f"restored {stamp}"
    return False
