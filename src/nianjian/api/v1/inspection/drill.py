"""The drill of the on-site check: run it, read what it has shown, take its report."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.accounts.roles import Act
from nianjian.api.door.access import Request
from nianjian.api.door.operations import read, write
from nianjian.api.v1.jobs import Job, asked
from nianjian.config.http.answers import named
from nianjian.flows.inspection.drill import report, run
from nianjian.paper.words import CHINESE, language_of

router = Router(tags=["inspection"])
HERE = "/enterprises/{code}/inspection/drill"


class DrillAsked(Schema):
    """``phone``: whom the call-back calls; ``calls``: so many filed numbers are called over each kept way."""

    phone: str = Field("", max_length=40)
    calls: int = Field(run.CALLS, ge=0, le=run.MOST)


class DrillNamed(Schema):
    """A drill by the number of its ticket; the newest where it is absent."""

    drill: str = Field("", max_length=200)


class DrillHeld(Schema):
    """A drill: its ticket, when it began and who began it."""

    drill: str
    begun_at: str
    begun_by: str


class DrillTold(Schema):
    """The drills, newest first, and what one of them ``told`` as the command line does; null where none was held."""

    drills: list[DrillHeld]
    told: dict[str, Any] | None


@write(router, HERE, act=Act.REPORT, answer=Job, status=202)
def drill_run(request: Request, code: str, given: DrillAsked) -> dict[str, object]:
    """Run a drill: readiness, test calls where a way is kept, and a complaint by a one-click address: work."""
    return asked(request, run.ask(enterprise=code, phone=given.phone, calls=given.calls, actor=request.actor))


@read(router, HERE, act=Act.READ, answer=DrillTold)
def drill_get(request: Request, code: str, wanted: Query[DrillNamed]) -> dict[str, object]:
    """What a drill has shown as its ticket stands now."""
    drills = report.listed(enterprise=code, actor=request.actor)
    if not drills and not wanted.drill:
        return {"drills": [], "told": None}
    return {"drills": drills, "told": report.report(enterprise=code, actor=request.actor, name=wanted.drill)}


@read(router, f"{HERE}/report", act=Act.READ, media=[report.MEDIA])
def drill_report(request: Request, code: str, wanted: Query[DrillNamed]) -> HttpResponse:
    """The report as PDF, in the language of the request."""
    language = language_of(request.headers.get("accept-language", CHINESE))
    name, content = report.paper(enterprise=code, actor=request.actor, language=language, name=wanted.drill)
    return named(HttpResponse(content, content_type=report.MEDIA), name)
