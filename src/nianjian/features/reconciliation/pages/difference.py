"""One difference: both sides, who sees to it, why it is there, what is done; and the decision about a pair."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.reconcile import RESULTS, STATES
from nianjian.engines.paper.words import words
from nianjian.features.reconciliation.filing.status import KINDS as FILED
from nianjian.features.reconciliation.operations import runs as flow
from nianjian.features.reconciliation.operations.filing import sheet_of
from nianjian.features.reconciliation.pages.forms import Settled
from nianjian.features.reconciliation.pages.run_context import STATE_BADGES, Json, about, get_run_or_404, why
from nianjian.features.registers.presenters import label
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.READ)
def show_difference(request: Request, code: str, reconciliation: str, difference: int) -> HttpResponse:
    """Show a difference; who may load writes what becomes of it."""
    run = get_run_or_404(request, code, reconciliation)
    one = _one(request, run, difference)
    known = {name: one[name] or "" for name in ("state", "owner", "cause", "action")}
    form, status = Settled(request.POST or None, initial=known), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            said_of = dict(form.cleaned_data)
            state = said_of.pop("state")
            try:
                flow.settle(run=run["run"], difference=difference, state=state, said=said_of, actor=request.actor)
            except NianjianError as error:
                if error.code == "role_missing":
                    raise
                form.add_error(None, " ".join(describe_error(error)))
            else:
                messages.success(request, gettext("It is written down."))
                return redirect("reconcile-one", code=code, reconciliation=run["run"])
    return render(request, "reconcile/difference.html", _context(request, code, run, one, form), status=status)


def _one(request: Request, run: Json, difference: int) -> Json:
    try:
        return flow.difference(run=run["run"], difference=difference, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error


def _context(request: Request, code: str, run: Json, one: Json, form: Settled | None) -> Json:
    _ = words(current())
    sheet = sheet_of(run["kind"]) if run["kind"] in FILED else None
    if sheet is not None:
        fields = [(label(sheet.by_field(name)), (pair["ours"], pair["theirs"])) for name, pair in one["fields"].items()]
    else:
        fields = [(name, tuple(pair.values())) for name, pair in one["fields"].items()]
    last = one["due"] or ""
    pairs = [
        (gettext("Outcome"), _(RESULTS[one["result"]])),
        (gettext("Likely cause"), why(one, _) or "–"),
        (gettext("Month"), one["month"] or ""),
        (gettext("Changed on"), one["changed_on"] or ""),
        (gettext("To be filed by"), f"{last} ({gettext('provisional')})" if last and one["provisional"] else last),
        (gettext("Decided by"), one["decided_by"] or ""),
    ]
    return {
        "run": run,
        "one": one,
        "about": about(one) or "–",
        "state": _(STATES[one["state"]]),
        "badge": STATE_BADGES[one["state"]],
        "pairs": [(name, text) for name, text in pairs if text],
        "fields": fields,
        "filed": sheet is not None,
        "form": form,
        "may_load": may(request.actor, code, Act.LOAD),
        "may_reveal": may(request.actor, code, Act.REVEAL),
    }


@require_POST
@page(Act.REVEAL)
def reveal(request: Request, code: str, reconciliation: str, difference: int) -> HttpResponse:
    """Show whom a difference is about in full; the audit chain tells who looked."""
    run = get_run_or_404(request, code, reconciliation)
    one = _one(request, run, difference)
    full = flow.reveal(run=run["run"], difference=difference, actor=request.actor)
    context = _context(request, code, run, one | full, None) | {"full": True}
    return render(request, "reconcile/difference.html", context)


@require_POST
@page(Act.LOAD)
def decide(request: Request, code: str, reconciliation: str, pair: int) -> HttpResponse:
    """Confirm or dismiss a pair."""
    run = get_run_or_404(request, code, reconciliation)
    confirmed = request.POST.get("decision") == "confirm"
    try:
        flow.decide(run=run["run"], proposal=pair, confirmed=confirmed, actor=request.actor)
    except NianjianError as error:
        if error.code == "reconcile_proposal_unknown":
            raise Http404 from error
        messages.error(request, " ".join(describe_error(error)))
    else:
        messages.success(request, gettext("It is written down; it holds from the next match on."))
    return redirect(f"{reverse('reconcile-one', kwargs={'code': code, 'reconciliation': run['run']})}#pairs")


@require_POST
@page(Act.REVEAL)
def reveal_pair(request: Request, code: str, reconciliation: str, pair: int) -> HttpResponse:
    """Show a pair in full, so that somebody can decide; the audit chain tells who looked."""
    run = get_run_or_404(request, code, reconciliation)
    try:
        full = flow.reveal(run=run["run"], proposal=pair, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    names = {
        "name": gettext("Payee"),
        "account": gettext("Account"),
        "written": gettext("Number as written"),
        "person": gettext("Person in question"),
        "identity": gettext("Identity number"),
    }
    pairs = [(names[name], text) for name, text in full.items() if text]
    context = {"run": run, "pairs": pairs, "pair": pair, "may_load": may(request.actor, code, Act.LOAD)}
    return render(request, "reconcile/pair.html", context)
