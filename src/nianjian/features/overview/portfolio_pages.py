"""The portfolio: where each enterprise stands that concerns a person, and what is done at several at once."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
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
from nianjian.engines.paper.days import calendar_day, weekday_text
from nianjian.engines.paper.texts.portrait import LIGHTS, code_name
from nianjian.engines.paper.texts.season import TASKS
from nianjian.engines.paper.words import ENGLISH, Words, words
from nianjian.features.overview import facts
from nianjian.features.overview.facts import PortfolioEntry
from nianjian.features.overview.portfolio_presenters import (
    OfEnterprise,
    Said,
    build_table,
    build_verdict,
    light_of,
    list_deadlines,
    list_items,
    present_item,
)
from nianjian.features.overview.verdict import GRAVITY
from nianjian.features.season import operations as bulk
from nianjian.platform.accounts import access
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Enterprise, holds
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.home.http import as_attachment
from nianjian.platform.web.access import Request, person
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, address, paged

FILTER: Final = ("q", "light", "province", "all")
MOST: Final = 6  # rows of what is to be done that the board shows unasked
Shown = PortfolioEntry | Enterprise
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
    found = _find(facts.search_portfolio(request.actor, ""), *(request.POST.get(name, "") for name in FILTER[:3]))
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
    _, today = words(current()), clock.today()
    own = list_accessible_enterprises(request.actor)
    if len(own) == 1 and "all" not in request.GET:
        return redirect("overview", code=own[0].code)
    every = facts.search_portfolio(request.actor, "")
    entries = [one for one in every if isinstance(one, PortfolioEntry)]
    wanted, light, province = (request.GET.get(name, "").strip() for name in FILTER[:3])
    asked = _find(every, wanted, "", province)
    rows = _find(asked, "", light, "")
    shown: Page[Shown] = paged(request, rows, total=len(rows), size=PORTFOLIO)
    items = list_items(entries, request.actor, today)
    context = {
        "any": bool(own),
        "inspector": not own and holds(request.actor.name, [Role.INSPECTOR]),
        "page": shown,
        "table": build_table(
            shown.rows,
            ticks=bool(entries),
            empty=_("No enterprise matches"),
            clear=f"{reverse('portfolio')}?all" if wanted or light or province else "",
            _=_,
        ),
        "q": wanted,
        "light": light,
        "province": province,
        "provinces": sorted({one.enterprise.province for one in entries if one.enterprise.province}),
        "tabs": _list_tabs(request, asked, light, _),
        "day": f"{calendar_day(today, _)} {weekday_text(today, _)}",
        "verdict": build_verdict(entries, items, today, _) if entries else None,
        "work": _present_work(request, items, Said(_, today)),
        "deadlines": list_deadlines(entries, _),
        "tasks": [(code, _(text)) for code, text in TASKS.items() if not code.startswith("file_")],
        "administers": access.has_permission(request.actor, access.EVERYWHERE, Permission.ADMINISTER),
    }
    return render(request, "overview/portfolio.html", context)


def _find(found: Sequence[Shown], text: str, light: str, province: str) -> list[Shown]:
    """Those that hold the text, show the light (unproven also where nobody has computed) and are of the province."""
    fitting = [
        one for one in found if facts.holds_text(one.enterprise if isinstance(one, PortfolioEntry) else one, text)
    ]
    return facts.filter_portfolio(fitting, light, province, uncomputed=facts.UNPROVEN)


def _list_tabs(request: Request, found: Sequence[Shown], light: str, _: Words) -> list[tuple[str, str, bool]]:
    """The lights that there are, the gravest first, each with how many enterprises have it."""
    counts = Counter(light_of(one) for one in found if isinstance(one, PortfolioEntry))
    lights = sorted({*counts, *({light} & set(LIGHTS))}, key=GRAVITY.index, reverse=True)
    return [
        (address(request, light="", page=""), f"{_('All')} {len(found)}", not light),
        *(
            (address(request, light=code, page=""), f"{code_name('light', code, _)} {counts[code]}", code == light)
            for code in lights
        ),
    ]


def _present_work(request: Request, items: Sequence[OfEnterprise], told: Said) -> dict[str, object]:
    """The first rows of what is to be done, or the whole."""
    shown = items if "whole" in request.GET else items[:MOST]
    return {
        "rows": [present_item(one, told) for one in shown],
        "count": len(items),
        "rest": len(items) - len(shown),
        "all": address(request, whole="1"),
    }
