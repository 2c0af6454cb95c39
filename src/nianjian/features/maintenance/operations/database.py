"""The database at one moment, as files for a backup: SQLite as a page copy, PostgreSQL as its rows."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from nianjian.features.maintenance.operations import rows
from nianjian.platform.audit.models import Head

FOLDER: Final = "database/"
SQLITE: Final = f"{FOLDER}nianjian.sqlite3.gz"
ROWS: Final = ".jsonl.gz"


@dataclass(frozen=True, slots=True)
class Moment:
    """What the manifest says of the database."""

    vendor: str
    migrations: list[tuple[str, str]]
    tables: dict[str, int]
    audit: dict[str, object]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "database": self.vendor,
            "migrations": self.migrations,
            "tables": self.tables,
            "audit": self.audit,
        }


@contextmanager
def moment(folder: Path) -> Iterator[Moment]:
    """Fix the moment on entering; `members` gives its files inside the block. ``folder`` is an empty one for them."""
    if connection.vendor == "sqlite":
        copy = folder / "nianjian.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
        _drop_fleeting(copy)
        yield _told_by(copy)
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        applied = sorted(MigrationRecorder(connection).applied_migrations())  # the first query fixes the moment
        head = Head.objects.get(pk=1)
        told = {"seq": head.seq, "hash": head.hash}
        yield Moment(connection.vendor, applied, rows.counts(rows.tables(), lasting=True), told)


def members(at: Moment, folder: Path) -> Iterator[tuple[str, Path]]:
    """Name in the archive and file of each part; the file is gone when the next one is asked for."""
    if at.vendor == "sqlite":
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
        rows.dump(table, path)
        yield f"{FOLDER}{path.name}", path
        path.unlink()


def _drop_fleeting(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as target, target:
        names = [name for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
        for statement in rows.without_fleeting(names):
            target.execute(statement)


def _told_by(copy: Path) -> Moment:
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as source:
        applied = sorted(source.execute(f"SELECT app, name FROM {rows.MIGRATIONS}").fetchall())  # noqa: S608 -- Django's name
        seq, last = source.execute(f"SELECT seq, hash FROM {Head._meta.db_table} WHERE id = 1").fetchone()  # noqa: S608, SLF001 -- Django's documented Meta API
        counted = {}
        for (name,) in sorted(source.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()):
            if name != rows.MIGRATIONS and not name.startswith("sqlite_"):
                (counted[name],) = source.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 -- a name that the file gave
    return Moment("sqlite", applied, counted, {"seq": seq, "hash": last})
