"""Call-record sources of the lake against each other, kept as a run."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, timedelta
from typing import Final

from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.config import wiring
from nianjian.flows.progress import Progress, silent
from nianjian.flows.reconcile.grounds import Grounds, Json, summary
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.lake.schema import SCHEMAS
from nianjian.reconcile.runs import service
from nianjian.reconcile.runs.found import Found, Report
from nianjian.reconcile.sources import Compared, Parting, compared, question
from nianjian.vault import keyring

SOURCES: Final = "sources"
CALLS: Final = "calls"
LONGEST: Final = timedelta(days=366)
MONTH: Final = timedelta(days=30)
DAY: Final = timedelta(days=1)
KEPT: Final = 5_000  # partings of one run; more are counted, not kept


def run(
    *,
    enterprise: str,
    first: date | None,
    last: date | None,
    actor: Actor,
    only: tuple[str, ...] = (),
    progress: Progress = silent,
) -> Json:
    """Compare the sources' calls from ``first`` to ``last``, both included, and keep the run.

    Without ``last`` it ends yesterday, without ``first`` it begins 30 days before. ``only``: these sources, named as
    the lake names them. ``role_missing``, ``reconcile_days_wrong``, ``reconcile_source_unknown``.
    """
    grounds = Grounds.of(enterprise, actor, Act.REPORT)
    begin, end = span(first, last)
    progress("", 0, 2)
    lake = wiring.lake(enterprise)
    version = lake.version(CALLS)
    with closing(wiring.engine()) as engine:
        files = [] if version is None else lake.files(CALLS, version)
        rows = engine.rows(question(engine.table(CALLS, files, SCHEMAS[CALLS]), begin, end))
    there = {str(row["source"]) for row in rows}
    for name in only:
        if name not in there:
            raise NianjianError("reconcile_source_unknown", source=name, sources=", ".join(sorted(there)) or "–")
    found = compared(rows, only)
    progress("", 1, 2)
    told = _told(found, version, grounds)
    counts = {"same": found.same, "parted": len(found.partings)}
    differences = [_found(one) for one in found.partings[:KEPT]]
    report = Report(SOURCES, end, counts, told, differences, first=begin)
    kept = service.keep(enterprise=enterprise, report=report, actor=actor)
    return {**summary(kept, grounds), **told, "rows": [_row(one) for one in found.partings[:KEPT]]}


def span(first: date | None, last: date | None) -> tuple[date, date]:
    """First and last day; ``reconcile_days_wrong`` for days reversed, too many, or to come."""
    today = clock.today()
    end = last or today - DAY
    begin = first or end - MONTH + DAY
    if not begin <= end <= today or end - begin >= LONGEST:
        raise NianjianError("reconcile_days_wrong", first=begin.isoformat(), last=end.isoformat(), most=LONGEST.days)
    return begin, end


def _told(found: Compared, version: int | None, grounds: Grounds) -> dict[str, object]:
    return {
        "sources": list(found.sources),
        "by_day": [
            {"day": day.isoformat(), "calls": {source: told.get(source, 0) for source in found.sources}}
            for day, told in found.days.items()
        ],
        "compared": found.places,
        "left_out": max(0, len(found.partings) - KEPT),
        "unclear": max(0, len(found.partings) - KEPT),  # partings that are not kept are open, and nobody sees them
        "calls_version": version,
        "rulebook": dict(grounds.stamp()),
    }


def _found(one: Parting) -> Found:
    calls = {source: (str(count.calls), str(count.answered)) for source, count in one.counts.items()}
    key = f"{one.day.isoformat()}|{one.line}"[:200]
    return Found(
        key=key,
        result="parted",
        label={"day": one.day.isoformat(), "line": one.line},
        digest=keyring.current().blind(json.dumps([key, calls], sort_keys=True), "reconcile.sources"),
        likely=one.likely,
        fields=calls,
    )


def _row(one: Parting) -> Json:
    return {
        "day": one.day.isoformat(),
        "line": one.line or None,
        "calls": {source: count.calls for source, count in one.counts.items()},
        "answered": {source: count.answered for source, count in one.counts.items()},
        "likely": one.likely,
    }
