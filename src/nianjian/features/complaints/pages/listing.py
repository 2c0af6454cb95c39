"""The list of tickets, those due soonest first, and what is done to several at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.complaints import PROPOSALS, STATES
from nianjian.features.complaints.operations import acts
from nianjian.features.complaints.operations.listing import Listing, list_tickets
from nianjian.features.complaints.pages import presenters
from nianjian.features.complaints.pages.forms import Filter, Several
from nianjian.features.complaints.query import BY_DUE, Ticket, as_dict
from nianjian.features.complaints.states import State
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.paging import Order, Page, ordered, paged
from nianjian.platform.web.tables import Column, column

SORTS: Final = {
    "due": BY_DUE,
    "ticket": ("key",),
    "assignee": ("assignee", "key"),
}


PRIMARY: Final = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class _Cut:
    """A list that is read where it is cut."""

    listing: Listing

    def __getitem__(self, part: slice) -> list[Ticket]:
        return self.listing.tickets(part.start, part.stop)


@require_safe
@page(Act.READ_OWN)
def tickets(request: Request, code: str) -> HttpResponse:
    """List the tickets; without a choice of states those on which there is still work."""
    form = Filter(request.GET)
    found = list_tickets(enterprise=code, actor=request.actor, wanted=form.wanted())
    order = ordered(request, SORTS, "due")
    found = found.narrowed(form.text(), order.by)
    cut: Page[Ticket] = paged(request, _Cut(found), total=found.rows.count())
    context = {
        "form": form,
        "page": cut,
        "heads": _heads(request, order),
        "lines": [_line(code, one, found) for one in cut.rows],
        "several": Several(auto_id="several_%s"),
        "narrowed": form.narrowed,
        "query": request.GET.urlencode(),
        "may_load": may(request.actor, code, Act.LOAD),
        "may_administer": may(request.actor, code, Act.ADMINISTER),
        "any": form.narrowed or bool(cut.rows) or list_tickets(enterprise=code, actor=request.actor).rows.exists(),
    }
    return render(request, "complaints/list.html", context)


def _heads(request: Request, order: Order) -> list[Column]:
    return [
        column(request, order, _("Ticket"), "ticket"),
        column(request, order, _("Response and close"), "due"),
        Column(_("State")),
        Column(_("Number complained of")),
        Column(_("Complainant")),
        Column(_("Kind of complaint")),
        Column(_("Call")),
        column(request, order, _("Worked on by"), "assignee"),
    ]


def _line(code: str, one: Ticket, found: Listing) -> dict[str, Any]:
    row, told = one.row, as_dict(one)  # its numbers are masked
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
        "assignee": " / ".join(part for part in (row.assignee, row.team_id) if part) or "–",
    }


def clocks(one: Ticket, found: Listing) -> list[tuple[str, str, str]]:
    """(name, what it says, badge) of both clocks."""
    responded, finished = one.row.responded_at is not None, one.state is State.CLOSED
    return [
        (_("Response"), *presenters.present_clock_status(one.response, found.at, done=responded)),
        (_("Close"), *presenters.present_clock_status(one.close, found.at, done=finished)),
    ]


@require_POST
@page(Act.LOAD)
def several(request: Request, code: str) -> HttpResponse:
    """Assign or answer the chosen tickets, all or none; there is no closing here."""
    form = Several(request.POST, auto_id="several_%s")
    try:
        if not form.is_valid():
            messages.error(request, _("Some of what you gave cannot be read."))
        else:
            messages.success(request, _to_several(request, code, form))
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
        acts.respond(**chosen, text=given["text"], versions=versions)
        return _("The response is recorded for {count} tickets.").format(count=len(keys))
    acts.assign(**chosen, assignee=given["assignee"] or None, team=given["team"] or None, versions=versions)
    return _("{count} tickets are assigned.").format(count=len(keys))
