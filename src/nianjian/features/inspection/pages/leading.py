"""The facilitator's screen of a drill: what is due, what was done, what is thrown in; it looks again by itself."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.inspection import drill as texts
from nianjian.engines.paper.words import Words, words
from nianjian.features.inspection.injects import CLOSED, GIVEN, HANDLED
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.operations.drill import report, timeline
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current

NAME: Final = 200
BADGES: Final = {
    "waiting": "plain",
    "due": "warn",
    "late": "bad",
    "running": "warn",
    "done": "good",
    "done_late": "warn",
}


@require_safe
@page(Act.READ)
def screen(request: Request, code: str, drill: str) -> HttpResponse:
    """Show it, with the buttons for who may throw something in."""
    return render(request, "inspection/leading.html", _around(request, code, drill))


@require_safe
@page(Act.READ)
def lines(request: Request, code: str, drill: str) -> HttpResponse:
    """Give the timeline alone, as the screen asks for it again and again."""
    return render(request, "inspection/timeline.html", _around(request, code, drill))


@require_POST
@page(Act.REPORT)
def inject(request: Request, code: str, drill: str) -> HttpResponse:
    """Note that something was thrown in, or that it was handled; back to the screen."""
    what, act = request.POST.get("what", "")[:NAME], request.POST.get("act", "")[:NAME]
    timeline.inject(enterprise=code, drill=drill, what=what, act=act, actor=request.actor)
    return redirect("inspection-drill-screen", code=code, drill=drill)


def _around(request: Request, code: str, drill: str) -> Json:
    _ = words(current())
    try:
        told = report.report(enterprise=code, actor=request.actor, name=drill[:NAME])
    except NianjianError as error:
        if error.code != "drill_unknown":
            raise
        raise Http404 from error
    over = any(one["what"] == CLOSED and one["at"] for one in told["timeline"])
    here = {"code": code, "drill": drill}
    return {
        "told": told,
        "over": over,
        "lines": [_line(one, _) for one in told["timeline"]],
        "address": reverse("inspection-drill-lines", kwargs=here),
        "throw": reverse("inspection-drill-inject", kwargs=here),
        "ticket": reverse("complaints-one", kwargs={"code": code, "ticket": drill}),
        "clock": texts.span(told["running_s"]),
        "may": may(request.actor, code, Act.REPORT),
    }


def _line(one: Json, _: Words) -> Json:
    """A line as the screen shows it; ``acts``: what can be noted of it now."""
    thrown = (
        [] if not one["thrown"] else [HANDLED] if one["at"] and not one["ended_at"] else [] if one["at"] else [GIVEN]
    )
    names = {GIVEN: gettext("Throw in now"), HANDLED: gettext("Handled")}
    return {
        **one,
        "name": texts.line(one["what"], _),
        "who": _(texts.ROLES[one["role"]]),
        "planned": texts.span(one["due_s"]),
        "taken": texts.span(one["taken_s"]),
        "says": _(texts.LINES[one["state"]]),
        "badge": BADGES[one["state"]],
        "acts": [(act, names[act]) for act in thrown],
    }
