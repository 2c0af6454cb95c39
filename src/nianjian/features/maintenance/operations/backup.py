"""Write one consistent archive of database, lake and files; the keys go into a second file or stay where they are.

The moment is that of the database. The lakes' locks are held while it is fixed and each lake's files are listed:
files never change and nothing deletes them meanwhile (`only_one`), so they are copied after the locks are free.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import version
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.crash import crash_point
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import tables
from nianjian.engines.lake.tables import LakeContents
from nianjian.features.maintenance.operations import database, gate_files
from nianjian.features.maintenance.operations.archive import Writer, synced, write_archive
from nianjian.platform.accounts.access import EVERYWHERE, require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, wiring
from nianjian.platform.home.folders import SIGNING

VERB: Final = "home.backup"
LOCK: Final = ".backup.lock"
WORK: Final = ".backup-"
HOME: Final = "home/"
LAKE: Final = "lake/"
PORTRAITS: Final = "portraits"
APART: Final = frozenset({"lake", "tmp", "nianjian.sqlite3", "nianjian.sqlite3-wal", "nianjian.sqlite3-shm", SIGNING})

Waiting = Callable[[str], None]
"""Told the enterprise whose lake is being written, before a wait for it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """``archive``: where it stands; ``keys``: the copied key file; ``sha256``: of the manifest, over everything."""

    archive: Path
    keys: Path | None
    sha256: str
    size: int
    files: int
    enterprises: int
    audit_entries: int


def backup(*, out: Path, keys: Path | None, actor: Actor, waiting: Waiting = lambda _code: None) -> Receipt:
    """Back up into ``out``, in a folder under a name of the moment, and record it.

    ``role_missing_everywhere``, and what `write` raises.
    """
    require(actor, EVERYWHERE, Act.ADMINISTER)
    receipt = write(out=out, keys=keys, waiting=waiting)
    with transaction.atomic():
        note(receipt, actor)
    return receipt


def note(receipt: Receipt, actor: Actor) -> None:
    """Write the audit entry of a backup; it is not in the backup itself."""
    data = {
        "archive": receipt.archive.name,
        "sha256": receipt.sha256,
        "size": receipt.size,
        "keys": receipt.keys is not None,
    }
    record(verb=VERB, enterprise="", actor=actor, data=data)


def write(*, out: Path, keys: Path | None, waiting: Waiting = lambda _code: None) -> Receipt:
    """Write the archive and nothing else: the tables may be those of an earlier version.

    ``backup_inside_home``, ``backup_exists``, ``backup_running``; an OSError of the disk.
    """
    home = env.read().home
    target = _target(out, home)
    if keys is not None:
        _free(keys, home)
    with only_one(home), _work(home) as folder, write_archive(target, lambda: told) as writer:
        _portraits(writer, home)  # before the moment: one that is kept later has its audit entry later
        with ExitStack() as locks, ExitStack() as within:
            lakes = _locked(locks, waiting)
            at = within.enter_context(database.moment(folder))
            listed = {code: tables.read_lake_contents(wiring.lake(code)) for code in lakes}
            locks.close()
            crash_point("mid_write")
            for name, path in database.members(at, folder):
                writer.add(name, path)
        for code, held in listed.items():
            _lake(writer, code, held)
        _files(writer, home)
        told = {**_about(keys), **at.as_dict(), "lake": {code: held.versions for code, held in listed.items()}}
        crash_point("before_commit")
    if keys is not None:
        _copy_keys(keys)
    size, entries = target.stat().st_size, int(str(at.audit["seq"]))
    return Receipt(target, keys, writer.digest, size, len(writer.members), len(listed), entries)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold what backup and erasing hold: nothing that a backup has listed may be deleted. ``backup_running``."""
    with (home / LOCK).open("ab") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise NianjianError("backup_running") from fault
        yield


def _target(out: Path, home: Path) -> Path:
    moment = clock.now().astimezone(UTC)
    target = out / f"nianjian-{moment:%Y%m%d-%H%M%S}.tar" if out.is_dir() else out
    _free(target, home)
    return target.absolute()


def _free(path: Path, home: Path) -> None:
    if path.resolve().is_relative_to(home.resolve()):
        raise NianjianError("backup_inside_home", file=str(path), home=str(home))
    if path.exists():
        raise NianjianError("backup_exists", file=str(path))


@contextmanager
def _work(home: Path) -> Iterator[Path]:
    """Make a folder for copies; what a killed backup left is removed."""
    for left in home.glob(f"{WORK}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=WORK, dir=home) as name:
        yield Path(name)


def _locked(locks: ExitStack, waiting: Waiting) -> list[str]:
    """Lock every enterprise's lake, in the order of the codes."""
    codes = tables.enterprises(wiring.lakes())
    for code in codes:
        lake = wiring.lake(code)
        if lake.busy():
            waiting(code)
        locks.enter_context(lake.lock())
    return codes


def _about(keys: Path | None) -> dict[str, object]:
    ring = wiring.keys()
    return {
        "program": version("nianjian"),
        "made_at": clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        "keys": {"inside": False, "copied": keys is not None, "mark": ring.mark, "ids": sorted(ring.ciphers)},
    }


def _portraits(writer: Writer, home: Path) -> None:
    for path in _visible(home / PORTRAITS):
        _add(writer, path, home)


def _files(writer: Writer, home: Path) -> None:
    """Everything else of the home: sealed files, uploads, marks; no lock, no half-written file."""
    for top in sorted(home.iterdir()):
        if top.name in APART or top.name == PORTRAITS or top.name.startswith("."):
            continue
        for path in [top] if top.is_file() else gate_files.once(home, _visible(top)):
            _add(writer, path, home)


def _add(writer: Writer, path: Path, home: Path) -> None:
    try:
        writer.add(HOME + path.relative_to(home).as_posix(), path)
    except FileNotFoundError:
        return  # deleted since it was listed: nothing refers to it any more


def _visible(folder: Path) -> list[Path]:
    """Files below a folder, sorted; a hidden one is a lock or half-written. A folder may go while it is listed."""
    found: list[Path] = []
    for top, folders, names in os.walk(folder, onerror=_unless_gone):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(top) / name for name in names if not name.startswith("."))
        found += [path for path in paths if path.is_file()]
    return sorted(found)


def _unless_gone(fault: OSError) -> None:
    if not isinstance(fault, FileNotFoundError):
        raise fault


def _lake(writer: Writer, code: str, held: LakeContents) -> None:
    folder = wiring.lake(code).folder
    for name in held.files:
        writer.add(f"{LAKE}{code}/{name}", folder / name)
    for name, content in held.pointers.items():
        writer.add_bytes(f"{LAKE}{code}/{name}", content)


def _copy_keys(target: Path) -> None:
    """Copy the key file beside, mode 0600; last, so that it holds every key that a copied file may need."""
    content = env.read().keys.read_bytes()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    synced(target.absolute().parent)
