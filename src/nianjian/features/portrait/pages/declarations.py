"""The page on which a person declares a metric not applicable, or withdraws that."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.features.portrait.declarations import SLUGS, declare_not_applicable, withdraw_declaration
from nianjian.features.portrait.pages.forms import show_form
from nianjian.features.portrait.pages.open_portrait import translator
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers.declarations import list_declarations
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.forms import form, run_form
from nianjian.platform.web.undo import say_done

Declare: Final = form(declare_not_applicable, omit=("metric", "year"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.REPORT)
def declare(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """Declare with a reason, or withdraw the declaration that acts."""
    if slug not in SLUGS:
        raise Http404
    declaration = next((row for row in list_declarations(code, year) if row.metric == slug), None)
    empty = forms.Form if declaration else Declare
    sent = empty(request.POST) if request.method == "POST" else empty()
    if sent.is_bound:
        target: dict[str, Any] = {"enterprise": code, "actor": request.actor, "metric": slug, "year": year}
        act = withdraw_declaration if declaration else declare_not_applicable
        if run_form(sent, lambda typed: act(**target, **typed)):
            if declaration:
                messages.success(request, gettext("The declaration is withdrawn; compute the portrait again."))
            else:
                text = gettext("The metric is declared not applicable; compute the portrait again.")
                say_done(request, text, request.path)
            return redirect("portrait-metric", code=code, year=year, slug=slug)
    title = gettext("{metric} {year}: not applicable").format(metric=code_name("metric", slug, translator()), year=year)
    text = gettext(
        "A declaration is shown with your name and the reason on the portrait and everything generated from it. It only"
        " takes effect while the data contains nothing that this metric counts."
    )
    send = gettext("Declare not applicable")
    if declaration:
        who = actor_text(declaration.who, translator())
        text = gettext("Declared not applicable by {who} on {day}: {reason}").format(
            who=who, day=declaration.on, reason=declaration.reason
        )
        send = gettext("Withdraw the declaration")
    back = reverse("portrait-metric", args=[code, year, slug])
    return show_form(request, sent, title, text, send, year, back)
