"""The forms of an item."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from nianjian.features.dossier.materials import TEXT_LENGTH


def day() -> forms.DateInput:
    """A field for a day."""
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class Confirmed(forms.Form):
    """A person stands for a version."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    effective_on = forms.DateField(
        label=gettext_lazy("Holds from"),
        required=False,
        widget=day(),
        help_text=gettext_lazy("The paper's own day, not that of the upload; empty: it has none."),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Holds until"),
        required=False,
        widget=day(),
        help_text=gettext_lazy("The last day on which it still holds; empty: as it was read, or without end."),
    )


class Returned(forms.Form):
    """A version that is sent back."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why it is sent back"), max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 2})
    )


class Assigned(forms.Form):
    """Who brings the item."""

    owner = forms.CharField(label=gettext_lazy("Owner"), required=False, max_length=160)
    due = forms.DateField(label=gettext_lazy("To be brought by"), required=False, widget=day())


class Said(forms.Form):
    """A comment."""

    text = forms.CharField(label=gettext_lazy("Comment"), max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 2}))


class Free(forms.Form):
    """Why the algorithm filing does not apply."""

    reason = forms.CharField(
        label=gettext_lazy("Why it does not apply"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("An empty text takes it back: the filing is due again."),
    )


ACT_FORMS: Final[dict[str, type[forms.Form]]] = {
    "confirm": Confirmed,
    "return": Returned,
    "assign": Assigned,
    "comment": Said,
    "not-applicable": Free,
}


def form(act: str, given: QueryDict | None = None, **first: object) -> forms.Form:
    """The form of an act; its fields have ids of their own, for all stand on one page."""
    return ACT_FORMS[act](given, auto_id=f"{act}_%s", initial=first)
