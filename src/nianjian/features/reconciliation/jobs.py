"""The long work of reconciliation: an export, the people of a period, the call sources of a period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.features.reconciliation.operations import people, sources, work
from nianjian.features.reconciliation.operations.bills import Against
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report, day, texts
from nianjian.platform.jobs.query import JobValue


def _filing(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: list (its blob), name, kind, as_of, mapping."""
    return work.worked_filing(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _people(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: first and last, days of the first and last month."""
    first, last = day(job.payload, "first"), day(job.payload, "last")
    return work.summarize_result(
        people.run(enterprise=job.enterprise, first=first, last=last, actor=actor, progress=told)
    )


def _sources(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: first, last, only (names of sources; none: all), beside, together.

    Or list (a bill's blob), name, carrier, mapping.
    """
    if work.HELD in job.payload:
        return work.worked_bill(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)
    found = sources.run(
        enterprise=job.enterprise,
        first=day(job.payload, "first"),
        last=day(job.payload, "last"),
        only=tuple(texts(job.payload, "only")),
        beside=tuple(texts(job.payload, "beside")),
        against=Against(together=bool(job.payload.get("together"))),
        actor=actor,
        progress=told,
    )
    return work.summarize_result(found)


def _done(job: JobValue) -> None:
    if work.HELD in job.payload:
        work.drop(job.id, str(job.payload[work.HELD]))


KINDS: Final[Mapping[str, Kind]] = {  # a second run of the same is another run, with what was explained before
    flow.RECONCILE_FILING: Kind(_filing, again=True, after=_done),
    flow.RECONCILE_PEOPLE: Kind(_people, again=True),
    flow.RECONCILE_SOURCES: Kind(_sources, again=True, after=_done),
}
