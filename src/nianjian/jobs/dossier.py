"""The long work of the package: checks of files, pictures of their pages, sorting, making, verification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.accounts.query import Actor
from nianjian.flows import jobs
from nianjian.flows.dossier import cutting, held, pages, sorting, upload, verifying
from nianjian.flows.dossier.fill_in import sheet
from nianjian.flows.dossier.making import work
from nianjian.jobs.kind import Kind, Report
from nianjian.queue.query import JobValue


def _check(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: paper (its blob), name, year, item."""
    return upload.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _draw(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: year, item, version."""
    return pages.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _sort(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: year."""
    return sorting.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _cut(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: year, arrival (its row), papers (item, first, last), leave."""
    return cutting.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _verify(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: paper (its blob), name, year, scan, against (a manifest's hash) or None."""
    return verifying.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _fill_in(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: year, report."""
    return sheet.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _items(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: year, items, files, replace."""
    return work.items(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _package(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: year, pictures, on (a day, or "")."""
    return work.package(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _sign(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: year, package (the job that has built it)."""
    return work.signature(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


KINDS: Final[Mapping[str, Kind]] = {
    jobs.FILL_IN: Kind(_fill_in, again=True),  # the newest sheet counts
    jobs.CHECK_PAPER: Kind(_check, again=True, after=held.drop),  # the same content again is the version there is
    jobs.DRAW_PAGES: Kind(_draw, again=True),  # pictures are kept once
    jobs.SORT_PAPERS: Kind(_sort, again=True),  # what was read is not read again
    jobs.CUT_PAPERS: Kind(_cut, again=True),  # what was put is found
    jobs.VERIFY_PACKAGE: Kind(_verify, again=True, after=held.drop),
    jobs.GENERATE_ITEMS: Kind(_items, again=True),  # equal values are the version there is
    jobs.BUILD_PACKAGE: Kind(_package, again=True),  # the same bytes again
    jobs.SIGN_PACKAGE: Kind(_sign, again=True),  # of what is kept unsigned
}
