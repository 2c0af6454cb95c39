"""The portfolio: where each enterprise stands that concerns a person, and what is done at several at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import harmless
from nianjian.engines.kernel.workdays import day_of
from nianjian.engines.paper.texts.portrait import LIGHTS, code_name
from nianjian.engines.paper.texts.season import TASKS
from nianjian.engines.paper.words import ENGLISH, Words, words
from nianjian.features.overview import facts
from nianjian.features.overview import texts as said
from nianjian.features.overview.deadlines import present_deadline
from nianjian.features.overview.facts import PortfolioEntry
from nianjian.features.overview.verdict import Mood
from nianjian.features.season import operations as bulk
from nianjian.platform.accounts import access
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import as_attachment
from nianjian.platform.web.access import Request, person
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged

FILTER: Final = ("q", "light", "province", "all")
MEDIA: Final = "text/csv; charset=utf-8"


class BulkActionForm(forms.Form):
    """What is done, with what it needs."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("assign", "snooze", "remind", "list")])
    task = forms.ChoiceField(choices=[(one, one) for one in TASKS], required=False)
    text = forms.CharField(required=False, max_length=200)
    day = DayField(required=False)


@require_POST
@person
def apply_to_several(request: Request) -> HttpResponse:
    """Do it to those that are ticked, or to all that the filter shows; all or none."""
    form = BulkActionForm(request.POST)
    kept = {one: request.POST[one] for one in FILTER if one in request.POST}
    back = redirect(f"{reverse('portfolio')}?{urlencode({'all': '', **kept})}")
    if not form.is_valid():
        messages.error(request, gettext("Some of your input cannot be read."))
        return back
    given, codes = form.cleaned_data, _selected_codes(request)
    try:
        if given["act"] == "list":
            bulk.record_list_export(enterprises=codes, actor=request.actor)
            answer = HttpResponse(_portfolio_csv(request, codes), content_type=MEDIA)
            return as_attachment(answer, f"portfolio-{clock.today()}.csv")
        if "whole" in request.POST and (shut := bulk.list_closed(codes)):
            # Who takes all that the filter shows cannot leave one out: it is left out for them, and they are told.
            codes = [code for code in codes if code not in shut]
            text = gettext("Skipped, because their season is closed: {names}.")
            messages.warning(request, text.format(names=bulk.describe_enterprises(shut)))
        messages.success(request, _apply_action(request, codes, given))
    except NianjianError as error:
        messages.error(request, " ".join(describe_error(error)))
    return back


def _selected_codes(request: Request) -> list[str]:
    if "whole" not in request.POST:
        return request.POST.getlist("enterprise")
    query, light, province = (request.POST.get(name, "") for name in ("q", "light", "province"))
    found = facts.filter_portfolio(facts.search_portfolio(request.actor, query.strip()), light, province)
    return [one.enterprise.code for one in found if isinstance(one, PortfolioEntry)]


def _apply_action(request: Request, codes: Sequence[str], given: dict[str, Any]) -> str:
    if given["act"] == "remind":
        count = bulk.send_reminders(enterprises=codes, actor=request.actor)
        return gettext("{count} reminders are being sent.").format(count=count)
    count = bulk.change_tasks(enterprises=codes, actor=request.actor, **given)
    return gettext("Saved for {count} enterprises.").format(count=count)


def _portfolio_csv(request: Request, codes: Sequence[str]) -> bytes:
    """UTF-8 with a byte-order mark, as Excel wants it; no cell begins a formula."""
    _, wanted, stream = words(current()), set(codes), io.StringIO(newline="")
    writer = csv.writer(stream)
    heads = (gettext("code"), gettext("name"), gettext("province"), gettext("light"), gettext("points in red"),
             gettext("nearest deadline"), gettext("days left"), gettext("what it is"), gettext("headroom"))  # fmt: skip
    writer.writerow(heads)
    for one in facts.search_portfolio(request.actor, ""):
        if not isinstance(one, PortfolioEntry) or one.enterprise.code not in wanted:
            continue
        due, who = one.calendar.earliest, one.enterprise
        title = "" if due is None else due.rule.title_en if current() == ENGLISH else due.rule.title_zh
        cells = (who.code, who.name, who.province, code_name("light", one.light, _) if one.light else "", str(one.red))
        dates = ("", "", title) if due is None else (due.last.isoformat(), str(due.days), title)
        spare = "" if one.room is None else f"{float(one.room * 100):.1f} %"
        writer.writerow([*map(harmless, (*cells, *dates, spare))])
    return stream.getvalue().encode("utf-8-sig")


PORTFOLIO: Final = 1000  # enterprises on one page: an agency's whole book, to be looked through and ticked in one go


@require_safe
@person
def portfolio(request: Request) -> HttpResponse:
    """Where each enterprise stands, the most urgent first; with a single one go straight to it."""
    _ = words(current())
    own = list_accessible_enterprises(request.actor)
    if len(own) == 1 and "all" not in request.GET:
        return redirect("overview", code=own[0].code)
    wanted, light = request.GET.get("q", "").strip(), request.GET.get("light", "")
    found = facts.search_portfolio(request.actor, wanted)
    standings = [one for one in found if isinstance(one, PortfolioEntry)]
    province = request.GET.get("province", "")
    rows = facts.filter_portfolio(found, light, province)
    shown: Page[PortfolioEntry | Enterprise] = paged(request, rows, total=len(rows), size=PORTFOLIO)
    moods = [one.verdict.mood for one in standings]
    context = {
        "any": bool(own),
        "page": shown,
        "rows": [_portfolio_row(one, _) for one in shown.rows],
        "q": wanted,
        "light": light,
        "province": province,
        "provinces": sorted({one.enterprise.province for one in standings if one.enterprise.province}),
        "lights": [(code, code_name("light", code, _)) for code in LIGHTS if code != "na"],
        "counts": [(mood.value, moods.count(mood)) for mood in Mood] if standings else [],
        "tasks": [(code, _(text)) for code, text in TASKS.items() if not code.startswith("file_")],
        "administers": access.has_permission(request.actor, access.EVERYWHERE, Permission.ADMINISTER),
    }
    return render(request, "overview/portfolio.html", context)


def _describe_room(room: Fraction | None) -> str:
    """The least headroom of the metrics; beyond a limit a share says nothing that one could do."""
    if room is None:
        return "–"
    return gettext("over the limit") if room < 0 else f"{float(room * 100):.1f} %"


def _portfolio_row(one: PortfolioEntry | Enterprise, _: Words) -> dict[str, object]:
    if isinstance(one, Enterprise):
        return {"code": one.code, "name": one.name, "own": True}
    earliest = one.calendar.earliest
    return {
        "code": one.enterprise.code,
        "name": one.enterprise.name,
        "province": one.enterprise.province,
        "mood": one.verdict.mood.value,
        "light": one.light,
        "word": code_name("light", one.light, _) if one.light else "",
        "year": one.year,
        "deadline": present_deadline(earliest, one.enterprise.code, _) if earliest else None,
        "age": said.ago(one.age, _),
        "red": one.red,
        "room": _describe_room(one.room),
        "run": day_of(datetime.fromisoformat(one.run.moment)) if one.run else None,
    }
