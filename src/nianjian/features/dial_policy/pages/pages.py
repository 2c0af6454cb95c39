"""The gate's policy and state, the decisions, and a day's journal to take away: to read for whoever reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nianjian.engines.gate.decision_journal import Decision
from nianjian.engines.gate.decision_search import DecisionFilter
from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.words import words
from nianjian.features.dial_policy.operations import check, live, policy
from nianjian.features.dial_policy.pages import presenters
from nianjian.features.dial_policy.pages.forms import Filter
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values as rules_shown
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import SIZE, Page, address, number, paged

LAST: Final = 10
FARTHEST_BACK: Final = 20  # pages of decisions; who needs more takes the day's journal
DIGITS: Final = 15  # of epoch milliseconds
BEHIND: Final = ("gate.", "rectification.frequency.", "rectification.white_list")


@dataclass(frozen=True, slots=True)
class _History:
    """What was ever set, read as far as a page shows it."""

    enterprise: str
    actor: Actor

    def __getitem__(self, part: slice, /) -> list[dict[str, Any]]:
        first, end = int(part.start), int(part.stop)
        return policy.history(enterprise=self.enterprise, actor=self.actor, first=first, most=end - first)


@require_safe
@page(Act.READ)
def policy_overview(request: Request, code: str) -> HttpResponse:
    """Show what the gate allows and why, how it is, and its last decisions."""
    told = policy.summarize_policy(enterprise=code, actor=request.actor)
    book = rulebook(day=clock.today(), province=request.enterprise.province or None, enterprise=code)
    known = book.in_force
    last = check.lately(wanted=DecisionFilter(enterprise=code), limit=LAST, actor=request.actor)
    chosen = {one["rule"] for one in told["caps"]}
    behind = [rule for rule in book.rules() if rule.key.startswith(BEHIND) or rule.key in chosen]
    caps: Page[Any] = paged(request, told["caps"], name="caps")
    settings: Page[Any] = paged(request, _History(code, request.actor), name="settings")
    context = {
        "told": told,
        "problems": [sentence(one["code"], one["values"], words(current())) for one in told["problems"]],
        "state": presenters.state(live.state(enterprise=code, actor=request.actor)),
        "purposes": presenters.purposes(code, told["purposes"], known),
        "caps": presenters.caps(code, caps.rows, told["channels"], known),
        "caps_page": caps,
        "open": [presenters.purpose(one["name"]) for one in told["purposes"] if one["fail_open"]],
        "settings": presenters.settings(settings.rows),
        "settings_page": settings,
        "rules": presenters.rules(code, [rules_shown.present_rule(rule, book) for rule in behind]),
        "decisions": presenters.decisions(code, [check.plain(one) for one in last.decisions], known),
        "cut": last.reached is not None,
        "lines": check.LINES,
        "may": may(request.actor, code, Act.REQUEST),
    }
    return render(request, "gate/here.html", context)


@require_safe
@page(Act.READ)
def decisions(request: Request, code: str) -> HttpResponse:
    """List decisions of a day, newest first: no more of them are looked for than the page needs."""
    day = _day(request)
    form = Filter(request.GET or None, initial={"day": day})
    wanted = (form if form.is_bound else Filter({})).wanted(code, day, _moment(request, "until"))
    limit = min(number(request), FARTHEST_BACK) * SIZE + 1
    found = check.lately(wanted=wanted, limit=limit, actor=request.actor)
    cut: Page[Decision] = paged(request, found.decisions, farthest=FARTHEST_BACK)
    book = rulebook(day=clock.today(), province=request.enterprise.province or None, enterprise=code)
    context = {
        "form": form,
        "page": cut,
        "table": presenters.decisions(code, [check.plain(one) for one in cut.rows], book.in_force),
        "more": len(found.decisions) == FARTHEST_BACK * SIZE + 1 and not cut.on,
        "further": "" if found.reached is None else address(request, until=str(found.reached + 1), page=""),
        "lines": check.LINES,
        "day": day.isoformat(),
        "parts": enumerate(live.parts(enterprise=code, day=day, actor=request.actor), 2),
    }
    return render(request, "gate/decisions.html", context)


@require_safe
@page(Act.READ)
def journal(request: Request, code: str) -> StreamingHttpResponse:
    """Give a day's decisions as CSV, of a long day a part of them: from ``?since=`` on."""
    day, since = _day(request), _moment(request, "since")
    part = live.journal(enterprise=code, day=day, actor=request.actor, since=since)
    answer = StreamingHttpResponse(part.lines, content_type="text/csv; charset=utf-8")
    return as_attachment(answer, f"gate-{code}-{day}{'' if since is None else f'-{since}'}.csv")


def _moment(request: Request, name: str) -> int | None:
    """The moment (epoch milliseconds) that the address gives under a name; None: an end of the day."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def _day(request: Request) -> date:
    """The day that ``?day=`` names; today for none."""
    return clock.asked_day(request.GET.get("day", ""))
