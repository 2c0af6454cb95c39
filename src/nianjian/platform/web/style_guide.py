"""The components of the pages in both themes, to look at while one works on them; not served by an installation."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_safe

from nianjian.engines.paper.texts.portrait import LIGHTS
from nianjian.engines.paper.words import words
from nianjian.platform.web.access import Request, person
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import Link
from nianjian.platform.web.paging import Page
from nianjian.platform.web.tables import Cell, Column, ColumnChoice, Row, Table

SUBJECT: Final = "L23"


@dataclass(frozen=True, slots=True)
class Sample:
    """A component: its template, and what it is shown with."""

    name: str
    template: str
    values: dict[str, Any]

    def draw(self, request: HttpRequest) -> tuple[str, str]:
        """Its name and its markup."""
        return self.name, render_to_string(self.template, self.values, request)


class Fields(forms.Form):
    """A field of each kind."""

    line = forms.CharField(label=SUBJECT, help_text=SUBJECT)
    day = DayField(label="2026-11-25")
    choice = forms.ChoiceField(label="1 ‱", choices=[("a", "1 ‱"), ("b", "40 %")], required=False)
    text = forms.CharField(label="40 %", widget=forms.Textarea({"rows": 2}), required=False)
    tick = forms.BooleanField(label=SUBJECT, required=False)


@require_safe
@person
def show_components(request: Request) -> HttpResponse:
    """Show each component in the light and in the dark theme."""
    themes = [(theme, [sample.draw(request) for sample in _build_samples(theme)]) for theme in ("light", "dark")]
    return render(request, "layout/style_guide.html", {"themes": themes})


def _build_samples(theme: str) -> list[Sample]:
    _ = words(current())
    columns = [
        Column(SUBJECT, href="#", sorted="descending", brief="start"),
        Column("‱", figure=True, name="rate"),
        Column("→", brief="end"),
    ]
    rows = [
        Row(
            [Cell(f"L{number}", href="#"), Cell(f"{number}.00", figure=True), Cell(_(LIGHTS[code]), code=code)],
            name=f"L{number}",
            href="#",
            here=number == 1,
            value=str(number),
            group="2026" if number == 1 else "2025",
        )
        for number, code in enumerate(LIGHTS, 1)
    ]
    choice = ColumnChoice(theme, columns, frozenset(), "/style/")
    sums = [Cell(SUBJECT), Cell("28.00", figure=True), Cell("")]
    table = Table(f"{SUBJECT} {theme}", columns, rows, ticks="style", totals=sums)
    links = [Link(f"L{number}", "#", here=number == 1) for number in range(1, 8)]
    said = {"title": SUBJECT, "text": "L23 · 51 / 91", "more": ["T03"], "remedy": "→ T03"}
    return [
        Sample("SubNav", "layout/parts/subnav.html", {"links": links, "label": f"SubNav {theme}"}),
        Sample(
            "Segments", "layout/parts/segments.html",
            {"tabs": [("#", "L1", True), ("#", "L2", False)], "title": f"Segments {theme}"},
        ),
        Sample("StaleBanner", "layout/parts/stale.html", {"lines": ["L1 +3", "L2 +1"], "href": "#"}),
        *(
            Sample("State", "layout/parts/light.html", {"code": code, "word": _(word), "big": big})
            for code, word in LIGHTS.items() for big in (False, True)
        ),
        *(Sample("Notice", "layout/parts/notice.html", {"kind": kind, **said})
          for kind in ("info", "success", "warning", "error")),
        Sample("Columns", "layout/parts/columns.html", {"choice": choice}),
        Sample("DataTable", "layout/parts/table.html", {"table": table}),
        Sample("DataTable", "layout/parts/table.html", {"table": Table(f"0 {theme}", columns, [], clear="#")}),
        Sample("Pager", "layout/parts/pager.html", {"page": Page([1], 1, 13, 22, "#", "#"), "of": theme}),
        Sample("Pairs", "layout/parts/pairs.html", {"pairs": [(SUBJECT, "51"), ("T03", "40 %")]}),
        Sample("Empty", "layout/parts/empty.html", {"title": SUBJECT, "text": "0", "href": "#", "action": "→"}),
        Sample("Form", "layout/parts/form.html", {"form": Fields(auto_id=f"{theme}_%s"), "send": "→", "back": "#"}),
        Sample("Confirm", "layout/parts/confirm.html", {"label": "×", "question": "?", "action": "#"}),
    ]  # fmt: skip


urlpatterns = [path("style/", show_components, name="style")]
