"""Pages of complaint tickets: the queue with its side panel, one ticket with its next act, a new one."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.texts.complaints import STATES
from nianjian.engines.paper.words import mark
from nianjian.features.complaints import operations, presenters
from nianjian.features.complaints.forms import FORMS, Filter, Paper, choose_person, choose_team
from nianjian.features.complaints.matching import DECISIONS, decide, match_tickets
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.queries import (
    KIND,
    Channels,
    QueueCounts,
    Ticket,
    TicketEvent,
    TicketFilter,
    TicketList,
    count_queue,
    count_rows,
    filter_tickets,
    find_before_closing,
    find_replaced,
    list_categories,
    list_tickets,
    load_channels,
    load_current_tickets,
    load_service_levels,
)
from nianjian.features.complaints.queries import get_ticket as read
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import State, TicketAction
from nianjian.features.registers.forms import RowForm
from nianjian.features.registers.operations import DIRECT, ExportRequest, export_register
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, missing_as_404, read_upload, takes_files
from nianjian.platform.registers import storage
from nianjian.platform.registers.attachments import ROW_LIMIT, list_row_papers
from nianjian.platform.registers.filters import RowFilter
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import run_form
from nianjian.platform.web.language import current, say_pair
from nianjian.platform.web.menu import ME, Entry, Place, Reader
from nianjian.platform.web.paging import Order, Page, address, ordered, paged
from nianjian.platform.web.tables import Column, Row, Table, choose_columns, column
from nianjian.platform.web.undo import say_done
from nianjian.platform.web.work import person

SORTS: Final = {
    "due": ("age", "arrived_at", "key"),
    "closed": ("-closed_at", "key"),
    "ticket": ("key",),
    "assignee": ("assignee", "key"),
}
SIZE: Final = 25
PRIMARY: Final = re.compile("[0-9]{1,18}")
LIST: Final = "complaints"


@require_safe
@page(Permission.READ_OWN)
def tickets(request: Request, code: str) -> HttpResponse:
    """List the tickets of a view, one of them beside the list with its next act."""
    every = list_tickets(enterprise=code, actor=request.actor)
    channels = load_channels(code, team=request.team)
    form = Filter(request.GET, channels=channels, categories=list_categories(every.sight))
    listing = list_tickets(enterprise=code, actor=request.actor, filters=form.wanted(), at=every.at).with_age()
    order = ordered(request, SORTS, "closed" if request.GET.get("state") == State.CLOSED else "due")
    rows = listing.narrowed("", order.by)
    cut: Page[Ticket] = paged(
        request,
        LazyRows(lambda first, count: rows.tickets(first, first + count)),
        total=lambda: count_rows(listing.rows),
        size=SIZE,
    )
    counts = count_queue(every.sight, request.actor.name, every.promise, every.at)
    request.counts = {Place.COMPLAINTS: counts.overdue, **count_views(counts)}
    chosen = _choose(request, every, cut.rows)
    columns = list_columns(request, order)
    choice = choose_columns(request, LIST, columns)
    may_load = has_permission(request.actor, code, Permission.MANAGE_DATA)
    context = {
        "form": form,
        "page": cut,
        "choice": choice,
        "table": Table(
            _("Complaints"), columns, [_row(request, ticket, channels, listing, chosen) for ticket in cut.rows],
            hidden=choice.hidden, ticks="bulk" if may_load else "", empty=_("No ticket matches the filters."),
            clear=_clear(code, form) if form.narrowed else "",
        ),
        "lineless": _count_lineless(form, every) if form.wanted().line and form.wanted().open else 0,
        "counts": counts,
        "head": describe_counts(counts, every),
        "unasked": "row" not in request.GET,
        "panel": _panel(request, chosen, channels, every, counts, cut.rows) if chosen else None,
        "people": presenters.list_people(code, request.actor) if may_load and cut.rows else (),
        "teams": channels.teams.items(),
        "query": request.GET.urlencode(),
        "may_load": may_load,
        "may_administer": has_permission(request.actor, code, Permission.ADMINISTER),
        "any": form.narrowed or bool(form.view) or bool(cut.rows) or every.rows.exists(),
    }  # fmt: skip
    return render(request, "complaints/list.html", context)


def count_views(counts: QueueCounts) -> dict[str, int]:
    """What stands at the views of the sub navigation, by their labels."""
    return {
        "Not closed": counts.open, "Mine": counts.mine, "Unassigned": counts.unassigned,
        "Awaiting response": counts.unanswered, "Closed tickets": counts.closed or 0, "Drills": counts.drills,
    }  # fmt: skip


def describe_counts(counts: QueueCounts, listing: TicketList) -> str:
    """How many tickets are open, how many of them overdue, and for how long the earliest one."""
    text = _("{count} tickets open").format(count=counts.open)
    if counts.since is None:
        return text
    late = _("all overdue") if counts.overdue == counts.open else _("{count} overdue").format(count=counts.overdue)
    words = _("{tickets}, {overdue}, the earliest for {time}")
    return words.format(tickets=text, overdue=late, time=presenters.span(listing.at - counts.since))


def list_columns(request: Request, order: Order) -> list[Column]:
    """The columns of the list; `presenters.cells` gives their cells."""
    return [
        column(request, order, _("Ticket"), "ticket", brief="start"),
        column(request, order, _("Time limit"), "closed" if order.column == "closed" else "due", brief="end"),
        Column(_("Kind"), name="kind"),
        Column(_("Line · team"), name="line", brief="start"),
        Column(_("Number complained of"), name="complained"),
        Column(_("Complainant"), name="complainant", spare=True),
        Column(_("Accepted"), name="accepted", spare=True),
        Column(_("Source"), name="source", spare=True),
        Column(_("State"), name="state", brief="end"),
        column(request, order, _("Owner"), "assignee", name="assignee"),
    ]


def _row(request: Request, ticket: Ticket, channels: Channels, listing: TicketList, chosen: Ticket | None) -> Row:
    row, code = ticket.row, request.enterprise.code
    href, view = presenters.ticket_address(code, row.key), address(request, row=row.key, done="")
    grouped = request.GET.get("sort", "due") == "due" and ticket.state not in {State.CLOSED, State.EXCLUDED}
    return Row(
        presenters.cells(ticket, channels, listing.at, href=href, view=f"{view}#peek"),
        name=presenters.ticket_name(row), href=href, view=view, here=chosen is not None and chosen.row.key == row.key,
        value=row.key, version=row.pk, group=presenters.group_name(row) if grouped else "",
    )  # fmt: skip


def _count_lineless(form: Filter, every: TicketList) -> int:
    """How many open tickets that the list would hold for any line name none: theirs may be the line asked for."""
    filters = replace(form.wanted(), line="")
    return filter_tickets(every.sight, filters, every.promise, every.at).filter(line_id=None).order_by().count()


def _clear(code: str, form: Filter) -> str:
    """The address of the view without its filters."""
    query = QueryDict(mutable=True)
    query.update(form.view)
    return f"{reverse('complaints', kwargs={'code': code})}?{query.urlencode()}".rstrip("?")


def _choose(request: Request, every: TicketList, rows: Sequence[Ticket]) -> Ticket | None:
    """The ticket beside the list: the one that the address names, else the first."""
    key = request.GET.get("row", "")
    selected = next((ticket for ticket in rows if ticket.row.key == key), None)
    if selected is None and key:
        selected = next(iter(every.of([key])), None)
    return selected or (rows[0] if rows else None)


def _panel(  # noqa: PLR0917 -- one part of `tickets`
    request: Request,
    ticket: Ticket,
    channels: Channels,
    every: TicketList,
    counts: QueueCounts,
    rows: Sequence[Ticket],
) -> dict[str, Any]:
    code, row = request.enterprise.code, ticket.row
    left, tone = presenters.time_left(ticket, every.at)
    after = next((one for one in rows if one.row.key != row.key), None)
    day = format_day(presenters.day_of(row.arrived_at))
    facts = [presenters.source_name(row), _("arrived {day}").format(day=day) if day else ""]
    done = presenters.describe_result(request.GET.get("done", ""), ticket, counts.open, whole=request.team is None)
    back = request.GET.copy()
    for name in ("row", "done"):
        back.pop(name, None)
    may_load = has_permission(request.actor, code, Permission.MANAGE_DATA)
    return {
        "key": row.key,
        "name": presenters.ticket_name(row),
        "href": presenters.ticket_address(code, row.key),
        "left": left,
        "tone": tone,
        "category": row.category,
        "facts": " · ".join(filter(None, facts)),
        "stands": presenters.list_stands(ticket, every.at)[1:],
        "call_title": presenters.call_title(row),
        "call": presenters.call_facts(ticket),
        "channels": presenters.channel_entities(code, row, channels),
        "owner": presenters.owner_cell(row),
        "done": done,
        "undo": find_undo(request, ticket) if may_load and done else None,
        "after": (presenters.ticket_name(after.row), address(request, row=after.row.key, done="")) if after else None,
        "next": build_next(ticket) if may_load else None,
        "list": back.urlencode(),
    }


def find_undo(request: Request, ticket: Ticket) -> dict[str, Any] | None:
    """The act that takes back what the reader has just done, with its values; None: nothing does, or no longer."""
    row, actor = ticket.row, request.actor
    values: dict[str, str] = {}
    match request.GET.get("done", ""):
        case TicketAction.CLOSE if find_before_closing(row, actor):
            act = TicketAction.UNCLOSE
        case TicketAction.EXCLUDE if find_replaced(row, actor, ("exclusion", "duplicate_of")):
            act = TicketAction.READMIT
        case TicketAction.ASSIGN if before := find_replaced(row, actor, ("assignee", "team_id")):
            act, values = TicketAction.ASSIGN, {"assignee": before.assignee or "", "team": before.team_id or ""}
            if values["assignee"] not in {"", *dict(presenters.list_people(row.enterprise_id, actor))}:
                return None
        case _:
            return None
    return {"act": act.value, "values": {"version": str(row.pk), **values}.items()} if act in ticket.acts else None


def build_next(ticket: Ticket, bound: Any = None) -> dict[str, Any] | None:  # noqa: ANN401 -- a form
    """The form of what a ticket needs next; ``bound``: as it was refused."""
    act = presenters.NEXT.get(ticket.state)
    if act is None:
        return None
    upheld = "" if ticket.row.upheld is None else "yes" if ticket.row.upheld else "no"
    form = bound or FORMS[act](initial={"version": ticket.row.pk, "upheld": upheld}, auto_id=f"{act.value}_%s")
    again = ticket.state is State.CALLED_BACK
    if act is TicketAction.CLOSE and not again:
        form.fields["callback"].required = True
    titles = {
        TicketAction.RESPOND: _("answer the complainant"),
        TicketAction.CLOSE: _("close the ticket") if again else _("call the complainant back"),
    }
    sends = {
        TicketAction.RESPOND: _("Record the response"),
        TicketAction.CLOSE: _("Close the ticket") if again else _("Record the call-back and close"),
    }
    return {
        "act": act.value, "form": form, "title": titles[act], "send": sends[act], "called": again,
        "needs_result": not ticket.row.measures,
    }  # fmt: skip


@require_POST
@page(Permission.MANAGE_DATA)
def several(request: Request, code: str) -> HttpResponse:
    """Assign or answer the chosen tickets, all or none; there is no closing here."""
    try:
        _to_several(request, code)
    except NianjianError as error:
        messages.error(request, " ".join(describe_error(error)))
    return redirect(f"{reverse('complaints', kwargs={'code': code})}?{request.GET.urlencode()}".rstrip("?"))


def _to_several(request: Request, code: str) -> None:
    """Do it to the chosen tickets and say so. Raises what the acts raise."""
    data, keys = request.POST, request.POST.getlist("row")
    versions = [int(one) for one in data.getlist("version") if PRIMARY.fullmatch(one)]
    chosen: dict[str, Any] = {"enterprise": code, "complaints": keys, "actor": request.actor}
    if data.get("act") == "respond":
        text = data.get("text", "")[: operations.REASON].strip()
        if not text:  # also for one: here nobody has opened the ticket
            raise NianjianError("complaint_text_missing")
        operations.respond(**chosen, text=text, versions=versions)
        messages.success(request, _("The response is recorded for {count} tickets.").format(count=len(keys)))
        return
    back = data.get("act") == "back"  # to the owner that all of them had, or to nobody
    who, team = (data.get(name) if back else data.get(name) or None for name in ("assignee", "team"))
    if (who and who not in dict(presenters.list_people(code, request.actor))) or (
        team and team not in load_channels(code, ()).teams
    ):
        raise NianjianError("complaint_assignee_missing")
    before = load_current_tickets(code, keys)
    operations.assign(**chosen, assignee=who, team=team, versions=versions)
    if back:
        messages.success(request, _("{count} tickets stand as before they were given.").format(count=len(keys)))
        return
    to = person(who) if who else load_channels(code, ()).teams[team or ""] or team
    text = _("{count} tickets are given to {person}.").format(count=len(keys), person=to)

    def owner(row: Complaint) -> tuple[tuple[str, str], ...]:
        changed = (("assignee", row.assignee, who), ("team", row.team_id, team))
        return tuple((name, value or "") for name, value, now in changed if now is not None)

    if len({owner(row) for row in before.values()}) == 1:
        rows = load_current_tickets(code, keys).values()
        pairs = [pair for row in rows for pair in (("row", row.key), ("version", str(row.pk)))]
        values = [("act", "back"), *owner(next(iter(before.values()))), *pairs]
        say_done(request, text, request.get_full_path(), values)
    else:
        messages.success(request, text)


@require_POST
@page(Permission.READ_OWN)
def export(request: Request, code: str) -> HttpResponse:
    """Give the ticked tickets, or all that the address finds, as a workbook, masked."""
    form = Filter(request.GET, channels=load_channels(code, team=request.team), categories=())
    listing = list_tickets(enterprise=code, actor=request.actor, filters=form.wanted())
    keys = tuple(request.POST.getlist("row")) or tuple(listing.rows.values_list("key", flat=True)[: DIRECT + 1])
    filters = {name: say_pair(form[name].label, value) for name, value in request.GET.items() if name in form.fields}
    export_request = ExportRequest(
        kind=KIND, sight=listing.sight, wanted=RowFilter(keys=keys), form="xlsx", full=False, language=current(),
        filters=filters,
    )  # fmt: skip
    file = export_register(export_request, actor=request.actor)
    return as_attachment(HttpResponse(file.content, content_type=file.media), file.name)


@require_safe
@page(Permission.READ_OWN)
def ticket_detail(request: Request, code: str, ticket: str) -> HttpResponse:
    """Show a ticket, masked."""
    del code
    return render_ticket_page(request, ticket)


@require_POST
@page(Permission.VIEW_UNMASKED)
def reveal(request: Request, code: str, ticket: str) -> HttpResponse:
    """Show a ticket in full, in this answer alone."""
    instance = get_ticket_or_404(request, ticket)[0]
    storage.record_reveal(kind=KIND, enterprise=code, version=instance.row, actor=request.actor)
    return render_ticket_page(request, ticket, full=True)


def render_ticket_page(
    request: Request,
    ticket: str,
    *,
    full: bool = False,
    wrong: tuple[TicketAction, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw a ticket's page; ``wrong``: an act whose form is shown again."""
    (instance, past), code = get_ticket_or_404(request, ticket), request.enterprise.code
    row, every = instance.row, list_tickets(enterprise=code, actor=request.actor)
    may_load = has_permission(request.actor, code, Permission.MANAGE_DATA)
    channels = load_channels(code, presenters.list_lines([instance]), team=request.team)
    counts = count_queue(every.sight, request.actor.name, every.promise, every.at)
    request.counts = {Place.COMPLAINTS: counts.overdue, **count_views(counts)}
    facts, empty = presenters.ticket_facts(row, full=full)
    left, tone = presenters.time_left(instance, every.at)
    step = build_next(instance, wrong[1] if wrong and wrong[0] is presenters.NEXT.get(instance.state) else None)
    done = presenters.describe_result(request.GET.get("done", ""), instance, counts.open, whole=request.team is None)
    context = {
        "ticket": instance,
        "key": ticket,
        "name": presenters.ticket_name(row),
        "state": _(STATES[instance.state.value]),
        "left": left,
        "tone": tone,
        "source": presenters.source_name(row),
        "owner": presenters.owner_cell(row),
        "stands": presenters.list_stands(instance, every.at),
        "next": step if may_load else None,
        "waits": "" if may_load or step is None else step["title"],
        "others": _other_forms(request, instance, channels, wrong) if may_load else [],
        "claimable": may_load and not row.assignee and TicketAction.ASSIGN in instance.acts,
        "me": request.actor.name,
        "done": done,
        "takes_back": find_undo(request, instance) if may_load and done else None,
        "after": _find_after(request, ticket),
        "match": presenters.match_facts(instance.proposal),
        "call_title": presenters.call_title(row),
        "call": presenters.call_facts(instance),
        "channels": presenters.channel_entities(code, row, channels),
        "facts": facts,
        "empty": empty,
        "unfilled": _("{count} more not filled in").format(count=len(empty)),
        "full": full,
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        "events": [presenters.describe_event(event) for event in past],
        "papers": list_row_papers(code, KIND, ticket) if request.team is None else None,
        "paper_form": Paper() if may_load and TicketAction.ATTACH in instance.acts else None,
        "may_load": may_load,
        "register": reverse("registers-row", kwargs={"code": code, "kind": KIND, "key": ticket}),
        "first_of": presenters.ticket_address(code, row.duplicate_of) if row.duplicate_of else "",
    }
    return render(request, "complaints/one.html", context, status=status)


def _find_after(request: Request, ticket: str) -> tuple[str, str] | None:
    """Name and address of the next ticket to work on."""
    code = request.enterprise.code
    filters = Filter({}, channels=Channels({}, {}, {}), categories=()).wanted()
    rows = (
        list_tickets(enterprise=code, actor=request.actor, filters=filters).with_age().narrowed("", SORTS["due"]).rows
    )
    row = next((row for row in rows[:2] if row.key != ticket), None)
    return (presenters.ticket_name(row), presenters.ticket_address(code, row.key)) if row else None


def get_ticket_or_404(request: Request, ticket: str) -> tuple[Ticket, list[TicketEvent]]:
    """A ticket and its history, if the reader may see it; else 404."""
    with missing_as_404():
        return read(enterprise=request.enterprise.code, complaint=ticket, actor=request.actor)


def _other_forms(
    request: Request, ticket: Ticket, channels: Channels, wrong: tuple[TicketAction, Any] | None
) -> list[dict[str, Any]]:
    """The forms of what else may be done, in the order of the work."""
    row, step = ticket.row, presenters.NEXT.get(ticket.state)
    initial = {"version": row.pk, "assignee": row.assignee or "", "team": row.team_id or ""}
    forms = []
    for act, kind in FORMS.items():
        again = wrong[1] if wrong and wrong[0] is act else None
        offered = act in ticket.acts and act is not TicketAction.UNCLOSE  # a slip is taken back where its result stands
        if act is step or not (again or offered):
            continue
        bound = again or kind(initial=initial, auto_id=f"{act.value}_%s")
        if act is TicketAction.ASSIGN:
            _offer_choices(request, bound, row, channels)
        forms.append({"act": act.value, "label": _(kind.operation.label), "form": bound, "open": bool(again)})
    return forms


def _offer_choices(request: Request, bound: Any, row: Complaint, channels: Channels) -> None:  # noqa: ANN401 -- a form
    choose_person(bound, presenters.list_people(request.enterprise.code, request.actor, row.assignee))
    choose_team(bound, channels.teams, row.team_id)


OWN: Final = "企业"  # from whom a complaint comes that is opened by hand, as the sheet spells it
#: Of a new ticket what one knows at the telephone; what happens later is recorded by acts.
ASKED: Final = ("source", "complainant", "complained", "called_at", "category", "content")
#: What the flow fills in, unless it is known better.
LATER: Final = ("reference", "arrived_at", "accepted_at", "duration", "ticket_id", "drill")


@require_POST
@page(Permission.MANAGE_DATA)
def act(request: Request, code: str, ticket: str, act: str) -> HttpResponse:
    """Do one act; a refusal stands in its form. What came of it is shown where the form was."""
    instance, _past = get_ticket_or_404(request, ticket)
    if act not in [one.value for one in FORMS]:
        raise Http404
    form = FORMS[TicketAction(act)](request.POST, auto_id=f"{act}_%s")
    if act == TicketAction.ASSIGN:
        _offer_choices(request, form, instance.row, load_channels(code, ()))
    if run_form(form, lambda _values: form.run(enterprise=code, actor=request.actor, key=ticket)):
        if "list" not in request.POST:
            return redirect(f"{presenters.ticket_address(code, ticket)}?done={act}")
        query = QueryDict(request.POST["list"], mutable=True)
        query.update({"row": ticket, "done": act})
        return redirect(f"{reverse('complaints', kwargs={'code': code})}?{query.urlencode()}#peek")
    return render_ticket_page(request, ticket, wrong=(TicketAction(act), form), status=UNPROCESSABLE)


@require_POST
@page(Permission.MANAGE_DATA)
def match(request: Request, code: str, ticket: str) -> HttpResponse:
    """Look for the call, or decide on the one that was found."""
    get_ticket_or_404(request, ticket)
    decision = request.POST.get("decision", "")
    try:
        if decision in DECISIONS:
            decide(enterprise=code, complaint=ticket, actor=request.actor, decision=decision)
            messages.success(request, _("The decision is recorded."))
        else:
            return redirect("data-job", code=code, job=_enqueue_match(request, code, [ticket]))
    except NianjianError as error:
        messages.error(request, " ".join(describe_error(error)))
    return redirect(f"{presenters.ticket_address(code, ticket)}#call")


@require_POST
@page(Permission.MANAGE_DATA)
def match_all(request: Request, code: str) -> HttpResponse:
    """Let the worker look for the calls of all tickets; what nothing new came in for is left out."""
    return redirect("data-job", code=code, job=_enqueue_match(request, code, None))


def _enqueue_match(request: Request, code: str, tickets: list[str] | None) -> str:
    """The job of a look; one that was asked for is looked through again, whatever came in."""
    return match_tickets.enqueue(enterprise=code, complaints=tickets, again=tickets is not None, actor=request.actor)


@require_POST
@page(Permission.MANAGE_DATA)
@takes_files
def attach(request: Request, code: str, ticket: str) -> HttpResponse:
    """Keep a file beside a ticket, encrypted."""
    get_ticket_or_404(request, ticket)
    form = Paper(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file first."))
    else:
        file = form.cleaned_data["file"]
        try:
            content = read_upload(file, ROW_LIMIT)
            operations.attach_paper(
                enterprise=code, complaint=ticket, name=file.name, content=content, actor=request.actor
            )
            messages.success(request, _("The file is stored, encrypted."))
        except NianjianError as error:
            messages.error(request, describe_error(error)[0])
    return redirect(f"{presenters.ticket_address(code, ticket)}#papers")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def new(request: Request, code: str) -> HttpResponse:
    """Open a ticket by hand: what is not known yet is asked later."""
    form = RowForm(request.POST if request.method == "POST" else None, sheet=COMPLAINTS, first={"source": OWN})
    for name in set(form.fields) - {*ASKED, *LATER}:
        del form.fields[name]
    for name in LATER:
        form.fields[name].required = False
    if request.method == "POST" and form.is_valid():
        try:
            key = operations.open_ticket(enterprise=code, texts=form.texts(), actor=request.actor)
        except NianjianError as error:
            form.refuse(error)
        else:
            return redirect(f"{presenters.ticket_address(code, key)}?done=add")
    context = {
        "form": form,
        "asked": [form[name] for name in ASKED],
        "later": [form[name] for name in LATER],
        "back": reverse("complaints", kwargs={"code": code}),
    }
    return render(request, "complaints/new.html", context, status=UNPROCESSABLE if form.errors else 200)


_LIST: Final = "complaints"


def _view(label: str, pages: tuple[str, ...] = (), **query: str) -> Entry:
    return Entry(Place.COMPLAINTS, label, _LIST, Permission.READ_OWN, pages=pages, query=query)


ENTRIES: Final = (
    _view(mark("Not closed"), ("one-click",)),
    _view(mark("Mine"), assignee=ME),
    _view(mark("Unassigned"), unassigned="on"),
    _view(mark("Awaiting response"), state="new"),
    _view(mark("Closed tickets"), state="closed"),
    _view(mark("Drills"), state="all", drill="yes"),
)


def count_overdue(reader: Reader) -> int:
    """How many tickets are open past their limit, drills aside; of the reader's team alone where it sees no others."""
    scope = ReadScope(reader.code, clock.today(), reader.team)
    levels = load_service_levels(reader.code)
    return filter_tickets(scope, TicketFilter(overdue=True), levels, clock.now()).count()
