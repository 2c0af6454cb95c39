"""The cases and one case with what comes next: its location, isolation and acts; the watch list and the routine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper import rectification, sections
from nianjian.engines.paper.figures import amount_text, limit_text
from nianjian.engines.paper.people import actor_texts
from nianjian.engines.paper.rectification import ChannelNames
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.texts.portrait import METRICS
from nianjian.engines.paper.texts.rectification import DIMENSIONS, PAPERS, STEPS
from nianjian.engines.paper.words import Words, mark, words
from nianjian.features.portrait.portraits import list_years
from nianjian.features.rectification import evidence, operations, queries, reports, states
from nianjian.features.rectification.documents import CaseDetail, CaseGap, CaseGaps, CaseOrder, CaseSummary
from nianjian.features.rectification.pages.forms import Isolated, Measure, Opened, Paper, Period, Watched
from nianjian.features.rectification.pages.stages import (
    NOW,
    cap_text,
    choose_channel,
    event_actors,
    find_reason,
    find_request,
    is_unheard,
    list_stages,
)
from nianjian.features.rectification.storage import LIMIT, Notice, PaperContent, paper_content
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, missing_as_404, takes_files
from nianjian.platform.jobs import flow
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.forms import run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.second_person import build_second_person
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.undo import say_requested
from nianjian.platform.web.work import describe_job_error as fault_of
from nianjian.platform.web.work import kind, person, progressing

Json = dict[str, Any]


def get_case_or_404(request: Request, code: str, case: str) -> CaseDetail:
    """The case, if it is of this enterprise; else 404."""
    with missing_as_404():
        detail = operations.get_case_detail(case=case, actor=request.actor)
    if detail.enterprise != code:
        raise Http404
    return detail


def read_upload(file: UploadedFile[Any] | None) -> PaperContent | None:
    """A file of a form; None where none was sent. Errors as `storage.paper_content`."""
    if file is None:
        return None
    if (file.size or 0) > LIMIT:
        raise NianjianError("file_too_large", file=file.name or "", limit=LIMIT)
    return paper_content(file.name or "", file.read())


def ways(code: str, case: str) -> list[tuple[str, str]]:
    """The pages of a case: (address, label)."""
    names = {"one": gettext("Case"), "locate": gettext("Location"), "isolate": gettext("Isolation")}
    return [(reverse(f"rectify-{name}", args=[code, case]), label) for name, label in names.items()]


@require_POST
@page(Permission.MANAGE_DATA)
def task(request: Request, code: str, case: str) -> HttpResponse:
    """Name a measure, or say that one was carried out today."""
    detail = get_case_or_404(request, code, case)
    done = request.POST.get("done", "")
    if done.isdecimal():
        operations.complete_measure(case=detail.id, measure=int(done), day=clock.today(), actor=request.actor)
        messages.success(request, gettext("Measure carried out."))
    else:
        form = Measure(request.POST)
        if form.is_valid():
            operations.add_measure(enterprise=code, case=detail.id, actor=request.actor, **form.cleaned_data)
            messages.success(request, gettext("Measure recorded."))
        else:
            messages.error(request, gettext("A measure needs a text, an owner and a day."))
    return redirect("rectify-one", code=code, case=detail.id)


@require_POST
@page(Permission.MANAGE_DATA)
@takes_files
def paper(request: Request, code: str, case: str) -> HttpResponse:
    """Keep a paper, or note that one has read a technical assessment."""
    detail = get_case_or_404(request, code, case)
    if (read := request.POST.get("read", "")[:9]).isdecimal():
        operations.confirm_assessment(enterprise=code, case=detail.id, paper=int(read), actor=request.actor)
        messages.success(request, gettext("Noted: you have read it."))
        return redirect("rectify-one", code=code, case=detail.id)
    form = Paper(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        body = read_upload(data.pop("file"))
        if body is not None:
            operations.add_paper(case=detail.id, kind=data.pop("kind"), paper=body, actor=request.actor, **data)
            messages.success(request, gettext("Document stored."))
    else:
        messages.error(request, gettext("Choose a file, and what it is."))
    return redirect("rectify-one", code=code, case=detail.id)


@require_POST
@page(Permission.REPORT)
def end(request: Request, code: str, case: str) -> HttpResponse:
    """Let the worker count the figures, check everything, note the handing in, or close."""
    detail = get_case_or_404(request, code, case)
    who: dict[str, Any] = {"enterprise": code, "case": detail.id, "actor": request.actor}
    match request.POST.get("act", ""):
        case "measure":
            job = reports.count_figures.enqueue(**who)
        case "check":
            job = reports.check_gaps.enqueue(**who)
        case "close":
            job = reports.close.enqueue(check=request.POST.get("check", ""), **who)
        case "submit":
            job = reports.submit.enqueue(**who)
        case _:
            return redirect("rectify-one", code=code, case=detail.id)
    return redirect("data-job", code=code, job=job)


@require_POST
@page(Permission.REPORT)
def report(request: Request, code: str, case: str, form: str) -> HttpResponse:
    """Let the worker set the report."""
    detail = get_case_or_404(request, code, case)
    job = reports.enqueue_report(case=detail.id, form=form, language=current(), actor=request.actor)
    return redirect("data-job", code=code, job=job)


@require_safe
@page(Permission.REPORT)
def fetch(request: Request, code: str, case: str, job: str) -> HttpResponse:
    """Give a report away that was set; 404 where there is none any more."""
    detail = get_case_or_404(request, code, case)
    with missing_as_404():
        result = reports.get_stored_report(case=detail.id, job=job, actor=request.actor)
    return as_attachment(HttpResponse(result.content, content_type=result.media), result.download_name(detail.id))


@require_safe
@page(Permission.READ)
def cases(request: Request, code: str) -> HttpResponse:
    """List the cases, the next due first read from the dates."""
    read = partial(operations.list_cases, enterprise=code, actor=request.actor)
    listing: Page[CaseSummary] = paged(request, LazyRows(lambda first, count: read(first=first, count=count)))
    _ = words(current())
    rows = [
        [
            Cell(one.id, href=reverse("rectify-one", kwargs={"code": code, "case": one.id})),
            Cell(one.notice or "–"),
            Cell(format_day(one.received)),
            Cell(format_day(one.target)),
            Cell(format_day(one.due), badge="late" if one.late else ""),
            Cell(_(STEPS[one.state]), badge="good" if one.state == "closed" else "plain"),
        ]
        for one in listing.rows
    ]
    columns = [
        Column(gettext("Case"), brief="start"), Column(gettext("Notice"), brief="end"), Column(gettext("Received on")),
        Column(gettext("Internal target")), Column(gettext("Due"), brief="start", named=True),
        Column(gettext("State"), brief="end"),
    ]  # fmt: skip
    table = Table(gettext("Cases"), columns, rows, wrap=True)
    context = {"page": listing, "table": table, "may": has_permission(request.actor, code, Permission.MANAGE_DATA)}
    return render(request, "rectification/list.html", context)


@require_safe
@page(Permission.READ)
def locations(request: Request, code: str) -> HttpResponse:
    """To where the newest open case locates its cause; a page that says so where none is open."""
    case = queries.find_newest_open(code)
    if case:
        return redirect("rectify-locate", code, case.pk)
    may = has_permission(request.actor, code, Permission.MANAGE_DATA)
    return render(request, "rectification/locations.html", {"may": may})


@require_safe
@page(Permission.READ)
def isolated(request: Request, code: str) -> HttpResponse:
    """The channels that are isolated now, each leading to where its lifting is asked for."""
    _ = words(current())
    names = queries.list_channel_names(code, clock.today())
    rows = []
    for order in queries.list_isolations(code):
        entry = _order_row(queries.order_document(order, waiting=False), names)
        case = _isolation_address(code, order.case_id)
        rows.append(
            [
                Cell(entry["channel"], href=case),
                Cell(cap_text(entry["order"].cap)),
                Cell(entry["approved_at"]),
                Cell(" · ".join([entry["requester"], entry["approver"]])),
                Cell(order.end or "–"),
            ]
        )
    heads = (gettext("Channel"), gettext("Calls a day"), gettext("Since"), gettext("Asked for and approved by"))
    columns = [Column(head) for head in (*heads, gettext("Condition for lifting it"))]
    table = Table(gettext("Isolated channels"), columns, rows, wrap=True, cards=True)
    href = _isolation_address(code, None) if has_permission(request.actor, code, Permission.REQUEST) else ""
    return render(request, "rectification/isolated.html", {"table": table, "href": href})


@require_http_methods(["GET", "POST"])
@page(Permission.MANAGE_DATA)
@takes_files
def create_case(request: Request, code: str) -> HttpResponse:
    """Open a case of a notice."""
    form, opened = Opened(request.POST or None, request.FILES or None), []

    def open_case(data: Mapping[str, Any]) -> None:
        notice = Notice(data["received"], data["due"], data["number"], data["causes"].splitlines())
        paper = read_upload(data["file"])
        opened.append(operations.open_case(enterprise=code, notice=notice, paper=paper, actor=request.actor))

    if request.method == "POST" and run_form(form, open_case):
        messages.success(request, gettext("The case is open."))
        return redirect("rectify-one", code=code, case=opened[0].id)
    context = {"form": form, "back": reverse("rectify", kwargs={"code": code})}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "rectification/open.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page(Permission.READ)
def watched(request: Request, code: str) -> HttpResponse:
    """The watch list with the form of a new flag, and the routine; a flag is set by whom may load."""
    form = Watched(request.POST or None, initial=_find_licence(code))
    common: dict[str, Any] = {"enterprise": code, "case": None, "until": None, "year": None, "actor": request.actor}
    if request.method == "POST" and run_form(form, lambda flag: operations.change_watch_list(**flag, **common)):
        messages.success(request, gettext("The licence is on the watch list."))
        return redirect("rectify-watch", code=code)
    if form.is_bound or "add" in request.GET:
        require_permission(request.actor, code, Permission.MANAGE_DATA)
        status = UNPROCESSABLE if form.is_bound else 200
        context = {"form": form, "back": reverse("rectify-watch", kwargs={"code": code})}
        return render(request, "rectification/watch_add.html", context, status=status)
    licences = operations.list_watched_licences(enterprise=code, year=None, actor=request.actor)
    rows = [
        [Cell(one.licence), Cell(format_day(one.since)), Cell(format_day(one.until) or "–"), Cell(one.source or "–")]
        for one in licences
    ]
    heads = (gettext("Licence"), gettext("Since which day"), gettext("Until"), gettext("Ordered by"))
    context = {
        "table": Table(gettext("Watch list"), [Column(head) for head in heads], rows, wrap=True, cards=True),
        "tasks": operations.update_routine(enterprise=code, done=None, day=None, actor=request.actor),
        "closer": _closer(request, code, year) if (year := next(iter(list_years(code)), None)) else [],
        "year": year,
        "may": has_permission(request.actor, code, Permission.MANAGE_DATA),
    }
    return render(request, "rectification/watch.html", context)


def _find_licence(code: str) -> dict[str, str] | None:
    """The licence of an enterprise that has only one, for a form."""
    keys = list(versions_on(Licence, code, clock.today()).values_list("key", flat=True)[:2])
    return {"licence": keys[0]} if len(keys) == 1 else None


def _closer(request: Request, code: str, year: int) -> list[Json]:
    """The newest portrait under the stricter limits; nothing where nobody is watched."""
    try:
        limits = operations.list_stricter_limits(enterprise=code, year=year, actor=request.actor)
    except NianjianError:
        return []
    _ = words(current())
    evasion = _("landline and mobile share")
    return [
        {
            "title": _(METRICS[one.metric]) if one.metric in METRICS else evasion,
            "value": amount_text(one.value, one.unit, one.limit),
            "limit": limit_text({"limit": one.limit}, one.unit),
            "internal_limit": limit_text({"limit": one.internal_limit}, one.unit),
            "internal_met": one.internal_met,
            "internal_unproven": one.internal_unproven,
        }
        for one in limits
    ]


@require_POST
@page(Permission.MANAGE_DATA)
def routine(request: Request, code: str) -> HttpResponse:
    """Note that a task was done today."""
    task = request.POST.get("task", "")
    if task.isdecimal():
        operations.update_routine(enterprise=code, done=int(task), day=None, actor=request.actor)
        messages.success(request, gettext("Task done."))
    return redirect("rectify-watch", code=code)


ACTS: Final = {  # act of the page -> the step that it does, and the work that does it
    "measure": (states.MEASURED, flow.RECTIFY_MEASURE),
    "check": ("", flow.RECTIFY_CHECK),
    "report": ("", flow.RECTIFY_REPORT),
    "submit": (states.SUBMITTED, flow.RECTIFY_SUBMIT),
    "close": (states.CLOSED, flow.RECTIFY_CLOSE),
}


class Next(NamedTuple):
    """What to do now: a sentence, and the place where it is done ("": on no page)."""

    text: str
    address: str
    label: str


def waits(detail: CaseDetail, preview: CaseGaps, working: Collection[str], word: Words) -> dict[str, str]:
    """Act -> why it cannot be done now, "" where it can; the server refuses for the same reasons."""
    lacking = {one.step: one.open_for for one in detail.steps}
    reasons = {}
    for act, (step, work) in ACTS.items():
        first = lacking.get(step, ())
        why = _("First: {step}.").format(step=word(STEPS[first[0]])) if first else ""
        reasons[act] = _("The job for it is in progress.") if work in working else why
    blocking = [gap for gap in preview.gaps if gap.blocks]
    if blocking and not reasons["submit"]:
        reasons["submit"] = error_message(blocking[0].code, blocking[0].values, word)
    return reasons


def _way(code: str, detail: CaseDetail, gap: CaseGap) -> tuple[str, str]:
    """Where a gap is closed: (address, label)."""
    here = {"code": code, "case": detail.id}
    waiting = next((one.approval for one in detail.orders if one.waiting), "")
    ways = {
        "locate": (reverse("rectify-locate", kwargs=here), _("Locate the channel")),
        "isolate": (reverse("rectify-isolate", kwargs=here), _("Isolate the channel")),
        "gate": (reverse("gate", args=[code]), _("Go to the gate")),
        "measure": ("#figures", _("Count the figures")),
        "complaints": (f"{reverse('complaints', args=[code])}?q={gap.values.get('first', '')}", _("Go to the tickets")),
        "measures": ("#measures", _("Go to the measures")),
        "test_report": ("#papers", _("Add the test report")),
    }
    if waiting:
        ways["approve"] = (reverse("approvals-decide-here", args=[code, waiting]), _("Go to the request"))
    return ways.get(gap.do, ("", ""))


def following(code: str, detail: CaseDetail, preview: CaseGaps, word: Words) -> Next | None:
    """The one thing to do now; None: the case is over."""
    done = {one.step for one in detail.steps if one.done}
    if states.CLOSED in done:
        return None
    if states.SUBMITTED in done:
        text = _("Check whether the measures worked, then close the case.")
        return Next(text, "#close", _("Go to closing"))
    if gap := next((gap for gap in preview.gaps if gap.blocks), None):
        return Next(error_message(gap.code, gap.values, word), *_way(code, detail, gap))
    if states.REPORTED in done:
        return Next(_("Hand in report and test report, then record it here."), "#submit", _("Go to hand-in"))
    if preview.ready:
        return Next(_("Everything is ready: generate the report."), "#report", _("Go to the report"))
    text = _("Have everything counted again before the report is submitted.")
    return Next(text, "#check", _("Go to the check"))


@require_safe
@page(Permission.READ)
def case_detail(request: Request, code: str, case: str) -> HttpResponse:
    """Show a case."""
    working = reports.list_running(code, case)  # read before what it makes
    detail = get_case_or_404(request, code, case)
    _ = words(current())
    preview = evidence.preview_gaps(case=detail.id, actor=request.actor)
    closed, names = detail.state == "closed", _channel_names(detail)
    steps = list_stages(code, detail, names, _)
    context = {
        "case": detail,
        "title": _title(detail),
        "state": _(STEPS[detail.state]),
        "pairs": _pairs(detail),
        "stages": steps,
        "stage_template": next((f"rectification/stage_{one.key}.html" for one in steps if one.state == NOW), ""),
        "request_waiting": None if closed else find_request(code, detail, names, request.actor),
        "submitted": detail.state == states.SUBMITTED,
        "period": Period(auto_id="period_%s"),
        "next": following(code, detail, preview, _),
        "working": [(kind(one.kind), reverse("data-job", args=[code, one.id])) for one in working.values()],
        "waits": waits(detail, preview, working, _),
        "gaps": []
        if closed
        else [(gap.blocks, error_message(gap.code, gap.values, _), *_way(code, detail, gap)) for gap in preview.gaps],
        "looked": preview,
        "checked": format_moment(preview.checked_at),
        "figures": rectification.measured_rows(detail.measured, _),
        "chart": _chart(detail, names, _),
        "papers": [
            {
                "paper": one,
                "kind": _(PAPERS[one.kind]),
                "unread": one.kind == "test_report" and one.titled is None,
                "reader": person(one.read_by),
            }
            for one in detail.papers
        ],
        "events": [(one.at[:16].replace("T", " "), _(STEPS[one.step]), event_actors(one)) for one in detail.events],
        "measure": Measure(auto_id="measure_%s"),
        "paper": Paper(auto_id="paper_%s"),
        "open": not closed,
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_report": has_permission(request.actor, code, Permission.REPORT),
    }
    return render(request, "rectification/one.html", context)


def _title(detail: CaseDetail) -> str:
    """What a case is called: by the first cause that the notice names, else by the notice."""
    name = next(iter(detail.causes), "") or detail.notice
    return gettext("Rectification case: {name}").format(name=name) if name else gettext("Rectification case")


def _pairs(detail: CaseDetail) -> list[tuple[str, str]]:
    due = detail.due_at[:16].replace("T", " ")
    provisional = gettext("provisional: the holidays of a year in between are not known yet")
    pairs = [
        (gettext("Notice"), detail.notice or "–"),
        (gettext("Received on"), detail.received.isoformat()),
        (gettext("Internal target"), detail.target.isoformat()),
        (gettext("Due"), f"{due} ({provisional})" if detail.provisional else due),
    ]
    if detail.reminder:
        pairs.append((gettext("Ask for the opinion on"), detail.reminder.day.isoformat()))
    return pairs


def _chart(detail: CaseDetail, names: ChannelNames, _: Words) -> SafeString:
    measured = detail.measured
    if not measured or not any(measured[part]["channel"]["by_day"] for part in ("before", "after")):
        return SafeString()
    return SafeString(sections.html_chart(rectification.days_chart(measured, names, _), _))


@require_safe
@page(Permission.READ)
def located(request: Request, code: str, case: str) -> HttpResponse:
    """Show what the last location found."""
    detail = get_case_or_404(request, code, case)
    _ = words(current())
    where, names = detail.located, _channel_names(detail)
    context = {
        "case": detail,
        "ways": ways(code, detail.id),
        "form": Period(),
        "told": rectification.location_content(where, names, _),
        "charts": [
            SafeString(sections.html_chart(one, _))
            for one in rectification.case_charts({"located": where}, names, _, partial(_tickets_of, code, detail))
        ],
        "tables": [_table(code, detail, where, dimension, names, _) for dimension in DIMENSIONS] if where else [],
        "may": has_permission(request.actor, code, Permission.REPORT) and detail.state != "closed",
    }
    return render(request, "rectification/locate.html", context)


def _tickets_of(code: str, detail: CaseDetail, dimension: str, group: Json) -> str:
    """The address of a group's complaints; "" where its number is masked."""
    key = group.get("ref") or group["key"] or ""
    address = reverse("rectify-tickets", args=[code, detail.id])
    return "" if "*" in key else f"{address}?{urlencode({'group': dimension, 'key': key})}"


def _table(code: str, detail: CaseDetail, where: Json, dimension: str, names: ChannelNames, _: Words) -> Table:
    """The groups of a dimension, each leading to its complaints."""
    rows = []
    for one in where["dimensions"][dimension]["groups"]:
        text = rectification.group_row(one, dimension, names, _)
        link = _tickets_of(code, detail, dimension, one)
        figures = ("complaints", "answered", "rate", "rest", "chance", "share")
        rows.append(
            [Cell(text["key"], href=link), *(Cell(text[name], figure=True) for name in figures), Cell(text["mark"])]
        )
    heads = [Column(_(DIMENSIONS[dimension]), brief="start")]
    labels = ("Number of complaints", "Answered calls", "Rate", "Rate of the rest", mark("Chance"), "Cumulated share")
    brief = {"Number of complaints": "end", "Rate": "start"}
    heads += [Column(_(label), figure=True, brief=brief.get(label, ""), named=True) for label in labels]
    return Table(_(DIMENSIONS[dimension]), [*heads, Column(_("Mark"), brief="end")], rows, wrap=True)


@require_POST
@page(Permission.REPORT)
def locate(request: Request, code: str, case: str) -> HttpResponse:
    """Locate in the days of the form and keep it with the case."""
    detail = get_case_or_404(request, code, case)
    form = Period(request.POST)
    if form.is_valid():
        job = reports.locate.enqueue(enterprise=code, case=detail.id, actor=request.actor, **form.cleaned_data)
        return redirect("data-job", code=code, job=job)
    messages.error(request, gettext("These are not valid days."))
    return redirect("rectify-locate", code=code, case=detail.id)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.READ)
def tickets(request: Request, code: str, case: str) -> HttpResponse:
    """Show what the last look at a group found, or let the worker look: its complaints and the calls of each."""
    detail = get_case_or_404(request, code, case)
    group = _group(request)
    free = has_permission(request.actor, code, Permission.REPORT)
    if request.method == "POST":
        reports.enqueue_tickets(case=detail.id, group=group, actor=request.actor)
        return redirect(f"{request.path}?{_query(group)}")
    job = reports.find_group_lookup(case=detail.id, group=group, actor=request.actor)
    last = reports.find_group_lookup(case=detail.id, group=group, actor=request.actor, states=("done",))
    rows = None if last is None else last.result
    latest = job is not None and last is not None and job.id == last.id
    names, _ = _channel_names(detail), words(current())
    context = {
        "case": detail,
        "ways": ways(code, detail.id),
        "group": f"{_(DIMENSIONS[group.dimension])} {_called(detail, group, names) or _('not known')}",
        "rows": None
        if rows is None
        else {
            **rows,
            "tickets": [
                (one | {"line": rectification.channel_text("line", one["line"], names) if one["line"] else ""})
                for one in cast("Sequence[Json]", rows.get("tickets", ()))
            ],
        },
        "at": _at(cast("str | None", (rows or {}).get("at"))),
        "query": _query(group),
        "next": _query(replace(group, page=group.page + 1)),
        "located": detail.located is not None,
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


def _called(detail: CaseDetail, group: reports.GroupQuery, names: ChannelNames) -> str | None:
    """The group's key as it may be shown, with its name: a number of a person is masked."""
    if not group.key:
        return None
    groups = (detail.located or {}).get("dimensions", {}).get(group.dimension, {}).get("groups", ())
    key = next((str(one["key"]) for one in groups if one.get("ref") == group.key), group.key)
    return rectification.channel_text(group.dimension, key, names)


def _query(group: reports.GroupQuery) -> str:
    params: dict[str, str | int] = {"group": group.dimension, "key": group.key or "", "page": group.page}
    return urlencode(params)


@require_http_methods(["GET", "POST"])
@page(Permission.REQUEST)
def isolate(request: Request, code: str, case: str | None = None) -> HttpResponse:
    """Ask for an isolation, of a case or of none; its orders above. ``key`` and ``channel`` of the address fill it in.

    Without a case, what names a channel leads on to the case that waits, if one does: its isolation belongs there.
    """
    waiting = [] if case or request.method == "POST" or "key" not in request.GET else operations.list_waiting(code)
    if waiting:
        return redirect(f"{_isolation_address(code, waiting[0][0].pk)}?{request.GET.urlencode()}")
    detail = get_case_or_404(request, code, case) if case else None
    orders = detail.orders if detail else operations.list_order_documents(queries.list_orders_of_no_case(code))
    standing = [one for one in orders if _holds(one)]
    names = _channel_names(detail) if detail else queries.list_channel_names(code, clock.today())
    channel = choose_channel(code, detail, request.GET, orders)
    first = {"key": "line", "cap": operations.usual_cap(code)}
    called = ""
    if channel:
        called = rectification.channel_text(*channel, names)
        first |= {"key": channel.key, "channel": channel.channel}
        first |= {"reason": find_reason(code, channel, called)}
    form = Isolated(request.POST or None, initial=first)
    form.fields["channel"].help_text = called
    ask = partial(operations.request_isolation, enterprise=code, case=case, actor=request.actor)
    if request.method == "POST" and run_form(form, lambda terms: say_requested(request, code, ask(**terms).approval)):
        return redirect(_isolation_address(code, case))
    context = {
        "case": detail,
        "ways": ways(code, detail.id) if detail else [],
        "form": form,
        "orders": [_order_row(one, names) for one in orders],
        "standing": [_order_row(one, names) for one in standing],
        "lift": reverse("rectify-lift", args=[code, detail.id])
        if detail
        else reverse("rectify-lift-channel", args=[code]),
        "open": detail is None or detail.state != "closed",
        "second": build_second_person(request, code),
        "called": called,
        "unheard": channel is not None and is_unheard(code, channel.key, channel.channel, request.actor),
        "me": person(str(request.actor)),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "rectification/isolate.html", context, status=status)


def _isolation_address(code: str, case: str | None) -> str:
    """Where an isolation of a case, or of none, is asked for and lifted."""
    return reverse("rectify-isolate", args=[code, case]) if case else reverse("rectify-isolate-channel", args=[code])


def _order_row(order: CaseOrder, names: ChannelNames) -> Json:
    requester, approver = actor_texts([order.proposed_by, order.approved_by], words(current()))
    return {
        "order": order,
        "channel": rectification.channel_text(order.key, order.channel, names),
        "requester": requester,
        "approver": approver,
        "approved_at": _at(order.approved_at),
        "lifted_at": _at(order.lifted_at),
    }


def _channel_names(detail: CaseDetail) -> ChannelNames:
    return queries.get_channel_names(queries.get_case(detail.id))


def _at(wall: str | None) -> str:
    return "" if wall is None else format_moment(datetime.fromisoformat(wall))


def _holds(order: CaseOrder) -> bool:
    return bool(order.kind == "isolate" and order.approved_at and not order.lifted_at)


@require_POST
@page(Permission.REQUEST)
def lift(request: Request, code: str, case: str | None = None) -> HttpResponse:
    """Ask to lift an isolation of the case, or one of no case."""
    detail = get_case_or_404(request, code, case) if case else None
    orders = detail.orders if detail else operations.list_order_documents(queries.list_orders_of_no_case(code))
    order_id = request.POST.get("order", "")
    for order in orders:
        if order.order == order_id and _holds(order):
            reason = request.POST.get("reason", "")
            result = operations.request_lift(
                enterprise=code, key=order.key, channel=order.channel, reason=reason, actor=request.actor
            )
            say_requested(request, code, result.approval)
    return redirect(_isolation_address(code, case))
