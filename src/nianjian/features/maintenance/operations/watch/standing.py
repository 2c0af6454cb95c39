"""What is over its time as far as it was counted: by the worker, each night, or when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.features.calls.operations.finish import ERASE
from nianjian.features.maintenance.operations import retention
from nianjian.features.maintenance.operations.periods import Period, periods
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import CLOCK, Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import flow, service
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.rulebook.rulebooks import rulebook

Json = dict[str, Any]
KINDS: Final = (flow.COUNT_OVER, flow.ERASE_OVER)  # works that leave a count
NIGHT: Final = range(1, 5)  # hours of the business zone in which few people wait for the worker
DAY: Final = timedelta(hours=20)  # the next night is nearer than 24 hours where this one's count began late
LATE: Final = timedelta(days=2)  # an installation that is off at night counts by day
AT_ONCE: Final = 20  # counts that one look puts: work of people must not wait behind those of a thousand enterprises


@dataclass(frozen=True, slots=True)
class Class:
    """A class of records: ``oldest`` record and ``over``, rows over their time; None: nobody has counted them."""

    period: Period
    oldest: str | None
    over: int | None


@dataclass(frozen=True, slots=True)
class Looked:
    """The classes; ``at``: when they were counted, None: never, or not since rows were erased."""

    classes: tuple[Class, ...]
    at: datetime | None

    @property
    def over(self) -> int:
        """Rows over their time that were counted."""
        return sum(one.over or 0 for one in self.classes)


def ask(*, enterprise: str, actor: Actor) -> str:
    """Put a count; its job, or the one that waits or runs. ``role_missing``."""
    return flow.enqueue_once(kind=flow.COUNT_OVER, enterprise=enterprise, payload={}, actor=actor)


def nightly(at: datetime | None = None) -> int:
    """Put a count for each enterprise that had none for a day, when it is night; how many. By day only for the late.

    Called again while they wait it puts none twice; an older count of the clock's own is forgotten.
    """
    moment = at or clock.now()
    age = DAY if moment.astimezone(clock.ZONE).hour in NIGHT else LATE
    last = queue.last_asked(KINDS)
    due = [one.code for one in accounts.enterprises() if one.code not in last or moment - last[one.code] > age]
    for code in due[:AT_ONCE]:
        service.drop_over(enterprise=code, kind=flow.COUNT_OVER, requested_by=str(CLOCK))
        ask(enterprise=code, actor=CLOCK)
    return len(due[:AT_ONCE])


def counted(*, enterprise: str, actor: Actor) -> Json:
    """Count, and tell it as the queue keeps it: the result of a job. ``role_missing``, ``enterprise_unknown``."""
    at = clock.now()
    found = retention.show(actor=actor, enterprise=enterprise)
    classes = {one.period.record_class: {"oldest": one.oldest, "over": one.over} for one in found}
    return {"counted_at": at.isoformat(), "classes": classes}


def looked(*, enterprise: str, actor: Actor) -> Looked:
    """Each class with its period of today, and what the last count found; ``role_missing``, ``enterprise_unknown``."""
    require(actor, enterprise, Act.READ)
    tenant = accounts.enterprise(enterprise)
    book = rulebook(day=None, province=tenant.province or None, enterprise=enterprise)
    known = _known(enterprise)
    told = {} if known is None else known["classes"]
    none: Json = {"oldest": None, "over": None}
    classes = [Class(one, **told.get(one.record_class, none)) for one in periods(book, clock.today())]
    return Looked(tuple(classes), None if known is None else datetime.fromisoformat(known["counted_at"]))


def _known(enterprise: str) -> Json | None:
    """The newest count, if no rows were erased since."""
    done = [queue.newest(enterprise, kind, {}, Job.DONE) for kind in KINDS]
    found = [dict(one.result) for one in done if one is not None and "counted_at" in one.result]
    newest: Json | None = max(found, key=lambda one: datetime.fromisoformat(str(one["counted_at"])), default=None)
    if newest is None:
        return None
    at = datetime.fromisoformat(newest["counted_at"])
    erased = any(datetime.fromisoformat(one.at) > at for one in acts(enterprise=enterprise, verb=ERASE, newest=1))
    return None if erased else newest
