"""All tables of a database as gzipped JSON lines, and back into SQLite or PostgreSQL; the gate's files in a backup."""

import gzip
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from nianjian.engines.gate.snapshot import files as places
from nianjian.engines.gate.snapshot.write import relink_snapshot
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers import gate_lists

CHUNK: Final = 500
MIGRATIONS: Final = MigrationRecorder.Migration._meta.db_table  # noqa: SLF001 -- Django's documented Meta API

# Table -> its rows that let somebody in for a while or once. A backup does not hold them: whoever reads it must not get
# in, and a link that was used since must not hold again after a restore. A channel's code is of six digits, so that its
# digest tells it.
FLEETING: Final[Mapping[str, str]] = {
    "django_session": "TRUE",
    "usersessions_usersession": "TRUE",
    "accounts_cached": "TRUE",
    "accounts_link": "purpose = 'first'",
    "accounts_invitation": "TRUE",
    "notify_channel": "confirmed_at IS NULL",
    "socialaccount_socialtoken": "TRUE",
}

Row = Mapping[str, Any]
Columns = Mapping[str, str]
"""Column -> type as PostgreSQL names it; "" where the source has no such types."""


def list_tables() -> list[str]:
    """The tables of this program that exist, sorted, without Django's own record of migrations."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(names) - {MIGRATIONS})


def count_rows(names: Iterable[str], *, lasting: bool = False) -> dict[str, int]:
    """Rows of each table; ``lasting``: those that a backup holds."""
    counts = {}
    with connection.cursor() as cursor:
        for name in names:
            clause = _lasting(name) if lasting else ""
            cursor.execute(f"SELECT count(*) FROM {_quoted(name)} t {clause}")  # noqa: S608 -- a name that the database gave
            counts[name] = int(cursor.fetchone()[0])
    return counts


def dump_table(table: str, path: Path) -> int:
    """Write the lasting rows of a PostgreSQL table; their number. Call it in a repeatable-read transaction."""
    count = 0
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as out, connection.cursor() as cursor:
        out.write(json.dumps({"columns": _types(table)}) + "\n")
        query = f"SELECT row_to_json(t)::text FROM {_quoted(table)} t {_lasting(table)}"  # noqa: S608 -- a name that the database gave
        cursor.execute(f"DECLARE dumped NO SCROLL CURSOR FOR {query}")
        while True:
            cursor.execute(f"FETCH {CHUNK} FROM dumped")
            block = cursor.fetchall()
            if not block:
                break
            out.writelines(f"{line}\n" for (line,) in block)
            count += len(block)
        cursor.execute("CLOSE dumped")
    return count


def read_dump(path: Path) -> tuple[Columns, Iterator[Row]]:
    """Columns and rows of a file that `dump_table` wrote."""
    lines = gzip.open(path, "rt", encoding="utf-8")  # noqa: SIM115 -- closed by the generator's end
    columns: Columns = json.loads(lines.readline())["columns"]

    def rows() -> Iterator[Row]:
        with lines:
            for line in lines:
                yield json.loads(line)

    return columns, rows()


def read_sqlite(path: Path) -> Iterator[tuple[str, Columns, Iterator[Row]]]:
    """Every table of an SQLite file with its columns and rows."""
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    source.row_factory = sqlite3.Row
    try:
        names = source.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for name in sorted(str(one["name"]) for one in names):
            if name != MIGRATIONS:
                columns = source.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
                cursor = source.execute(f"SELECT * FROM {_quoted(name)}")  # noqa: S608 -- a name that the file gave
                yield name, {one["name"]: "" for one in columns}, (dict(row) for row in cursor)
    finally:
        source.close()


def load_table(table: str, columns: Columns, rows: Iterator[Row]) -> int:
    """Fill an empty table of the default database inside a transaction; the number of rows."""
    names = list(columns)
    kinds = _types(table) if connection.vendor == "postgresql" else {}
    listed = ", ".join(map(_quoted, names))
    if kinds:
        values = f"SELECT {listed} FROM json_populate_record(NULL::{_quoted(table)}, %s::json)"  # noqa: S608 -- names of columns
    else:
        values = f"VALUES ({', '.join(['%s'] * len(names))})"
    count = 0
    with connection.cursor() as cursor:
        while block := list(islice(rows, CHUNK)):
            params: list[list[Any]]
            if kinds:
                params = [[json.dumps(_for_postgresql(row, columns, kinds), ensure_ascii=False)] for row in block]
            else:
                params = [[_for_sqlite(row[name], columns[name]) for name in names] for row in block]
            cursor.executemany(f"INSERT INTO {_quoted(table)} ({listed}) {values}", params)
            count += len(block)
    return count


def empty_tables(names: Iterable[str]) -> None:
    """Delete the rows that migrations have put into fresh tables."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DELETE FROM {_quoted(name)}")  # noqa: S608 -- a name that the database gave


def without_fleeting(names: Iterable[str]) -> list[str]:
    """The statements that delete what is `FLEETING` from these tables."""
    return [f'DELETE FROM "{name}" WHERE {FLEETING[name]}' for name in names if name in FLEETING]  # noqa: S608 -- constants


def reset_sequences() -> None:
    """Let PostgreSQL's sequences go on behind the highest number that was loaded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND (is_identity = 'YES' OR column_default LIKE 'nextval%')"
        )
        for table, column in cursor.fetchall():
            highest = f"SELECT max({_quoted(column)}) FROM {_quoted(table)}"  # noqa: S608 -- names that the database gave
            sequence = "pg_get_serial_sequence(%s, %s)"
            cursor.execute(
                f"SELECT setval({sequence}, coalesce(({highest}), 1), ({highest}) IS NOT NULL)",
                [_quoted(table), column],
            )


def _lasting(table: str) -> str:
    return f"WHERE NOT ({FLEETING[table]})" if table in FLEETING else ""


def _types(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
            [table],
        )
        return dict(cursor.fetchall())


def _for_postgresql(row: Row, columns: Columns, kinds: Columns) -> dict[str, object]:
    """A row of either source: SQLite, which names no types, keeps JSON as text, PostgreSQL as a value."""
    texts = {name for name in columns if not columns[name] and kinds.get(name) in {"json", "jsonb"}}
    return {name: json.loads(value) if name in texts and value is not None else value for name, value in row.items()}


def _for_sqlite(value: object, kind: str) -> object:
    """A value that PostgreSQL told, as Django keeps it in SQLite."""
    if value is None or not kind:
        return value
    if kind in {"json", "jsonb"}:
        return json.dumps(value, ensure_ascii=False)
    if kind == "timestamp with time zone":
        return datetime.fromisoformat(str(value)).astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    return int(value) if isinstance(value, bool) else value


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


SHARED: Final = f"{places.GENERATIONS}/*/*.list"


def files_once(home: Path, files: Iterable[Path]) -> Iterator[Path]:
    """The files without those generations' lists that stand in ``lists/`` too; hard links of one file.

    The feed deletes generations and lists meanwhile: what is gone is left out, nothing refers to it any more.
    """
    root = places.snapshot_root(home)
    inodes = {None, *(_inode(path) for path in (root / places.LISTS).glob("*.list"))}
    for path in files:
        shared = path.is_relative_to(root) and path.relative_to(root).match(SHARED)
        if not shared or _inode(path) not in inodes:
            yield path


def _inode(path: Path) -> int | None:
    """Which file it is; None: none any more."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def link_snapshot(home: Path, members: Mapping[str, Mapping[str, Any]]) -> int:
    """Put the snapshot of a staged home together; how many of its generations are whole.

    ``backup_damaged`` where a list is not the one that its name says.
    """
    for name, entry in members.items():
        path = Path(name)
        if path.match(f"gate/snapshot/{places.LISTS}/*.list") and path.stem != entry["sha256"]:
            raise NianjianError("backup_damaged", member=name)
    return relink_snapshot(places.snapshot_root(home))


@dataclass(frozen=True, slots=True)
class MissingList:
    """A list of the gate that is not among the files of a backup; ``file``: its name when it was imported."""

    enterprise: str
    kind: str
    file: str


def list_missing_lists(home: Path) -> list[MissingList]:
    """The lists in use by the database that are not among the files: to be built again from their files."""
    lists = places.snapshot_root(home) / places.LISTS
    return [
        MissingList(one.enterprise_id, one.kind, one.file)
        for one in gate_lists.list_gate_lists()
        if not (lists / f"{one.sha256}.list").exists()
    ]
