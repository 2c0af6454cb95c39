"""The forms of the inbox."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.engines.paper.texts.season.reminders import SCOPES
from nianjian.engines.paper.words import words
from nianjian.platform.web.language import current


class Choices(forms.Form):
    """What one wants to be told, and when."""

    scope = forms.ChoiceField(label=gettext_lazy("Remind me of"), choices=())
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Nothing is sent to your channels in between; equal times: no quiet hours."),
    )
    digest = forms.TimeField(
        label=gettext_lazy("All in one message at"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Empty: at once. What is due by tomorrow or late never waits for it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        _ = words(current())
        scope = self.fields["scope"]
        assert isinstance(scope, forms.ChoiceField)  # noqa: S101 - for the type checker
        scope.choices = [(code, _(text)) for code, text in SCOPES.items()]


class NewChannel(forms.Form):
    """Where one can be reached."""

    address = forms.CharField(
        label=gettext_lazy("Where to send"),
        max_length=500,
        help_text=gettext_lazy("An e-mail address, or the web address of a group robot of WeCom, DingTalk or Feishu."),
    )
