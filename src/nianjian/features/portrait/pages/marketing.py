"""The page on which a person decides about marketing calls of a data year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel import clock
from nianjian.engines.metrics.marketing import SERVICE, STOPPED
from nianjian.engines.paper.sections import marketing_lines
from nianjian.engines.paper.words import actor_names
from nianjian.features.portrait import portraits
from nianjian.features.portrait.marketing import decide_marketing
from nianjian.features.portrait.pages.portrait import translator
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
        "flag": (portrait or {}).get("marketing") or {},
        "lines": marketing_lines(portrait or {}, translator()),
        "decision": decision,
        "who": "" if decision is None else actor_names(decision.recorded_by),
        "may": has_permission(request.actor, code, Permission.REPORT),
    }
    return render(request, "portrait/marketing.html", context, status=UNPROCESSABLE if form.is_bound else 200)
