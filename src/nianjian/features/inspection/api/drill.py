"""The drill of the on-site check: run it, read what it has shown, take its report."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.paper.words import CHINESE, language_of
from nianjian.features.inspection.injects import LONGEST
from nianjian.features.inspection.operations.drill import report, run, timeline
from nianjian.features.inspection.operations.drill.script import Planned
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, write
from nianjian.platform.home.http import as_attachment

router = Router(tags=["inspection"])
HERE = "/enterprises/{code}/inspection/drill"


class DrillAsked(Schema):
    """``phone``: whom the call-back calls; ``calls``: so many filed numbers are called over each kept way.

    ``source``: how the complaint arrives; ``minutes``: by when the script wants a step, after the arrival; ``players``:
    the accounts that play; ``thrown``: what the facilitator means to throw in.
    """

    phone: str = Field("", max_length=40)
    calls: int = Field(run.CALLS, ge=0, le=run.MOST)
    source: Literal["one_click", "12321"] = "one_click"
    minutes: dict[Literal["responded", "called_back", "closed"], Annotated[int, Field(ge=1, le=LONGEST)]] = Field({})
    players: dict[Literal["agent", "lead"], Annotated[str, Field(max_length=80)]] = Field({})
    thrown: list[Literal["second_call", "system_slow", "inspector_asks", "media"]] = Field([], max_length=10)


class DrillNamed(Schema):
    """A drill by the number of its ticket; the newest where it is absent."""

    drill: str = Field("", max_length=200)


class DrillHeld(Schema):
    """A drill: its ticket, when it began, who began it, after how many seconds its steps were done; null: not yet."""

    drill: str
    begun_at: str
    begun_by: str
    responded_s: int | None
    called_back_s: int | None
    closed_s: int | None


class DrillInject(Schema):
    """What is thrown into a drill, and whether it was given or handled."""

    drill: str = Field(min_length=1, max_length=200)
    inject: Literal["second_call", "system_slow", "inspector_asks", "media"]
    act: Literal["given", "handled"]


class DrillTimeline(Schema):
    """A line a step and inject, by when it is due; ``running_s``: seconds since the arrival."""

    drill: str
    running_s: int
    timeline: list[dict[str, Any]]


class DrillTold(Schema):
    """The drills, newest first, and what one of them ``told`` as the command line does; null where none was held."""

    drills: list[DrillHeld]
    told: dict[str, Any] | None


@write(router, HERE, act=Act.REPORT, answer=Job, status=202)
def drill_run(request: Request, code: str, given: DrillAsked) -> dict[str, object]:
    """Run a drill: readiness, test calls where a way is kept, and a complaint as it would come in: work."""
    planned = Planned(**given.dict(exclude={"phone", "calls"}))
    job = run.enqueue_drill(enterprise=code, phone=given.phone, calls=given.calls, actor=request.actor, planned=planned)
    return enqueued_job_document(request, job)


@read(router, HERE, act=Act.READ, answer=DrillTold)
def drill_get(request: Request, code: str, wanted: Query[DrillNamed]) -> dict[str, object]:
    """What a drill has shown as its ticket stands now."""
    drills = report.list_drills(enterprise=code, actor=request.actor)
    if not drills and not wanted.drill:
        return {"drills": [], "told": None}
    return {"drills": drills, "told": report.report(enterprise=code, actor=request.actor, name=wanted.drill)}


@read(router, f"{HERE}/report", act=Act.READ, media=[report.MEDIA])
def drill_report(request: Request, code: str, wanted: Query[DrillNamed]) -> HttpResponse:
    """The report as PDF, in the language of the request."""
    language = language_of(request.headers.get("accept-language", CHINESE))
    name, content = report.paper(enterprise=code, actor=request.actor, language=language, name=wanted.drill)
    return as_attachment(HttpResponse(content, content_type=report.MEDIA), name)


@read(router, f"{HERE}/timeline", act=Act.READ, answer=DrillTimeline)
def drill_timeline(request: Request, code: str, wanted: Query[DrillNamed]) -> dict[str, object]:
    """How a drill goes: what is due, what was done, what was thrown in."""
    return report.report(enterprise=code, actor=request.actor, name=wanted.drill)


@write(router, f"{HERE}/injects", act=Act.REPORT, answer=DrillTimeline)
def drill_inject(request: Request, code: str, given: DrillInject) -> dict[str, object]:
    """Note that something was thrown in, or that it was handled."""
    timeline.inject(enterprise=code, drill=given.drill, what=given.inject, act=given.act, actor=request.actor)
    return report.report(enterprise=code, actor=request.actor, name=given.drill)
