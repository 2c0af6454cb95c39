"""The long work of the package: checks of files, pictures of their pages, sorting, verification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.accounts.query import Actor
from nianjian.flows import jobs
from nianjian.flows.dossier import pages, upload
from nianjian.jobs.kind import Kind, Report
from nianjian.queue.query import JobValue


def _check(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: paper (its blob), name, year, item."""
    return upload.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


def _draw(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: year, item, version."""
    return pages.worked(enterprise=job.enterprise, given=job.payload, actor=actor, progress=told)


KINDS: Final[Mapping[str, Kind]] = {
    jobs.CHECK_PAPER: Kind(_check, again=True, after=upload.drop),  # the same content again is the version there is
    jobs.DRAW_PAGES: Kind(_draw, again=True),  # pictures are kept once
}
