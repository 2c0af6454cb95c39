"""The database of a staged backup brought to life: filled, migrated to the newest schema, its chain verified."""

import gzip
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from nianjian.engines.kernel.errors import NianjianError, crash_point
from nianjian.features.maintenance import rows
from nianjian.features.maintenance.archive import Stage
from nianjian.platform.accounts import query as accounts
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.audit.models import Head
from nianjian.platform.audit.record import record
from nianjian.platform.home import switch, wiring


@dataclass(frozen=True, slots=True)
class RestoredGate:
    """``generations`` of the gate's snapshot that are whole, and the lists to be built again from their files."""

    generations: int
    lists_missing: list[rows.MissingList]


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands now; ``aside``: folders with what stood in ``home`` before, and in the lake.

    ``tokens``: programs' tokens that hold, those revoked since the backup among them.
    """

    home: Path
    aside: list[Path]
    archive: str
    sha256: str
    migrated: list[str]
    made_at: str
    program: str
    enterprises: int
    audit_entries: int
    gate: RestoredGate
    tokens: int


VERB: Final = "home.restore"
SUFFIX: Final = ".jsonl.gz"


def revive_database(stage: Stage, *, home: Path, replace: bool) -> Restored:
    """Make the staged home whole and write the journal: from its end on the restored home holds; none is ``aside`` yet.

    ``backup_newer``, ``database_not_empty``, ``backup_counts_differ``, ``backup_chain_broken``,
    ``backup_lake_differs``, ``restore_database_failed``.
    """
    manifest = stage.archive.manifest
    unknown = {(app, name) for app, name in manifest["migrations"]} - wiring.known_migrations()
    if unknown:
        app, name = min(unknown)
        raise NianjianError("backup_newer", program=manifest["program"], migration=f"{app}.{name}")
    try:
        if connection.vendor == "sqlite":
            result = _fill(stage, manifest, home=home, fresh=manifest["database"] != "sqlite")
            connection.close()
            shutil.rmtree(stage.rows, ignore_errors=True)
            switch.begin(home, list(stage.roots), stage.stamp, in_database=False)
            return result
        with transaction.atomic():
            _put_away(stage.stamp, replace=replace)
            result = _fill(stage, manifest, home=home, fresh=True)
            with connection.cursor() as cursor:
                cursor.execute(f"COMMENT ON TABLE {rows.MIGRATIONS} IS 'restored {stage.stamp}'")
            switch.begin(home, list(stage.roots), stage.stamp, in_database=True)
            crash_point("before_commit")
        crash_point("after_commit")
        connection.close()
    except Error as fault:
        reason = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise NianjianError("restore_database_failed", reason=reason) from fault
    return result


def _fill(stage: Stage, manifest: Mapping[str, Any], *, home: Path, fresh: bool) -> Restored:
    if fresh:
        _load(stage, manifest)
    counted = rows.count_rows(manifest["tables"])
    wrong = sorted(name for name, count in manifest["tables"].items() if counted[name] != count)
    if wrong:
        name = wrong[0]
        raise NianjianError("backup_counts_differ", table=name, told=manifest["tables"][name], found=counted[name])
    migrated = sorted(f"{app}.{name}" for app, name in wiring.waiting_migrations())
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:  # a backup by an earlier version holds them
        for statement in rows.without_fleeting(rows.list_tables()):
            cursor.execute(statement)
    report, head = verify_chain(), manifest["audit"]
    if not report.valid or report.entries != head["seq"] or (report.last or head["hash"]) != head["hash"]:
        raise NianjianError("backup_chain_broken", entry=report.broken_at or report.entries)
    for code, versions in manifest["lake"].items():
        if wiring.lake(code).snapshot() != dict(versions):
            raise NianjianError("backup_lake_differs", enterprise=code)
    generations = rows.link_snapshot(stage.home, stage.archive.members)
    data: dict[str, Any] = {"archive": stage.archive.path.name, "sha256": stage.archive.digest, "migrated": migrated}
    data |= {name: manifest[name] for name in ("made_at", "program")}
    record(verb=VERB, enterprise="", actor=accounts.actor(None), data=data)
    return Restored(
        home=home,
        aside=[],
        **data,
        enterprises=len(accounts.enterprises()),
        audit_entries=manifest["audit"]["seq"],
        gate=RestoredGate(generations, rows.list_missing_lists(stage.home)),
        tokens=accounts.count_tokens(),
    )


def _load(stage: Stage, manifest: Mapping[str, Any]) -> None:
    """Make the tables by the backup's own migrations and no later one, and fill them, whichever database it was of.

    A backup by an earlier version does not know the squashed ones; its tables are made of their parts.
    """
    executor = MigrationExecutor(connection)
    migrations = {(app, name) for app, name in manifest["migrations"]}
    squashed = executor.loader.replacements.keys()
    if not squashed <= migrations:
        executor.loader = MigrationLoader(connection, replace_migrations=False)
        migrations -= squashed
    whole = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    executor.migrate(None, plan=[step for step in whole if (step[0].app_label, step[0].name) in migrations])
    rows.empty_tables(rows.list_tables())
    with transaction.atomic():
        for table, columns, records in _sources(stage, manifest):
            rows.load_table(table, columns, records)
    if connection.vendor == "postgresql":
        rows.reset_sequences()
        with connection.cursor() as cursor:  # a table with unchecked references could not be altered by a migration
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _sources(stage: Stage, manifest: Mapping[str, Any]) -> Iterator[tuple[str, rows.Columns, Iterator[rows.Row]]]:
    if manifest["database"] == "sqlite":
        packed = stage.rows / "nianjian.sqlite3.gz"
        plain = packed.with_suffix("")
        with gzip.open(packed, "rb") as source, plain.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        yield from rows.read_sqlite(plain)
        return
    for path in sorted(stage.rows.glob(f"*{SUFFIX}")):
        columns, records = rows.read_dump(path)
        yield path.name.removesuffix(SUFFIX), columns, records


def _put_away(stamp: str, *, replace: bool) -> None:
    """Move every table of the database into a schema of its own; nothing is deleted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        names = [name for (name,) in cursor.fetchall()]
        if not replace and Head._meta.db_table in names and Head.objects.filter(seq__gt=0).exists():  # noqa: SLF001 -- Django's documented Meta API
            raise NianjianError("database_not_empty")
        schema = connection.ops.quote_name(f"before_{stamp.replace('-', '_')}")
        if names:
            cursor.execute(f"CREATE SCHEMA {schema}")
        for name in names:
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(name)} SET SCHEMA {schema}")
