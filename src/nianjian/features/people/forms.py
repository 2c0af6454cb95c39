"""Forms of one's own account and of the pages about people; the sign-in library's with labels of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final, cast

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.platform import ROLES
from nianjian.engines.paper.words import words
from nianjian.platform.accounts.links import INSPECT_DAYS
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.roles import Role
from nianjian.platform.accounts.tokens import READING
from nianjian.platform.web.language import current


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


class _Labelled:
    """Gives the fields the labels of ``LABELS`` and takes placeholders away: they are no labels."""

    LABELS: ClassVar[dict[str, Any]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- hands on what comes
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
            if name in self.LABELS:
                field.label = self.LABELS[name]


_NEW: dict[str, Any] = {"password1": gettext_lazy("New password"), "password2": gettext_lazy("The same again")}


class SignIn(_Labelled, account.LoginForm):  # type: ignore[misc]
    """Name and password."""

    LABELS: ClassVar[dict[str, Any]] = {"login": gettext_lazy("User name"), "password": gettext_lazy("Password")}


class ChangePassword(_Labelled, account.ChangePasswordForm):  # type: ignore[misc]
    """The present password and a new one."""

    LABELS: ClassVar[dict[str, Any]] = {"oldpassword": gettext_lazy("Present password"), **_NEW}


class SetPassword(_Labelled, account.SetPasswordForm):  # type: ignore[misc]
    """A password for who has come by single sign-on."""

    LABELS: ClassVar[dict[str, Any]] = _NEW


class Again(_Labelled, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    LABELS: ClassVar[dict[str, Any]] = {"password": gettext_lazy("Password")}


class Code(_Labelled, mfa.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""

    LABELS: ClassVar[dict[str, Any]] = {"code": gettext_lazy("Code")}


class CodeAgain(_Labelled, mfa.ReauthenticateForm):  # type: ignore[misc]
    """The second factor once more."""

    LABELS: ClassVar[dict[str, Any]] = {"code": gettext_lazy("Code")}


class ActivateApp(_Labelled, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app."""

    LABELS: ClassVar[dict[str, Any]] = {"code": gettext_lazy("Code")}


class AddPasskey(_Labelled, passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey; the library's choice of lesser keys is not offered."""

    LABELS: ClassVar[dict[str, Any]] = {"name": gettext_lazy("Name of the passkey")}
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)


class RenamePasskey(_Labelled, passkeys.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    LABELS: ClassVar[dict[str, Any]] = {"name": gettext_lazy("Name of the passkey")}


INSPECTION: Final = timedelta(days=14)


class _Place(forms.Form):
    """A role, and the team of an outsourcer; outsourcers belong to an enterprise, not to the installation."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=())
    team = forms.ChoiceField(
        label=gettext_lazy("Team"),
        required=False,
        choices=(),
        help_text=gettext_lazy("For an outsourcer: whose rows alone it sees. Teams stand in the register."),
    )

    def __init__(self, teams: list[tuple[str, str]] | None, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        _ = words(current())
        offered = [role for role in Role if teams is not None or role != Role.OUTSOURCER]
        _choices(self, "role", [(role.value, _(ROLES[role])) for role in offered])
        if teams is None:
            del self.fields["team"]
        else:
            _choices(self, "team", [("", "–"), *teams])


class AddPerson(_Place):
    """Somebody new."""

    name = forms.CharField(label=gettext_lazy("User name"), max_length=80)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("Only for single sign-on, which knows the person by it."),
    )
    field_order = ("name", "email", "role", "team")


class GiveRole(_Place):
    """A role for somebody who is here already."""

    user = forms.CharField(label=gettext_lazy("User name"), max_length=80)
    field_order = ("user", "role", "team")


class Invite(_Place):
    """A role for whoever accepts the invitation."""


class Until(forms.Form):
    """The last day of an inspector's link."""

    until = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        today = clock.now().astimezone(clock.ZONE).date()
        kwargs.setdefault("initial", {"until": today + INSPECTION})
        super().__init__(*args, **kwargs)
        last = today + timedelta(days=INSPECT_DAYS - 1)
        self.fields["until"].widget.attrs.update(min=today.isoformat(), max=last.isoformat())


class Address(forms.Form):
    """The address by which single sign-on knows somebody."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = choices
