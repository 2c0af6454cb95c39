"""A screen, whole or the part of it that is fetched anew every two seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.paper.texts.gate.words import REASONS
from nianjian.engines.paper.texts.inspection.screens import SCREENS
from nianjian.engines.paper.words import words
from nianjian.features.screens.operations import live_figures as flow
from nianjian.features.screens.pages import presenters
from nianjian.platform.accounts.query import Enterprise
from nianjian.platform.web.language import current

NAME: Final = 120
PARTS: Final = ("office", "gateway")


class Filter(forms.Form):
    """Which decisions the log shows."""

    reason = forms.ChoiceField(label=gettext_lazy("Answer"), required=False, choices=())
    channel = forms.CharField(label=gettext_lazy("Line"), required=False, max_length=NAME)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        _ = words(current())
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101 -- for the type checker
        refused = ("refused", gettext("every refusal"))
        reason.choices = [("", gettext("all")), refused, *((code, _(name)) for code, name in REASONS.items())]

    def wanted(self) -> flow.Filter:
        """As the flow takes it; what cannot be read narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return flow.Filter(given.get("reason") or "", given.get("channel") or "")


Told = Callable[[flow.Filter], Mapping[str, Any]]


def screen(request: HttpRequest, part: str, told: Told, tenant: Enterprise, other: str) -> HttpResponse:
    """Answer with the screen; ``told`` reads it, ``other``: the address of the other one."""
    form = Filter(request.GET)
    found = told(form.wanted())
    tiles = presenters.office(found) if part == "office" else presenters.gateway(found)
    gate = found["gate"]
    context = {
        "part": part,
        "title": words(current())(SCREENS[part]),
        "tenant": tenant,
        "form": form if part == "gateway" else None,
        "told": found,
        "tiles": tiles,
        "decisions": presenters.decisions(found),
        "log": gate["state"],
        "note": next(one.note for one in tiles if one.name == "reasons"),
        "ended": presenters.stamp(found["ended"]) if found.get("ended") else "",
        "time": presenters.stamp(found["at"]),
        "here": request.path,
        "other": other,
    }
    fragment = getattr(request, "htmx", False)
    return render(request, "screens/live.html" if fragment else "screens/screen.html", context)
