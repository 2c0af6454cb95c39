"""One ticket: clocks, the call it is probably about, values, papers, history, and the forms of what may be done."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.complaints import ACTS, CONFIDENCE, LINKS, PROPOSALS, STATES
from nianjian.features.complaints.model import Proposal
from nianjian.features.complaints.operations import listing as flow
from nianjian.features.complaints.pages import presenters
from nianjian.features.complaints.pages.forms import FORMS, Paper
from nianjian.features.complaints.pages.listing import clocks
from nianjian.features.complaints.query import KIND, Past, Ticket
from nianjian.features.complaints.states import Act
from nianjian.features.registers import presenters as registers
from nianjian.features.registers.pages import detail
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act as Role
from nianjian.platform.registers import storage
from nianjian.platform.web.access import Request, page


@require_safe
@page(Role.READ_OWN)
def ticket_detail(request: Request, code: str, ticket: str) -> HttpResponse:
    """Show a ticket, masked."""
    del code
    return render_ticket_page(request, ticket)


@require_POST
@page(Role.REVEAL)
def reveal(request: Request, code: str, ticket: str) -> HttpResponse:
    """Show a ticket in full, in this answer alone."""
    found = _ticket(request, ticket)[0]
    storage.record_reveal(kind=KIND, enterprise=code, version=found.row, actor=request.actor)
    return render_ticket_page(request, ticket, full=True)


def render_ticket_page(
    request: Request, ticket: str, *, full: bool = False, wrong: tuple[Act, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Draw a ticket's page; ``wrong``: an act whose form is shown again."""
    (found, past), code = _ticket(request, ticket), request.enterprise.code
    values = detail(request, KIND, ticket, full=full)
    if values is None:
        raise Http404
    listing, may_load = flow.list_tickets(enterprise=code, actor=request.actor), may(request.actor, code, Role.LOAD)
    context = {
        **values,
        "ticket": found,
        "key": ticket,
        "state": _(STATES[found.state.value]),
        "clocks": [(*told, presenters.wall(read.due)) for told, read in _clocks(found, listing)],
        "match": _match(found.proposal),
        "forms": _forms(found, wrong) if may_load else [],
        "events": [_event(event) for event in past],
        "paper_form": Paper() if may_load and Act.ATTACH in found.acts else None,
        "may_load": may_load,
        "register": reverse("registers-row", kwargs={"code": code, "kind": KIND, "key": ticket}),
        "first_of": _duplicate(code, found),
    }
    return render(request, "complaints/one.html", context, status=status)


def _clocks(found: Ticket, listing: flow.Listing) -> list[tuple[tuple[str, str, str], Any]]:
    return list(zip(clocks(found, listing), (found.response, found.close), strict=True))


def _ticket(request: Request, ticket: str) -> tuple[Ticket, list[Past]]:
    try:
        return flow.ticket(enterprise=request.enterprise.code, complaint=ticket, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error


def _forms(found: Ticket, wrong: tuple[Act, Any] | None) -> list[dict[str, Any]]:
    """The forms of what is open, in the order of the work."""
    made = []
    for act, form in FORMS.items():
        if act not in found.acts:
            continue
        again = wrong is not None and wrong[0] is act
        first = {"version": found.row.pk, "assignee": found.row.assignee, "team": found.row.team_id}
        bound = wrong[1] if wrong is not None and again else form(initial=first, auto_id=f"{act.value}_%s")
        made.append({"act": act.value, "label": _(form.operation.label), "form": bound, "open": again})
    return made


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
        "by": proposal.decided_by,
    }


def _event(event: Past) -> dict[str, Any]:
    return {
        "act": _(ACTS[event.act]),
        "at": presenters.wall(event.at),
        "by": event.by,
        "note": "" if event.act == "match" else event.note,
        "fields": [registers.label(change.column) for change in event.changes],
    }


def _duplicate(code: str, found: Ticket) -> str:
    first = found.row.duplicate_of
    return reverse("complaints-one", kwargs={"code": code, "ticket": first}) if first else ""
