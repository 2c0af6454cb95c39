"""The on-site check: its checks, the inspection day, the drill."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.paper.words import CHINESE, language_of
from nianjian.features.dossier.operations.checklist import MEDIA
from nianjian.features.inspection.documents import (
    DrillHeld,
    Inspectors,
    Room,
    RoomEntry,
    Scan,
    ScreensNote,
    ScreensSigned,
    Visit,
)
from nianjian.features.inspection.operations import day as visits
from nianjian.features.inspection.operations import declarations, readiness, room
from nianjian.features.inspection.operations import drill as drills
from nianjian.features.inspection.operations.day import VisitInput, build_sheet
from nianjian.features.inspection.states import LONGEST_MINUTES, DrillPlan
from nianjian.features.people.operations import MadeLink, link_document
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.parameter_types import Day, FileName, Text, attached
from nianjian.platform.api.routes import mount
from nianjian.platform.home.http import as_attachment

router = Router(tags=["inspection"])
HERE = "/enterprises/{code}/inspection"


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


mount(router, (readiness.look, declarations.declare_facts))


@read(router, HERE, act=Permission.READ, answer=InspectionTold)
def inspection_get(request: Request, code: str, wanted: Query[InspectionPart]) -> InspectionTold:
    """The newest look at a part."""
    check = readiness.newest_check(enterprise=code, part=wanted.part, actor=request.actor)
    if check is None:
        return InspectionTold(part=wanted.part, job=None, ended_at=None, told=None)
    result = {name: value for name, value in check.items() if name not in {"job", "ended_at"}}
    return InspectionTold(part=wanted.part, job=check["job"], ended_at=check["ended_at"], told=result)


DAY = "/enterprises/{code}/inspection/day"
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


@read(router, DAY, act=Permission.READ, answer=VisitTold)
def visit_get(request: Request, code: str, wanted: Query[VisitWanted]) -> VisitTold:
    """The sheet of a day: notice, agenda, who stands where, the evidence as it was last looked at."""
    return VisitTold(**to_builtins(build_sheet(enterprise=code, actor=request.actor, day=wanted.day)))


@write(router, DAY, act=Permission.MANAGE_DATA, answer=Visit)
def visit_set(request: Request, code: str, given: VisitSet) -> Visit:
    """Keep a day, or change what is kept of it."""
    return visits.save_visit(enterprise=code, visit=VisitInput(**given.dict()), actor=request.actor)


@read(router, f"{DAY}/copy", act=Permission.READ, media=[visits.ZIP_MEDIA])
def visit_copy(request: Request, code: str, wanted: Query[VisitWanted]) -> HttpResponse:
    """The copy for a network that fails (zip of HTML and PDF), in the language of the request."""
    language = language_of(request.headers.get("accept-language", CHINESE))
    name, content = visits.build_bundle(enterprise=code, actor=request.actor, language=language, day=wanted.day)
    return as_attachment(HttpResponse(content, content_type=visits.ZIP_MEDIA), name)


@read(router, f"{DAY}/inspectors", act=Permission.PEOPLE, answer=Inspectors)
def visit_inspectors(request: Request, code: str) -> Inspectors:
    """Who may read as an inspector, and until when."""
    return Inspectors(visits.list_inspectors(enterprise=code, actor=request.actor))


@write(router, f"{DAY}/inspectors", act=Permission.PEOPLE, answer=MadeLink, status=201, hidden=("url",))
def visit_admit(request: Request, code: str, given: Inspector) -> MadeLink:
    """Let an inspector read until the end of a day: account, role and link in one step; the link is told now alone."""
    return link_document(
        request, visits.admit_inspector(enterprise=code, user=given.user, until=given.until, actor=request.actor)
    )


ROOM = f"{DAY}/room"


class RoomWanted(Schema):
    """Of which day."""

    day: Day


class RoomChoice(Schema):
    """What the room of a day shows from now on: ``items`` alone."""

    day: Day
    items: list[Text] = Field(max_length=len(room.KEYS))


@read(router, ROOM, act=Permission.READ, answer=Room)
def room_get(request: Request, code: str, wanted: Query[RoomWanted]) -> Room:
    """What the inspectors see of a day, what they looked at and what they ask to be shown."""
    return room.get_room(enterprise=code, day=wanted.day, actor=request.actor)


@write(router, ROOM, act=Permission.MANAGE_DATA, answer=Room)
def room_set(request: Request, code: str, given: RoomChoice) -> Room:
    """Choose what the inspectors see of a day, until that day is over."""
    return room.release_items(enterprise=code, day=given.day, items=given.items, actor=request.actor)


@write(router, f"{ROOM}/{{entry}}/shown", act=Permission.MANAGE_DATA, answer=RoomEntry)
def room_shown(request: Request, code: str, entry: int) -> RoomEntry:
    """Note that the original an inspector asked for was shown."""
    return room.mark_shown(enterprise=code, entry=entry, actor=request.actor)


DRILL = "/enterprises/{code}/inspection/drill"


class DrillAsked(Schema):
    """``phone``: whom the call-back calls; ``calls``: so many filed numbers are called over each kept way.

    ``source``: how the complaint arrives; ``minutes``: by when the script wants a step, after the arrival; ``players``:
    the accounts that play; ``thrown``: what the facilitator means to throw in.
    """

    phone: str = Field("", max_length=40)
    calls: int = Field(drills.CALLS, ge=0, le=drills.MOST_CALLS)
    source: Literal["one_click", "12321"] = "one_click"
    minutes: dict[Literal["responded", "called_back", "closed"], Annotated[int, Field(ge=1, le=LONGEST_MINUTES)]] = (
        Field({})
    )
    players: dict[Literal["agent", "lead"], Annotated[str, Field(max_length=80)]] = Field({})
    thrown: list[Literal["second_call", "system_slow", "inspector_asks", "media"]] = Field([], max_length=10)


class DrillNamed(Schema):
    """A drill by the number of its ticket; the newest where it is absent."""

    drill: str = Field("", max_length=200)


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


@write(router, DRILL, act=Permission.REPORT, answer=Job, status=202)
def drill_run(request: Request, code: str, given: DrillAsked) -> Job:
    """Run a drill: readiness, test calls where a way is kept, and a complaint as it would come in: work."""
    planned = DrillPlan(**given.dict(exclude={"phone", "calls"}))
    job = drills.enqueue_drill(
        enterprise=code, phone=given.phone, calls=given.calls, actor=request.actor, planned=planned
    )
    return enqueued_job_document(request, job)


@read(router, DRILL, act=Permission.READ, answer=DrillTold)
def drill_get(request: Request, code: str, wanted: Query[DrillNamed]) -> DrillTold:
    """What a drill has shown as its ticket stands now."""
    rows = drills.list_drills(enterprise=code, actor=request.actor)
    if not rows and not wanted.drill:
        return DrillTold(drills=[], told=None)
    report = drills.build_report(enterprise=code, actor=request.actor, name=wanted.drill)
    return DrillTold(drills=rows, told=to_builtins(report))


@read(router, f"{DRILL}/report", act=Permission.READ, media=[drills.PDF_MEDIA])
def drill_report(request: Request, code: str, wanted: Query[DrillNamed]) -> HttpResponse:
    """The report as PDF, in the language of the request."""
    language = language_of(request.headers.get("accept-language", CHINESE))
    name, content = drills.build_report_pdf(enterprise=code, actor=request.actor, language=language, name=wanted.drill)
    return as_attachment(HttpResponse(content, content_type=drills.PDF_MEDIA), name)


@read(router, f"{DRILL}/timeline", act=Permission.READ, answer=DrillTimeline)
def drill_timeline(request: Request, code: str, wanted: Query[DrillNamed]) -> DrillTimeline:
    """How a drill goes: what is due, what was done, what was thrown in."""
    report = drills.build_report(enterprise=code, actor=request.actor, name=wanted.drill)
    return DrillTimeline(**to_builtins(report))


@write(router, f"{DRILL}/injects", act=Permission.REPORT, answer=DrillTimeline)
def drill_inject(request: Request, code: str, given: DrillInject) -> DrillTimeline:
    """Note that something was thrown in, or that it was handled."""
    drills.note_inject(enterprise=code, drill=given.drill, what=given.inject, act=given.act, actor=request.actor)
    report = drills.build_report(enterprise=code, actor=request.actor, name=given.drill)
    return DrillTimeline(**to_builtins(report))


SCANS = f"{DAY}/{{day}}/scans"
Number = Annotated[int, Path(ge=1, le=2**62)]
Of = Annotated[Day, Path()]


class ScanRemoved(Schema):
    """The scan that is gone."""

    scan: int


class ScreensSeen(Schema):
    """What was seen on a day, today where it is absent. ``stand``: both screens, with live data."""

    seen_on: Day | None = None
    stand: bool = True


@write(router, f"{DAY}/screens", act=Permission.MANAGE_DATA, answer=ScreensSigned, status=201)
def visit_screens(request: Request, code: str, given: ScreensSeen) -> ScreensSigned:
    """Sign by the own account that both screens stand in the room with live data, or that they do not."""
    return visits.note_screens(enterprise=code, seen_on=given.seen_on, stand=given.stand, actor=request.actor)


@write(router, SCANS, act=Permission.MANAGE_DATA, answer=Scan, status=201, held=visits.SCAN_LIMIT)
def visit_scan_add(request: Request, code: str, day: Of, file: Query[FileName]) -> Scan:
    """Keep a scan of the notice beside a day, encrypted; the content is the file, at most 20 MiB."""
    return visits.attach_scan(enterprise=code, day=day, name=file.name, content=request.content, actor=request.actor)


@take(router, f"{SCANS}/{{scan}}/file", act=Permission.VIEW_UNMASKED, media=sorted(MEDIA.values()))
def visit_scan_fetch(request: Request, code: str, day: Of, scan: Number) -> HttpResponse:
    """A scan as it came; the audit chain has the entry."""
    name, media, content = visits.fetch_scan(enterprise=code, day=day, number=scan, actor=request.actor)
    return attached(content, media, name)


@write(router, f"{SCANS}/{{scan}}", act=Permission.MANAGE_DATA, answer=ScanRemoved, method="DELETE")
def visit_scan_remove(request: Request, code: str, day: Of, scan: Number) -> ScanRemoved:
    """Take a scan back; its content is deleted."""
    visits.remove_scan(enterprise=code, day=day, number=scan, actor=request.actor)
    return ScanRemoved(scan=scan)


@write(router, f"{DAY}/{{day}}", act=Permission.MANAGE_DATA, answer=VisitRemoved, method="DELETE")
def visit_remove(request: Request, code: str, day: Annotated[Day, Path()]) -> VisitRemoved:
    """Take a day back."""  # declared last: its address would catch those above
    visits.remove_visit(enterprise=code, day=day, actor=request.actor)
    return VisitRemoved(day=day)
