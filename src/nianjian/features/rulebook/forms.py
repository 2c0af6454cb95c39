"""The form that asks for another value of a rule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.engines.kernel.identifiers import PROVINCES


class Ask(forms.Form):
    """Value, days, reason; the installation's form names a province, an enterprise's form does not."""

    value = forms.CharField(label=gettext_lazy("New value"), max_length=2000)
    province = forms.ChoiceField(
        label=gettext_lazy("Province"), choices=[("", "–"), *((name, name) for name in PROVINCES)]
    )
    valid_from = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Included; empty: open"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("It stands in every result that uses the value."),
    )

    def __init__(self, *args: Any, everywhere: bool, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        if not everywhere:
            del self.fields["province"]

    def asked(self) -> dict[str, Any]:
        """The values as `flows.overlay` takes them."""
        given = self.cleaned_data
        return {**given, "province": given.get("province") or None}
