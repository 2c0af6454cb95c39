"""Write one consistent archive of database, lake and files; the keys go into a second file or stay where they are.

The moment is that of the database. The lakes' locks are held while it is fixed and each lake's files are listed:
files never change and nothing deletes them meanwhile (`lock_backups`), so they are copied after the locks are free.
"""

import gzip
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC
from importlib.metadata import version
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, crash_point
from nianjian.engines.kernel.files import hold_lock
from nianjian.engines.lake import tables
from nianjian.features.maintenance import rows
from nianjian.features.maintenance.archive import DATABASE, HOME, LAKE, SQLITE, Writer, copy_keys, write_archive
from nianjian.platform.accounts.access import EVERYWHERE, require_permission
from nianjian.platform.accounts.models import Enterprise
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.models import Head
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, wiring
from nianjian.platform.home.folders import SIGNING

ROWS: Final = ".jsonl.gz"


@dataclass(frozen=True, slots=True)
class Moment:
    """What the manifest says of the database: its vendor, migrations, rows by table, the head of the chain."""

    database: str
    migrations: list[tuple[str, str]]
    tables: dict[str, int]
    audit: dict[str, object]


@contextmanager
def database_moment(folder: Path) -> Iterator[Moment]:
    """Fix the moment on entering; `members` gives its files inside the block. ``folder`` is an empty one for them."""
    if connection.vendor == "sqlite":
        copy = folder / "nianjian.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
        with closing(sqlite3.connect(copy)) as target, target:
            names = target.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for statement in rows.without_fleeting(name for (name,) in names):
                target.execute(statement)
        yield _moment_of(copy)
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        applied = sorted(MigrationRecorder(connection).applied_migrations())  # the first query fixes the moment
        head = Head.objects.get(pk=1)
        head_data = {"seq": head.seq, "hash": head.hash}
        yield Moment(connection.vendor, applied, rows.count_rows(rows.list_tables(), lasting=True), head_data)


def list_database_members(at: Moment, folder: Path) -> Iterator[tuple[str, Path]]:
    """Name in the archive and file of each part; the file is gone when the next one is asked for."""
    if at.database == "sqlite":
        copy, packed = folder / "nianjian.sqlite3", folder / "packed.gz"
        with closing(sqlite3.connect(copy)) as target:
            target.execute("VACUUM")  # deleted rows stay in a file's free pages, those of old sessions too
        with copy.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 20)
        copy.unlink()
        yield SQLITE, packed
        packed.unlink()
        return
    for table in at.tables:
        path = folder / f"{table}{ROWS}"
        rows.dump_table(table, path)
        yield f"{DATABASE}{path.name}", path
        path.unlink()


def _moment_of(copy: Path) -> Moment:
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as source:
        applied = sorted(source.execute(f"SELECT app, name FROM {rows.MIGRATIONS}").fetchall())  # noqa: S608 -- Django's name
        seq, last = source.execute(f"SELECT seq, hash FROM {Head._meta.db_table} WHERE id = 1").fetchone()  # noqa: S608, SLF001 -- Django's documented Meta API
        counted = {}
        for (name,) in sorted(source.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()):
            if name != rows.MIGRATIONS and not name.startswith("sqlite_"):
                (counted[name],) = source.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 -- a name that the file gave
    return Moment("sqlite", applied, counted, {"seq": seq, "hash": last})


VERB: Final = "home.backup"
LOCK: Final = ".backup.lock"
WORK: Final = ".backup-"
PORTRAITS: Final = "portraits"
APART: Final = frozenset({"lake", "tmp", "nianjian.sqlite3", "nianjian.sqlite3-wal", "nianjian.sqlite3-shm", SIGNING})

Waiting = Callable[[str], None]
"""Told the enterprise whose lake is being written, before a wait for it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """``archive``: where it stands; ``keys``: the copied key file; ``sha256``: of the manifest, over everything.

    ``enterprises``: those of the database, with or without data in the lake.
    """

    archive: Path
    keys: Path | None
    sha256: str
    size: int
    files: int
    enterprises: int
    audit_entries: int


def create_backup(*, out: Path, keys: Path | None, actor: Actor, waiting: Waiting = lambda _code: None) -> Receipt:
    """Back up into a new folder in ``out``, and record it. ``role_missing_everywhere``, and as `write_backup`."""
    require_permission(actor, EVERYWHERE, Permission.ADMINISTER)
    receipt = write_backup(out=out, keys=keys, waiting=waiting)
    with transaction.atomic():
        record_backup(receipt, actor)
    return receipt


def record_backup(receipt: Receipt, actor: Actor) -> None:
    """Write the audit entry of a backup; it is not in the backup itself."""
    data = {"archive": receipt.archive.name, "sha256": receipt.sha256, "size": receipt.size}
    record(verb=VERB, enterprise="", actor=actor, data=data | {"keys": receipt.keys is not None})


def write_backup(*, out: Path, keys: Path | None, waiting: Waiting = lambda _code: None) -> Receipt:
    """Write the archive and nothing else: the tables may be those of an earlier version.

    ``backup_inside_home``, ``backup_exists``, ``backup_running``; an OSError of the disk.
    """
    home = env.read().home
    target = _target(out, home)
    if keys is not None:
        _require_free(keys, home)
    with lock_backups(home), _work(home) as folder, write_archive(target, lambda: manifest) as writer:
        for path in _visible(home / PORTRAITS):  # before the moment: one that is kept later has its entry later
            _add(writer, path, home)
        with ExitStack() as locks, ExitStack() as within:
            lakes = {code: wiring.lake(code) for code in tables.enterprises(wiring.lakes())}
            for code, lake in lakes.items():
                if lake.busy():
                    waiting(code)
                locks.enter_context(lake.lock())
            at = within.enter_context(database_moment(folder))
            listed = {code: tables.read_lake_contents(lake) for code, lake in lakes.items()}
            locks.close()
            crash_point("mid_write")
            for name, path in list_database_members(at, folder):
                writer.add(name, path)
        for code, contents in listed.items():
            for name in contents.files:
                writer.add(f"{LAKE}{code}/{name}", lakes[code].folder / name)
            for name, content in contents.pointers.items():
                writer.add_bytes(f"{LAKE}{code}/{name}", content)
        _files(writer, home)
        ring = wiring.keys()
        manifest = {
            "program": version("nianjian"),
            "made_at": clock.now().astimezone(UTC).isoformat(timespec="seconds"),
            "keys": {"inside": False, "copied": keys is not None, "mark": ring.mark, "ids": sorted(ring.ciphers)},
            **asdict(at),
            "lake": {code: contents.versions for code, contents in listed.items()},
        }
        crash_point("before_commit")
    if keys is not None:
        copy_keys(env.read().keys, keys)  # last, so that it holds every key that a copied file may need
    size, entries = target.stat().st_size, int(str(at.audit["seq"]))
    enterprises = at.tables[Enterprise._meta.db_table]  # noqa: SLF001 -- Django's documented Meta API
    return Receipt(target, keys, writer.digest, size, len(writer.members), enterprises, entries)


@contextmanager
def lock_backups(home: Path) -> Iterator[None]:
    """Hold what backup and erasing hold: nothing that a backup has listed may be deleted. ``backup_running``."""
    with hold_lock(home / LOCK, NianjianError("backup_running")):
        yield


def _target(out: Path, home: Path) -> Path:
    moment = clock.now().astimezone(UTC)
    target = out / f"nianjian-{moment:%Y%m%d-%H%M%S}.tar" if out.is_dir() else out
    _require_free(target, home)
    return target.absolute()


def _require_free(path: Path, home: Path) -> None:
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


def _files(writer: Writer, home: Path) -> None:
    """Everything else of the home: sealed files, uploads, marks; no lock, no half-written file."""
    for top in sorted(home.iterdir()):
        if top.name in APART or top.name == PORTRAITS or top.name.startswith("."):
            continue
        for path in [top] if top.is_file() else rows.files_once(home, _visible(top)):
            _add(writer, path, home)


def _add(writer: Writer, path: Path, home: Path) -> None:
    with suppress(FileNotFoundError):  # deleted since it was listed: nothing refers to it any more
        writer.add(HOME + path.relative_to(home).as_posix(), path)


def _visible(folder: Path) -> list[Path]:
    """Files below a folder, sorted; a hidden one is a lock or half-written. A folder may go while it is listed."""
    files: list[Path] = []
    for top, folders, names in os.walk(folder, onerror=_unless_gone):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(top) / name for name in names if not name.startswith("."))
        files += [path for path in paths if path.is_file()]
    return sorted(files)


def _unless_gone(fault: OSError) -> None:
    if not isinstance(fault, FileNotFoundError):
        raise fault
