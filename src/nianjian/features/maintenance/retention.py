"""Sealed files that no row names: what a killed process put and did not live to write down."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, cast

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from nianjian.engines.intake import ledger
from nianjian.engines.intake.ledger import RetentionLimits
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import crash_point
from nianjian.engines.kernel.workdays import add_months, day_of
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.calls.operations import ERASE, TICKETS, finish_erase, finish_tickets, settle_intent
from nianjian.features.complaints import matching as matches
from nianjian.features.complaints import sla_warnings as warned
from nianjian.features.maintenance.backup import lock_backups
from nianjian.features.reconciliation import queries as reconciliation
from nianjian.features.reconciliation.storage import delete_people
from nianjian.features.screens import posted
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import EVERYWHERE, require_permission
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, wiring
from nianjian.platform.jobs import query as jobs
from nianjian.platform.jobs import service as queue
from nianjian.platform.registers import attachments, kinds, versions
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.vault import blobs

CLASSES: Final = "retention.classes"


@dataclass(frozen=True, slots=True)
class Period:
    """A class of an enterprise. ``since``: the first day that is kept, None: for ever; ``rule`` decides it."""

    record_class: str
    rule: str | None
    value: int | None
    unit: str | None
    level: str
    citation: str
    since: date | None


def list_periods(book: Rulebook, today: date) -> list[Period]:
    """The classes with the rule that keeps each the longest."""
    periods = []
    for item in book.items(CLASSES):
        entry = cast("Mapping[str, Any]", item)
        ever = entry["keep"] is None
        keys = [*([] if ever else [str(entry["keep"])]), *(key for key in entry["least"] if key in book.in_force)]
        longest = min(map(book.rule, keys), key=lambda rule: first_kept_day(rule, today))
        since, name = None if ever else first_kept_day(longest, today), str(entry["record_class"])
        count = longest.value if isinstance(longest.value, int) else None
        periods.append(Period(name, longest.key, count, longest.unit, longest.level.value, longest.citation, since))
    return periods


def first_kept_day(rule: Rule, today: date) -> date:
    """The first day that a rule asks to keep: so many days, calendar months or years back from today."""
    count = rule.value
    if not isinstance(count, int):
        raise TypeError(rule.key)
    if rule.unit == "days":
        return today - timedelta(days=count)
    return add_months(today, -count * (12 if rule.unit == "years" else 1))


LOG: Final = logging.getLogger(__name__)
YOUNG: Final = timedelta(days=1)  # the row that names a file is written long before, or never
BLOB_COLUMN: Final = "blob"  # what every table calls a sealed file
HELD_BY_JOBS: Final = ("list", "blob", "paper")  # what payload and result of a job call one


def delete_strays() -> int:
    """Delete them; how many. The files are listed before the rows are read, so a row that comes meanwhile counts.

    Where rows name none of the files at all, the database may be another's than this home's: nothing is deleted.
    """
    moment = clock.now() - YOUNG
    blobs.clear(moment)
    old = set(blobs.before(moment))
    if not old:
        return 0
    rows = (one._base_manager.values_list(BLOB_COLUMN, flat=True) for one in list_models_with_files())  # noqa: SLF001 -- the manager of any model
    in_use = set().union(*rows, *(jobs.list_values_by_name(name) for name in HELD_BY_JOBS))
    strays = old - in_use
    if not strays or in_use.isdisjoint(blobs.blobs()):
        return 0
    for blob in strays:
        blobs.remove(blob)
    LOG.warning("%d sealed files that nothing names are deleted", len(strays))
    return len(strays)


def list_models_with_files() -> list[type[Model]]:
    """The tables whose rows name sealed files."""
    return [one for one in apps.get_models() if any(field.name == BLOB_COLUMN for field in one._meta.fields)]  # noqa: SLF001 -- the columns of any model


PEOPLE: Final = ("staff", "social-insurance", "wages", "consents")
TICKET: Final = "complaints"


@dataclass(frozen=True, slots=True)
class ClassStatus:
    """What there is of a class: ``oldest`` record, and ``over``: rows over their time.

    ``posted``: how many of them are call records that a switch has posted, whether they were imported or not.
    """

    enterprise: str
    period: Period
    oldest: str | None
    over: int
    posted: int = 0


def list_class_statuses(*, actor: Actor, enterprise: str | None = None) -> list[ClassStatus]:
    """Every class of every enterprise that the actor may read, or of one; ``role_missing``, ``enterprise_unknown``."""
    return [one for tenant in _tenants(actor, enterprise, Permission.READ) for one in _list_class_statuses(tenant)]


def run_retention(*, actor: Actor, enterprise: str | None = None, dry_run: bool) -> list[ClassStatus]:
    """Erase what is over its time; what was, or with ``dry_run`` would be, erased: one entry a class.

    ``role_missing``, ``backup_running``. Killed on the way the next command finishes what the lake has begun.
    """
    done = []
    for tenant in _tenants(actor, enterprise, Permission.ADMINISTER):
        statuses = _list_class_statuses(tenant)
        done += statuses
        if not dry_run:
            with lock_backups(env.read().home):
                _erase(tenant, {one.period.record_class: one for one in statuses}, actor)
    return done


def _tenants(actor: Actor, enterprise: str | None, act: Permission) -> list[Enterprise]:
    require_permission(actor, enterprise or EVERYWHERE, act)
    return accounts.enterprises() if enterprise is None else [accounts.enterprise(enterprise)]


def _limits(periods: Mapping[str, Period]) -> RetentionLimits:
    calls, rejects = periods["calls"].since, periods["rejects"].since
    return RetentionLimits(f"{calls or date.min:%Y-%m}", rejects or date.min)


def _list_class_statuses(tenant: Enterprise) -> list[ClassStatus]:
    book = rulebook(day=None, province=tenant.province or None, enterprise=tenant.code)
    periods = {one.record_class: one for one in list_periods(book, clock.today())}
    lake, limits, code = wiring.lake(tenant.code), _limits(periods), tenant.code
    calls, rejects = ledger.rows_due(lake, limits)
    totals: dict[str, tuple[str | None, int]] = {"calls": (calls.oldest, calls.rows)}
    totals["rejects"] = (rejects.oldest, rejects.rows)
    if since := periods["complaints"].since:
        tickets = versions.count_expired_tickets(kinds.register(TICKET).model, code, since)
        totals["complaints"] = (str(tickets.oldest) if tickets.oldest else None, tickets.rows)
    if since := periods["people"].since:
        people = [versions.count_expired_versions(kinds.register(kind).model, code, since) for kind in PEOPLE]
        oldest, count = reconciliation.count_old_people(code, _begin(since))
        days = [str(one.oldest) for one in people if one.oldest] + ([str(day_of(oldest))] if oldest else [])
        totals["people"] = (min(days, default=None), sum(one.rows for one in people) + count)
    statuses = [ClassStatus(code, period, *totals.get(name, (None, 0))) for name, period in periods.items()]
    return [_with_posted(one) if one.period.record_class == "calls" else one for one in statuses]


def _with_posted(calls: ClassStatus) -> ClassStatus:
    """The class of calls with those that lie posted; the lake knows the oldest month, files the day."""
    live, code = posted.folder(env.read().home), calls.enterprise
    first, count = posted.oldest(live, code), posted.legs(_posted(code, calls.period))
    months = [one for one in (calls.oldest, f"{first:%Y-%m}" if first else None) if one]
    return replace(calls, oldest=min(months, default=None), over=calls.over + count, posted=count)


def _posted(code: str, calls: Period) -> list[Path]:
    """Files of posted records (`screens.posted`) of the months whose calls are over their time."""
    return posted.older(posted.folder(env.read().home), code, calls.since.replace(day=1)) if calls.since else []


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), clock.ZONE)


def _erase(tenant: Enterprise, statuses: Mapping[str, ClassStatus], actor: Actor) -> None:
    periods = {name: one.period for name, one in statuses.items()}
    _erase_rows(tenant.code, periods, actor)
    _erase_posted(tenant.code, periods["calls"], actor)
    lake, limits = wiring.lake(tenant.code), _limits(periods)
    with lake.lock():
        older = ledger.files_left(lake, limits)
        calls, rejects = statuses["calls"].over - statuses["calls"].posted, statuses["rejects"].over
        if not (calls or rejects or older):
            return
        payload: dict[str, object] = {"month": limits.month, "day": limits.day.isoformat(), "actor": str(actor)}
        payload |= {"calls": calls, "rejects": rejects, "older_files": len(older), "on": clock.today().isoformat()}
        intent = queue.open(kind=ERASE, enterprise=tenant.code, txn=limits.month, payload=payload)
        crash_point("after_intent")
        try:
            ledger.delete_expired(lake, limits, intent=intent)
        except BaseException:
            settle_intent(intent=intent, kind=ERASE, enterprise=tenant.code, payload=payload, lake=lake)
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


def _erase_rows(code: str, periods: Mapping[str, Period], actor: Actor) -> None:
    """Rows of the database in one transaction; then tickets out of the lake, older versions included."""
    lake = wiring.lake(code)
    with lake.lock():
        intent, payload = None, dict[str, object]()
        with transaction.atomic():
            data = _delete_rows(code, periods)
            if data:
                record(verb=ERASE, enterprise=code, actor=actor, data=data)
            if "complaints" in data:
                payload = {"before": data["accepted_before"], "on": clock.today().isoformat()}
                intent = queue.open(kind=TICKETS, enterprise=code, txn=str(payload["before"]), payload=payload)
        crash_point("before_commit")
        if intent is not None:
            finish_tickets(intent=intent, enterprise=code, payload=payload, lake=lake)


def _delete_rows(code: str, periods: Mapping[str, Period]) -> dict[str, object]:
    data: dict[str, object] = {}
    if since := periods["complaints"].since:
        gone = versions.delete_expired_tickets(model=kinds.register(TICKET).model, enterprise=code, day=since)
        if gone:
            data |= {"complaints": gone, "accepted_before": since.isoformat()}
            matches.delete_orphaned_proposals(enterprise=code)
            warned.delete_orphaned_warnings(enterprise=code)
    if since := periods["people"].since:
        counts = {}
        for kind in PEOPLE:
            if gone := versions.delete_expired_versions(model=kinds.register(kind).model, enterprise=code, day=since):
                counts[kind] = gone
        if gone := delete_people(enterprise=code, before=_begin(since)):
            counts["reconciliations"] = gone
        if counts:
            data |= {"people": counts, "ended_before": since.isoformat()}
    files = sum(
        attachments.delete_orphans(register=kind, model=kinds.register(kind).model, enterprise=code)
        for kind in (*PEOPLE, TICKET)
    )
    return data | {"files": files} if files else data
