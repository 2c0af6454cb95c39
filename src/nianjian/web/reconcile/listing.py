"""The reconciliations of an enterprise, and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.accounts.access import may
from nianjian.accounts.roles import Act
from nianjian.config.http.answers import UNPROCESSABLE
from nianjian.flows.reconcile import runs as flow
from nianjian.flows.reconcile import work
from nianjian.kernel.errors import NianjianError
from nianjian.paper.texts.reconcile.words import KINDS, VERDICTS
from nianjian.paper.words import words
from nianjian.web.layout.access import Request, page
from nianjian.web.layout.errors import said
from nianjian.web.layout.language import current
from nianjian.web.layout.paging import Page, paged
from nianjian.web.layout.tables import Cell, Column, Table
from nianjian.web.reconcile.asked import VERDICT_BADGES, Json
from nianjian.web.reconcile.forms import Days, Filing, Months

FORMS: Final[dict[str, type[forms.Form]]] = {"filing": Filing, "people": Months, "sources": Days}


@dataclass(frozen=True, slots=True)
class _Runs:
    """The runs, newest first, read where they are cut."""

    code: str
    request: Request

    def __getitem__(self, part: slice) -> list[Json]:
        first, count = part.start, part.stop - part.start
        return flow.listed(enterprise=self.code, actor=self.request.actor, first=first, count=count)


@require_safe
@page(Act.READ)
def runs(request: Request, code: str) -> HttpResponse:
    """List the runs."""
    shown: Page[Json] = paged(request, _Runs(code, request))
    _ = words(current())
    rows = [
        [
            Cell(one["run"], href=reverse("reconcile-one", kwargs={"code": code, "reconciliation": one["run"]})),
            Cell(_(KINDS[one["kind"]])),
            Cell(f"{one['from']} – {one['as_of']}" if one["from"] else one["as_of"]),
            Cell(_(VERDICTS[one["verdict"]]), badge=VERDICT_BADGES[one["verdict"]]),
            Cell(one["open"], figure=True),
            Cell(one["file"] or "–"),
            Cell(one["made_at"][:16].replace("T", " ")),
        ]
        for one in shown.rows
    ]
    heads = (
        gettext("Reconciliation"), gettext("What is compared"), gettext("As at"), gettext("Outcome"),
        gettext("Open differences"), gettext("Exported file"), gettext("Made at"),
    )  # fmt: skip
    columns = [Column(head, figure=place == 4) for place, head in enumerate(heads)]  # noqa: PLR2004 -- the count's place
    table = Table(gettext("Reconciliations"), columns, rows, wrap=True)
    context = {"page": shown, "table": table, "may": may(request.actor, code, Act.REPORT)}
    return render(request, "reconcile/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.REPORT)
def new(request: Request, code: str) -> HttpResponse:
    """Ask for a comparison with an export, a match of people, or a comparison of call sources."""
    made = {name: form(auto_id=f"{name}_%s") for name, form in FORMS.items()}
    status, what = 200, request.POST.get("what", "")
    if request.method == "POST":
        status = UNPROCESSABLE
        if what in FORMS:
            form = made[what] = FORMS[what](request.POST, request.FILES, auto_id=f"{what}_%s")
            if form.is_valid():
                try:
                    return redirect("data-job", code=code, job=_asked(request, code, what, form))
                except NianjianError as error:
                    if error.code == "role_missing":
                        raise
                    form.add_error(None, " ".join(said(error)))
    context = {"made": made, "back": reverse("reconcile", kwargs={"code": code})}
    return render(request, "reconcile/new.html", context, status=status)


def _asked(request: Request, code: str, what: str, form: forms.Form) -> str:
    """Put the work; its job. Raises what `flows.reconcile.work` raises."""
    given = form.cleaned_data
    if what == "filing":
        file, mapping = given["file"], given["mapping"]
        if (file.size or 0) > work.LIMIT:
            raise NianjianError("file_too_large", file=file.name or "", limit=work.LIMIT)
        return work.ask_filing(
            enterprise=code,
            kind=given["kind"],
            name=file.name or "",
            content=file.read(),
            mapping=None if mapping is None else mapping.read(),
            as_of=given["as_of"],
            actor=request.actor,
        )
    if what == "people":
        return work.ask_people(enterprise=code, first=given["first"], last=given["last"], actor=request.actor)
    return work.ask_sources(enterprise=code, first=given["first"], last=given["last"], only=(), actor=request.actor)
