"""What stands for the on-site check: the newest look at each part, and a new one, which is work."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Query, Router, Schema

from nianjian.features.inspection.operations.checks import work
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.parameter_types import Day

router = Router(tags=["inspection"])
HERE = "/enterprises/{code}/inspection"


class InspectionAsked(Schema):
    """A part, and as at which day; today where it is absent."""

    part: Literal["readiness", "answers", "dialling", "retention"]
    as_of: Day | None = None


class InspectionPart(Schema):
    """Which part."""

    part: Literal["readiness", "answers", "dialling", "retention"] = "readiness"


class InspectionTold(Schema):
    """The newest finished look at a part: its ``job``, when it ended, and what it ``told`` as the command line does.

    All of them null where nobody has looked yet.
    """

    part: str
    job: str | None
    ended_at: str | None
    told: dict[str, Any] | None


@write(router, HERE, act=Act.REPORT, answer=Job, status=202)
def inspection_look(request: Request, code: str, given: InspectionAsked) -> dict[str, object]:
    """Look at a part anew: readiness, answer cards, how calls are dialled, or how far logs reach back."""
    job = work.enqueue_check(enterprise=code, part=given.part, as_of=given.as_of, actor=request.actor)
    return enqueued_job_document(request, job)


@read(router, HERE, act=Act.READ, answer=InspectionTold)
def inspection_get(request: Request, code: str, wanted: Query[InspectionPart]) -> dict[str, object]:
    """The newest look at a part."""
    found = work.newest(enterprise=code, part=wanted.part, actor=request.actor)
    if found is None:
        return {"part": wanted.part, "job": None, "ended_at": None, "told": None}
    told = {name: value for name, value in found.items() if name not in {"job", "ended_at"}}
    return {"part": wanted.part, "job": found["job"], "ended_at": found["ended_at"], "told": told}
