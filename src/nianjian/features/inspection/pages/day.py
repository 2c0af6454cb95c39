"""The inspection day: notice, agenda, who stands where, the evidence behind each row, a way in for the inspector."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.inspection import checks
from nianjian.engines.paper.texts.inspection import day as texts
from nianjian.engines.paper.words import Words, words
from nianjian.features.inspection.operations.checks import work
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.operations.day import bundle, visits
from nianjian.features.inspection.operations.day.sheet import sheet
from nianjian.features.inspection.pages import notice, places
from nianjian.features.inspection.visits import service
from nianjian.features.inspection.visits.lines import Line, format_lines
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.links import NewInspection
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment

BADGES: Final = {"passed": "good", "failed": "bad", "unknown": "warn"}
LOOKED: Final = ("readiness", "answers", "retention")  # what the sheet and its copy are made of
AHEAD: Final = timedelta(days=14)
_DATE: Final = {"type": "date"}


class Visit(forms.Form):
    """What is kept of a day."""

    day = forms.DateField(label=gettext_lazy("Inspection day"), widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"))
    notice = forms.CharField(label=gettext_lazy("Notice"), required=False, max_length=service.NOTICE)
    authority = forms.CharField(label=gettext_lazy("Authority"), required=False, max_length=service.AUTHORITY)
    received_on = forms.DateField(
        label=gettext_lazy("Notice received on"),
        required=False,
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
    )
    place = forms.CharField(label=gettext_lazy("Place of the check"), required=False, max_length=service.PLACE)
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"),
        required=False,
        help_text=gettext_lazy("A line each: time | what | who. Functions rather than names; no telephone numbers."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    posts = forms.CharField(
        label=gettext_lazy("Who stands where"),
        required=False,
        help_text=gettext_lazy("A line each: place | who | task."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class Admitted(forms.Form):
    """An inspector and the last day."""

    user = forms.CharField(label=gettext_lazy("User name"), max_length=80)
    until = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"))


@require_safe
@page(Act.READ)
def front(request: Request, code: str) -> HttpResponse:
    """Show the next day, or the one that is named."""
    return _front(request, code, _wanted(request))


@require_POST
@page(Act.LOAD)
def keep(request: Request, code: str) -> HttpResponse:
    """Keep a day."""
    form = Visit(request.POST)
    if form.is_valid():
        try:
            told = visits.save(enterprise=code, given=service.VisitInput(**form.cleaned_data), actor=request.actor)
            return redirect(f"{reverse('inspection-day', kwargs={'code': code})}?day={told['day']}")
        except NianjianError as error:
            _refused(form, error)
    return _front(request, code, None, {"form": form}, UNPROCESSABLE)


@require_POST
@page(Act.LOAD)
def remove(request: Request, code: str) -> HttpResponse:
    """Take a day back."""
    visits.remove(enterprise=code, day=_day(request.POST.get("day", "")), actor=request.actor)
    return redirect("inspection-day", code=code)


@require_POST
@page(Act.PEOPLE)
def admit(request: Request, code: str) -> HttpResponse:
    """Let an inspector in until the end of a day; the link stands in this answer and nowhere else."""
    form = Admitted(request.POST, auto_id="admit_%s")
    if form.is_valid():
        try:
            made = visits.admit(enterprise=code, actor=request.actor, **form.cleaned_data)
            return _front(request, code, None, {"made": made, "url": _address(request, made)})
        except NianjianError as error:
            _refused(form, error)
    return _front(request, code, None, {"admit": form}, UNPROCESSABLE)


@require_POST
@page(Act.REPORT)
def enqueue_checks(request: Request, code: str) -> HttpResponse:
    """Look anew at all that the sheet and its copy are made of: work, one job a part; on to that of readiness."""
    jobs = [work.enqueue_check(enterprise=code, part=part, as_of=None, actor=request.actor) for part in LOOKED]
    return redirect("data-job", code=code, job=jobs[0])


@require_safe
@page(Act.READ)
def copy(request: Request, code: str) -> HttpResponse:
    """Give the copy for a network that fails."""
    name, content = bundle.bundle(enterprise=code, actor=request.actor, language=current(), day=_wanted(request))
    return as_attachment(HttpResponse(content, content_type=bundle.MEDIA), name)


def _refused(form: forms.Form, error: NianjianError) -> None:
    if error.code == "role_missing":
        raise error
    form.add_error(None, " ".join(describe_error(error)))


def _address(request: Request, made: NewInspection) -> str:
    return env.address(made.path, request.build_absolute_uri(made.path))


def _wanted(request: Request) -> date | None:
    text = request.GET.get("day", "")
    return _day(text) if text else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise Http404 from error


def _front(request: Request, code: str, day: date | None, given: Json | None = None, status: int = 200) -> HttpResponse:
    _ = words(current())
    told = sheet(enterprise=code, actor=request.actor, day=day)
    held = told["visit"]
    allowed = {name: may(request.actor, code, act) for name, act in _ACTS.items()}
    context: Json = {
        "told": told,
        "badge": BADGES[told["state"]],
        "looked": "" if told["looked_at"] is None else moment(datetime.fromisoformat(told["looked_at"])),
        "state": _(checks.STATES[told["state"]]),
        "pairs": texts.notice(told, _),
        "why": texts.why(told["notice"]["state"], _),
        "tables": [*([] if held is None else [_agenda(held), _posts(held)]), _evidence(told, code, _)],
        "earlier": [one for one in told["days"] if held is None or one != held["day"]],
        "form": Visit(initial=_initial(held, _)),
        "admit": Admitted(initial=_until(held), auto_id="admit_%s"),
        "inspectors": _inspectors(request, code) if allowed["people"] else None,
        "may": allowed,
        **notice.around(held),
    }
    return render(request, "inspection/day.html", context | (given or {}), status=status)


_ACTS: Final = {"load": Act.LOAD, "report": Act.REPORT, "people": Act.PEOPLE, "reveal": Act.REVEAL}


def _initial(held: Json | None, _: Words) -> dict[str, Any]:
    """What the form shows: the day as it is kept, else an agenda to begin with."""
    if held is None:
        agenda, posts = texts.proposed(_)
        return {"agenda": agenda, "posts": posts}
    return {
        **{name: held[name] for name in ("day", "notice", "authority", "received_on", "place")},
        "agenda": format_lines([Line(one["at"], one["what"], one["who"]) for one in held["agenda"]]),
        "posts": format_lines([Line(one["place"], one["who"], one["task"]) for one in held["posts"]]),
    }


def _until(held: Json | None) -> dict[str, Any]:
    today = clock.now().astimezone(clock.ZONE).date()
    return {"until": today + AHEAD if held is None else max(date.fromisoformat(held["day"]), today)}


def _agenda(held: Json) -> Table:
    rows = [[Cell(one["at"], day=True), Cell(one["what"]), Cell(one["who"] or "–")] for one in held["agenda"]]
    columns = [Column(head) for head in (gettext("time"), gettext("agenda item"), gettext("in charge"))]
    return Table(gettext("Agenda"), columns, rows, wrap=True, cards=True)


def _posts(held: Json) -> Table:
    rows = [[Cell(one["place"]), Cell(one["who"]), Cell(one["task"] or "–")] for one in held["posts"]]
    columns = [Column(head) for head in (gettext("post"), gettext("in charge"), gettext("task"))]
    return Table(gettext("Who stands where"), columns, rows, wrap=True, cards=True)


def _evidence(told: Json, code: str, _: Words) -> Table:
    """The rule leads to the page where it is looked after."""
    rows = []
    for row in told["rows"]:
        title = f"{row['rule']} {_(texts.ROWS[row['rule']])}"
        found = row["evidence"] or [{"check": "", "state": row["state"], "why": "", "day": None}]
        rows += [
            [
                Cell(title, href=places.of_rule(code, row["rule"])),
                Cell(
                    texts.name(one["check"], _) if one["check"] else "–",
                    href=places.of_check(code, one["check"], row["rule"]) if one["check"] else "",
                ),
                Cell(_(checks.STATES[one["state"]]), badge=BADGES[one["state"]]),
                Cell(texts.why(one["why"], _) if one["why"] else _("never looked at")),
                Cell(one["day"] or "–", day=True),
            ]
            for one in found
        ]
    heads = (gettext("rule"), gettext("evidence"), gettext("state"), gettext("why"), gettext("as at"))
    columns = [Column(head) for head in heads]
    return Table(gettext("What is checked, and the evidence"), columns, rows, wrap=True, cards=True)


def _inspectors(request: Request, code: str) -> Table | None:
    rows = [
        [Cell(one["user"], href=reverse("people-one-here", kwargs={"code": code, "name": one["user"]})),
         Cell(one["until"] or "–", day=True)]
        for one in visits.inspectors(enterprise=code, actor=request.actor)
    ]  # fmt: skip
    columns = [Column(head) for head in (gettext("User name"), gettext("may read until"))]
    return Table(gettext("Inspectors"), columns, rows, wrap=True, cards=True) if rows else None
