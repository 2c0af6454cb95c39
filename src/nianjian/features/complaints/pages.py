"""Pages of complaint tickets: the list, one ticket with what may be done to it, a new one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.texts.complaints import ACTS, CONFIDENCE, HANDS, LINKS, PROPOSALS, STATES
from nianjian.features.complaints import operations
from nianjian.features.complaints.clocks import ClockReading, Hand
from nianjian.features.complaints.forms import FORMS, Filter, Paper, Several
from nianjian.features.complaints.matching import DECISIONS, decide, match_tickets
from nianjian.features.complaints.models import Proposal
from nianjian.features.complaints.queries import (
    BY_DUE,
    KIND,
    Ticket,
    TicketEvent,
    TicketList,
    list_tickets,
    ticket_as_dict,
)
from nianjian.features.complaints.queries import get_ticket as read
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import State, TicketAction
from nianjian.features.registers import presenters as registers
from nianjian.features.registers.forms import RowForm
from nianjian.features.registers.pages import detail
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, read_upload, takes_files
from nianjian.platform.registers import storage
from nianjian.platform.registers.attachments import ROW_LIMIT
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.paging import Page, ordered, paged
from nianjian.platform.web.tables import Column, column
from nianjian.platform.web.work import person

BADGES: Final = {Hand.MET: "good", Hand.WARNED: "warn", Hand.LATE: "bad"}
MINUTE: Final = timedelta(minutes=1)
STANDING: Final = frozenset({Hand.RUNNING, Hand.WARNED, Hand.LATE})


def present_clock_status(read: ClockReading, at: datetime, *, done: bool) -> tuple[str, str]:
    """What a clock says at a moment and its badge; ``done``: its work is done, so it runs no more."""
    badge = BADGES.get(read.hand, "plain")
    if read.due is None or done or read.hand not in STANDING:
        return _(HANDS[read.hand.value]), badge
    left = read.due - at
    told = _("{time} left") if left >= timedelta() else _("{time} overdue")
    return told.format(time=span(abs(left))), badge


def span(length: timedelta) -> str:
    """A length in days and hours, or hours and minutes."""
    minutes = length // MINUTE
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def wall(moment: datetime | None) -> str:
    """A moment as clocks on walls show it; "" where it is not known."""
    return "" if moment is None else f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"


SORTS: Final = {"due": BY_DUE, "ticket": ("key",), "assignee": ("assignee", "key")}
PRIMARY: Final = re.compile("[0-9]{1,18}")


@require_safe
@page(Permission.READ_OWN)
def tickets(request: Request, code: str) -> HttpResponse:
    """List the tickets; without a choice of states those on which there is still work."""
    form = Filter(request.GET)
    found = list_tickets(enterprise=code, actor=request.actor, wanted=form.wanted())
    order = ordered(request, SORTS, "due")
    found = found.narrowed(form.text(), order.by)
    cut: Page[Ticket] = paged(
        request, LazyRows(lambda first, count: found.tickets(first, first + count)), total=found.rows.count()
    )
    context = {
        "form": form,
        "page": cut,
        "heads": [
            column(request, order, _("Ticket"), "ticket"),
            column(request, order, _("Response and close"), "due"),
            *map(Column, (_("State"), _("Number complained of"), _("Complainant"), _("Kind of complaint"), _("Call"))),
            column(request, order, _("Assigned to"), "assignee"),
        ],
        "lines": [_line(code, one, found) for one in cut.rows],
        "several": Several(auto_id="several_%s"),
        "narrowed": form.narrowed,
        "query": request.GET.urlencode(),
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_administer": has_permission(request.actor, code, Permission.ADMINISTER),
        "any": form.narrowed or bool(cut.rows) or list_tickets(enterprise=code, actor=request.actor).rows.exists(),
    }
    return render(request, "complaints/list.html", context)


def _line(code: str, one: Ticket, found: TicketList) -> dict[str, Any]:
    row, told = one.row, ticket_as_dict(one)  # its numbers are masked
    return {
        "key": row.key,
        "version": row.pk,
        "name": row.ticket_id or row.key,
        "href": reverse("complaints-one", kwargs={"code": code, "ticket": row.key}),
        "drill": bool(row.drill),
        "state": _(STATES[one.state.value]),
        "clocks": clocks(one, found),
        "complained": told["complained"] or "–",
        "complainant": told["complainant"] or "–",
        "category": row.category or "–",
        "match": _(PROPOSALS[one.proposal.state]) if one.proposal else "–",
        "assignee": " / ".join(part for part in (person(row.assignee), row.team_id) if part) or "–",
    }


def clocks(one: Ticket, found: TicketList) -> list[tuple[str, str, str]]:
    """(name, what it says, badge) of both clocks."""
    responded, finished = one.row.responded_at is not None, one.state is State.CLOSED
    return [
        (_("Response"), *present_clock_status(one.response, found.at, done=responded)),
        (_("Close"), *present_clock_status(one.close, found.at, done=finished)),
    ]


@require_POST
@page(Permission.MANAGE_DATA)
def several(request: Request, code: str) -> HttpResponse:
    """Assign or answer the chosen tickets, all or none; there is no closing here."""
    form = Several(request.POST, auto_id="several_%s")
    try:
        if form.is_valid():
            messages.success(request, _to_several(request, code, form))
        else:
            messages.error(request, _("Some of your input cannot be read."))
    except NianjianError as error:
        messages.error(request, " ".join(describe_error(error)))
    return redirect(f"{reverse('complaints', kwargs={'code': code})}?{request.GET.urlencode()}".rstrip("?"))


def _to_several(request: Request, code: str, form: Several) -> str:
    """Do it to the chosen tickets; what is said then. Raises what the acts raise."""
    keys, given = request.POST.getlist("ticket"), form.cleaned_data
    versions = [int(one) for one in request.POST.getlist("version") if PRIMARY.fullmatch(one)]
    chosen: dict[str, Any] = {"enterprise": code, "complaints": keys, "actor": request.actor}
    if request.POST.get("act") == "respond":
        if not given["text"].strip():  # also for one: here nobody has opened the ticket
            raise NianjianError("complaint_text_missing")
        operations.respond(**chosen, text=given["text"], versions=versions)
        return _("The response is recorded for {count} tickets.").format(count=len(keys))
    operations.assign(**chosen, assignee=given["assignee"] or None, team=given["team"] or None, versions=versions)
    return _("{count} tickets are assigned.").format(count=len(keys))


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
    found = get_ticket_or_404(request, ticket)[0]
    storage.record_reveal(kind=KIND, enterprise=code, version=found.row, actor=request.actor)
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
    (found, past), code = get_ticket_or_404(request, ticket), request.enterprise.code
    values = detail(request, KIND, ticket, full=full)
    if values is None:
        raise Http404
    listing = list_tickets(enterprise=code, actor=request.actor)
    may_load, first = has_permission(request.actor, code, Permission.MANAGE_DATA), found.row.duplicate_of
    context = {
        **values,
        "ticket": found,
        "key": ticket,
        "state": _(STATES[found.state.value]),
        "clocks": [
            (*texts, wall(reading.due))
            for texts, reading in zip(clocks(found, listing), (found.response, found.close), strict=True)
        ],
        "match": _match(found.proposal),
        "forms": _forms(found, wrong) if may_load else [],
        "events": [_event(event) for event in past],
        "paper_form": Paper() if may_load and TicketAction.ATTACH in found.acts else None,
        "may_load": may_load,
        "register": reverse("registers-row", kwargs={"code": code, "kind": KIND, "key": ticket}),
        "first_of": reverse("complaints-one", kwargs={"code": code, "ticket": first}) if first else "",
    }
    return render(request, "complaints/one.html", context, status=status)


def get_ticket_or_404(request: Request, ticket: str) -> tuple[Ticket, list[TicketEvent]]:
    """A ticket and its history, if the reader may see it; else 404."""
    try:
        return read(enterprise=request.enterprise.code, complaint=ticket, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error


def _forms(found: Ticket, wrong: tuple[TicketAction, Any] | None) -> list[dict[str, Any]]:
    """The forms of what is open, in the order of the work."""
    forms, initial = [], {"version": found.row.pk, "assignee": found.row.assignee, "team": found.row.team_id}
    for act, form in FORMS.items():
        if act in found.acts:
            again = wrong[1] if wrong and wrong[0] is act else None
            bound = again or form(initial=initial, auto_id=f"{act.value}_%s")
            forms.append({"act": act.value, "label": _(form.operation.label), "form": bound, "open": bool(again)})
    return forms


def _match(proposal: Proposal | None) -> dict[str, Any] | None:
    if proposal is None:
        return None
    return {
        "state": _(PROPOSALS[proposal.state]),
        "waits": proposal.state == Proposal.PROPOSED,
        "confidence": _(CONFIDENCE[proposal.confidence]),
        "badge": {"high": "good", "medium": "warn", "low": "bad"}.get(proposal.confidence, "plain"),
        "link": _(LINKS[proposal.link]),
        "candidates": proposal.candidates,
        "calls": [
            (name, *(call.get(field) or "–" for field in ("call_id", "started", "line_id", "team_id")))
            for name, call in ((_("Proposed"), proposal.call), (_("Runner-up"), proposal.runner_up))
            if call
        ],
        "runner_up": proposal.runner_up is not None,
        "by": person(proposal.decided_by),
    }


def _event(event: TicketEvent) -> dict[str, Any]:
    return {
        "act": _(ACTS[event.act]),
        "at": wall(event.at),
        "by": person(event.by),
        "note": "" if event.act == "match" else event.note,
        "fields": [registers.label(change.column) for change in event.changes],
    }


ASKED: Final = (  # of a new ticket; what happens later is recorded by acts
    "ticket_id", "source", "reference", "accepted_at", "arrived_at", "complainant", "complained", "called_at",
    "duration", "category", "content", "assignee", "drill",
)  # fmt: skip
LATER: Final = frozenset({"accepted_at", "arrived_at", "ticket_id"})  # the flow fills them in


@require_POST
@page(Permission.MANAGE_DATA)
def act(request: Request, code: str, ticket: str, act: str) -> HttpResponse:
    """Do one act; a refusal stands in its form."""
    get_ticket_or_404(request, ticket)
    if act not in [one.value for one in FORMS]:
        raise Http404
    form = FORMS[TicketAction(act)](request.POST, auto_id=f"{act}_%s")
    if form.is_valid():
        try:
            form.run(enterprise=code, actor=request.actor, key=ticket)
        except NianjianError as error:
            form.add_error(None, " ".join(describe_error(error)))
        else:
            messages.success(request, _("It is recorded."))
            return redirect("complaints-one", code=code, ticket=ticket)
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
    return redirect(f"{reverse('complaints-one', kwargs={'code': code, 'ticket': ticket})}#call")


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
    return redirect(f"{reverse('complaints-one', kwargs={'code': code, 'ticket': ticket})}#papers")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def new(request: Request, code: str) -> HttpResponse:
    """Open a ticket by hand."""
    form = RowForm(request.POST if request.method == "POST" else None, sheet=COMPLAINTS)
    for name in set(form.fields) - set(ASKED):
        del form.fields[name]
    for name in LATER:
        form.fields[name].required = False
    if request.method == "POST" and form.is_valid():
        try:
            key = operations.open_ticket(enterprise=code, texts=form.texts(), actor=request.actor)
        except NianjianError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The ticket is open; its clocks run from its arrival."))
            return redirect("complaints-one", code=code, ticket=key)
    status = UNPROCESSABLE if form.errors else 200
    back = reverse("complaints", kwargs={"code": code})
    return render(request, "complaints/new.html", {"form": form, "back": back}, status=status)
