"""The enterprises of the installation, for who may add one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import PROVINCES
from nianjian.engines.paper.words import words
from nianjian.platform.accounts import query, service
from nianjian.platform.accounts.query import Enterprise
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, everywhere
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table


class AddEnterprise(forms.Form):
    """Code, name and province."""

    name = forms.CharField(
        label=gettext_lazy("Full name"), max_length=200, help_text=gettext_lazy("As it stands on the licence.")
    )
    code = forms.CharField(
        label=gettext_lazy("Short code"),
        max_length=40,
        help_text=gettext_lazy(
            "Letters, digits, - or _, such as ACME. It stands in addresses, commands and folders, and stays."
        ),
    )
    province = forms.ChoiceField(
        label=gettext_lazy("Province"),
        choices=[("", "–"), *((one, one) for one in PROVINCES)],
        help_text=gettext_lazy("Its communications administration inspects; notices and dates of that province hold."),
    )
    field_order = ("name", "code", "province")


@require_http_methods(["GET", "POST"])
@everywhere(Act.ADMINISTER)
def enterprises(request: Request) -> HttpResponse:
    """Add an enterprise; its overview leads on."""
    form = AddEnterprise(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = service.add_enterprise(
                code=given["code"], name=given["name"], province=given["province"], actor=request.actor
            )
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])
        else:
            messages.success(request, gettext("The enterprise is added. Its overview leads on from here."))
            return redirect("overview", code=made.code)
    _ = words(current())
    page: Page[Enterprise] = paged(request, query.enterprises())
    body = [[Cell(one.code, href=f"/e/{one.code}/"), Cell(one.name), Cell(one.province or "–")] for one in page.rows]
    heads = [Column(text) for text in (_("Short code"), _("Full name"), _("Province"))]
    table = Table(_("Enterprises"), heads, body, wrap=True)
    return render(request, "enterprises/list.html", {"form": form, "table": table, "page": page})


urlpatterns = [path("enterprises/", enterprises, name="enterprises")]
