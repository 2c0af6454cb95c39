"""The forms of rectification."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.platform.registers.attachments import TYPES
from nianjian.platform.web.forms import DayField

LONG: Final = 2000
ACCEPT: Final = ",".join(sorted(TYPES))


class Opened(forms.Form):
    """A notice."""

    received = DayField(
        label=gettext_lazy("Day of receipt"),
        help_text=gettext_lazy("That day is not counted; a future day is a plan."),
    )
    due = DayField(
        label=gettext_lazy("Last day printed on the notice"),
        required=False,
        help_text=gettext_lazy("It takes precedence; without it ten working days are counted."),
    )
    number = forms.CharField(label=gettext_lazy("Number of the notice"), required=False, max_length=120)
    causes = forms.CharField(
        label=gettext_lazy("Causes, one per line"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
    )
    file = forms.FileField(
        label=gettext_lazy("The notice"), required=False, widget=forms.ClearableFileInput({"accept": ACCEPT})
    )


class Period(forms.Form):
    """The days of a location, both included."""

    first = DayField(label=gettext_lazy("First day"), required=False)
    last = DayField(label=gettext_lazy("Last day"), required=False)


class Isolated(forms.Form):
    """An isolation that is asked for."""

    key = forms.ChoiceField(
        label=gettext_lazy("What the channel is"),
        choices=(
            ("line", gettext_lazy("line")),
            ("display", gettext_lazy("displayed number")),
            ("team", gettext_lazy("team")),
        ),
    )
    channel = forms.CharField(label=gettext_lazy("Channel"), max_length=120)
    cap = forms.IntegerField(label=gettext_lazy("Attempts a day"), min_value=0, max_value=1_000_000)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=LONG, widget=forms.Textarea({"rows": 2}))
    end = forms.CharField(
        label=gettext_lazy("Condition for lifting it"),
        max_length=LONG,
        widget=forms.Textarea({"rows": 2}),
    )


class Measure(forms.Form):
    """A measure with its owner."""

    text = forms.CharField(label=gettext_lazy("Measure"), max_length=LONG, widget=forms.Textarea({"rows": 2}))
    owner = forms.CharField(label=gettext_lazy("Owner"), max_length=120)
    due = DayField(label=gettext_lazy("To be done by"))
    every = forms.IntegerField(
        label=gettext_lazy("Again after this many days"),
        required=False,
        min_value=1,
        max_value=3660,
        help_text=gettext_lazy("It becomes a routine task when the case is closed."),
    )


class Paper(forms.Form):
    """A test report or an annex."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=(
            ("test_report", gettext_lazy("technical test report")),
            ("notice", gettext_lazy("rectification notice")),
            ("annex", gettext_lazy("annex")),
        ),
    )
    file = forms.FileField(label=gettext_lazy("File"), widget=forms.ClearableFileInput({"accept": ACCEPT}))
    issuer = forms.CharField(label=gettext_lazy("Issuer"), required=False, max_length=200)
    number = forms.CharField(label=gettext_lazy("Report number"), required=False, max_length=120)
    dated = DayField(label=gettext_lazy("Date"), required=False)
    scope = forms.CharField(label=gettext_lazy("Scope of the test"), required=False, max_length=500)


class Watched(forms.Form):
    """A licence for the watch list."""

    licence = forms.CharField(label=gettext_lazy("Licence"), max_length=80)
    since = DayField(label=gettext_lazy("Since which day"))
    source = forms.CharField(label=gettext_lazy("Ordered by"), max_length=LONG)
