"""Forms of one's own account."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.tokens import READING


def _new_password(label: Any) -> forms.CharField:  # noqa: ANN401 -- a lazy text
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewToken(forms.Form):
    """A token for a program."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it holds"),
        coerce=int,
        choices=[
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (366, gettext_lazy("a year")),
            (0, gettext_lazy("until it is revoked")),
        ],
        initial=90,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        help_text=gettext_lazy("Never more than you may do yourself."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, acts: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        scopes = cast("forms.MultipleChoiceField", self.fields["scopes"])
        scopes.choices = acts
        scopes.initial = [act for act, _name in acts if act in READING]

    def asked(self) -> dict[str, Any]:
        """Return what `tokens.service.add` wants."""
        given = self.cleaned_data
        return {"name": given["name"], "days": given["days"] or None, "scopes": given["scopes"]}


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
