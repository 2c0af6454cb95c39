"""What is done to one ticket, and a new one."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.operations import acts
from nianjian.features.complaints.operations.listing import ticket as read
from nianjian.features.complaints.operations.match import DECISIONS, decide, match_tickets
from nianjian.features.complaints.pages.detail import render_ticket_page
from nianjian.features.complaints.pages.forms import FORMS, Paper
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import Act
from nianjian.features.registers.forms import RowForm
from nianjian.platform.accounts.roles import Act as Role
from nianjian.platform.home.http import UNPROCESSABLE, takes_files
from nianjian.platform.registers.attachments import ROW_LIMIT
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error

ASKED: Final = (  # of a new ticket; what happens later is recorded by acts
    "ticket_id", "source", "reference", "accepted_at", "arrived_at", "complainant", "complained", "called_at",
    "duration", "category", "content", "assignee", "drill",
)  # fmt: skip
LATER: Final = frozenset({"accepted_at", "arrived_at", "ticket_id"})  # the flow fills them in


@require_POST
@page(Role.LOAD)
def act(request: Request, code: str, ticket: str, act: str) -> HttpResponse:
    """Do one act; a refusal stands in its form."""
    _there(request, code, ticket)
    if act not in [one.value for one in FORMS]:
        raise Http404
    done = Act(act)
    form = FORMS[done](request.POST, auto_id=f"{act}_%s")
    if form.is_valid():
        try:
            form.run(enterprise=code, actor=request.actor, key=ticket)
        except NianjianError as error:
            form.add_error(None, " ".join(describe_error(error)))
        else:
            messages.success(request, _("It is recorded."))
            return redirect("complaints-one", code=code, ticket=ticket)
    return render_ticket_page(request, ticket, wrong=(done, form), status=UNPROCESSABLE)


@require_POST
@page(Role.LOAD)
def match(request: Request, code: str, ticket: str) -> HttpResponse:
    """Look for the call, or decide on the one that was found."""
    _there(request, code, ticket)
    decision = request.POST.get("decision", "")
    try:
        if decision in DECISIONS:
            decide(enterprise=code, complaint=ticket, actor=request.actor, decision=decision)
            messages.success(request, _("The decision is recorded."))
        else:
            return redirect("data-job", code=code, job=_looked(request, code, [ticket]))
    except NianjianError as error:
        messages.error(request, " ".join(describe_error(error)))
    return redirect(f"{reverse('complaints-one', kwargs={'code': code, 'ticket': ticket})}#call")


@require_POST
@page(Role.LOAD)
def match_all(request: Request, code: str) -> HttpResponse:
    """Let the worker look for the calls of all tickets; what nothing new came in for is left out."""
    return redirect("data-job", code=code, job=_looked(request, code, None))


def _looked(request: Request, code: str, tickets: list[str] | None) -> str:
    """The job of a look; one that was asked for is looked through again, whatever came in."""
    return match_tickets.enqueue(enterprise=code, complaints=tickets, again=tickets is not None, actor=request.actor)


@require_POST
@page(Role.LOAD)
@takes_files
def attach(request: Request, code: str, ticket: str) -> HttpResponse:
    """Keep a file beside a ticket, encrypted."""
    _there(request, code, ticket)
    form = Paper(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file first."))
    else:
        file = form.cleaned_data["file"]
        try:
            _small(file.name, file.size)
            acts.attach(enterprise=code, complaint=ticket, name=file.name, content=file.read(), actor=request.actor)
            messages.success(request, _("The file is kept, encrypted."))
        except NianjianError as error:
            messages.error(request, describe_error(error)[0])
    return redirect(f"{reverse('complaints-one', kwargs={'code': code, 'ticket': ticket})}#papers")


def _small(name: str, size: int) -> None:
    """Refuse before the file is read into memory."""
    if size > ROW_LIMIT:
        raise NianjianError("file_too_large", file=name, limit=ROW_LIMIT)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Role.LOAD)
def new(request: Request, code: str) -> HttpResponse:
    """Open a ticket by hand."""
    form = RowForm(request.POST if request.method == "POST" else None, sheet=COMPLAINTS)
    for name in set(form.fields) - set(ASKED):
        del form.fields[name]
    for name in LATER:
        form.fields[name].required = False
    if request.method == "POST" and form.is_valid():
        try:
            key = acts.add(enterprise=code, texts=form.texts(), actor=request.actor)
        except NianjianError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The ticket is open; its clocks run from its arrival."))
            return redirect("complaints-one", code=code, ticket=key)
    status = UNPROCESSABLE if form.errors else 200
    back = reverse("complaints", kwargs={"code": code})
    return render(request, "complaints/new.html", {"form": form, "back": back}, status=status)


def _there(request: Request, code: str, ticket: str) -> None:
    try:
        read(enterprise=code, complaint=ticket, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
