"""What is asked for: a picture of a seal, its use on a paper, a signed paper."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.paper.texts.dossier.sealing import PLACES, SEALS
from nianjian.engines.paper.words import words
from nianjian.features.dossier.impressions.kinds import MARKS
from nianjian.features.dossier.impressions.service import MOST
from nianjian.features.dossier.kinds.catalogue import KNOWN
from nianjian.features.dossier.pages.presenters import title
from nianjian.platform.web.language import current


def _seals() -> list[tuple[str, str]]:
    _ = words(current())
    return [(code, _(name)) for code, name in SEALS.items()]


def _items() -> list[tuple[str, str]]:
    return [(one, title(one)) for one in KNOWN]


def _marks() -> list[tuple[str, str]]:
    _ = words(current())
    found = dict.fromkeys(one.value for marks in MARKS.values() for one in marks)
    return [("", gettext("the usual one of this seal")), *((one, _(PLACES[one])) for one in found)]


class PictureGiven(forms.Form):
    """A picture of a seal."""

    kind = forms.ChoiceField(label=gettext_lazy("Seal"), choices=_seals)
    width_mm = forms.DecimalField(
        label=gettext_lazy("Width on paper in mm"),
        min_value=0,
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("Measure the print: 40 mm for many official seals."),
    )
    file = forms.FileField(
        label=gettext_lazy("Scan or photo of one print"),
        help_text=gettext_lazy("PNG or JPEG, on light paper, nothing else on it."),
    )


class Withdrawn(forms.Form):
    """A picture that goes."""

    kind = forms.ChoiceField(label=gettext_lazy("Seal"), choices=_seals)


class UseWanted(forms.Form):
    """A print on one page of one paper."""

    item = forms.ChoiceField(label=gettext_lazy("Item"), choices=_items)
    kind = forms.ChoiceField(label=gettext_lazy("Seal"), choices=_seals)
    mark = forms.ChoiceField(label=gettext_lazy("Mark that it stands on"), choices=_marks, required=False)
    page = forms.IntegerField(label=gettext_lazy("Page"), min_value=1, initial=1)
    x_mm = forms.DecimalField(
        label=gettext_lazy("Centre from the left in mm"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        help_text=gettext_lazy("Empty: the usual place of the mark."),
    )
    y_mm = forms.DecimalField(
        label=gettext_lazy("Centre from below in mm"), required=False, min_value=0, max_digits=6, decimal_places=2
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=MOST, widget=forms.Textarea({"rows": 2}))


class PaperGiven(forms.Form):
    """A PDF that somebody signed electronically."""

    item = forms.ChoiceField(label=gettext_lazy("Item"), choices=_items)
    file = forms.FileField(
        label=gettext_lazy("Signed PDF"), help_text=gettext_lazy("It is kept as it is and never bound into an edition.")
    )


GIVEN: dict[str, type[forms.Form]] = {"picture": PictureGiven, "paper": PaperGiven}
ACTS: dict[str, type[forms.Form]] = {"use": UseWanted, "withdraw": Withdrawn}


def form(what: str, given: QueryDict | None = None) -> forms.Form:
    """The form of an act; its fields have ids of their own, for all stand on one page."""
    return {**GIVEN, **ACTS}[what](given, auto_id=f"{what}_%s")
