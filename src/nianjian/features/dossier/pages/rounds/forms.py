"""The forms of a round."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.paper.texts.dossier.rounds import EVIDENCE, WHOLE
from nianjian.engines.paper.texts.dossier.words import ITEMS as NAMES
from nianjian.engines.paper.words import words
from nianjian.features.dossier.kinds.catalogue import KNOWN
from nianjian.features.dossier.rounds.model import Evidence
from nianjian.features.dossier.rounds.service import MOST, RequestInput
from nianjian.platform.registers.attachments import TYPES
from nianjian.platform.web.language import current

ACCEPT: Final = ",".join(TYPES)
ROWS: Final = 5  # requests that a notice's form has room for; a further notice takes more


def _day() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _file() -> forms.ClearableFileInput:
    return forms.ClearableFileInput({"accept": ACCEPT})


def _items() -> list[tuple[str, str]]:
    _ = words(current())
    return [("", _(WHOLE)), *((one, _(NAMES[one])) for one in KNOWN)]


class Submitted(forms.Form):
    """A package that was handed in."""

    manifest = forms.FileField(
        label=gettext_lazy("Manifest of the package"),
        widget=forms.ClearableFileInput({"accept": ".json"}),
        help_text=gettext_lazy("manifest.json of the folder that was built: it says which pages were handed in."),
    )
    on = forms.DateField(label=gettext_lazy("Handed in on"), widget=_day())
    place = forms.CharField(
        label=gettext_lazy("Where"), max_length=200, help_text=gettext_lazy("The window or the system.")
    )
    reference = forms.CharField(label=gettext_lazy("The authority's number of it"), required=False, max_length=120)


class Notice(forms.Form):
    """A package came back."""

    received = forms.DateField(
        label=gettext_lazy("Received on"), widget=_day(), help_text=gettext_lazy("That day is not counted.")
    )
    due = forms.DateField(
        label=gettext_lazy("Last day that the notice names"),
        required=False,
        widget=_day(),
        help_text=gettext_lazy("It wins; without it working days are counted."),
    )
    reference = forms.CharField(label=gettext_lazy("The notice's own number"), required=False, max_length=120)
    file = forms.FileField(label=gettext_lazy("The notice itself"), required=False, widget=_file())

    def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401 -- as the form takes it
        """Room for several requests."""
        super().__init__(*given, **more)
        for row in range(1, ROWS + 1):
            what = gettext("Request {row}").format(row=row)
            self.fields[f"item{row}"] = forms.ChoiceField(
                label=f"{what}: {gettext('item')}", choices=_items(), required=False
            )
            self.fields[f"text{row}"] = forms.CharField(
                label=f"{what}: {gettext('what is asked for')}", required=row == 1, max_length=MOST,
                widget=forms.Textarea({"rows": 2}),
            )  # fmt: skip

    def asked(self) -> list[RequestInput]:
        """The requests that were filled in."""
        given = self.cleaned_data
        return [
            RequestInput(given[f"item{row}"], given[f"text{row}"])
            for row in range(1, ROWS + 1)
            if given[f"text{row}"].strip()
        ]


class Answered(forms.Form):
    """An answer."""

    request = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    version = forms.IntegerField(
        label=gettext_lazy("New version of the item"),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text=gettext_lazy("Upload and confirm it first; empty: the answer is in words."),
    )
    note = forms.CharField(
        label=gettext_lazy("Answer"), required=False, max_length=MOST, widget=forms.Textarea({"rows": 2})
    )


class Kept(forms.Form):
    """A file of evidence."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    file = forms.FileField(label=gettext_lazy("File"), widget=_file())

    def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401 -- as the form takes it
        """The kinds in the reader's language."""
        super().__init__(*given, **more)
        _ = words(current())
        kinds: Any = self.fields["kind"]
        kinds.choices = [(one, _(EVIDENCE[one])) for one in Evidence.KINDS]


class Passed(forms.Form):
    """The authority took it as good."""

    on = forms.DateField(label=gettext_lazy("Passed on"), widget=_day())


FORMS: Final[dict[str, type[forms.Form]]] = {"return": Notice, "answer": Answered, "paper": Kept, "accept": Passed}


def form(act: str, sent: HttpRequest | None = None, **first: object) -> forms.Form:
    """The form of an act, empty or as it was sent; its fields have ids of their own, for several stand on one page."""
    about = f"{act}{first.get('request', '')}_%s"
    if sent is None:
        return FORMS[act](auto_id=about, initial=first)
    return FORMS[act](sent.POST, sent.FILES, auto_id=about)
