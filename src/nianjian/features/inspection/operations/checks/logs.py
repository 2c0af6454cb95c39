"""Log retention proved (S6): per kind of log how far back it reaches without a hole, from what lies here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from nianjian.engines.evidence import question, retention
from nianjian.engines.evidence.retention import Reach
from nianjian.engines.gate import decision_search as journal
from nianjian.engines.gate.snapshot import files
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.periods import add_months, day_of
from nianjian.features.complaints import queries as complaints
from nianjian.features.inspection.operations.checks import recordings
from nianjian.features.inspection.operations.checks.grounds import Calls, Grounds, Json, calls
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.home import env
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.consents import Consent
from nianjian.platform.registers.versions import current_versions
from nianjian.platform.rulebook.holidays import calendar

LOGS: Final = ("calls", "gateway", "system", "complaints", "consents", "recordings")
MONTHS: Final = ("inspection.logs.months", "retention.network_logs", "retention.outbound_logs")  # the longest holds
CONSENTED: Final = "retention.outbound_consented"
SILENCE: Final = "inspection.logs.silence"
REST, QUIET = "rest_day", "gate_asked_nothing"
GAPS: Final = 50  # stretches of a log that are told
DAY: Final = timedelta(days=1)


def check_logs(
    *,
    enterprise: str,
    as_of: date | None,
    actor: Actor,
    progress: Progress = silent,
    folder: Path | None = None,
) -> Json:
    """Every kind of log as at a day (None: today), up to the day before: a day that goes on has no whole log.

    ``folder``: where the recordings lie; None: where the setting says. ``role_missing``, ``inspection_day_wrong``,
    ``recordings_folder_wrong``, ``recordings_malformed``. Cost: one pass over the calls and the whole audit chain, and
    that of `recordings.look`.
    """
    grounds = Grounds.of(enterprise, as_of, actor)
    recordings.place(enterprise, folder)  # what is wrong with it is said before the work
    until = min(grounds.day, clock.today() - DAY)
    steps = 5
    progress("", 0, steps)
    long, short = _begins(grounds)
    with calls(enterprise) as lake:
        called, version = _called(lake), lake.version
        counted = {day: (one["answered"], one["recorded"]) for day, one in called.items()}
        recorded, sample = recordings.check_recordings(
            grounds, lake, retention.complete(counted, short, until), folder, lambda: progress("", 0, steps)
        )
    progress("", 1, steps)
    asked, running = journal.days_with_decisions(files.decisions_folder(env.read().home), enterprise)
    progress("", 2, steps)
    chain = verify_chain()
    progress("", 3, steps)
    written = {day_of(moment) for moment in audit.hours(enterprise)}
    arrived = _days(complaints.current_tickets(enterprise).values_list("arrived_at", flat=True))
    agreed = _days(current_versions(Consent, enterprise).values_list("obtained_at", flat=True))
    progress("", 4, steps)
    silence = grounds.book.integer(SILENCE)
    out = {day for day, one in called.items() if one["out"]}
    found = {
        "calls": retention.daily({day for day, one in called.items() if one["rows"]}, long, until, _resting(asked)),
        "gateway": retention.daily(asked, long, until, _resting(out, running)),
        "system": _system(written, long, until, holds=chain.ok),
        "complaints": retention.now_and_then(arrived, long, until, silence),
        "consents": retention.now_and_then(agreed, short, until, silence),
        "recordings": recorded,
    }
    return {
        "enterprise": enterprise,
        "as_of": grounds.day.isoformat(),
        "until": until.isoformat(),
        "state": whole(one.state for one in found.values()),
        "logs": [_told(name, one) for name, one in found.items()],
        "calls_version": version,
        "sample": sample,
        "chain": {"valid": chain.ok, "entries": chain.entries, "last": chain.last},
        "rulebook": grounds.stamp(),
    }


def whole(states: Iterable[str]) -> str:
    """Ok only where every log is; what is known to be wrong comes before what is not known."""
    held = set(states)
    return next((one for one in (retention.GAP, retention.TOO_SHORT, retention.UNKNOWN) if one in held), retention.OK)


def _called(lake: Calls) -> dict[date, Mapping[str, int]]:
    names = ("rows", "out", "answered", "recorded")
    rows = lake.engine.rows(question.by_day(lake.tables["calls"]))
    told = {row["day"]: {name: int(str(row[name] or 0)) for name in names} for row in rows}
    return {day: one for day, one in told.items() if isinstance(day, date)}


def _begins(grounds: Grounds) -> tuple[date, date]:
    """To which day logs must reach back, and to which those of consented calls must."""
    book = grounds.book
    months = max(book.integer(key) for key in MONTHS if key in book.in_force)
    days = book.integer(CONSENTED) if CONSENTED in book.in_force else 0
    return add_months(grounds.day, -months), grounds.day - DAY * days


def _resting(busy: Collection[date], running: Collection[date] = ()) -> retention.Excuse:
    """A day of rest excuses a missing record, and so does a gate that ran and was asked nothing.

    Nothing excuses it where another log shows that there was work that day.
    """
    days, worked, ran = calendar(), set(busy), set(running)

    def excuse(day: date) -> str:
        if day in worked:
            return ""
        if day in ran:
            return QUIET
        return "" if days.is_workday(day) else REST

    return excuse


def _system(written: Collection[date], begin: date, until: date, *, holds: bool) -> Reach:
    """The chain's numbers and sums leave no hole, so quiet days need no excuse; a broken chain proves nothing."""
    found = retention.now_and_then(written, begin, until, silence=None)
    return found if holds else Reach(retention.GAP, "chain_broken", begin, until, found.oldest, None, found.days)


def _days(moments: Iterable[datetime | None]) -> set[date]:
    return {day_of(one) for one in moments if one is not None}


def _told(name: str, one: Reach) -> Json:
    return {
        "log": name,
        "state": one.state,
        "why": one.why,
        "must_reach": one.begin.isoformat(),
        "oldest": None if one.oldest is None else one.oldest.isoformat(),
        "unbroken_since": None if one.since is None else one.since.isoformat(),
        "days": one.days,
        "missing_days": sum(gap.days for gap in one.gaps),
        "gaps": [
            {"from": gap.first.isoformat(), "to": gap.last.isoformat(), "days": gap.days} for gap in one.gaps[:GAPS]
        ],
        "gaps_left_out": max(0, len(one.gaps) - GAPS),
        "excused": dict(one.excused),
    }
