"""One case: its days, its steps with what is still open, measures, papers, figures and course."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nianjian.engines.paper import fragments
from nianjian.engines.paper.rectification import content, pictures
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.texts.rectification import PAPERS, STEPS
from nianjian.engines.paper.words import Words, words
from nianjian.features.rectification.operations import case_gaps, work
from nianjian.features.rectification.pages import steps
from nianjian.features.rectification.pages.case_context import Json, get_case_or_404, ways
from nianjian.features.rectification.pages.forms import Measure, Paper
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.work import moment


@require_safe
@page(Act.READ)
def case_detail(request: Request, code: str, case: str) -> HttpResponse:
    """Show a case."""
    told = get_case_or_404(request, code, case)
    _ = words(current())
    known = case_gaps.preview_gaps(case=told["id"], actor=request.actor)
    working = work.under_way(code, told["id"])
    closed = told["state"] == "closed"
    context = {
        "case": told,
        "ways": ways(code, told["id"]),
        "state": _(STEPS[told["state"]]),
        "pairs": _pairs(told),
        "steps": [(_(STEPS[one["step"]]), one["done"]) for one in told["steps"]],
        "next": steps.following(code, told, known, _),
        "working": steps.at_work(code, working.values()),
        "waits": steps.waits(told, known, working, _),
        "gaps": [] if closed else _gaps(code, told, known, _),
        "looked": known,
        "checked": moment(known.at),
        "figures": content.measured(told["measured"], _),
        "chart": _chart(told, _),
        "papers": [one | {"kind": _(PAPERS[one["kind"]])} for one in told["papers"]],
        "events": [(one["at"][:16].replace("T", " "), _(STEPS[one["step"]]), one["actor"]) for one in told["events"]],
        "measure": Measure(auto_id="measure_%s"),
        "paper": Paper(auto_id="paper_%s"),
        "open": not closed,
        "may_load": may(request.actor, code, Act.LOAD),
        "may_report": may(request.actor, code, Act.REPORT),
    }
    return render(request, "rectification/one.html", context)


def _gaps(code: str, told: Json, known: case_gaps.GapPreview, _: Words) -> list[tuple[bool, str, str, str]]:
    """(whether it blocks, its sentence, where it is closed, what that place is called) of each gap."""
    found = steps.gap_ways(code, told, known.gaps)
    return [(gap.blocks, sentence(gap.code, gap.values, _), address, label) for gap, address, label in found]


def _pairs(told: Json) -> list[tuple[str, str]]:
    due = told["due_at"][:16].replace("T", " ")
    provisional = gettext("provisional: the holidays of a year on the way are not known yet")
    pairs = [
        (gettext("Notice"), told["notice"] or "–"),
        (gettext("Causes named"), "；".join(told["causes"]) or "–"),
        (gettext("Received on"), told["received"]),
        (gettext("Internal target"), told["target"]),
        (gettext("Due"), f"{due} ({provisional})" if told["provisional"] else due),
    ]
    if told["reminder"]:
        pairs.append((gettext("Ask after the opinion on"), told["reminder"]["day"]))
    return pairs


def _chart(told: Json, _: Words) -> SafeString:
    measured = told["measured"]
    if not measured or not any(measured[part]["channel"]["by_day"] for part in ("before", "after")):
        return SafeString()
    chart = pictures.days(measured, _)
    return SafeString(fragments.chart(chart.caption, chart.svg))
