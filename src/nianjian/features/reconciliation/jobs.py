"""The long work of reconciliation: an export, the people of a period, the call sources of a period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.features.reconciliation import comparisons, operations
from nianjian.features.reconciliation.comparisons import BillInput
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report, day, texts
from nianjian.platform.jobs.query import JobValue


def _filing(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: list (its blob), name, kind, as_of, mapping."""
    return operations.run_filing_job(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _people(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: first and last, days of the first and last month."""
    first, last = day(job.payload, "first"), day(job.payload, "last")
    return operations.summarize_result(
        comparisons.match_people(enterprise=job.enterprise, first=first, last=last, actor=actor, progress=told)
    )


def _sources(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: first, last, only (names of sources; none: all), beside, together.

    Or list (a bill's blob), name, carrier, mapping.
    """
    if operations.FILE_FIELD in job.payload:
        return operations.run_bill_job(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)
    found = comparisons.compare_call_sources(
        enterprise=job.enterprise,
        first=day(job.payload, "first"),
        last=day(job.payload, "last"),
        only=tuple(texts(job.payload, "only")),
        beside=tuple(texts(job.payload, "beside")),
        against=BillInput(together=bool(job.payload.get("together"))),
        actor=actor,
        progress=told,
    )
    return operations.summarize_result(found)


def _done(job: JobValue) -> None:
    if operations.FILE_FIELD in job.payload:
        operations.discard_file(job.id, str(job.payload[operations.FILE_FIELD]))


KINDS: Final[Mapping[str, Kind]] = {  # a second run of the same is another run, with what was explained before
    flow.RECONCILE_FILING: Kind(_filing, again=True, after=_done),
    flow.RECONCILE_PEOPLE: Kind(_people, again=True),
    flow.RECONCILE_SOURCES: Kind(_sources, again=True, after=_done),
}
