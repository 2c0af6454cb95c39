"""The long work of the on-site check: test calls, and the checks of logs, dialling, answers and readiness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.accounts.query import Actor
from nianjian.flows import jobs
from nianjian.flows.inspection.callback import again, witness, work
from nianjian.flows.inspection.checks import work as checks
from nianjian.flows.inspection.drill import run as drill
from nianjian.jobs.kind import Kind, Report
from nianjian.queue.query import JobValue


def _called(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: numbers (none: all filed ones) and routes (names)."""
    return work.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _witnessed(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: trials; or unasked, from and to: those of the span that are open."""
    if job.payload.get("unasked"):
        return again.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)
    return witness.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _looked(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: part and as_of."""
    return checks.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _drilled(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: phone and calls."""
    return drill.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


KINDS: Final[Mapping[str, Kind]] = {
    jobs.CALLBACK_TEST: Kind(_called, again=False, back=False),  # who was called is not called again unasked
    jobs.CALLBACK_WITNESS: Kind(_witnessed, again=True),
    jobs.INSPECT: Kind(_looked, again=True),
    jobs.DRILL: Kind(_drilled, again=False, back=False),  # one drill, one ticket, and its test calls once
}
