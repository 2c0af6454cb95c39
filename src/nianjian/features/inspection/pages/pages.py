"""The front of the on-site check, and its parts; each shows the newest look and leads to a new one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.paper.texts.inspection.checks import CHECKS, CHECKS_WHYS, PARTS, PEOPLE_NUMBERS_SYSTEM, STATES
from nianjian.engines.paper.words import Words, words
from nianjian.features.inspection.operations.checks import work
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.pages import places, presenters
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment

BADGES: Final = {"passed": "good", "failed": "bad", "unknown": "warn"}


@require_safe
@page(Act.READ)
def front(request: Request, code: str) -> HttpResponse:
    """Show readiness by people, numbers and system as it was last looked at."""
    _ = words(current())
    told = work.newest(enterprise=code, part="readiness", actor=request.actor)
    context = _around(request, code, "readiness", told) | {
        "shares": [] if told is None else _shares(told, _),
        "badge": "" if told is None else BADGES[told["state"]],
        "state": "" if told is None else _(STATES[told["state"]]),
        "table": None if told is None else _checks(told, code, _),
    }
    return render(request, "inspection/front.html", context)


@require_safe
@page(Act.READ)
def part(request: Request, code: str, part: str) -> HttpResponse:
    """Show the newest look at answers, dialling or retention."""
    told = work.newest(enterprise=code, part=part, actor=request.actor)
    more = {} if told is None else presenters.SHOWN[part](told, words(current()))
    return render(request, "inspection/part.html", _around(request, code, part, told) | more)


@require_POST
@page(Act.REPORT)
def enqueue_check(request: Request, code: str) -> HttpResponse:
    """Look anew at a part: work."""
    wanted = request.POST.get("part", "")
    if wanted not in work.PARTS:
        raise Http404
    job = work.enqueue_check(enterprise=code, part=wanted, as_of=None, actor=request.actor)
    return redirect("data-job", code=code, job=job)


def _around(request: Request, code: str, of: str, told: Json | None) -> Json:
    """What every page of the room shows."""
    _ = words(current())
    return {
        "part": of,
        "title": _(PARTS[of]),
        "told": told,
        "ended": "" if told is None else moment(datetime.fromisoformat(str(told["ended_at"]))),
        "parts": [
            (reverse(f"inspection-{one}", kwargs={"code": code}), _(text))
            for one, text in PARTS.items()
            if one in presenters.SHOWN
        ],
        "job": work.under_way(enterprise=code, part=of),
        "may": may(request.actor, code, Act.REPORT),
    }


def _shares(told: Json, _: Words) -> list[Json]:
    return [
        {"name": _(PEOPLE_NUMBERS_SYSTEM[part]), "passed": one["passed"], "all": one["all"]}
        for part, one in told["shares"].items()
    ]


def _checks(told: Json, code: str, _: Words) -> Table:
    """The rule leads to the page of its row, the check to where it is mended."""
    heads = (gettext("part"), gettext("rule"), gettext("check"), gettext("state"), gettext("why"), gettext("as at"))
    rows = [
        [
            Cell(_(PEOPLE_NUMBERS_SYSTEM[one["part"]])),
            Cell(one["rule"], href=places.of_rule(code, one["rule"])),
            Cell(_(CHECKS[one["check"]]), href=places.of_check(code, one["check"], one["rule"])),
            Cell(_(STATES[one["state"]]), badge=BADGES[one["state"]]),
            Cell(_(CHECKS_WHYS[one["why"]])),
            Cell(one["day"] or "–", day=True),
        ]
        for one in told["checks"]
    ]
    return Table(gettext("Readiness"), [Column(head) for head in heads], rows, wrap=True, cards=True)
