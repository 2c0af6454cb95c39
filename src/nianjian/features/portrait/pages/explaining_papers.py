"""Papers that explain a yellow light: the form on a metric's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import read_upload, takes_files
from nianjian.platform.registers.attachments import METRICS, ROW_LIMIT, list_attachments, store_attachment
from nianjian.platform.web.access import Request, page


class PaperForm(forms.Form):
    """What explains the light, as a file."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in METRICS])
    file = forms.FileField()


@require_POST
@page(Permission.MANAGE_DATA)
@takes_files
def attach(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """Keep a paper that explains the metric's light in a data year."""
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        aim: dict[str, Any] = {"enterprise": code, "metric": slug, "year": year, "kind": form.cleaned_data["kind"]}
        store_attachment(**aim, name=file.name, content=read_upload(file, ROW_LIMIT), actor=request.actor)
        messages.success(request, gettext("The paper is on file; compute the portrait again."))
    else:
        messages.error(request, gettext("Choose a file first."))
    return redirect("portrait-metric", code=code, year=year, slug=slug)


def paper_context(request: Request, code: str, year: int, metric: Mapping[str, Any], _: Words) -> dict[str, Any]:
    """What is on file, and, for who may add one, the kinds that explain a light above its limit."""
    slug = metric["slug"]
    found = list_attachments(code, year=year).filter(metric=slug)
    wanted = [kind for kind, place in METRICS.items() if place == slug] if metric["attachments_required"] else []
    may = has_permission(request.actor, code, Permission.MANAGE_DATA)
    return {
        "papers": [(code_name("attachment", one.kind, _), one.name, one.recorded_at) for one in found],
        "paper_kinds": [(kind, code_name("attachment", kind, _)) for kind in wanted] if may else [],
    }
