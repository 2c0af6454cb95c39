"""The drill of the on-site check: what the newest has shown, the earlier ones, and a new one, which is work."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from nianjian.accounts.access import may
from nianjian.accounts.roles import Act
from nianjian.config.http.answers import UNPROCESSABLE, named
from nianjian.flows.inspection.checks.grounds import Json
from nianjian.flows.inspection.drill import report
from nianjian.flows.inspection.drill import run as flow
from nianjian.kernel.errors import NianjianError
from nianjian.paper.texts.inspection import checks as words_of
from nianjian.paper.texts.inspection import drill as texts
from nianjian.paper.words import Words, words
from nianjian.web.layout.access import Request, page
from nianjian.web.layout.errors import said
from nianjian.web.layout.language import current
from nianjian.web.layout.tables import Cell, Column, Table

BADGES: Final = {"passed": "good", "failed": "bad", "unknown": "warn"}
NAME: Final = 200


class Asked(forms.Form):
    """Whom the call-back calls, and how many numbers are called."""

    phone = forms.CharField(
        label=gettext_lazy("Telephone that plays the complainant"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("A colleague's own; the call-back goes there. Empty: the call-back is played."),
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    calls = forms.IntegerField(
        label=gettext_lazy("Numbers that get a test call"), min_value=0, max_value=flow.MOST, initial=flow.CALLS
    )


@require_safe
@page(Act.READ)
def front(request: Request, code: str) -> HttpResponse:
    """Show one drill, the newest unless another is named."""
    return _front(request, code, Asked())


@require_POST
@page(Act.REPORT)
def run(request: Request, code: str) -> HttpResponse:
    """Begin a drill; on to its job."""
    form = Asked(request.POST)
    if form.is_valid():
        try:
            job = flow.ask(enterprise=code, actor=request.actor, **form.cleaned_data)
            return redirect("data-job", code=code, job=job)
        except NianjianError as error:
            if error.code == "role_missing":
                raise
            form.add_error(None, " ".join(said(error)))
    return _front(request, code, form, UNPROCESSABLE)


@require_safe
@page(Act.READ)
def paper(request: Request, code: str) -> HttpResponse:
    """Give the report as PDF."""
    wanted = _wanted(request)
    if _told(request, code, wanted) is None:
        raise Http404
    name, content = report.paper(enterprise=code, actor=request.actor, language=current(), name=wanted)
    return named(HttpResponse(content, content_type=report.MEDIA), name)


def _wanted(request: Request) -> str:
    return request.GET.get("drill", "")[:NAME]


def _told(request: Request, code: str, name: str) -> Json | None:
    try:
        return report.report(enterprise=code, actor=request.actor, name=name)
    except NianjianError as error:
        if error.code != "drill_unknown":
            raise
        return None


def _front(request: Request, code: str, form: Asked, status: int = 200) -> HttpResponse:
    _ = words(current())
    wanted = _wanted(request)
    told = _told(request, code, wanted)
    if told is None and wanted:
        raise Http404
    context: Json = {"form": form, "may": may(request.actor, code, Act.REPORT), "told": told}
    if told is not None:
        context |= {
            "state": _(texts.STATES[told["state"]]),
            "badge": BADGES[told["state"]],
            "ticket": reverse("complaints-one", kwargs={"code": code, "ticket": told["drill"]}),
            "tables": [_steps(told, _), _mends(told, _), _earlier(request, code)],
        }
    return render(request, "inspection/drill.html", context, status=status)


def _steps(told: Json, _: Words) -> Table:
    heads = (
        gettext("step"), gettext("state"), gettext("at"), gettext("taken"), gettext("time allowed"), gettext("who"),
        gettext("why"),
    )  # fmt: skip
    rows = [
        [
            Cell(_(texts.STEPS[one["step"]])),
            Cell(_(words_of.STATES[one["state"]]), badge=BADGES[one["state"]]),
            Cell(one["at"] or "–"),
            Cell(texts.span(one["taken_s"])),
            Cell(texts.span(one["limit_s"])),
            Cell(one["by"] or "–"),
            Cell(texts.why(one["why"], _)),
        ]
        for one in told["steps"]
    ]
    return Table(gettext("Steps"), [Column(head) for head in heads], rows, wrap=True, cards=True)


def _mends(told: Json, _: Words) -> Table:
    heads = (gettext("to be mended"), gettext("why"), gettext("the shortest way"))
    rows = [[Cell(text) for text in one] for one in texts.mends(told, _)]
    return Table(gettext("What to mend"), [Column(head) for head in heads], rows, wrap=True, cards=True)


def _earlier(request: Request, code: str) -> Table:
    place = reverse("inspection-drill", kwargs={"code": code})
    rows = [
        [Cell(one["drill"], href=f"{place}?drill={one['drill']}"), Cell(one["begun_at"]), Cell(one["begun_by"])]
        for one in report.listed(enterprise=code, actor=request.actor)
    ]
    columns = [Column(head) for head in (gettext("ticket"), gettext("begun"), gettext("who"))]
    return Table(gettext("All drills"), columns, rows, wrap=True, cards=True)
