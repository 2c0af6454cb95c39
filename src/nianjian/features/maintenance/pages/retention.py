"""How long each class of an enterprise's records is kept and by which rule, what is over its time, what was erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.errors import named
from nianjian.engines.paper.texts.operation.doctor import RECORD_CLASSES, UNITS
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import Words, mark, words
from nianjian.features.calls.operations.finish import ERASE
from nianjian.features.maintenance.operations.periods import Period
from nianjian.features.maintenance.operations.watch import standing as flow
from nianjian.features.maintenance.operations.watch.standing import Class
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.models import Entry
from nianjian.platform.jobs import flow as jobs
from nianjian.platform.jobs import query as queue
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment

ERASED: Final[Mapping[str, tuple[str, str]]] = {  # field of an entry -> (field of its day or month, sentence)
    "calls": ("month", mark("{rows} call records of before {day}")),
    "rejects": ("day", mark("{rows} rejected rows imported before {day}")),
    "older_files": ("month", mark("{rows} files that only older versions held, of before {day}")),
    "complaints": ("accepted_before", mark("{rows} rows of closed complaints accepted before {day}")),
    "posted": ("before", mark("{rows} files of posted call records of before {day}")),
    "legs": ("before", mark("{rows} posted call records of before {day}")),
    "files": ("", mark("{rows} attachments of rows that are gone")),
}


@require_safe
@page(Act.AUDIT)
def retention(request: Request, code: str) -> HttpResponse:
    """The classes, and past erasures fifty at a time."""
    _ = words(current())
    known = flow.looked(enterprise=code, actor=request.actor)
    shown: Page[Entry] = paged(request, audit.found(enterprise=code, verb=ERASE))
    context = {
        "table": _classes(known.classes, code, _),
        "counted": moment(known.at),
        "due": figures.count(known.over) if known.over else "",
        "counting": [one.id for one in queue.under_way(code, kind=jobs.COUNT_OVER)],
        "may_erase": may(request.actor, code, Act.ADMINISTER),
        "under_way": [one.id for one in queue.under_way(code, kind=jobs.ERASE_OVER)],
        "page": shown,
        "erased": [_erasure(one, _) for one in shown.rows],
    }
    return render(request, "operation/retention.html", context)


@require_POST
@page(Act.ADMINISTER)
def erase(request: Request, code: str) -> HttpResponse:
    """Ask the worker to erase what is over its time."""
    job = jobs.enqueue(kind=jobs.ERASE_OVER, enterprise=code, payload={}, actor=request.actor)
    messages.success(request, gettext("What is over its time will be erased."))
    return redirect("data-job", code=code, job=job)


@require_POST
@page(Act.AUDIT)
def count(request: Request, code: str) -> HttpResponse:
    """Let the worker count what is over its time."""
    return redirect("data-job", code=code, job=flow.ask(enterprise=code, actor=request.actor))


def _classes(found: Sequence[Class], code: str, _: Words) -> Table:
    columns = [
        Column(gettext("records")),
        Column(gettext("kept for")),
        Column(gettext("over their time"), figure=True),
        Column(gettext("kept from")),
        Column(gettext("oldest")),
        Column(gettext("level")),
        Column(gettext("rule")),
        Column(gettext("source")),
    ]
    return Table(gettext("Classes of records"), columns, [_class(one, code, _) for one in found], cards=True)


def _class(one: Class, code: str, _: Words) -> list[Cell]:
    period = one.period
    there = reverse("rules-one-here", kwargs={"code": code, "key": period.rule}) if period.rule else ""
    return [
        Cell(_(RECORD_CLASSES.get(period.record_class, period.record_class))),
        Cell(_kept(period, _)),
        Cell(figures.DASH if one.over is None else figures.count(one.over), figure=True),
        Cell(period.since.isoformat() if period.since else figures.DASH),
        Cell(one.oldest or figures.DASH),
        Cell(name("level", period.level, _)),
        Cell(period.rule or figures.DASH, href=there),
        Cell(period.citation),
    ]


def _kept(period: Period, _: Words) -> str:
    told = _(UNITS[str(period.unit)]).format(count=period.value)
    return told if period.since else _("for ever; at least {period}").format(period=told)


def _erasure(entry: Entry, _: Words) -> dict[str, Any]:
    act = audit.act(entry)
    return {
        "day": datetime.fromisoformat(act.at).astimezone(clock.ZONE).date(),
        "by": act.actor.partition(":")[2] or act.actor,
        "rows": list(_gone(act.data, _)),
    }


def _gone(data: Mapping[str, Any], _: Words) -> Iterator[str]:
    for field, (until, text) in ERASED.items():
        if rows := data.get(field):
            yield _(text).format(rows=figures.count(rows), day=data.get(until, ""))
    for kind, rows in data.get("people", {}).items():
        told = _("{rows} rows of {register} that ended before {day}")
        yield told.format(rows=figures.count(rows), register=named("kind", kind, _), day=data["ended_before"])
