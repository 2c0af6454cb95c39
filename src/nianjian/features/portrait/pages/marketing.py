"""The page on which a person decides about marketing calls of a data year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel import clock
from nianjian.engines.metrics.drill_down import find_figures
from nianjian.engines.metrics.marketing import MARKETING, SERVICE, STOPPED
from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.sections import marketing_lines
from nianjian.features.portrait import portraits
from nianjian.features.portrait.marketing import decide_marketing
from nianjian.features.portrait.pages.open_portrait import translator
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.registers.marketing import find_marketing_decision
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.forms import DayField, run_form


class MarketingForm(forms.Form):
    """The decision, its day and the reason."""

    kind = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (STOPPED, _("Marketing calls have ended")),
            (SERVICE, _("They are call-backs and consultations to which people consented")),
        ],
    )
    decided_on = DayField(label=_("Last day of such calls, or day of the decision"))
    text = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.READ)
def marketing(request: Request, code: str, year: int) -> HttpResponse:
    """What names marketing, the newest decision, and the form for another one."""
    if request.method == "POST":
        require_permission(request.actor, code, Permission.REPORT)
    form = MarketingForm(request.POST or None, initial={"decided_on": clock.today()})
    if request.method == "POST":
        given: dict[str, Any] = {"enterprise": code, "actor": request.actor, "year": year}
        if run_form(form, lambda typed: decide_marketing(**given, **typed)):
            messages.success(request, gettext("The decision is recorded; compute the portrait again."))
            return redirect("portrait-marketing", code=code, year=year)
    portrait, decision = portraits.find_masked_portrait(code, year), find_marketing_decision(code, year)
    context = {
        "form": form,
        "year": year,
        "portrait": portrait,
        "flag": (flag := (portrait or {}).get("marketing") or {}),
        "unnamed": " / ".join(count_text(flag.get(name)) for name in ("unnamed", "delivered")),
        "rows": _rows_addresses(code, year, portrait or {}),
        "numbers": _number_links(code, flag.get("numbers", ())),
        "lines": marketing_lines(portrait or {}, translator()),
        "decision": decision,
        "who": "" if decision is None else actor_text(decision.recorded_by, translator()),
        "may": has_permission(request.actor, code, Permission.REPORT),
    }
    return render(request, "portrait/marketing.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _rows_addresses(code: str, year: int, portrait: Mapping[str, Any]) -> dict[str, str]:
    """Part of the flag -> the page with its calls; a count of nothing, or of an older program, has none."""
    place = reverse("portrait-rows", kwargs={"code": code, "year": year, "slug": MARKETING})
    parts = (find_figures(portrait, MARKETING) or {}).get("components", {}) if portrait else {}
    return {part: f"{place}?{urlencode({'class': part})}" for part, count in parts.items() if count}


def _number_links(code: str, keys: Sequence[str]) -> list[tuple[str, str]]:
    """Registered numbers, each with its page in the register."""
    return [(key, reverse("registers-row", kwargs={"code": code, "kind": "numbers", "key": key})) for key in keys]
