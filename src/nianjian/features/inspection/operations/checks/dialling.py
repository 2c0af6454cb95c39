"""How calls are dialled, from the records alone (S5): predictive dialling and robots, with the rows that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import ibis.expr.types as ir

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.call_masking import call_id
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.inspection.dialling import question, suspects, sweep, verdict
from nianjian.features.inspection.dialling.suspects import Signs
from nianjian.features.inspection.dialling.verdict import Hour, Limits, Team, Transfers
from nianjian.features.inspection.operations.checks.grounds import Calls, Grounds, Json, calls
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.seats import Seat
from nianjian.platform.registers.versions import current_versions, versions_on

DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=366)
HOURS: Final = 6  # of a team that are told, the clearest
ROWS: Final = 10  # calls of its clearest hour that are told
SHOWING: Final = 10  # teams of which calls are told, the clearest; one may ask for a team's day alone
TEAMS: Final = 50
EXAMPLES: Final = 5  # calls of a source and evidence that look like a robot's
GROUPS: Final = 50
STEPS: Final = 4


def check_dialling(
    *,
    enterprise: str,
    as_of: date | None,
    actor: Actor,
    first: date | None = None,
    last: date | None = None,
    progress: Progress = silent,
) -> Json:
    """Judge every team by the calls from ``first`` to ``last`` (None: the days of the rule up to ``as_of``).

    ``role_missing``, ``inspection_day_wrong``, ``inspection_days_wrong``. Cost: see `question`.
    """
    grounds = Grounds.of(enterprise, last or as_of, actor)
    book = grounds.book
    end = grounds.day
    begin = first or end - timedelta(days=book.integer("inspection.dialling.days")) + DAY
    if not begin <= end or end - begin >= LONGEST:
        raise NianjianError("inspection_days_wrong", first=begin.isoformat(), last=end.isoformat(), most=LONGEST.days)
    limits = _limits(book)
    connect = int(str(_told(book, "inspection.predictive.abandoned")["connect_seconds"]))
    known = [str(key) for key in current_versions(Seat, enterprise).filter(kind="robot").values_list("key", flat=True)]
    progress("", 0, STEPS)
    with calls(enterprise, "line_dim") as lake:
        rows = question.rows_of(lake.tables["calls"], lake.tables["line_dim"], begin, end, known)
        called = lake.engine.once("dialled_calls", suspects.read(question.calls_of(rows)), again=True)
        work = lake.engine.once("at_work", question.at_work(rows, called), again=True)
        dialled = sweep.by_hour(lake.engine.batches(question.events(called, work).drop("one", "source")))
        hours = verdict.hours(lake.engine.rows(question.by_hour(called, connect)), dialled)
        progress("", 1, STEPS)
        found = verdict.teams(hours, limits)
        shown = _rows(lake, called, work, found)
        progress("", 2, STEPS)
        seconds = book.integer("inspection.robot.transfer_seconds")
        put = verdict.transfers(lake.engine.rows(question.transfers(called)), seconds)
        version = lake.version
        seen = _suspects(lake, called, book)
    progress("", 3, STEPS)
    return {
        "enterprise": enterprise,
        "as_of": end.isoformat(),
        "from": begin.isoformat(),
        "to": end.isoformat(),
        "verdict": verdict.whole(found),
        "teams": [_team(one, shown.get(one.team, [])) for one in found[:TEAMS]],
        "teams_left_out": max(0, len(found) - TEAMS),
        "ai": _ai(_robots(enterprise, end), verdict.summed(hours), put, seen) | {"limit_s": seconds},
        "limits": {
            "over": limits.over, "share": str(limits.share), "least": limits.least, "named": str(limits.named),
            "connect_s": connect,
        },
        "calls_version": version,
        "rulebook": grounds.stamp(),
    }  # fmt: skip


def _suspects(lake: Calls, called: ir.Table, book: Rulebook) -> Json:
    """Calls that look like an unregistered robot's, by source and evidence, with some of them, masked."""
    signs = Signs(
        applications=_small(book, "inspection.robot.applications"),
        contexts=_small(book, "inspection.robot.contexts"),
        seconds=book.integer("inspection.robot.talk_seconds"),
        named=book.decimal("inspection.predictive.named"),
    )
    rows = suspects.mark_suspects(called, signs)
    said, groups = suspects.weighed(lake.engine.rows(suspects.groups(rows)), signs)
    kept = {(one.source, one.evidence) for one in groups}
    shown = lake.engine.rows(suspects.examples(rows, EXAMPLES)) if groups else []
    return {
        "verdict": said,
        "calls": sum(one.calls for one in groups),
        "groups": [
            {
                "source": one.source,
                "evidence": one.evidence,
                "context": one.context or None,
                "application": one.application or None,
                "calls": one.calls,
                "from": _wall(one.first),
                "to": _wall(one.last),
            }
            for one in groups[:GROUPS]
        ],
        "groups_left_out": max(0, len(groups) - GROUPS),
        "rows": [_suspect(row) for row in shown if (row["source"], row["evidence"]) in kept],
    }


def _small(book: Rulebook, key: str) -> list[str]:
    return [str(one).lower() for one in book.items(key)]


def _suspect(row: Mapping[str, object]) -> Json:
    callee = row["callee"]
    return {
        "at": _wall(row["start"]),
        "call": call_id(str(row["one"])),
        "source": row["source"],
        "callee": None if callee is None else numbers.mask(str(callee)),
        "evidence": row["evidence"],
        "context": row["context"] or None,
        "application": row["application"] or None,
        "talk_s": row["talk"],
    }


def _wall(moment: object) -> str | None:
    return moment.isoformat(sep=" ", timespec="seconds") if isinstance(moment, datetime) else None


def _ai(seats: Json, sums: Mapping[str, int], put: Transfers, seen: Json) -> Json:
    found = bool(seen["calls"] or seats["undated"])
    return {
        "verdict": verdict.robots(seats["open"], sums["robots"], sums["calls"], sums["alone"], suggested=found),
        "suggested": seen,
        "seats": seats,
        "calls": sums["robots"],
        "answered": sums["robots_answered"],
        "transfers": {
            "asked": put.asked,
            "put_through": put.put_through,
            "in_time": put.in_time,
            "middle_ms": put.middle,
            "longest_ms": put.longest,
        },
    }


def _limits(book: Rulebook) -> Limits:
    over = _told(book, "inspection.predictive.over")
    return Limits(
        over=int(str(over["calls"])),
        share=Decimal(str(over["share"])),
        least=book.integer("inspection.predictive.least"),
        named=book.decimal("inspection.predictive.named"),
    )


def _told(book: Rulebook, key: str) -> dict[str, Any]:
    value = book.value(key)
    if not isinstance(value, dict):
        raise NianjianError("rule_value_kind", key=key, wanted="mapping")
    return dict(value)


def _robots(enterprise: str, day: date) -> dict[str, int]:
    """Robots' seats that are open on a day, as the portrait counts them, and how many of these are filed.

    ``undated``: not closed, and nobody knows since when they are open, if they are.
    """
    held = versions_on(Seat, enterprise, day).filter(kind="robot")
    rows = [row for row in held if row.closed_on is None or row.closed_on > day]
    opened = [row for row in rows if row.opened_on is not None and row.opened_on <= day]
    undated = sum(row.opened_on is None for row in rows)
    return {"open": len(opened), "undated": undated, "filed": sum(_filed(row, day) for row in opened)}


def _filed(row: Seat, day: date) -> bool:
    since = row.filed_on is not None and row.filed_on <= day
    return row.filing == "filed" and since and not (row.cancelled_on is not None and row.cancelled_on <= day)


def _rows(lake: Calls, called: ir.Table, work: ir.Table, teams: Sequence[Team]) -> dict[str, list[Json]]:
    """The calls of the clearest hour of the clearest teams, numbers of persons masked."""
    showing = sorted((one for one in teams if one.hours), key=lambda one: (-one.hours[0].figures["over"], one.team))
    hours: dict[str, datetime] = {one.team: one.hours[0].hour for one in showing[:SHOWING]}
    if not hours:
        return {}
    of, then = question.part_of(called, work, hours)
    found = sweep.clearest(lake.engine.batches(question.events(of, then)), hours, ROWS)
    more = lake.engine.rows(question.select_calls(of, [row["one"] for row in found]))
    named = {(row["source"], row["one"]): row for row in more}
    told: dict[str, list[Json]] = {}
    for row in found:
        told.setdefault(row["team"], []).append(_row(row | named[row["source"], row["one"]]))
    return told


def _row(row: dict[str, object]) -> Json:
    at, callee = row["at"], row["callee"]
    return {
        "at": at.isoformat(sep=" ") if isinstance(at, datetime) else None,
        "call": call_id(str(row["one"])),
        "source": row["source"],
        "callee": None if callee is None else numbers.mask(str(callee)),
        "ringing": row["ringing"],
        "free": row["free"],
        "answered": bool(row["answered"]),
        "agent": bool(row["attended"]),
    }


def _team(one: Team, rows: list[Json]) -> Json:
    return {
        "team": one.team or None,
        "verdict": one.verdict,
        "why": one.why,
        **_figures(one.figures),
        "showing": len(one.hours),
        "hours": [_hour(hour) for hour in one.hours[:HOURS]],
        "rows": rows,
    }


def _hour(one: Hour) -> Json:
    return {"hour": one.hour.isoformat(sep=" ", timespec="minutes"), **_figures(one.figures)}


def _figures(of: Mapping[str, int]) -> Json:
    return {name: of[name] for name in verdict.FIGURES}
