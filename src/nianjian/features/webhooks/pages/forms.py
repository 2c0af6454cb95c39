"""The form of a new webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.engines.paper.texts.chain.acts import verb
from nianjian.engines.paper.words import words
from nianjian.platform.notifications.service import EVENTS
from nianjian.platform.web.language import current


class NewWebhook(forms.Form):
    """Where, and of what."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput({"placeholder": "https://"}),
        help_text=gettext_lazy("https; each message is signed (Standard Webhooks)"),
    )
    events = forms.MultipleChoiceField(label=gettext_lazy("Told of"), choices=(), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        _ = words(current())
        events = self.fields["events"]
        assert isinstance(events, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        events.choices = [(code, f"{verb(code, _)} ({code})") for code in EVENTS]
