"""The forms of reconciliation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.features.reconciliation.storage import LONGEST

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAY: Final = {"type": "date"}
COMMAS: Final = str.maketrans("，、;；", ",,,,")


def date_field(label: StrOrPromise, text: StrOrPromise = "") -> forms.DateField:
    """A day that may be left out."""
    return forms.DateField(label=label, required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d"), help_text=text)


class MonthsForm(forms.Form):
    """Months of the match of people; any day of a month names it."""

    first = date_field(gettext_lazy("First month"), gettext_lazy("Any day in it; empty: January."))
    last = date_field(gettext_lazy("Last month"), gettext_lazy("Any day in it; empty: last month."))


class DaysForm(forms.Form):
    """Days of the comparison of call sources."""

    first = date_field(gettext_lazy("First day"), gettext_lazy("Empty: 30 days up to the last one."))
    last = date_field(gettext_lazy("Last day"), gettext_lazy("Empty: yesterday."))
    beside = forms.CharField(
        label=gettext_lazy("Switches beside each other"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Sources that share the calls, such as “asterisk, freeswitch”: added up, they are one side. Empty: each is."
        ),
    )

    together = forms.BooleanField(
        label=gettext_lazy("All sources are switches beside each other: add their calls up"),
        required=False,
        help_text=gettext_lazy("One side is left then: its calls are told by the day, and nothing is compared."),
    )

    def clean_beside(self) -> tuple[str, ...]:
        """The names, each once."""
        words = str(self.cleaned_data["beside"]).translate(COMMAS).split(",")
        return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


class SettleForm(forms.Form):
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
