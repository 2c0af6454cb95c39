"""Call-record sources of the lake against each other, kept as a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.features.reconciliation.counts import Count
from nianjian.features.reconciliation.operations import bills
from nianjian.features.reconciliation.operations.bills import NO_BILL, Against
from nianjian.features.reconciliation.operations.grounds import Grounds, Json, summary
from nianjian.features.reconciliation.runs import service, states
from nianjian.features.reconciliation.runs.results import Found, Report
from nianjian.features.reconciliation.sources import MINUTE, Compared, Parting, compared, question
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import wiring
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.vault import keyring

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
    beside: tuple[str, ...] = (),
    against: Against = NO_BILL,
    progress: Progress = silent,
) -> Json:
    """Compare the sources' calls from ``first`` to ``last``, both included, and keep the run.

    Without ``last`` it ends yesterday, without ``first`` it begins 30 days before; with a bill the bill's days are
    compared. ``only``: these sources, named as the lake names them; ``beside``: of them these are switches beside each
    other, one side against the rest; ``against.together``: all are. Where only one side is left, nothing is compared.
    ``role_missing``, ``reconcile_days_wrong``, ``reconcile_source_unknown``, and what `bills.read` raises.
    """
    grounds = Grounds.of(enterprise, actor, Act.REPORT)
    progress("", 0, 2)
    bill = bills.read(against)
    begin, end = span(first, last) if bill is None else bills.span(bill, first, last)
    elsewhere = bills.elsewhere(enterprise, against.carrier, end)
    lake = wiring.lake(enterprise)
    version = lake.version(CALLS)
    unit = MINUTE if bill is None else bill.unit
    with closing(wiring.engine()) as engine:
        files = [] if version is None else lake.files(CALLS, version)
        rows = engine.rows(question(engine.table(CALLS, files, SCHEMAS[CALLS]), begin, end, unit))
    there = {str(row["source"]) for row in rows}
    only = (*only, *(name for name in beside if only and name not in only))
    for name in {*only, *beside}:
        if name not in there:
            raise NianjianError("reconcile_source_unknown", source=name, sources=", ".join(sorted(there)) or "–")
    within = None if bill is None else bills.within(bill, begin, end)
    found = compared(rows, only, within, elsewhere, together=against.together, beside=beside)
    progress("", 1, 2)
    partings = sorted(found.partings, key=lambda one: one.proved)  # what is open is kept first
    told = _told(found, partings[KEPT:], version, grounds) | bills.summarize_bill(bill, within, against)
    told |= {"together": against.together, "beside": sorted(beside)}
    counts = {"same": found.same, "parted": len(found.partings)}
    differences = [_found(one) for one in partings[:KEPT]]
    file, sha256 = (None, "") if bill is None else (bill.file, bill.sha256)
    report = Report(SOURCES, end, counts, told, differences, first=begin, file=file, sha256=sha256)
    kept = service.keep(enterprise=enterprise, report=report, actor=actor)
    return {**summary(kept, grounds), **told, "rows": [_row(one) for one in partings[:KEPT]]}


def span(first: date | None, last: date | None) -> tuple[date, date]:
    """First and last day; ``reconcile_days_wrong`` for days reversed, too many, or to come."""
    today = clock.today()
    end = last or today - DAY
    begin = first or end - MONTH + DAY
    if not begin <= end <= today or end - begin >= LONGEST:
        raise NianjianError("reconcile_days_wrong", first=begin.isoformat(), last=end.isoformat(), most=LONGEST.days)
    return begin, end


def _told(found: Compared, left: Sequence[Parting], version: int | None, grounds: Grounds) -> dict[str, object]:
    return {
        "sources": list(found.sources),
        "by_day": [
            {"day": day.isoformat(), "calls": {source: told.get(source, 0) for source in found.sources}}
            for day, told in found.days.items()
        ],
        "compared": found.places,
        "left_out": len(left),
        "unclear": sum(not one.proved for one in left),  # partings that are not kept are open, and nobody sees them
        "calls_version": version,
        "rulebook": dict(grounds.stamp()),
    }


def _found(one: Parting) -> Found:
    calls = {source: _texts(count) for source, count in one.counts.items()}
    key = f"{one.day.isoformat()}|{one.line}"[:200]
    return Found(
        key=key,
        result="parted",
        label={"day": one.day.isoformat(), "line": one.line},
        digest=keyring.current().blind(json.dumps([key, calls], sort_keys=True), "reconcile.sources"),
        likely=one.likely,
        fields=calls,
        state=states.EXPLAINED if one.proved else states.OPEN,
    )


def _texts(count: Count) -> tuple[str, ...]:
    """Calls, answered calls, and minutes where the source tells them; "" is not told."""
    told = (str(count.calls), "" if count.answered is None else str(count.answered))
    return (*told, "" if count.minutes is None else _minutes(count.minutes))


def _minutes(minutes: Decimal) -> str:
    return f"{minutes.quantize(Decimal('0.01')):f}"


def _row(one: Parting) -> Json:
    return {
        "day": one.day.isoformat(),
        "line": one.line or None,
        "calls": {source: count.calls for source, count in one.counts.items()},
        "answered": {source: count.answered for source, count in one.counts.items()},
        "minutes": {
            source: None if count.minutes is None else _minutes(count.minutes) for source, count in one.counts.items()
        },
        "likely": one.likely,
    }
