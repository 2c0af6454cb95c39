"""The reconciliations of an enterprise."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nianjian.engines.paper.texts.reconcile import KINDS, VERDICTS
from nianjian.engines.paper.words import words
from nianjian.features.reconciliation.operations import runs as flow
from nianjian.features.reconciliation.pages.run_context import VERDICT_BADGES, Json
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class _Runs:
    """The runs, newest first, read where they are cut."""

    code: str
    request: Request

    def __getitem__(self, part: slice) -> list[Json]:
        first, count = part.start, part.stop - part.start
        return flow.list_runs(enterprise=self.code, actor=self.request.actor, first=first, count=count)


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
