"""The long work of the package: checks of files, pictures of their pages, sorting, making, verification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from nianjian.accounts.query import Actor
from nianjian.flows import jobs
from nianjian.flows.dossier import cutting, held, pages, sorting, upload, verifying
from nianjian.flows.dossier.fill_in import sheet
from nianjian.flows.dossier.making import work
from nianjian.flows.progress import Progress
from nianjian.jobs.kind import Kind, Report
from nianjian.queue.query import JobValue


class _Work(Protocol):
    """Work of a flow: ``given`` is the payload that its ask has put, described there."""

    def __call__(
        self, *, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress
    ) -> Mapping[str, object]: ...


def _kind(work: _Work, after: Callable[[JobValue], None] | None = None) -> Kind:
    """All of it may be begun again after its worker died."""

    def run(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
        return work(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)

    return Kind(run, again=True, after=after)


KINDS: Final[Mapping[str, Kind]] = {
    jobs.FILL_IN: _kind(sheet.worked),  # the newest sheet counts
    jobs.CHECK_PAPER: _kind(upload.worked, held.drop),  # the same content again is the version there is
    jobs.DRAW_PAGES: _kind(pages.worked),  # pictures are kept once
    jobs.SORT_PAPERS: _kind(sorting.worked),  # what was read is not read again
    jobs.CUT_PAPERS: _kind(cutting.worked),  # checks that were put are found
    jobs.VERIFY_PACKAGE: _kind(verifying.worked, held.drop),
    jobs.GENERATE_ITEMS: _kind(work.items),  # equal values are the version there is
    jobs.BUILD_PACKAGE: _kind(work.package),  # the same bytes again
    jobs.SIGN_PACKAGE: _kind(work.signature),  # of what is kept unsigned
}
