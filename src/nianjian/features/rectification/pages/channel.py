"""The location with its picture and the complaints behind it; isolation and lifting of a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.paper import rectification, sections
from nianjian.engines.paper.texts.rectification import DIMENSIONS
from nianjian.engines.paper.words import Words, words
from nianjian.features.rectification import operations, reports
from nianjian.features.rectification.pages.cases import Json, get_case_or_404, ways
from nianjian.features.rectification.pages.forms import Isolated, Period
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.forms import run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import describe_job_error as fault_of
from nianjian.platform.web.work import moment, progressing


@require_safe
@page(Act.READ)
def located(request: Request, code: str, case: str) -> HttpResponse:
    """Show what the last location found."""
    told = get_case_or_404(request, code, case)
    _ = words(current())
    where = told["located"]
    context = {
        "case": told,
        "ways": ways(code, told["id"]),
        "form": Period(),
        "told": rectification.location_content(where, _),
        "charts": [
            SafeString(sections.html_chart(one.caption, one.svg))
            for one in rectification.case_charts({**told, "measured": None}, _)
        ],
        "tables": [_table(code, told, dimension, _) for dimension in DIMENSIONS] if where else [],
        "may": may(request.actor, code, Act.REPORT) and told["state"] != "closed",
    }
    return render(request, "rectification/locate.html", context)


def _table(code: str, told: Json, dimension: str, _: Words) -> Table:
    """The groups of a dimension, each leading to its complaints."""
    rows, address = [], reverse("rectify-tickets", args=[code, told["id"]])
    for one in told["located"]["dimensions"][dimension]["groups"]:
        text = rectification.group_row(one, dimension, _)
        key = one.get("ref") or one["key"]
        link = "" if "*" in (key or "") else f"{address}?{urlencode({'group': dimension, 'key': key or ''})}"
        figures = ("complaints", "answered", "rate", "rest", "chance", "share")
        rows.append(
            [Cell(text["key"], href=link), *(Cell(text[name], figure=True) for name in figures), Cell(text["mark"])]
        )
    heads = [Column(_(DIMENSIONS[dimension]))]
    labels = ("Number of complaints", "Answered calls", "Rate", "Rate of the rest", "Chance", "Cumulated share")
    heads += [Column(_(label), figure=True) for label in labels]
    return Table(_(DIMENSIONS[dimension]), [*heads, Column(_("Mark"))], rows, wrap=True)


@require_POST
@page(Act.REPORT)
def locate(request: Request, code: str, case: str) -> HttpResponse:
    """Locate in the days of the form and keep it with the case."""
    told = get_case_or_404(request, code, case)
    form = Period(request.POST)
    if form.is_valid():
        job = reports.locate.enqueue(enterprise=code, case=told["id"], actor=request.actor, **form.cleaned_data)
        return redirect("data-job", code=code, job=job)
    messages.error(request, gettext("These are no days."))
    return redirect("rectify-locate", code=code, case=told["id"])


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.READ)
def tickets(request: Request, code: str, case: str) -> HttpResponse:
    """Show what the last look at a group found, or let the worker look: its complaints and the calls of each."""
    told = get_case_or_404(request, code, case)
    group = _group(request)
    free = may(request.actor, code, Act.REPORT)
    if request.method == "POST":
        reports.enqueue_tickets(case=told["id"], group=group, actor=request.actor)
        return redirect(f"{request.path}?{_query(group)}")
    job = reports.find_group_lookup(case=told["id"], group=group, actor=request.actor)
    last = reports.find_group_lookup(case=told["id"], group=group, actor=request.actor, states=("done",))
    rows = None if last is None else last.result
    latest = job is not None and last is not None and job.id == last.id
    _ = words(current())
    context = {
        "case": told,
        "ways": ways(code, told["id"]),
        "group": f"{_(DIMENSIONS[group.dimension])} {_called(told, group) or _('not known')}",
        "rows": rows,
        "at": _moment(rows),
        "query": _query(group),
        "next": _query(replace(group, page=group.page + 1)),
        "located": told["located"] is not None,
        "may": free and (job is None or job.over),
        **(progressing(code, job) if job is not None and not latest else {}),
    }
    if job is not None and job.state == "failed":
        context["error"] = fault_of(job.error)
    return render(request, "rectification/tickets.html", context)


def _group(request: Request) -> reports.GroupQuery:
    """The group that the address names; 404 for what is no dimension."""
    dimension, number = request.GET.get("group", "line"), request.GET.get("page", "1")
    if dimension not in DIMENSIONS:
        raise Http404
    page = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1  # noqa: PLR2004 -- no list is longer
    key = request.GET.get("key", "")
    return reports.GroupQuery(dimension, key or None, page)


def _called(told: Json, group: reports.GroupQuery) -> str | None:
    """The group's key as it may be shown: a number of a person is masked."""
    groups = (told["located"] or {}).get("dimensions", {}).get(group.dimension, {}).get("groups", ())
    return next((one["key"] for one in groups if one.get("ref") == group.key), group.key) if group.key else None


def _query(group: reports.GroupQuery) -> str:
    told: dict[str, str | int] = {"group": group.dimension, "key": group.key or "", "page": group.page}
    return urlencode(told)


def _moment(rows: Mapping[str, object] | None) -> str:
    at = None if rows is None else rows.get("at")
    return _at(None if at is None else str(at))


@require_http_methods(["GET", "POST"])
@page(Act.REQUEST)
def isolate(request: Request, code: str, case: str) -> HttpResponse:
    """Ask for an isolation; the orders of the case below."""
    told = get_case_or_404(request, code, case)
    standing = [one for one in told["orders"] if _holds(one)]
    held = {(one["key"], one["channel"]) for one in standing}
    named = [one for one in (told["located"] or {}).get("named", ()) if "*" not in str(one["key"])]
    suggested = next((one for one in named if (one["dimension"], one["key"]) not in held), None)
    first = {"key": "line", "cap": operations.usual_cap(code)}
    if suggested:
        first |= {"key": suggested["dimension"], "channel": suggested["key"]}
    form = Isolated(request.POST or None, initial=first)
    ask = partial(operations.request_isolation, enterprise=code, case=told["id"], actor=request.actor)
    if request.method == "POST" and run_form(form, lambda terms: ask(**terms)):
        messages.success(request, gettext("Asked for; a second person decides under Approvals."))
        return redirect("rectify-isolate", code=code, case=told["id"])
    context = {
        "case": told,
        "ways": ways(code, told["id"]),
        "form": form,
        "orders": [
            {**one, **{name: _at(one[name]) for name in ("approved_at", "lifted_at")}} for one in told["orders"]
        ],
        "standing": standing,
        "open": told["state"] != "closed",
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "rectification/isolate.html", context, status=status)


def _at(wall: str | None) -> str:
    return "" if wall is None else moment(datetime.fromisoformat(wall))


def _holds(order: Json) -> bool:
    return bool(order["kind"] == "isolate" and order["approved_at"] and not order["lifted_at"])


@require_POST
@page(Act.REQUEST)
def lift(request: Request, code: str, case: str) -> HttpResponse:
    """Ask to lift an isolation of the case."""
    told = get_case_or_404(request, code, case)
    wanted = request.POST.get("order", "")
    for order in told["orders"]:
        if order["order"] == wanted and _holds(order):
            reason = request.POST.get("reason", "")
            operations.request_lift(
                enterprise=code, key=order["key"], channel=order["channel"], reason=reason, actor=request.actor
            )
            messages.success(request, gettext("Asked for; a second person decides under Approvals."))
    return redirect("rectify-isolate", code=code, case=told["id"])
