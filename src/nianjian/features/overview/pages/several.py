"""What is done to the chosen enterprises of the portfolio, and the list of them as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import harmless
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.texts.season.words import TASKS
from nianjian.engines.paper.words import ENGLISH, words
from nianjian.features.overview.operations import facts
from nianjian.features.overview.operations.facts import Standing
from nianjian.features.season import all_enterprises as flow
from nianjian.platform.home.http import as_attachment
from nianjian.platform.web.access import Request, person
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current

FILTER: Final = ("q", "light", "province", "all")
MEDIA: Final = "text/csv; charset=utf-8"


class BulkActionForm(forms.Form):
    """What is done, with what it needs."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("assign", "snooze", "remind", "list")])
    task = forms.ChoiceField(choices=[(one, one) for one in TASKS], required=False)
    text = forms.CharField(required=False, max_length=200)
    day = forms.DateField(required=False)


@require_POST
@person
def several(request: Request) -> HttpResponse:
    """Do it to those that are ticked, or to all that the filter shows; all or none."""
    form = BulkActionForm(request.POST)
    kept = {one: request.POST[one] for one in FILTER if one in request.POST}
    back = redirect(f"{reverse('portfolio')}?{urlencode({'all': '', **kept})}")
    if not form.is_valid():
        messages.error(request, gettext("Some of what you gave cannot be read."))
        return back
    given, codes = form.cleaned_data, _chosen(request)
    try:
        if given["act"] == "list":
            flow.record_list_export(enterprises=codes, actor=request.actor)
            return as_attachment(
                HttpResponse(_csv(request, codes), content_type=MEDIA), f"portfolio-{clock.today()}.csv"
            )
        if "whole" in request.POST and (shut := flow.list_closed(codes)):
            # Who takes all that the filter shows cannot leave one out: it is left out for them, and they are told.
            codes = [code for code in codes if code not in shut]
            text = gettext("Left out, because their season is closed: {names}.")
            messages.warning(request, text.format(names=flow.describe_enterprises(shut)))
        messages.success(request, _done(request, codes, given))
    except NianjianError as error:
        messages.error(request, " ".join(describe_error(error)))
    return back


def _chosen(request: Request) -> list[str]:
    if "whole" not in request.POST:
        return request.POST.getlist("enterprise")
    found = facts.sought(request.actor, request.POST.get("q", "").strip())
    found = facts.of_province(facts.lit(found, request.POST.get("light", "")), request.POST.get("province", ""))
    return [one.enterprise.code for one in found if isinstance(one, Standing)]


def _done(request: Request, codes: Sequence[str], given: dict[str, Any]) -> str:
    """Do it; what is said then."""
    task, text = str(given["task"]), str(given["text"])
    match given["act"]:
        case "assign":
            count = flow.assign_tasks(enterprises=codes, task=task, owner=text, actor=request.actor)
        case "snooze":
            until: date | None = given["day"]
            count = flow.snooze_tasks(enterprises=codes, task=task, until=until, reason=text, actor=request.actor)
        case _:
            told = flow.send_reminders(enterprises=codes, actor=request.actor)
            return gettext("{count} reminders are on their way.").format(count=told)
    return gettext("Noted at {count} enterprises.").format(count=count)


def _csv(request: Request, codes: Sequence[str]) -> bytes:
    """UTF-8 with a byte-order mark, as Excel wants it; no cell begins a formula."""
    _, wanted, stream = words(current()), set(codes), io.StringIO(newline="")
    writer = csv.writer(stream)
    heads = (gettext("code"), gettext("name"), gettext("province"), gettext("light"), gettext("points in red"),
             gettext("nearest date"), gettext("days left"), gettext("what it is"), gettext("head-room"))  # fmt: skip
    writer.writerow(heads)
    for one in facts.sought(request.actor, ""):
        if not isinstance(one, Standing) or one.enterprise.code not in wanted:
            continue
        due, who = one.calendar.earliest, one.enterprise
        title = "" if due is None else due.rule.title_en if current() == ENGLISH else due.rule.title_zh
        cells = (who.code, who.name, who.province, name("light", one.light, _) if one.light else "", str(one.red))
        dates = ("", "", title) if due is None else (due.last.isoformat(), str(due.days), title)
        spare = "" if one.room is None else f"{float(one.room * 100):.1f} %"
        writer.writerow([*map(harmless, (*cells, *dates, spare))])
    return stream.getvalue().encode("utf-8-sig")
