"""The long work of the on-site check: test calls, and the checks of logs, dialling, answers and readiness."""

from collections.abc import Mapping
from typing import Final

from nianjian.features.inspection.documents import DrillBegun
from nianjian.features.inspection.operations import drill, readiness
from nianjian.features.test_calls.documents import CallCounts, LandingCounts
from nianjian.features.test_calls.operations import calls, landings
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.operations.operation import REGISTRY


def _called(job: JobValue, actor: Actor, on_progress: Report) -> CallCounts:
    """``payload``: numbers (none: all filed ones) and routes (names)."""
    return calls.run_test_calls(enterprise=job.enterprise, payload=job.payload, actor=actor, progress=on_progress)


def _witnessed(job: JobValue, actor: Actor, on_progress: Report) -> LandingCounts:
    """``payload``: trials; or unasked, from and to: those of the span that are open."""
    if job.payload.get("unasked"):
        return landings.run_landing_recheck(
            enterprise=job.enterprise, payload=job.payload, actor=actor, progress=on_progress
        )
    return landings.run_landing_check(enterprise=job.enterprise, payload=job.payload, actor=actor, progress=on_progress)


def _drilled(job: JobValue, actor: Actor, on_progress: Report) -> DrillBegun:
    """``payload``: phone and calls."""
    return drill.run_drill_job(enterprise=job.enterprise, payload=job.payload, actor=actor, progress=on_progress)


KINDS: Final[Mapping[str, Kind]] = {
    flow.CALLBACK_TEST: Kind(_called, again=False, back=False),  # who was called is not called again unasked
    flow.CALLBACK_WITNESS: Kind(_witnessed, again=True),
    **REGISTRY.job_kinds(readiness.INSPECTION),
    flow.DRILL: Kind(_drilled, again=False, back=False),  # one drill, one ticket, and its test calls once
}
