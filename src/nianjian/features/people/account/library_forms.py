"""The sign-in library's forms with labels of ours."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.utils.translation import gettext_lazy


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
