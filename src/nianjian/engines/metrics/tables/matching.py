"""Which call a complaint is about: caller and callee, close to the time it names, else on that day (D2).

A recorded call id comes first. A complaint without a call time is matched by id only.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics.tables.facts import good_rows


def latest(versions: ir.Table, key: str) -> ir.Table:
    """The newest version of each row of a dated table: its own dates say what held when."""
    order = [
        versions.valid_to.isnull().cast("int64").desc(),
        versions.valid_from.notnull().cast("int64").desc(),
        versions.valid_from.desc(),
        versions.valid_to.desc(),
    ]
    ranked = versions.mutate(rank=ibis.row_number().over(ibis.window(group_by=versions[key], order_by=order)))
    return ranked.filter(ranked.rank == 0).drop("rank")


def complaint_match(calls: ir.Table, complaint_fact: ir.Table, *, minutes: int, by_id: bool) -> ir.Table:
    """At most one call a complaint: complaint_id, how (id | ten_minutes | day), day, line_id, team_id, kind.

    ``minutes`` is the reach around the time that the complaint names, both ends included. ``by_id`` False leaves
    the recorded ids out where no complaint has one: it saves reading all call ids.
    """
    asked = latest(complaint_fact, "complaint_id").select(
        "complaint_id", "complainant", "complained", "call_ts", asked_call="call_id"
    )
    rows = good_rows(calls)
    rows = rows.filter(rows.direction == "out", rows.leg == "customer").select(
        "call_id", "callee", "display", "start_ts", "line_id", "team_id", kind="agent_kind"
    )
    near = asked.inner_join(rows, [asked.complainant == rows.callee, asked.complained == rows.display])
    reach = ibis.interval(minutes=minutes)
    close = (near.start_ts >= near.call_ts - reach) & (near.start_ts <= near.call_ts + reach)
    near = near.filter(close | (near.start_ts.date() == near.call_ts.date()))
    found = _candidates(near, ibis.ifelse(close, 1, 2))
    if by_id:
        told = asked.filter(asked.asked_call.notnull()).inner_join(rows, [asked.asked_call == rows.call_id])
        found = found.union(_candidates(told, ibis.literal(0)))
    best = ibis.window(
        group_by=found.complaint_id, order_by=[found.grade, found.seconds, found.start_ts, found.call_id]
    )
    ranked = found.mutate(rank=ibis.row_number().over(best))
    one = ranked.filter(ranked.rank == 0)
    how = ibis.cases((one.grade == 0, "id"), (one.grade == 1, "ten_minutes"), else_="day")
    return one.select("complaint_id", "line_id", "team_id", "kind", how=how, day=one.start_ts.date())


def _candidates(pairs: ir.Table, grade: ir.Value) -> ir.Table:
    away = (pairs.start_ts.epoch_seconds().cast("int64") - pairs.call_ts.epoch_seconds().cast("int64")).abs()
    return pairs.select(
        "complaint_id",
        "call_id",
        "start_ts",
        "line_id",
        "team_id",
        "kind",
        grade=grade.cast("int64"),
        seconds=away.fill_null(0),
    )
