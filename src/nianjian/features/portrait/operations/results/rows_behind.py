"""The rows behind a figure, read from the versions that it was counted from: some at a time, numbers masked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir
from django.db import transaction

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass, Shape
from nianjian.engines.lake import rollups
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.behind import query
from nianjian.engines.metrics.behind.ask import SPLITS, Ask, figure
from nianjian.engines.metrics.behind.calls import Cut
from nianjian.engines.metrics.behind.query import CALLS
from nianjian.engines.metrics.tables.matching import complaint_match
from nianjian.engines.metrics.tables.materialised import tickets_rollup
from nianjian.engines.metrics.tables.tickets import tickets
from nianjian.features.portrait.operations import erased, portraits
from nianjian.platform.accounts.access import require, team_of
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.home import wiring

SIZE: Final = 50
MANY: Final = 2_000_000  # calls of a year; beyond, rows are shown for one month at a time
AT_ONCE: Final = 2  # questions that run at the same time; a third waits
PATIENCE: Final = 20.0  # seconds
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows ``first`` onwards of ``total`` (None: not counted), ``more``: others follow. ``month``: the one shown."""

    kind: str
    rows: tuple[Mapping[str, Any], ...]
    total: int | None
    more: bool
    month: str | None


def rows_behind(*, enterprise: str, year: int, run: str | None, ask: Ask, page: int, actor: Actor) -> Shown:
    """Page ``page`` (from 1) of the rows. An outsourcer sees rows of the own team, whatever was asked.

    ``role_missing``, ``portrait_missing``, ``portrait_run_unknown``, ``portrait_rows_unknown``, ``rows_behind_erased``,
    ``rows_busy`` when others keep the engine for too long.
    """
    require(actor, enterprise, Act.READ_OWN)
    portrait = portraits.kept(enterprise, year, run)
    if portrait is None:
        raise NianjianError("portrait_missing", enterprise=enterprise, year=year)
    ask = _narrowed(portrait, ask, team_of(actor, enterprise))
    start = (page - 1) * SIZE
    with _turn(), closing(wiring.engine()) as engine:
        cut = query.page(query.kind_of(ask.slug, ask.component), start, SIZE + 1)
        found = _behind(engine, enterprise, portrait, ask, cut)
        rows = engine.rows(found.rows.order_by([found.rows[name] for name in found.order]))
    metric = next(one for one in portrait["metrics"] if one["slug"] == ask.slug)
    return Shown(
        kind=found.kind,
        rows=tuple(_masked(row, found.kind) for row in rows[:SIZE]),
        total=figure(metric, ask),
        more=len(rows) > SIZE,
        month=ask.month,
    )


def _narrowed(portrait: Mapping[str, Any], ask: Ask, team: str | None) -> Ask:
    """The own team's rows for whom sees no others; one month where a year has too many calls to look through."""
    if team is not None:
        if "team" not in SPLITS.get(ask.slug, ()):  # seats have no team: they are nobody's own
            raise NianjianError("portrait_rows_unknown", metric=ask.slug, part=ask.component)
        ask = replace(ask, keys={**ask.keys, "team": team})
    if ask.month is None and needs_month(portrait, ask):
        ask = replace(ask, month=first_month(portrait, ask.slug))
    return ask


def needs_month(portrait: Mapping[str, Any], ask: Ask) -> bool:
    """Whether the rows are calls, and too many for one look."""
    calls = query.kind_of(ask.slug, ask.component) == CALLS
    return calls and int(portrait["quality"]["calls"]["records"]) > MANY


def first_month(portrait: Mapping[str, Any], slug: str) -> str | None:
    """The first month in which the metric counted anything."""
    metric = next(one for one in portrait["metrics"] if one["slug"] == slug)
    return next((str(row["month"]) for row in metric["months"] if row["denominator"]), None)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise NianjianError("rows_busy", seconds=int(PATIENCE))
    try:
        yield
    finally:
        _turns.release()


def _behind(engine: Engine, enterprise: str, portrait: Mapping[str, Any], ask: Ask, cut: Cut) -> query.Behind:
    lake, versions = wiring.lake(enterprise), revive.snapshot(portrait)
    dated = {
        name: engine.table(name, _files(lake, name, versions[name]) if name in versions else [], schema)
        for name, schema in SCHEMAS.items()
    }
    told = partial(_tickets, engine, lake, portrait, dated)
    return query.behind(portrait, ask, dated, told, cut=cut, once=engine.once)


def _tickets(engine: Engine, lake: Lake, portrait: Mapping[str, Any], dated: Mapping[str, ir.Table]) -> ir.Table:
    """The complaints with their calls: the rollup where it is of these very versions, else matched again."""
    counting = query.counting(portrait)
    found = rollups.kept(lake, engine, tickets_rollup(counting), revive.snapshot(portrait))
    if found is not None:
        return found
    told = dated["complaint_fact"]
    match = complaint_match(dated["calls"], told, minutes=counting.minutes, by_id=True)
    return tickets(told, match, dated["line_dim"], counting)


def _files(lake: Lake, table: str, version: int) -> list[str]:
    """The files of a pinned version; ``rows_behind_erased`` when they are there no longer."""
    files = lake.files(table, version)
    if all(Path(file).exists() for file in files):
        return files
    days = [mark.day for mark in erased.of({table: version}, erased.marks(lake.enterprise))]
    raise NianjianError("rows_behind_erased", table=table, day=", ".join(days) or "–")


def _masked(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A row as a door may show it: numbers of persons masked, the own ones and those of no person in full."""
    shown = dict(row)
    if kind == CALLS:
        own = row["display_class"] == NumberClass.OWN_SHORT.value
        display = numbers.printed(row["shape"] or Shape.NONE, row["display"])
        shown["display"] = display if own else numbers.mask(display)
        shown["callee"] = numbers.mask(numbers.printed(row["callee_shape"] or Shape.NONE, row["callee"]))
    elif "complainant" in row:
        shown["complainant"] = _number(row["complainant"])
        shown["complained"] = _number(row["complained"])
    return shown


def _number(value: int | None) -> str:
    return "" if value is None else numbers.mask(str(value))


def reveal(
    *, enterprise: str, year: int, run: str | None, kind: str, key: Mapping[str, str], actor: Actor
) -> dict[str, str]:
    """The two numbers of one row in full: ``display`` and ``callee`` (of a complaint: complained, complainant).

    ``key``: part, file and line of a call, complaint_id of a complaint. The audit entry stands in the chain before the
    numbers are read. ``role_missing``, ``portrait_missing``, ``rows_behind_erased``, ``portrait_row_unknown``.
    """
    require(actor, enterprise, Act.REVEAL)
    portrait = portraits.kept(enterprise, year, run)
    if portrait is None:
        raise NianjianError("portrait_missing", enterprise=enterprise, year=year)
    told = {"year": year, "run": run or "", "kind": kind, **key}
    with transaction.atomic():
        record(verb="portrait.reveal", enterprise=enterprise, actor=actor, data=told)
    table = "calls" if kind == CALLS else "complaint_fact"
    lake, version = wiring.lake(enterprise), revive.snapshot(portrait)[table]
    with _turn(), closing(wiring.engine()) as engine:
        rows = engine.table(table, _files(lake, table, version), SCHEMAS[table])
        found = engine.rows(_one(rows, kind, key).limit(1))
    if not found:
        raise NianjianError("portrait_row_unknown")
    row = found[0]
    return {"display": _full(row["shape"], row["display"]), "callee": _full(row["other"], row["callee"])}


def _one(rows: ir.Table, kind: str, key: Mapping[str, str]) -> ir.Table:
    if kind == CALLS:
        one = rows.filter(rows.part == key["part"], rows.file == key["file"], rows.line == int(key["line"]))
        return one.select("display", "callee", shape=one.display_shape, other=one.callee_shape)
    one = rows.filter(rows.complaint_id == key["complaint_id"])
    return one.select(display=one.complained, callee=one.complainant, shape=ibis.literal(""), other=ibis.literal(""))


def _full(shape: object, value: object) -> str:
    return numbers.printed(str(shape or Shape.NONE.value), value if isinstance(value, int) else None)
