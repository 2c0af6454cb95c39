"""What is asked for: papers to be generated, the package to be built."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from nianjian.features.dossier.operations.generate import ALL, ITEMS
from nianjian.features.dossier.pages.forms import day

MARKS, PICTURES = "marks", "pictures"
SEALS: Final = (
    (MARKS, gettext_lazy("boxes for stamping by hand, and the plan of the riding seal")),
    (PICTURES, gettext_lazy("a draft that bears the approved pictures of seals")),
)


class Generated(forms.Form):
    """One item, or all that are due."""

    item = forms.ChoiceField(choices=[(one, one) for one in (ALL, *ITEMS)], widget=forms.HiddenInput)
    as_files = forms.BooleanField(required=False, widget=forms.HiddenInput)
    replace = forms.BooleanField(
        label=gettext_lazy("also above an upload that nobody has confirmed yet"), required=False
    )


class Built(forms.Form):
    """How the package is built."""

    seals = forms.ChoiceField(label=gettext_lazy("Seals"), choices=SEALS, initial=MARKS, widget=forms.RadioSelect)
    on = forms.DateField(
        label=gettext_lazy("Day of handing in"),
        required=False,
        widget=day(),
        help_text=gettext_lazy("What must be valid is looked at for this day; empty: today."),
    )


def generated(given: QueryDict | None = None, **first: object) -> Generated:
    """The form of a generation."""
    return Generated(given, auto_id="generate_%s", initial=first)


def built(given: QueryDict | None = None) -> Built:
    """The form of the building."""
    return Built(given, auto_id="build_%s")
