"""One portrait run: pin the versions, get the cube (rollup or rows), ask every metric's questions, answer."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Final

import ibis.expr.types as ir

from nianjian.engines.lake import rollups
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics import quality
from nianjian.engines.metrics.definitions import METRICS
from nianjian.engines.metrics.frame import DAY, Frame
from nianjian.engines.metrics.metric import Definition, Metric, Rows, Rules, Stricter, Tables, watched, whole
from nianjian.engines.metrics.result import Result, rules_to_document
from nianjian.engines.metrics.simulate import advise
from nianjian.engines.metrics.tables import (
    DAILY,
    ComplaintCounting,
    complaint_counting,
    complaint_match,
    daily,
    facts,
    tickets,
    tickets_rollup,
)
from nianjian.engines.rules.rulebook import Rulebook

AS_OF: Final = "portrait.as_of"


def run(  # noqa: PLR0913 -- one argument a choice
    *,
    lake: Lake,
    engine: Engine,
    rulebook: Rulebook,
    enterprise: str,
    year: int,
    as_of: date | None = None,
    province: str | None = None,
    today: date | None = None,
    raw: bool = False,
    snapshot: Mapping[str, int] | None = None,
    watch: Decimal | None = None,
) -> Result:
    """The portrait of data year ``year``.

    ``as_of`` defaults to the day that the rulebook names; ``today`` asks for the second value.
    ``raw`` counts from the rows instead of the rollups; the result is the same. Otherwise the rollups are
    brought up to date first, which writes them under the lake's lock.
    ``watch``: the licence is watched, and limits at this share of the guide's act beside them (`metric.watched`).
    ``snapshot`` (that of an earlier result) computes it again from the tables as they stood then, always from rows.
    """
    frame = Frame(year=year, as_of=as_of or _default_day(rulebook, year), today=today)
    counting = complaint_counting(rulebook)
    with lake.lock():  # calls, facts and rollups of one moment
        derived = None
        if not raw and snapshot is None:
            derived = tuple(rollups.current(lake, engine, rollup) for rollup in (DAILY, tickets_rollup(counting)))
        pinned = lake.snapshot() if snapshot is None else snapshot
        versions = {name: number for name, number in pinned.items() if name in SCHEMAS}
        dated = {
            name: engine.table(name, lake.files(name, versions[name]) if name in versions else [], schema)
            for name, schema in SCHEMAS.items()
        }
    cube, told = derived or _derive(engine, dated, frame, counting)
    tables = Tables(cube=cube, seats=dated["seat_dim"], tickets=told)
    attached = _attachments(engine, dated["attachment_fact"], year)
    quality_questions = quality.questions(tables, dated["calls"], frame)
    result = Result(
        enterprise=enterprise,
        province=province,
        frame=frame,
        rulebook={"id": rulebook.id, "version": rulebook.version, "sha256": rulebook.sha256},
        snapshot=versions,
        code=version("nianjian"),
        metrics=tuple(_answered(engine, one, tables, frame, rulebook, attached, watch) for one in METRICS),
        quality=quality.answer(_asked(engine, quality_questions), frame),
        rules=rules_to_document(rulebook),
    )
    return replace(result, advice=advise(result))


def _answered(  # noqa: PLR0917 -- one step of `run`, over its own values
    engine: Engine,
    definition: Definition,
    tables: Tables,
    frame: Frame,
    rules: Rules,
    attached: Mapping[str, set[str]],
    watch: Decimal | None,
) -> Metric:
    """One metric; of a watched licence judged a second time, from the same rows."""
    rows = _asked(engine, definition.questions(tables, frame, rules))
    papers = attached.get(definition.card.slug, set())
    found = definition.answer(rows, frame, rules, papers)
    if watch is None:
        return found
    return watched(found, definition.answer(rows, frame, Stricter(rules, watch), papers))


def _default_day(rules: Rules, year: int) -> date:
    """The as-of day that the rulebook names, MM-DD; the last of its month where the month is shorter."""
    month, day = (int(part) for part in str(rules.rule(AS_OF).value).split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def _asked(engine: Engine, questions: Mapping[str, ir.Table]) -> dict[str, Rows]:
    return {name: engine.rows(expression) for name, expression in questions.items()}


def _derive(
    engine: Engine, dated: Mapping[str, ir.Table], frame: Frame, counting: ComplaintCounting
) -> tuple[ir.Table, ir.Table]:
    """Cube and tickets straight from the rows, computed once and held in memory."""
    starts = frame.slots(_changes(engine, dated["number_dim"]) | _changes(engine, dated["line_dim"]))
    counted = facts(dated["calls"], first=frame.span.first, last=frame.span.end - DAY)
    cube = daily(counted, dated["number_dim"], dated["line_dim"], starts, engine.once)
    told = dated["complaint_fact"]
    by_id = whole(engine.rows(told.aggregate(ids=told.call_id.count()))[0]["ids"]) > 0
    match = complaint_match(dated["calls"], told, minutes=counting.minutes, by_id=by_id)
    matched = tickets(told, match, dated["line_dim"], counting)
    return engine.hold("cube_now", engine.arrow(cube)), engine.hold("tickets_now", engine.arrow(matched))


def _changes(engine: Engine, dim: ir.Table) -> set[date]:
    """The days on which a row of a dated table begins to hold or holds no longer."""
    days: set[date] = set()
    for row in engine.rows(dim.select("valid_from", "valid_to").distinct()):
        first, last = row["valid_from"], row["valid_to"]
        if isinstance(first, date):
            days.add(first)
        if isinstance(last, date) and last < date.max:
            days.add(last + DAY)
    return days


def _attachments(engine: Engine, table: ir.Table, year: int) -> dict[str, set[str]]:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for row in engine.rows(table.filter(table.data_year == year).select("metric", "kind").distinct()):
        kinds[str(row["metric"])].add(str(row["kind"]))
    return kinds
