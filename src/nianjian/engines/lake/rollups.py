"""Tables derived from the calls, kept fresh: rebuilt only on the days that newer commits touched.

What a rollup holds is the business of whoever defines it; here is only when to build and how to commit. The
rollup's last commit says which versions it was built from. A rollup is a cache: it is no part of a snapshot.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import cast

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nianjian.engines.lake.engine import Engine, Once
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake, NewFile, OldFile, days_of_commit

CALLS = "calls"
MONTH = "month"

# Beyond so many touched days one pass over everything is cheaper than looking the days up.
MANY_DAYS = 62


@dataclass(frozen=True, slots=True)
class ByDay:
    """A rollup with a `day` column that a changed call changes on few days.

    ``build(tables, days, once)`` gives the rows of these days (all for None); ``spread(calls, changed)`` the days that
    share a call with changed rows. A new version of one of ``dims``, or another ``version``, rebuilds everything.
    """

    name: str
    schema: pa.Schema
    version: str
    dims: tuple[str, ...]
    build: Callable[[Mapping[str, ir.Table], Collection[date] | None, Once], ir.Table]
    spread: Callable[[ir.Table, ir.Table], ir.Table]


@dataclass(frozen=True, slots=True)
class WholeRollup:
    """A small rollup that is computed as a whole when one of its ``inputs`` has a new version."""

    name: str
    schema: pa.Schema
    version: str
    inputs: tuple[str, ...]
    build: Callable[[Mapping[str, ir.Table]], ir.Table]


def current(lake: Lake, engine: Engine, rollup: ByDay | WholeRollup) -> ir.Table:
    """The rollup's table, brought up to date first. Hold the lake's lock to keep it in step with other tables."""
    with lake.lock():
        if isinstance(rollup, ByDay):
            refresh_days(lake, engine, rollup)
            schema = rollup.schema.append(pa.field(MONTH, pa.string()))
        else:
            refresh_whole(lake, engine, rollup)
            schema = rollup.schema
        return engine.table(rollup.name, lake.files(rollup.name), schema)


def refresh_whole(lake: Lake, engine: Engine, rollup: WholeRollup) -> bool:
    """Whether it had to be built."""
    digest = _digest(rollup, {name: lake.version(name) for name in rollup.inputs})
    if lake.digest(rollup.name) == digest:
        return False
    tables = {name: engine.table(name, lake.files(name), SCHEMAS[name]) for name in rollup.inputs}
    rows = _ordered(engine.arrow(rollup.build(tables)), rollup.schema)
    lake.replace(rollup.name, rows, digest=digest)
    return True


def find_rollup(lake: Lake, engine: Engine, rollup: WholeRollup, versions: Mapping[str, int]) -> ir.Table | None:
    """The rollup's table as it stands, if it was built from these versions of its inputs; else None. Writes nothing."""
    digest = _digest(rollup, {name: versions.get(name) for name in rollup.inputs})
    files = lake.files(rollup.name) if lake.digest(rollup.name) == digest else []
    if lake.digest(rollup.name) != digest:  # asked again: somebody may have built another one between the two
        return None
    return engine.table(rollup.name, files, rollup.schema)


def _digest(rollup: WholeRollup, versions: Mapping[str, int | None]) -> str:
    text = json.dumps([rollup.version, [versions[name] for name in rollup.inputs]])
    return hashlib.sha256(text.encode()).hexdigest()


def refresh_days(lake: Lake, engine: Engine, rollup: ByDay) -> list[date] | None:
    """The days that were rebuilt; None: all of them."""
    version = lake.version(rollup.name)
    entries = [] if version is None else lake.history(rollup.name, version - 1)
    raw = entries[-1].get("built_from") if entries else None
    built = None if raw is None else cast("dict[str, object]", json.loads(str(raw)))
    basis = {"definition": rollup.version, "dims": {name: lake.version(name) for name in rollup.dims}}
    newest = lake.version(CALLS)
    same = built is not None and {name: built[name] for name in basis} == basis
    if same and built is not None and built["calls"] == newest:
        return []
    tables = {name: engine.table(name, lake.files(name), SCHEMAS[name]) for name in (CALLS, *rollup.dims)}
    days: list[date] | None = None
    if same and built is not None and isinstance(built["calls"], int) and newest is not None:
        days = _touched(lake, engine, rollup, tables[CALLS], built["calls"])
    rows = pa.Table.from_batches([], rollup.schema)
    if days is None or days:
        rows = _ordered(engine.arrow(rollup.build(tables, days, engine.once)), rollup.schema)
    _commit(lake, rollup, rows, days, {**basis, "calls": newest})
    return days


def _touched(lake: Lake, engine: Engine, rollup: ByDay, calls: ir.Table, since: int) -> list[date] | None:
    """Days named by the commits after ``since``, and days that hold other rows of the same calls; None: too many."""
    days: set[date] = set()
    for entry in lake.history(CALLS, since):
        commit_days = days_of_commit(entry)
        if commit_days is None:
            return None
        days |= commit_days
    changed = sorted(set(lake.files(CALLS, since)) ^ set(lake.files(CALLS)))
    if changed:
        moved = engine.table("calls_changed", changed, SCHEMAS[CALLS])
        days |= {cast("date", row["day"]) for row in engine.rows(rollup.spread(calls, moved))}
    return None if len(days) > MANY_DAYS else sorted(days)


def _commit(lake: Lake, rollup: ByDay, rows: pa.Table, days: list[date] | None, built: Mapping[str, object]) -> None:
    """Replace the files of the touched months (all for None): new rows, and the old rows of the other days."""
    lake.create(rollup.name, rollup.schema.append(pa.field(MONTH, pa.string())), partition_by=[MONTH])
    old = lake.old_files(rollup.name)
    months = pc.strftime(rows["day"], format="%Y-%m")
    touched = set(months.unique().to_pylist())
    if days is not None:
        touched |= {day.isoformat()[:7] for day in days}
    gone = [file for file in old if days is None or file.partition[MONTH] in touched]
    number = (lake.version(rollup.name) or 0) + 1
    added = []
    for month in sorted(touched):
        part = rows.filter(pc.equal(months, month))
        if days is not None:
            part = pa.concat_tables([*_other_days(lake, rollup, gone, month, days), part])
        if part.num_rows:
            rows_of_month = part.sort_by([("day", "ascending"), ("dim", "ascending")])
            added.append(_write_month(lake, rollup, rows_of_month, month, number))
    lake.commit(
        rollup.name,
        add=added,
        remove=gone,
        metadata={"built_from": json.dumps(built, sort_keys=True)},
    )


def _other_days(
    lake: Lake, rollup: ByDay, files: Sequence[OldFile], month: str, days: Collection[date]
) -> list[pa.Table]:
    """The rows of a month's old files that stand on other days."""
    tables = []
    for file in files:
        if file.partition[MONTH] == month:
            whole = pq.ParquetFile(lake.path(rollup.name) / file.path).read().select(rollup.schema.names)
            gone = pc.is_in(whole["day"], value_set=pa.array(sorted(days), pa.date32()))
            tables.append(whole.filter(pc.invert(gone)).cast(rollup.schema))
    return tables


def _write_month(lake: Lake, rollup: ByDay, rows: pa.Table, month: str, number: int) -> NewFile:
    folder = lake.path(rollup.name) / f"{MONTH}={month}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A crash may have left a file of this number behind; no commit names it, and it is never overwritten.
    path = next(path for turn in count() if not (path := folder / f"{number:010}-{turn}.parquet").exists())
    pq.write_table(rows, path, compression="zstd")
    span = pc.min_max(rows["day"]).as_py()
    return NewFile(
        path=path.relative_to(lake.path(rollup.name)).as_posix(),
        size=path.stat().st_size,
        partition={MONTH: month},
        rows=rows.num_rows,
        lowest={"day": span["min"].isoformat()},
        highest={"day": span["max"].isoformat()},
    )


def _ordered(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of the schema in its order and types."""
    return rows.select(schema.names).cast(schema)
