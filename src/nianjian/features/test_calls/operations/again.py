"""The own records looked through once more, unasked: after an import of calls, and after a run of test calls.

No work is put where no test is open, and one waiting look serves all who want it. What a look finds is kept and
written to the audit chain once; what it does not find, or no longer finds, leaves nothing.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import Error

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens.operations import sources as live
from nianjian.features.test_calls.landings import again, service
from nianjian.features.test_calls.landings.compare import BESIDE
from nianjian.features.test_calls.operations import witness
from nianjian.features.test_calls.operations.grounds import Grounds, Json
from nianjian.features.test_calls.verdict import LANDINGS
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow, query
from nianjian.platform.jobs import service as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.jobs.progress import Progress

LOG: Final = logging.getLogger(__name__)
CLOCK: Final = Actor("clock", "system")
DAY: Final = timedelta(days=1)
EPOCH: Final = date(1970, 1, 1)  # a switch's clock that was never set may say any day before; no test was made then


def after_import(enterprise: str, days: Iterable[str]) -> str | None:
    """Put a look for the tests that calls of these days (``YYYY-MM-DD``) may tell of; its job, None: none is open."""
    known = sorted(one for one in map(date.fromisoformat, days) if one >= EPOCH)
    if not known:
        return None
    first, last = (datetime.combine(one, time(), clock.ZONE) for one in (known[0], known[-1]))
    return _put(enterprise, first - BESIDE, last + DAY + BESIDE)


def after_tests(enterprise: str, first: datetime) -> str | None:
    """Put a look for the tests since the day of a moment; its job, None: no switch's files can have recorded them yet.

    Whole days, so that runs that follow each other share what waits, and what was written late is found after the next.
    """
    if not any(one.enterprise == enterprise and one.records is not None for one in _switches()):
        return None
    return _put(enterprise, _midnight(first), _midnight(clock.now()) + DAY)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(clock.ZONE).date(), time(), clock.ZONE)


def _switches() -> list[live.Switch]:
    try:
        return live.switches()
    except NianjianError:  # the setting is wrong, which `doctor` tells
        return []


def _put(enterprise: str, first: datetime, last: datetime) -> str | None:
    """A fault here must not make the act fail that has been done."""
    try:
        if not again.still_open(enterprise, first, last):
            return None
        grounds = Grounds.of(enterprise, CLOCK, flow.NEEDS[flow.CALLBACK_WITNESS])
        first = max(first, clock.now() - timedelta(days=grounds.days))
        if not again.still_open(enterprise, first, last):
            return None
        return _once(enterprise, first, last)
    except (Error, NianjianError):
        LOG.exception("the look into the call records of %s could not be put", enterprise)
        return None


def _once(enterprise: str, first: datetime, last: datetime) -> str:
    """One that waits serves where it is wide enough; one that runs may have read its files already."""
    span = {"from": first.isoformat(), "to": last.isoformat()}
    waiting = query.newest(enterprise, flow.CALLBACK_WITNESS, {"unasked": True}, Job.WAITING)
    if waiting is not None:
        held = {name: str(waiting.payload[name]) for name in span}
        if _moment(held["from"]) <= first and _moment(held["to"]) >= last:
            return waiting.id
    queue.drop_over(enterprise=enterprise, kind=flow.CALLBACK_WITNESS, requested_by=str(CLOCK))
    given = {"unasked": True, **span}
    return flow.enqueue(kind=flow.CALLBACK_WITNESS, enterprise=enterprise, payload=given, actor=CLOCK)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def run_landing_recheck(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what was put: look for every test of the span that is still open; how many had which landing.

    ``role_missing``, ``live_malformed``.
    """
    grounds = Grounds.of(enterprise, actor, flow.NEEDS[flow.CALLBACK_WITNESS])
    first = max(_moment(str(given["from"])), clock.now() - timedelta(days=grounds.days))
    counts = Counter[str]()
    wanted = again.still_open(enterprise, first, _moment(str(given["to"])))
    for place in range(0, len(wanted), witness.MOST):
        part = wanted[place : place + witness.MOST]
        said = again.newest(part)
        for one, found in witness.looks(grounds, part, progress):
            counts[found.verdict] += 1
            if again.tells(found, said.get(one.pk)):
                service.keep(
                    enterprise=enterprise, trial=one.pk, expected=one.gateway_expected, found=found, actor=actor,
                    unasked=True,
                )  # fmt: skip
    return {"counts": dict.fromkeys(LANDINGS, 0) | counts}
