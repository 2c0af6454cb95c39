"""The long work of the package: checks of files, pictures of their pages, sorting, making, verification."""

from collections.abc import Callable, Mapping
from typing import Final

from nianjian.features.dossier.operations import arrivals, checklist, fill_in, package, verification
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report
from nianjian.platform.jobs.query import JobValue


def _kind(work: Callable[..., object], after: Callable[[JobValue], None] | None = None) -> Kind:
    """``work`` takes the values of the payload; all of it may be begun again after its worker died."""

    def run(job: JobValue, actor: Actor, on_progress: Report) -> object:
        return work(enterprise=job.enterprise, actor=actor, progress=on_progress, **job.payload)

    return Kind(run, again=True, after=after)


KINDS: Final[Mapping[str, Kind]] = {
    flow.FILL_IN: _kind(fill_in.run_sheet_job),  # the newest sheet counts
    flow.CHECK_PAPER: _kind(
        checklist.run_check, checklist.delete_job_file
    ),  # the same content again is the version there is
    flow.DRAW_PAGES: _kind(checklist.run_drawing),  # pictures are kept once
    flow.SORT_PAPERS: _kind(arrivals.run_sorting),  # what was read is not read again
    flow.CUT_PAPERS: _kind(arrivals.run_cutting),  # checks that were put are found
    flow.VERIFY_PACKAGE: _kind(verification.run_verification, checklist.delete_job_file),
    flow.GENERATE_ITEMS: _kind(package.run_generation),  # equal values are the version there is
    flow.BUILD_PACKAGE: _kind(package.run_build),  # the same bytes again
    flow.SIGN_PACKAGE: _kind(package.run_signing),  # of what is kept unsigned
}
