"""The forms of reconciliation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.reconcile.runs.service import LONGEST

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAY: Final = {"type": "date"}


def _day(label: StrOrPromise, text: StrOrPromise = "") -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d"), help_text=text)


class Filing(forms.Form):
    """An export of the number-resource system."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is compared"),
        choices=(
            ("numbers", gettext_lazy("code numbers")),
            ("lines", gettext_lazy("trunk lines")),
            ("seats", gettext_lazy("seats")),
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Export of the number-resource system"),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"}),
    )
    as_of = _day(gettext_lazy("As at"), gettext_lazy("Empty: 31 December of the data year that is reported next."))
    mapping = forms.FileField(
        label=gettext_lazy("Mapping of its headings"),
        required=False,
        widget=forms.ClearableFileInput({"accept": ".yaml,.yml"}),
        help_text=gettext_lazy("A YAML file, only where the headings are not recognised."),
    )


class Months(forms.Form):
    """Months of the match of people; any day of a month names it."""

    first = _day(gettext_lazy("First month"), gettext_lazy("Any day in it; empty: January."))
    last = _day(gettext_lazy("Last month"), gettext_lazy("Any day in it; empty: last month."))


class Days(forms.Form):
    """Days of the comparison of call sources."""

    first = _day(gettext_lazy("First day"), gettext_lazy("Empty: 30 days up to the last one."))
    last = _day(gettext_lazy("Last day"), gettext_lazy("Empty: yesterday."))


class Settled(forms.Form):
    """What becomes of a difference."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=(
            ("open", gettext_lazy("difference open")),
            ("explained", gettext_lazy("difference explained")),
            ("settled", gettext_lazy("difference settled")),
        ),
    )
    owner = forms.CharField(label=gettext_lazy("Owner"), required=False, max_length=120)
    cause = forms.CharField(
        label=gettext_lazy("Cause"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
    )
    action = forms.CharField(
        label=gettext_lazy("Action"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
    )
