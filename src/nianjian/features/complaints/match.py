"""Which call a complaint is about: the expression over the calls, and the judgement on what it finds.

A recorded call id comes first; then calls of the complained number to the complainant: close to the time that the
complaint names, else on that day (D2), else the last ones before the complaint. One call alone at the best of these
is taken as the call; where there are several, the best one is a proposal and never more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import MOMENT, REJECTED

# The product's own reach, no rule names one: complaints come within days of their call.
DAYS: Final = 7
LINKS: Final = ("id", "ten_minutes", "day", "before")  # by grade
SHOWN: Final = 2  # the call and its runner-up

ASKED: Final = pa.schema(
    [
        ("complaint_id", pa.string()),
        ("complainant", pa.int64()),
        ("complained", pa.int64()),
        ("named_ts", MOMENT),  # 来电时间; NULL: not told
        ("told_ts", MOMENT),  # when the complaint was made, as far as that is known
        ("asked_call", pa.string()),
    ]
)


Found = Mapping[str, Any]
"""A row of a table of the lake, or of `best`."""


class Confidence(StrEnum):
    """How sure a match is; only `HIGH` is written to the ticket without a person."""

    HIGH = "high"  # one call alone fits
    MEDIUM = "medium"  # the last of several before the complaint, or one that is not on the day named
    LOW = "low"  # several fit equally
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the lake; ``started`` is wall time in Asia/Shanghai, ISO."""

    call_id: str
    source: str
    started: str
    line_id: str | None
    team_id: str | None

    def as_dict(self) -> dict[str, str | None]:
        """As it is kept."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for a ticket; ``candidates``: calls that fit as well as the first."""

    complaint: str
    link: str
    confidence: Confidence
    candidates: int
    call: Call | None
    runner_up: Call | None


def match_calls(
    engine: Engine, tables: Mapping[str, ir.Table], wanted: frozenset[str] | None, own_ids: frozenset[str], minutes: int
) -> list[Match]:
    """Find the calls of the tickets ``wanted`` (None: of all) in tables of an engine."""
    facts = [
        row
        for row in engine.rows(tables["complaint_fact"])
        if (row["complaint_id"] in wanted if wanted is not None else row["exclusion"] is None)
    ]
    rows = build_complaint_table(facts, own_ids)
    span = reach(rows, minutes)
    found: list[dict[str, object]] = []
    held = engine.hold("asked", rows)
    if span is not None:
        near = by_numbers(tables["calls"], held, minutes=minutes, first=span[0], last=span[1])
        if rows["asked_call"].null_count < rows.num_rows:
            near = near.union(by_id(tables["calls"], held))
        found = engine.rows(best(near))
    return judged(rows["complaint_id"].to_pylist(), found, engine.rows(tables["line_dim"]))


def build_complaint_table(facts: Iterable[Found], own_ids: frozenset[str]) -> pa.Table:
    """The complaints to be matched, from rows of ``complaint_fact``; the call ids of ``own_ids`` a run had found."""
    rows = [
        {
            "complaint_id": row["complaint_id"],
            "complainant": row["complainant"],
            "complained": row["complained"],
            "named_ts": row["call_ts"],
            "told_ts": row["accepted_ts"] or row["arrived_ts"],
            "asked_call": None if row["complaint_id"] in own_ids else row["call_id"],
        }
        for row in facts
    ]
    return pa.Table.from_pylist(rows, ASKED)


def reach(complaints: pa.Table, minutes: int) -> tuple[datetime, datetime] | None:
    """First and last moment at which a call can matter, so that an engine skips the rest; None: none can."""
    moments: list[datetime] = [
        moment for name in ("named_ts", "told_ts") for moment in complaints[name].to_pylist() if moment is not None
    ]
    if not moments:
        return None
    return min(moments) - timedelta(days=DAYS), max(moments) + max(timedelta(days=1), timedelta(minutes=minutes))


def by_numbers(calls: ir.Table, complaints: ir.Table, *, minutes: int, first: datetime, last: datetime) -> ir.Table:
    """Calls of the complained number to the complainant that lie in reach, with how well they fit."""
    rows = _outbound(calls)
    rows = rows.filter(rows.start_ts >= ibis.literal(first), rows.start_ts <= ibis.literal(last))
    near = complaints.inner_join(rows, [complaints.complainant == rows.callee, complaints.complained == rows.display])
    spare = ibis.interval(minutes=minutes)
    close = _known((near.start_ts >= near.named_ts - spare) & (near.start_ts <= near.named_ts + spare))
    day = _known(near.start_ts.date() == near.named_ts.date())
    before = _known(
        (near.start_ts <= near.told_ts + spare) & (near.start_ts >= near.told_ts - ibis.interval(days=DAYS))
    )
    near = near.filter(close | day | before)
    return _graded(near, ibis.cases((close, 1), (day, 2), else_=3))


def by_id(calls: ir.Table, complaints: ir.Table) -> ir.Table:
    """Calls whose id is recorded with the complaint."""
    told = complaints.filter(complaints.asked_call.notnull())
    rows = _outbound(calls)
    return _graded(told.inner_join(rows, [told.asked_call == rows.call_id]), ibis.literal(0))


def best(fitting: ir.Table) -> ir.Table:
    """At most `SHOWN` calls a complaint, the best first, with how many fit as well as it.

    Rows that are legs of one call are one candidate.
    """
    one = ibis.window(group_by=[fitting.complaint_id, fitting.source, fitting.one_call], order_by=_order(fitting))
    legs = fitting.mutate(leg_rank=ibis.row_number().over(one))
    legs = legs.filter(legs.leg_rank == 0)
    alike = legs.mutate(alike=legs.count().over(ibis.window(group_by=[legs.complaint_id, legs.grade])))
    ranked = alike.mutate(
        rank=ibis.row_number().over(ibis.window(group_by=[alike.complaint_id], order_by=_order(alike)))
    )
    names = ("complaint_id", "call_id", "source", "start_ts", "line_id", "team_id", "named", "grade", "alike", "rank")
    return ranked.filter(ranked.rank < SHOWN).select(*names)


def judged(complaints: Sequence[str], found: Iterable[Found], lines: Iterable[Found]) -> list[Match]:
    """One match a complaint out of the rows of `best`; ``lines``: rows of ``line_dim``, whose a line was on a day."""
    teams: defaultdict[str, list[Found]] = defaultdict(list)
    for line in lines:
        teams[line["line_id"]].append(line)
    known: defaultdict[str, list[Found]] = defaultdict(list)
    for row in sorted(found, key=lambda row: row["rank"]):
        known[row["complaint_id"]].append(row)
    return [_judged(name, known[name], teams) for name in complaints]


def _judged(
    complaint: str, rows: Sequence[Mapping[str, Any]], teams: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Match:
    if not rows:
        return Match(complaint, "", Confidence.NONE, 0, None, None)
    first = rows[0]
    link, alike = LINKS[first["grade"]], int(first["alike"])
    off = link == "before" and bool(first["named"])  # the complaint names another day
    if alike == 1:
        confidence = Confidence.MEDIUM if off else Confidence.HIGH
    else:
        confidence = Confidence.MEDIUM if link == "before" and not off else Confidence.LOW
    runner_up = _call(rows[1], teams) if len(rows) > 1 else None
    return Match(complaint, link, confidence, alike, _call(first, teams), runner_up)


def _call(row: Found, teams: Mapping[str, Sequence[Found]]) -> Call:
    started: datetime = row["start_ts"]
    team = row["team_id"] or _team(teams.get(row["line_id"] or "", ()), started.date())
    return Call(row["call_id"], row["source"], started.isoformat(sep=" ", timespec="seconds"), row["line_id"], team)


def _team(lines: Iterable[Found], day: date) -> str | None:
    holds = [line for line in lines if (line["valid_from"] or date.min) <= day <= (line["valid_to"] or date.max)]
    newest = max(holds, key=lambda line: line["valid_from"] or date.min, default=None)
    return None if newest is None else newest["team_id"]


def _outbound(calls: ir.Table) -> ir.Table:
    """Customer legs that left the platform, or of which it is not known."""
    tests = calls.test.fill_null(ibis.literal(value=False))  # a drill or test call is nobody's nuisance
    rows = calls.filter(calls.part != REJECTED, calls.direction == "out", calls.leg == "customer", ~tests)
    return rows.filter(rows.delivered.fill_null(ibis.literal(value=True))).select(
        "source", "call_id", "call_key", "callee", "display", "start_ts", "line_id", "team_id"
    )


def _graded(pairs: ir.Table, grade: ir.Value) -> ir.Table:
    """``away``: seconds from the time named; where none is, the later call comes first by its start."""
    away = (pairs.start_ts.epoch_seconds().cast("int64") - pairs.named_ts.epoch_seconds().cast("int64")).abs()
    return pairs.select(
        "complaint_id",
        "source",
        "call_id",
        "start_ts",
        "line_id",
        "team_id",
        one_call=pairs.call_key.coalesce(pairs.call_id),
        named=pairs.named_ts.notnull(),
        grade=grade.cast("int64"),
        away=away.fill_null(0),
    )


def _order(rows: ir.Table) -> list[ir.Value]:
    """Best first. Before the complaint the latest counts, whatever time it names."""
    away = ibis.ifelse(rows.grade == len(LINKS) - 1, 0, rows.away)
    return [rows.grade, away, rows.start_ts.desc(), rows.call_id]


def _known(condition: ir.BooleanColumn) -> ir.BooleanColumn:
    return condition.fill_null(ibis.literal(value=False))
