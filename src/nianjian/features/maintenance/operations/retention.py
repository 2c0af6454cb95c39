"""How long each class of records is kept, what is over its time, and its end.

The period of a class is the longest of its own setting and of every rule it is measured by. Calls go by whole months,
so that one is kept at most a month longer. What was computed stays sealed; the audit chain is never cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.engines.intake import ledger
from nianjian.engines.intake.ledger import RetentionLimits
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.crash import crash_point
from nianjian.engines.kernel.periods import day_of
from nianjian.features.calls.operations.finish import ERASE, TICKETS, finish_erase, finish_tickets, settle
from nianjian.features.complaints.matches import service as matches
from nianjian.features.complaints.warned import service as warned
from nianjian.features.maintenance.operations.backup import only_one
from nianjian.features.maintenance.operations.periods import Period, periods
from nianjian.features.reconciliation.runs import query as reconciled
from nianjian.features.reconciliation.runs import service as runs
from nianjian.features.screens import posted, watch_files
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import EVERYWHERE, require
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, wiring
from nianjian.platform.jobs import service as queue
from nianjian.platform.registers import attachments, kinds, versions
from nianjian.platform.registers import versions as expired
from nianjian.platform.rulebook.rulebooks import rulebook

PEOPLE: Final = ("staff", "social-insurance", "wages", "consents")
TICKET: Final = "complaints"


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is of a class: ``oldest`` record, and ``over``: rows over their time.

    ``posted``: how many of them are call records that a switch has posted, whether they were imported or not.
    """

    enterprise: str
    period: Period
    oldest: str | None
    over: int
    posted: int = 0


def show(*, actor: Actor, enterprise: str | None = None) -> list[Standing]:
    """Every class of every enterprise that the actor may read, or of one; ``role_missing``, ``enterprise_unknown``."""
    return [one for tenant in _tenants(actor, enterprise, Act.READ) for one in _standing(tenant)]


def run(*, actor: Actor, enterprise: str | None = None, dry_run: bool) -> list[Standing]:
    """Erase what is over its time; what was, or with ``dry_run`` would be, erased: one entry a class.

    ``role_missing``, ``backup_running``. Killed on the way the next command finishes what the lake has begun.
    """
    done = []
    for tenant in _tenants(actor, enterprise, Act.ADMINISTER):
        found = _standing(tenant)
        done += found
        if not dry_run:
            with only_one(env.read().home):
                _erase(tenant, {one.period.record_class: one for one in found}, actor)
    return done


def _tenants(actor: Actor, enterprise: str | None, act: Act) -> list[Enterprise]:
    require(actor, enterprise or EVERYWHERE, act)
    return accounts.enterprises() if enterprise is None else [accounts.enterprise(enterprise)]


def _limits(found: Mapping[str, Period]) -> RetentionLimits:
    calls, rejects = found["calls"].since, found["rejects"].since
    return RetentionLimits(f"{calls or date.min:%Y-%m}", rejects or date.min)


def _standing(tenant: Enterprise) -> list[Standing]:
    book = rulebook(day=None, province=tenant.province or None, enterprise=tenant.code)
    known = {one.record_class: one for one in periods(book, clock.today())}
    lake, limits, code = wiring.lake(tenant.code), _limits(known), tenant.code
    calls, rejects = ledger.rows_due(lake, limits)
    told: dict[str, tuple[str | None, int]] = {"calls": (calls.oldest, calls.rows)}
    told["rejects"] = (rejects.oldest, rejects.rows)
    if since := known["complaints"].since:
        tickets = expired.count_expired_tickets(kinds.register(TICKET).model, code, since)
        told["complaints"] = (_iso(tickets.oldest), tickets.rows)
    if since := known["people"].since:
        people = [expired.count_expired_versions(kinds.register(kind).model, code, since) for kind in PEOPLE]
        made, count = reconciled.old_people(code, _begin(since))
        days = [one.oldest for one in people if one.oldest] + ([day_of(made)] if made else [])
        told["people"] = (_iso(min(days, default=None)), sum(one.rows for one in people) + count)
    found = [Standing(code, period, *told.get(name, (None, 0))) for name, period in known.items()]
    return [_with_posted(one) if one.period.record_class == "calls" else one for one in found]


def _with_posted(calls: Standing) -> Standing:
    """The class of calls with those that lie posted; the lake knows the oldest month, files the day."""
    live, code = watch_files.folder(env.read().home), calls.enterprise
    first, count = posted.oldest(live, code), posted.legs(_posted(code, calls.period))
    months = [one for one in (calls.oldest, f"{first:%Y-%m}" if first else None) if one]
    return replace(calls, oldest=min(months, default=None), over=calls.over + count, posted=count)


def _posted(code: str, calls: Period) -> list[Path]:
    """Files of posted records (`inspection.screens.posted`) of the months whose calls are over their time."""
    return posted.older(watch_files.folder(env.read().home), code, calls.since.replace(day=1)) if calls.since else []


def _begin(day: date) -> datetime:
    """The day's first moment."""
    return datetime.combine(day, time(), clock.ZONE)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _erase(tenant: Enterprise, found: Mapping[str, Standing], actor: Actor) -> None:
    known = {name: one.period for name, one in found.items()}
    _erase_rows(tenant.code, known, actor)
    _erase_posted(tenant.code, known["calls"], actor)
    lake, limits = wiring.lake(tenant.code), _limits(known)
    with lake.lock():
        older = ledger.files_left(lake, limits)
        calls, rejects = found["calls"].over - found["calls"].posted, found["rejects"].over
        if not (calls or rejects or older):
            return
        payload: dict[str, object] = {"month": limits.month, "day": limits.day.isoformat(), "actor": str(actor)}
        payload |= {"calls": calls, "rejects": rejects, "older_files": len(older), "on": clock.today().isoformat()}
        intent = queue.open(kind=ERASE, enterprise=tenant.code, txn=limits.month, payload=payload)
        crash_point("after_intent")
        try:
            ledger.delete_expired(lake, limits, intent=intent)
        except BaseException:
            settle(intent=intent, kind=ERASE, enterprise=tenant.code, payload=payload, lake=lake)
            raise
        crash_point("before_close")
        finish_erase(intent=intent, enterprise=tenant.code, payload=payload, lake=lake)


def _erase_posted(code: str, calls: Period, actor: Actor) -> None:
    gone = _posted(code, calls)
    if gone:
        with transaction.atomic():
            data = {"posted": len(gone), "legs": posted.legs(gone), "before": f"{calls.since:%Y-%m}"}
            record(verb=ERASE, enterprise=code, actor=actor, data=data)
        for path in gone:
            path.unlink(missing_ok=True)


def _erase_rows(code: str, known: Mapping[str, Period], actor: Actor) -> None:
    """Rows of the database in one transaction; then tickets out of the lake, older versions included."""
    lake = wiring.lake(code)
    with lake.lock():
        intent, payload = None, dict[str, object]()
        with transaction.atomic():
            data = _deleted(code, known)
            if data:
                record(verb=ERASE, enterprise=code, actor=actor, data=data)
            if "complaints" in data:
                payload = {"before": data["accepted_before"], "on": clock.today().isoformat()}
                intent = queue.open(kind=TICKETS, enterprise=code, txn=str(payload["before"]), payload=payload)
        crash_point("before_commit")
        if intent is not None:
            finish_tickets(intent=intent, enterprise=code, payload=payload, lake=lake)


def _deleted(code: str, known: Mapping[str, Period]) -> dict[str, object]:
    data: dict[str, object] = {}
    if since := known["complaints"].since:
        gone = versions.delete_expired_tickets(model=kinds.register(TICKET).model, enterprise=code, day=since)
        if gone:
            data |= {"complaints": gone, "accepted_before": since.isoformat()}
            matches.delete_left(enterprise=code)
            warned.delete_left(enterprise=code)
    if since := known["people"].since:
        told = {}
        for kind in PEOPLE:
            if gone := versions.delete_expired_versions(model=kinds.register(kind).model, enterprise=code, day=since):
                told[kind] = gone
        if gone := runs.delete_people(enterprise=code, before=_begin(since)):
            told["reconciliations"] = gone
        if told:
            data |= {"people": told, "ended_before": since.isoformat()}
    files = sum(
        attachments.delete_orphans(register=kind, model=kinds.register(kind).model, enterprise=code)
        for kind in (*PEOPLE, TICKET)
    )
    return data | {"files": files} if files else data
