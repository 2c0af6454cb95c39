"""What comes next in a case, and why an act of its page cannot be done yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.texts.rectification import STEPS
from nianjian.engines.paper.words import Words
from nianjian.features.rectification import states
from nianjian.features.rectification.operations.case_gaps import GapPreview
from nianjian.features.rectification.pages.case_context import Json
from nianjian.features.rectification.recheck import Gap
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web.work import kind

ACTS: Final = {  # act of the page -> the step that it does, and the work that does it
    "measure": (states.MEASURED, flow.RECTIFY_MEASURE),
    "check": ("", flow.RECTIFY_CHECK),
    "report": ("", flow.RECTIFY_REPORT),
    "submit": (states.SUBMITTED, flow.RECTIFY_SUBMIT),
    "close": (states.CLOSED, flow.RECTIFY_CLOSE),
}


@dataclass(frozen=True, slots=True)
class Next:
    """What to do now: a sentence, and the place where it is done ("": on no page)."""

    text: str
    address: str
    label: str


def waits(told: Json, looked: GapPreview, working: Collection[str], word: Words) -> dict[str, str]:
    """Act -> why it cannot be done now, "" where it can; the server refuses for the same reasons."""
    lacking = {one["step"]: one["open_for"] for one in told["steps"]}
    found = {}
    for act, (step, work) in ACTS.items():
        first = lacking.get(step, ())
        why = _("First: {step}.").format(step=word(STEPS[first[0]])) if first else ""
        found[act] = _("The work for it is under way.") if work in working else why
    blocking = [gap for gap in looked.gaps if gap.blocks]
    if blocking and not found["submit"]:
        found["submit"] = sentence(blocking[0].code, blocking[0].values, word)
    return found


def gap_ways(code: str, told: Json, gaps: Iterable[Gap]) -> list[tuple[Gap, str, str]]:
    """Each gap with the place where it is closed: (gap, address, label)."""
    return [(gap, *_way(code, told, gap)) for gap in gaps]


def _way(code: str, told: Json, gap: Gap) -> tuple[str, str]:
    here = {"code": code, "case": told["id"]}
    waiting = next((one["approval"] for one in told["orders"] if not one["approved_at"]), "")
    ways = {
        "locate": (reverse("rectify-locate", kwargs=here), _("Locate the channel")),
        "isolate": (reverse("rectify-isolate", kwargs=here), _("Isolate the channel")),
        "measure": ("#figures", _("Count the figures")),
        "complaints": (f"{reverse('complaints', args=[code])}?q={gap.values.get('first', '')}", _("To the tickets")),
        "measures": ("#measures", _("To the measures")),
        "test_report": ("#papers", _("Add the test report")),
    }
    if waiting:
        ways["approve"] = (reverse("approvals-decide-here", args=[code, waiting]), _("To the request"))
    return ways.get(gap.remedy, ("", ""))


def following(code: str, told: Json, looked: GapPreview, word: Words) -> Next | None:
    """The one thing to do now; None: the case is over."""
    done = {one["step"] for one in told["steps"] if one["done"]}
    if states.CLOSED in done:
        return None
    if states.SUBMITTED in done:
        text = _("Look whether the measures worked, then close the case.")
        return Next(text, "#close", _("To the closing"))
    for gap, address, label in gap_ways(code, told, looked.gaps):
        if gap.blocks:
            return Next(sentence(gap.code, gap.values, word), address, label)
    if states.REPORTED in done:
        return Next(_("Hand in report and test report, then note it here."), "#submit", _("To the handing in"))
    if looked.ready:
        return Next(_("Everything is there: set the report."), "#report", _("To the report"))
    text = _("Let everything be counted anew before the report goes out.")
    return Next(text, "#check", _("To the check"))


def at_work(code: str, working: Iterable[JobValue]) -> list[tuple[str, str]]:
    """(what it is, its page) of the work of the case that is under way."""
    return [(kind(one.kind), reverse("data-job", args=[code, one.id])) for one in working]
