"""A new enterprise."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.engines.kernel.provinces import PROVINCES


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
