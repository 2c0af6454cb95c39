"""The forms of the season."""

from __future__ import annotations

from typing import Final

from django import forms

from nianjian.engines.kernel import clock
from nianjian.engines.season.deadlines import TRACKS

FIRST: Final = clock.FIRST_DAY.year
LAST: Final = clock.LAST_DAY.year - 1


class Reported(forms.Form):
    """A report handed in, or the day that a notice names; no day takes it back, no licence means each that reports."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("file", "notice")])
    year = forms.IntegerField(min_value=FIRST, max_value=LAST)
    track = forms.ChoiceField(choices=[(one, one) for one in TRACKS])
    licence = forms.CharField(required=False, max_length=80)
    day = forms.DateField(required=False)
    text = forms.CharField(required=False, max_length=200)


class Worked(forms.Form):
    """What is said of a task."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("assign", "snooze", "done")])
    year = forms.IntegerField(min_value=FIRST, max_value=LAST)
    task = forms.CharField(max_length=32)
    day = forms.DateField(required=False)
    text = forms.CharField(required=False, max_length=200)


class OfYear(forms.Form):
    """A season is begun from the last one, closed, or asked to be opened again, with the reason."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("roll-over", "close", "reopen")])
    year = forms.IntegerField(min_value=FIRST, max_value=LAST)
    text = forms.CharField(required=False, max_length=1000)
