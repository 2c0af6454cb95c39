"""What the audit pages are filtered by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.paper.texts.chain import VERBS
from nianjian.engines.paper.words import words
from nianjian.platform.web.language import current


class Filter(forms.Form):
    """Act, person and days."""

    verb = forms.ChoiceField(label=gettext_lazy("Act"), required=False, choices=())
    actor = forms.CharField(
        label=gettext_lazy("Who"),
        required=False,
        widget=forms.TextInput({"list": "actors", "autocomplete": "off"}),
        help_text=gettext_lazy("A name as the list offers it; user: or os: before it tells one of the same name apart"),
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, actors: Iterable[str], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.actors = tuple(actors)
        _ = words(current())
        verb = self.fields["verb"]
        assert isinstance(verb, forms.ChoiceField)  # noqa: S101 - for the type checker
        verb.choices = [("", gettext("all")), *((code, f"{_(name)} ({code})") for code, name in VERBS.items())]
