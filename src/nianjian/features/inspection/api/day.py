"""The inspection day: kept, told with the evidence behind each row, opened to an inspector, taken along as a copy."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from nianjian.engines.paper.words import CHINESE, language_of
from nianjian.features.inspection.operations.day import bundle, visits
from nianjian.features.inspection.operations.day.sheet import sheet
from nianjian.features.inspection.visits.service import VisitInput
from nianjian.features.people.api import MadeLink, to_link_document
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.home.http import as_attachment

router = Router(tags=["inspection"])
HERE = "/enterprises/{code}/inspection/day"
LINES = 10_000  # characters
Lines = Annotated[str, Field(max_length=LINES)]


class VisitWanted(Schema):
    """Which day; the next one where it is absent."""

    day: Day | None = None


class VisitSet(Schema):
    """A day. ``agenda``: lines ``09:30 | what | who``; ``posts``: lines ``place | who | task``."""

    day: Day
    notice: Text = ""
    authority: Text = ""
    received_on: Day | None = None
    place: Text = ""
    agenda: Lines = ""
    posts: Lines = ""


class AgendaLine(Schema):
    """What happens when."""

    at: str
    what: str
    who: str


class Post(Schema):
    """Who stands where."""

    place: str
    who: str
    task: str


class Scan(Schema):
    """A scan of the notice; ``sha256`` and ``size`` (bytes) of its content; ``pages`` 0: kept and not read."""

    scan: int
    name: str
    media_type: str
    sha256: str
    size: int
    pages: int
    recorded_by: str


class ScreensNote(Schema):
    """Who has seen when whether both screens stand in the room, and through which day that counts."""

    seen_on: str
    stand: bool
    signed: str
    noted_at: str
    until: str


class Visit(Schema):
    """A day as it is kept."""

    day: str
    notice: str
    authority: str
    received_on: str | None
    place: str
    agenda: list[AgendaLine]
    posts: list[Post]
    scans: list[Scan]


class VisitRemoved(Schema):
    """Which day is gone."""

    day: Day


class VisitTold(Schema):
    """The sheet as the command line tells it; ``visit`` null where no day is kept, ``looked_at`` where nobody looked.

    ``rows``: S1 to S10 with the evidence behind each; ``notice``: whether it is here, and until when it usually comes.
    """

    enterprise: str
    name: str
    today: str
    visit: Visit | None
    days: list[str]
    notice: dict[str, Any]
    looked_at: str | None
    state: str
    counts: dict[str, int]
    rows: list[dict[str, Any]]
    screens: ScreensNote | None
    drill: dict[str, Any] | None
    rulebook: dict[str, str]


class Inspector(Schema):
    """Who may read until the end of which day."""

    user: str = Field(min_length=1, max_length=80)
    until: Day


class InspectorTold(Schema):
    """An inspector; ``until`` null: no link lets them in now."""

    user: str
    until: str | None


class Inspectors(Schema):
    """All of an enterprise."""

    inspectors: list[InspectorTold]


@read(router, HERE, act=Act.READ, answer=VisitTold)
def visit_get(request: Request, code: str, wanted: Query[VisitWanted]) -> dict[str, object]:
    """The sheet of a day: notice, agenda, who stands where, the evidence as it was last looked at."""
    return sheet(enterprise=code, actor=request.actor, day=wanted.day)


@write(router, HERE, act=Act.LOAD, answer=Visit)
def visit_set(request: Request, code: str, given: VisitSet) -> dict[str, object]:
    """Keep a day, or change what is kept of it."""
    return visits.save(enterprise=code, given=VisitInput(**given.dict()), actor=request.actor)


@read(router, f"{HERE}/copy", act=Act.READ, media=[bundle.MEDIA])
def visit_copy(request: Request, code: str, wanted: Query[VisitWanted]) -> HttpResponse:
    """The copy for a network that fails (zip of HTML and PDF), in the language of the request."""
    language = language_of(request.headers.get("accept-language", CHINESE))
    name, content = bundle.bundle(enterprise=code, actor=request.actor, language=language, day=wanted.day)
    return as_attachment(HttpResponse(content, content_type=bundle.MEDIA), name)


@read(router, f"{HERE}/inspectors", act=Act.PEOPLE, answer=Inspectors)
def visit_inspectors(request: Request, code: str) -> dict[str, object]:
    """Who may read as an inspector, and until when."""
    return {"inspectors": visits.inspectors(enterprise=code, actor=request.actor)}


@write(router, f"{HERE}/inspectors", act=Act.PEOPLE, answer=MadeLink, status=201, hidden=("url",))
def visit_admit(request: Request, code: str, given: Inspector) -> dict[str, object]:
    """Let an inspector read until the end of a day: account, role and link in one step; the link is told now alone."""
    return to_link_document(
        request, visits.admit(enterprise=code, user=given.user, until=given.until, actor=request.actor)
    )


@write(router, f"{HERE}/{{day}}", act=Act.LOAD, answer=VisitRemoved, method="DELETE")
def visit_remove(request: Request, code: str, day: Annotated[Day, Path()]) -> dict[str, object]:
    """Take a day back."""  # declared last: its address would catch those above
    visits.remove(enterprise=code, day=day, actor=request.actor)
    return {"day": day}
