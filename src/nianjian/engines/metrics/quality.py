"""How far the records can be trusted: confidence of numbers, rejected rows, silent days, matched complaints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

import ibis.expr.types as ir

from nianjian.engines.metrics.frame import DAY, Frame
from nianjian.engines.metrics.metric import Rows, Tables, decimal_text, summed, whole
from nianjian.engines.metrics.tables import REJECTED, bit_or

ALL: Final = "all"  # every import of the enterprise that is in force
YEAR: Final = "data_year"
CONFIDENCES: Final = ("good", "medium", "low", "none")
MEASURES: Final = ("records", "outbound", "delivered", "answered", "tests", "without_customer", "masked_callee")
UNTOLD: Final = "answer_unknown"  # delivered calls of which nothing tells whether they were answered


def questions(tables: Tables, calls: ir.Table, frame: Frame) -> dict[str, ir.Table]:
    """Calls of the data year by shape, confidence and month; rows in and out of quarantine; complaints by match."""
    cube, period = tables.cube, frame.period
    year = cube.filter(cube.dim == "total", cube.day >= period.first, cube.day < period.end)
    counted = year.group_by("shape", "confidence", month=year.day.month().cast("int64")).aggregate(
        day_bits=bit_or(year.day_bits).cast("int64"),
        **{name: year[name].sum().cast("int64") for name in (*MEASURES, UNTOLD)},
    )
    kept = calls.filter(calls.part != REJECTED)
    refused = calls.filter(calls.part == REJECTED)
    told = tables.tickets
    told = told.filter(told.accepted_day >= period.first, told.accepted_day < period.end)
    return {
        "calls": counted,
        "rows": kept.aggregate(rows=kept.count()),
        "rejected": refused.group_by("reason").aggregate(rows=refused.count()),
        "complaints": told.group_by("how", "source").aggregate(complaints=told.count()),
    }


def answer(rows: Mapping[str, Rows], frame: Frame) -> dict[str, object]:
    """The quality block of the JSON answer; shares in per cent with 4 decimals, None where nothing was counted."""
    counted = rows["calls"]
    loaded = summed(rows["rows"], "rows")
    reasons = {str(row["reason"]): whole(row["rows"]) for row in rows["rejected"]}
    rejected = sum(reasons.values())
    delivered, untold = summed(counted, "delivered"), summed(counted, UNTOLD)
    confidence: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    for row in counted:
        if row["shape"] is not None:
            confidence[str(row["confidence"])] += whole(row["delivered"])
            shapes[str(row["shape"])] += whole(row["delivered"])
    silent = _silent_days(counted, frame)
    return {
        "rows": {
            "period": ALL,  # a rejected row may have no day that could be read
            "loaded": loaded,
            "rejected": rejected,
            "rejected_share": _percent(rejected, loaded + rejected),
            "reasons": dict(sorted(reasons.items())),
            "id_conflict": reasons.get("id_conflict", 0),
        },
        "calls": {
            "period": YEAR,
            **{name: summed(counted, name) for name in MEASURES},
            "undelivered": summed(counted, "outbound") - delivered,
        },
        UNTOLD: {"count": untold, "share": _percent(untold, delivered)},
        "display_confidence": {
            name: {"count": confidence[name], "share": _percent(confidence[name], delivered)} for name in CONFIDENCES
        },
        "display_shapes": {name: count for name, count in sorted(shapes.items()) if count},
        "zero_lost": shapes["zero_lost"],
        "days_without_records": {"count": len(silent), "ranges": _ranges(silent)},
        "complaints_matched": _matched(rows["complaints"]),
    }


def _matched(rows: Rows) -> dict[str, object]:
    how: Counter[str] = Counter()
    for row in rows:
        how["unmatched" if row["how"] is None else str(row["how"])] += whole(row["complaints"])
    total = how.total()
    matched = total - how["unmatched"]
    return {
        "complaints": total,
        "matched": matched,
        "share": _percent(matched, total),
        "by": {name: how[name] for name in ("id", "ten_minutes", "day")},
    }


def _silent_days(rows: Rows, frame: Frame) -> list[date]:
    """Days of the data year, up to the as-of date and today, on which no call of any direction started."""
    bits: Counter[int] = Counter()
    for row in rows:
        if whole(row["records"]):
            bits[whole(row["month"])] |= whole(row["day_bits"])
    last = min(day for day in (frame.period.end - DAY, frame.as_of, frame.today) if day is not None)
    silent, day = [], frame.period.first
    while day <= last:
        if not bits[day.month] >> day.day & 1:
            silent.append(day)
        day += DAY
    return silent


def _ranges(days: list[date]) -> list[dict[str, str]]:
    """Neighbouring days as from-to pairs, both included."""
    found: list[list[date]] = []
    for day in days:
        if found and day - found[-1][1] == DAY:
            found[-1][1] = day
        else:
            found.append([day, day])
    return [{"from": first.isoformat(), "to": last.isoformat()} for first, last in found]


def _percent(part: int, total: int) -> str | None:
    return decimal_text(Fraction(part, total), "%") if total else None
