"""Whether a package or a scan of the sealed paper is what its manifest says."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Query, Router

from nianjian.features.dossier.api.items import SEASON
from nianjian.features.dossier.operations import checklist, verifying
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import write
from nianjian.platform.api.parameter_types import FileName, Year

router = Router(tags=["dossier"])


class Verified(FileName):
    """``against``: number of a package that was handed in; without it the zip holds its manifest.

    ``scan``: the file is a scan of the sealed paper, which is compared by its pictures; it needs ``against``.
    """

    against: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    scan: bool = False


@write(router, f"{SEASON}/verification", act=Act.READ, answer=Job, status=202, upload=True)
def dossier_verify(request: Request, code: str, year: Year, file: Query[Verified]) -> dict[str, object]:
    """Compare a package (its folder as a zip), a file of it, or a scan, with a manifest: work.

    The job's result: `intact`, `count` and `differences` (file, page, kind), of a scan how sure (`certainty`)
    and `why`, `text` (pages read, how many agree, which differ or tell nothing) and `riding_seal` (each sheet's state).
    """
    content = request.incoming.content(checklist.LIMIT)
    job = verifying.enqueue_verification(
        enterprise=code, year=year, files=[(file.name, content)], scan=file.scan, against=file.against,
        actor=request.actor,
    )  # fmt: skip
    return enqueued_job_document(request, job)
