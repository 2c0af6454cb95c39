"""Forms of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from nianjian.accounts.models import User


def _new_password(label: Any) -> forms.CharField:  # noqa: ANN401 -- a lazy text
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ChoosePassword(forms.Form):
    """A new password, typed twice."""

    password = _new_password(gettext_lazy("New password"))
    again = _new_password(gettext_lazy("The same again"))

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self._person = person

    def clean_password(self) -> str:
        """Check it against the rules of `settings`."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self._person)
        return password

    def clean_again(self) -> str:
        """Both must be equal."""
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(gettext_lazy("The two passwords differ."))
        return again
