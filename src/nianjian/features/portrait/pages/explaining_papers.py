"""Papers that explain a yellow light: the form on a metric's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from nianjian.engines.paper.texts.portrait import code_name
from nianjian.features.portrait.pages.forms import show_form
from nianjian.features.portrait.pages.open_portrait import translator
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import read_upload, takes_files
from nianjian.platform.registers.attachments import METRICS, ROW_LIMIT, list_attachments, store_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_moment


class PaperForm(forms.Form):
    """What explains the light, as a file."""

    kind = forms.ChoiceField(label=_("Paper that explains the light"))
    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, code_name("attachment", kind, translator())) for kind in list_kinds(slug)
        ]


def list_kinds(slug: str) -> list[str]:
    """The kinds of paper that explain a metric's light."""
    return [kind for kind, place in METRICS.items() if place == slug]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
@takes_files
def attach(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """Keep a paper that explains the metric's light in a data year; 404 for a metric that none explains."""
    if not list_kinds(slug):
        raise Http404
    form = PaperForm(request.POST, request.FILES, slug=slug) if request.method == "POST" else PaperForm(slug=slug)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        aim: dict[str, Any] = {"enterprise": code, "metric": slug, "year": year, "kind": form.cleaned_data["kind"]}
        store_attachment(**aim, name=file.name, content=read_upload(file, ROW_LIMIT), actor=request.actor)
        messages.success(request, gettext("The paper is on file; compute the portrait again."))
        return redirect("portrait-metric", code=code, year=year, slug=slug)
    title = gettext("Add a paper that explains the light")
    back = reverse("portrait-metric", args=[code, year, slug])
    metric = code_name("metric", slug, translator())
    return show_form(request, form, title, f"{metric} {year}", gettext("Store the document"), year, back)


def paper_context(request: Request, code: str, year: int, metric: Mapping[str, Any]) -> dict[str, Any]:
    """What is on file, and whether the reader may add a paper or declare the metric not applicable."""
    slug, words = metric["slug"], translator()
    found = list_attachments(code, year=year).filter(metric=slug)
    may = has_permission(request.actor, code, Permission.MANAGE_DATA)
    return {
        "papers": [
            (code_name("attachment", paper.kind, words), paper.name, format_moment(paper.recorded_at))
            for paper in found
        ],
        "paper_kinds": may and metric["attachments_required"] and list_kinds(slug),
        "may_declare": metric["light"] == "na" and has_permission(request.actor, code, Permission.REPORT),
    }
