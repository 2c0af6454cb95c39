"""Complaint tickets in the API: lists, one with its history, in full; forward lists; one-click addresses."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.texts.complaints import one_click_carriers
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.typeset import MEDIA, render_qr_code
from nianjian.engines.paper.words import words
from nianjian.features.complaints import forwards, matching, one_click, operations, queries  # noqa: F401 -- match declares an operation, too
from nianjian.features.complaints.clocks import Clock, Hand
from nianjian.features.complaints.documents import (
    ComplaintCarriers,
    ComplaintDoor,
    ComplaintDoorClosed,
    Standing,
    Ticketed,
    TicketShown,
    event_to_document,
    to_document,
)
from nianjian.features.complaints.forwards import ForwardMapping, parse_mapping
from nianjian.features.complaints.models import Door
from nianjian.features.complaints.one_click_pages import public_address
from nianjian.features.complaints.operations import TICKETS
from nianjian.features.complaints.queries import BY_DUE, KIND, TicketFilter
from nianjian.features.complaints.sheet import COMPLAINTS, spell_source
from nianjian.features.complaints.states import State
from nianjian.features.registers.api import Row, to_row
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Named, RowNumber, Text
from nianjian.platform.api.problems import Finding, language
from nianjian.platform.api.routes import mount
from nianjian.platform.home.http import as_attachment
from nianjian.platform.operations.operation import REGISTRY
from nianjian.platform.registers import storage
from nianjian.platform.registers.row_keys import decode_key

router = Router(tags=["complaints"])
HERE = TICKETS.path
TICKET = HERE + "/tickets/{ticket}"
Long = Annotated[str, Field(max_length=2000)]
Source = Literal["12321", "12300", "enterprise", "one_click", "carrier"]


class TicketsWanted(Schema):
    """Which tickets: states, a clock and how it stands, who works on them, drills, the match, a text.

    ``overdue``: those alone that are still open past a limit, of drills only with ``drill``.
    """

    state: list[Standing] = Field([], max_length=10)
    clock: Clock | None = None
    hand: list[Hand] = Field([], max_length=10)
    assignee: Text = ""
    drill: bool | None = None
    match: Literal["asserted", "proposed", "confirmed", "dismissed", "none"] | None = None
    q: Text = ""
    overdue: bool = False


class NewTicket(Schema):
    """A ticket; without ``arrived`` it has arrived now, without ``id`` its number is made."""

    source: Source
    id: Text = ""
    reference: Text = ""
    accepted: datetime | None = None
    arrived: datetime | None = None
    called: datetime | None = None
    complainant: Text = ""
    complained: Text = ""
    category: Text = ""
    content: Long = ""
    assignee: Text = ""
    line: Text = ""
    team: Text = ""
    drill: bool = False


@read(router, HERE, act=Permission.READ_OWN, answer=Page[Ticketed])
def complaints_list(request: Request, code: str, cut: Query[Cut], looked: Query[TicketsWanted]) -> dict[str, object]:
    """Tickets, the overdue ones first, then those due soonest; an outsourcer's own ones alone."""
    filters = TicketFilter(
        states=frozenset(State(one) for one in looked.state),
        clock=looked.clock,
        hands=frozenset(looked.hand),
        assignee=looked.assignee or None,
        drills=looked.drill,
        proposal=looked.match,
        overdue=looked.overdue,
    )
    tickets = queries.list_tickets(enterprise=code, actor=request.actor, filters=filters)
    rows = tickets.narrowed(looked.q, BY_DUE)
    return paged(request, cut, LazyRows(lambda first, count: rows.tickets(first, first + count)), to_document)


@read(router, TICKET, act=Permission.READ_OWN, answer=TicketShown)
def complaints_get(request: Request, code: str, ticket: str) -> TicketShown:
    """One ticket and its history, masked."""
    instance, past = queries.get_ticket(enterprise=code, complaint=decode_key(ticket), actor=request.actor)
    return TicketShown(**vars(to_document(instance)), history=[event_to_document(event) for event in past])


@take(router, f"{TICKET}/reveal", act=Permission.VIEW_UNMASKED, answer=Row)
def complaints_reveal(request: Request, code: str, ticket: str) -> Row:
    """A ticket in full; the audit chain has the entry before."""
    instance, _past = queries.get_ticket(enterprise=code, complaint=decode_key(ticket), actor=request.actor)
    storage.record_reveal(kind=KIND, enterprise=code, version=instance.row, actor=request.actor)
    return to_row(instance.row, COMPLAINTS, full=True)


@write(router, HERE, act=Permission.MANAGE_DATA, answer=Ticketed, status=201)
def complaints_add(request: Request, code: str, new: NewTicket) -> Ticketed:
    """Open a ticket; its clocks run from its arrival."""
    plain = ("reference", "complainant", "complained", "category", "content", "assignee")
    texts = {name: getattr(new, name) for name in plain} | {
        "ticket_id": new.id,
        "source": spell_source(new.source),
        "line_id": new.line,
        "team_id": new.team,
        "accepted_at": _typed(new.accepted),
        "arrived_at": _typed(new.arrived),
        "called_at": _typed(new.called),
        "drill": "是" if new.drill else "",
    }
    key = operations.open_ticket(enterprise=code, texts=texts, actor=request.actor)
    return to_document(TICKETS.get(code, request.actor, key))


def _typed(moment: datetime | None) -> str:
    return "" if moment is None else f"{clock.aware(moment).astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"


mount(router, REGISTRY.of(TICKETS))


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORWARDS = f"{HERE}/forwards"


class ForwardSpelt(Schema):
    """A list; ``source``: from whom, null where a column says it.

    ``column``: our field with the list's heading, as ``reference=举报编号``; others go by their usual names.
    ``moments``: how the times of such columns are written, as ``%Y%m%d%H%M%S``, where they are not understood.
    """

    name: Named
    source: Source | None = None
    column: list[Text] = Field([], max_length=20)
    moments: Annotated[Text, Field(max_length=60)] = ""


class ForwardAsked(ForwardSpelt):
    """``arrived``: when the list came, now where it is absent."""

    arrived: datetime | None = None


class ForwardColumn(Schema):
    """A heading of the list; ``field`` of ours it is read as, null for none; some of its values, masked."""

    heading: str
    field: str | None
    examples: list[str]


class ForwardFinding(Schema):
    """A faulty cell."""

    line: int
    column: str
    code: str
    detail: str


class ForwardPreview(Schema):
    """The list's own headings and what an import with this mapping would say: its rows and the first 50 faults.

    ``fault``: why it cannot be read as it is mapped, where a heading is missing.
    """

    file: str
    sheet: str
    encoding: str
    columns: list[ForwardColumn]
    fault: Finding | None
    read: int
    faulty: int
    findings: list[ForwardFinding]
    faults: int


@take(router, f"{FORWARDS}/previews", act=Permission.MANAGE_DATA, answer=ForwardPreview, upload=True)
def complaints_forward_preview(request: Request, code: str, file: Query[ForwardSpelt]) -> ForwardPreview:
    """The columns of a list and what an import would say; the content is the file; nothing of it is kept."""
    preview = forwards.preview_upload(
        enterprise=code,
        name=file.name,
        content=request.incoming.content(forwards.LIMIT),
        mapping=_mapping(file),
        actor=request.actor,
    )
    speak, fault = words(language(request)), preview.fault
    error = None
    if fault is not None:
        error = Finding(code=fault.code, detail=error_message(fault.code, fault.values, speak))
    return ForwardPreview(
        file=preview.file,
        sheet=preview.sheet,
        encoding=preview.encoding,
        columns=[
            ForwardColumn(heading=one.heading, field=one.field or None, examples=list(one.examples))
            for one in preview.columns
        ],
        fault=error,
        read=preview.read,
        faulty=preview.faulty,
        findings=[
            ForwardFinding(
                line=one.line, column=one.column, code=one.code, detail=error_message(one.code, one.values(), speak)
            )
            for one in preview.findings
        ],
        faults=preview.faults,
    )


@write(router, FORWARDS, act=Permission.MANAGE_DATA, answer=Job, status=202, held=forwards.LIMIT)
def complaints_forward(request: Request, code: str, file: Query[ForwardAsked]) -> Job:
    """Import a forward list: work whose result tells the rows and the faults; the content is the file, at most 20 MiB.

    With one faulty cell nothing is taken.
    """
    job = forwards.enqueue_import(
        enterprise=code,
        name=file.name,
        content=request.content,
        mapping=_mapping(file),
        arrived=None if file.arrived is None else clock.aware(file.arrived),
        language=language(request),
        actor=request.actor,
    )
    return enqueued_job_document(request, job)


@read(router, f"{FORWARDS}/{{job}}/file", act=Permission.MANAGE_DATA, media=[WORKBOOK])
def complaints_forward_file(request: Request, code: str, job: str) -> HttpResponse:
    """A faulty list as a workbook with each faulty cell marked, for whom it came from; it is kept for seven days."""
    name, body = forwards.get_marked_workbook(enterprise=code, job=job, actor=request.actor)
    return as_attachment(HttpResponse(body, content_type=WORKBOOK), name)


def _mapping(file: ForwardSpelt) -> ForwardMapping:
    """``filter_unreadable`` for a column that names no heading, ``mapping_invalid``."""
    columns = {}
    for text in file.column:
        field, sign, heading = text.partition("=")
        if not sign or not heading.strip():
            raise NianjianError("filter_unreadable", column="column", value=text)
        columns[field] = heading
    return parse_mapping(file.source, columns, file.moments, file.name)


mount(router, REGISTRY.of(one_click.ADDRESSES))
DOORS = one_click.ADDRESSES.path
DOOR = f"{DOORS}/{{door}}"


class NewComplaintDoor(Schema):
    """The displayed number, as people see it on their telephones."""

    number: Annotated[Text, Field(min_length=1, max_length=32)]


@read(router, DOORS, act=Permission.ADMINISTER, answer=Page[ComplaintDoor])
def one_click_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The numbers that have an address, by number."""
    doors = one_click.list_addresses(enterprise=code, actor=request.actor)
    return paged(request, cut, doors, lambda one: _to_door(request, one))


@write(router, DOORS, act=Permission.ADMINISTER, answer=ComplaintCarriers, status=201)
def one_click_open(request: Request, code: str, new: NewComplaintDoor) -> ComplaintCarriers:
    """Give a number its address."""
    return _whole(request, one_click.open_door(enterprise=code, number=new.number, actor=request.actor))


@read(router, DOOR, act=Permission.ADMINISTER, answer=ComplaintCarriers)
def one_click_get(request: Request, code: str, door: RowNumber) -> ComplaintCarriers:
    """The address of a number and the texts that carry it."""
    return _whole(request, one_click.get_address(enterprise=code, door=door, actor=request.actor))


@read(router, f"{DOOR}/code/{{form}}", act=Permission.ADMINISTER, media=sorted(MEDIA.values()))
def one_click_code(request: Request, code: str, door: RowNumber, form: Literal["svg", "png"]) -> HttpResponse:
    """The address as a QR code."""
    row = one_click.get_address(enterprise=code, door=door, actor=request.actor)
    answer = HttpResponse(render_qr_code(public_address(request, row), form), content_type=MEDIA[form])
    return as_attachment(answer, f"{row.number}.{form}")


@write(router, DOOR, act=Permission.ADMINISTER, answer=ComplaintDoorClosed, method="DELETE")
def one_click_close(request: Request, code: str, door: RowNumber) -> ComplaintDoorClosed:
    """Take an address back: printed codes and sent links lead nowhere then, and another one will be new."""
    one_click.close_door(enterprise=code, door=door, actor=request.actor)
    return ComplaintDoorClosed(door)


def _whole(request: Request, one: Door) -> ComplaintCarriers:
    door = _to_door(request, one)
    carriers: dict[str, Any] = {**one_click_carriers(door.address, one.enterprise_id)}
    return ComplaintCarriers(**asdict(door), **carriers)


def _to_door(request: Request, one: Door) -> ComplaintDoor:
    return ComplaintDoor(one.pk, one.number, public_address(request, one), one.made_at, one.made_by)
