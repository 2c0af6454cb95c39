"""What people fill in about a portrait."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nianjian.engines.metrics.simulate import Moves
from nianjian.engines.paper.texts.portrait import BASIS_NAMES
from nianjian.features.portrait.bases import BASES
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import Request
from nianjian.platform.web.forms import DayField


class RunForm(forms.Form):
    """As-of day and province of a run; both may be left to the calendar and the enterprise."""

    as_of = DayField(
        label=_("as-of day"),
        required=False,
        help_text=_("Empty: today, or the end of the data year once that is over."),
    )
    province = forms.CharField(
        label=_("province"), required=False, max_length=20, help_text=_("Empty: the enterprise's.")
    )


class BasisForm(forms.Form):
    """The basis that is filed, and why."""

    basis = forms.ChoiceField(
        label=_("basis that is filed"),
        choices=[(one.value, _(BASIS_NAMES[one.value])) for one in BASES],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example the notice of the province that requires it."),
    )  # fmt: skip


class SimulateForm(forms.Form):
    """The steps that can be tried; what is left empty is not done. ``lines``: step -> lines and their names."""

    exclude_complaints = forms.IntegerField(
        label=_("exclude complaints that prove not to count"), required=False, min_value=0
    )
    without_line = forms.ChoiceField(label=_("isolate a line: the rate without it"), required=False)
    close_tickets = forms.IntegerField(label=_("close open tickets"), required=False, min_value=0)
    open_seats = forms.IntegerField(label=_("open filed seats"), required=False, min_value=0)
    cut_seats = forms.IntegerField(label=_("cut the filing of seats"), required=False, min_value=0)
    close_seats = forms.IntegerField(label=_("close open seats"), required=False, min_value=0)
    close_unfiled = forms.IntegerField(label=_("close open seats that are not filed"), required=False, min_value=0)
    file_seats = forms.IntegerField(label=_("file open seats that are not filed"), required=False, min_value=0)
    move_line = forms.ChoiceField(label=_("this line displays own filed numbers"), required=False)

    def __init__(self, *args: Any, lines: Mapping[str, list[tuple[str, str]]], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        for step, choices in lines.items():
            self.fields[step].choices = [("", "–"), *choices]  # type: ignore[attr-defined]

    def moves(self) -> Moves:
        """The steps; call it on a valid form."""
        counts = {name: self.cleaned_data[name] or 0 for steps in STEPS.values() for name in steps if name not in LINES}
        data = self.cleaned_data
        return Moves(**counts, move_line=data["move_line"] or None, without_line=data["without_line"] or None)


LINES = ("without_line", "move_line")
#: Metric -> the steps that change it.
STEPS = {
    "complaint_rate": ("exclude_complaints", "without_line"),
    "closing_rate": ("close_tickets",),
    "seat_vacancy": ("close_unfiled", "file_seats", "open_seats", "cut_seats", "close_seats"),
    "number_consistency": ("move_line",),
}
#: Why a step has no room at all.
NO_ROOM = {
    "exclude_complaints": _("No complaint is counted."),
    "without_line": _("No complaint of the data year names a line."),
    "close_unfiled": _("Every open seat is filed."),
    "file_seats": _("Every open seat is filed."),
    "open_seats": _("Every filed seat is open, or none is filed."),
    "cut_seats": _("No seat is filed."),
    "close_seats": _("No seat is open."),
    "close_tickets": _("No ticket is open."),
    "move_line": _("No call in the data year names a line."),
}


def show_form(  # noqa: PLR0917 -- what stands around a form
    request: Request,
    form: forms.BaseForm,
    title: str,
    text: str,
    send: str,
    year: int,
    back: str = "",
    *,
    alone: bool = False,
) -> HttpResponse:
    """A form on a page of its own, which opens in the drawer; ``alone``: the year has no other page yet."""
    context = {
        "form": form,
        "title": title,
        "text": text,
        "send": send,
        "year": year,
        "alone": alone,
        "action": request.path,
        "back": back or reverse("overview", args=[request.enterprise.code]),
    }
    return render(request, "portrait/form_page.html", context, status=UNPROCESSABLE if form.is_bound else 200)
