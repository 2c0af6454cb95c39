"""Complaints as the metrics see them: newest version, why one does not count, its line, team, seat kind and display.

Exclusions (D2): a recorded reason first. Of what is left, duplicates by (source, reference), then by
(complainant, complained number, day of the call) across sources; the earliest accepted stays, whatever the period.
D2's sources and all others are looked at apart: a regulator's ticket that D2 counts is a ticket of D4 as well, though
the enterprise had closed one of its own about the same call before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics.tables.classes import with_team
from nianjian.engines.metrics.tables.matching import latest

REGULATOR: Final = ("12321", "12300")
REASONS: Final = ("not_accepted", "not_own_number", "duplicate", "not_a_call")


@dataclass(frozen=True, slots=True)
class Counting:
    """What the rulebook says of complaints: ``sources`` of D2, ``reasons`` that exclude, ``minutes`` of the match."""

    sources: tuple[str, ...] = REGULATOR
    reasons: tuple[str, ...] = REASONS
    minutes: int = 10


def tickets(
    complaint_fact: ir.Table,
    match: ir.Table,
    line_dim: ir.Table,
    counting: Counting = Counting(),
) -> ir.Table:
    """One row a complaint; `excluded_rate` is D2's (among its sources), `excluded_ticket` D4's (all sources)."""
    known = latest(complaint_fact, "complaint_id")
    known = known.mutate(day=known.accepted_ts.date())
    # A recorded reason that the rulebook does not name excludes nothing.
    known = known.mutate(exclusion=ibis.ifelse(known.exclusion.isin(counting.reasons), known.exclusion, None))
    twice = "duplicate" in counting.reasons
    counts = known.source.isin(counting.sources).fill_null(False)
    rate = _excluded(known.filter(counts), "excluded_rate", twice=twice)
    rest = _excluded(known.filter(~counts), "excluded_rest", twice=twice)
    joined = known.left_join(rate, "complaint_id").drop("complaint_id_right")
    joined = joined.left_join(rest, "complaint_id").drop("complaint_id_right")
    joined = joined.mutate(excluded_ticket=joined.excluded_rate.coalesce(joined.excluded_rest))
    found = match.select("line_id", "team_id", "kind", "how", "day", match_id="complaint_id").rename(
        match_line="line_id", match_team="team_id", match_day="day"
    )
    joined = joined.left_join(found, joined.complaint_id == found.match_id)
    named = joined.select(
        "complaint_id",
        "source",
        "accepted_ts",
        "arrived_ts",
        "closed_ts",
        "reopened_ts",
        "excluded_rate",
        "excluded_ticket",
        "kind",
        "how",
        display=joined.complained,
        accepted_day=joined.day,
        day=joined.match_day.coalesce(joined.call_ts.date(), joined.day),
        line_id=joined.line_id.coalesce(joined.match_line),
        # The team named on the complaint, else that of the call; the line's own team comes last.
        team_id=joined.team_id.coalesce(joined.match_team),
    )
    return with_team(named, line_dim).rename(line="line_id")


def _excluded(known: ir.Table, name: str, *, twice: bool) -> ir.Table:
    """complaint_id and the reason for which it does not count, NULL where it does."""
    if not twice:
        return known.select("complaint_id", **{name: known.exclusion})
    left = known.filter(known.exclusion.isnull())
    by_reference = _ranked(left, ["source", "reference"], "twice")
    once = by_reference.filter(by_reference.twice == 0)
    by_call = _ranked(once.mutate(call_day=once.call_ts.date()), ["complainant", "complained", "call_day"], "again")
    kept = by_call.filter(by_call.again == 0).select(kept_id="complaint_id")
    joined = known.left_join(kept, known.complaint_id == kept.kept_id)
    reason = ibis.cases(
        (joined.exclusion.notnull(), joined.exclusion),
        (joined.kept_id.isnull(), "duplicate"),
        else_=ibis.null("string"),
    )
    return joined.select("complaint_id", **{name: reason})


def _ranked(rows: ir.Table, keys: list[str], name: str) -> ir.Table:
    """0 for the first of equal keys, also for each row that lacks one of them: unknown is not equal."""
    complete = ibis.and_(*(rows[key].notnull() for key in keys))
    order = [rows.accepted_ts.isnull().cast("int64"), rows.accepted_ts, rows.complaint_id]
    rank = ibis.row_number().over(ibis.window(group_by=[rows[key] for key in keys], order_by=order))
    return rows.mutate(**{name: ibis.ifelse(complete, rank, 0)})
