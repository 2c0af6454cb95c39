"""Forms of one's own account and of the pages about people; the sign-in library's with labels of ours."""

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
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.people import LONGEST
from nianjian.platform.accounts.roles import Role
from nianjian.platform.accounts.tokens import READING
from nianjian.platform.web.forms import DayField
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
        label=gettext_lazy("How long it is valid"),
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
        help_text=gettext_lazy("Never more than you are allowed to do yourself."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, acts: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        scopes = cast("forms.MultipleChoiceField", self.fields["scopes"])
        scopes.choices = acts
        scopes.initial = [act for act, _name in acts if act in READING]

    def token_values(self) -> dict[str, Any]:
        """Return what `tokens.create_token` wants."""
        data = self.cleaned_data
        return {"name": data["name"], "days": data["days"] or None, "scopes": data["scopes"]}


class ChoosePassword(forms.Form):
    """A new password, typed twice."""

    password = _new_password(gettext_lazy("New password"))
    again = _new_password(gettext_lazy("Repeat the password"))

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


def _label_fields(base: Any, **labels: Any) -> Any:  # noqa: ANN401 -- classes of the library and lazy texts
    return type(base.__name__, (_Labelled, base), {"LABELS": labels})


_PASSWORDS: dict[str, Any] = {
    "password1": gettext_lazy("New password"),
    "password2": gettext_lazy("Repeat the password"),
}
SignIn = _label_fields(account.LoginForm, login=gettext_lazy("User name"), password=gettext_lazy("Password"))
ChangePassword = _label_fields(account.ChangePasswordForm, oldpassword=gettext_lazy("Current password"), **_PASSWORDS)
SetPassword = _label_fields(account.SetPasswordForm, **_PASSWORDS)
Again = _label_fields(account.ReauthenticateForm, password=gettext_lazy("Password"))
Code = _label_fields(mfa.AuthenticateForm, code=gettext_lazy("Code"))
CodeAgain = _label_fields(mfa.ReauthenticateForm, code=gettext_lazy("Code"))
ActivateApp = _label_fields(totp.ActivateTOTPForm, code=gettext_lazy("Code"))
RenamePasskey = _label_fields(passkeys.EditWebAuthnForm, name=gettext_lazy("Name of the passkey"))


class AddPasskey(_Labelled, passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey; the library's choice of lesser keys is not offered."""

    LABELS: ClassVar[dict[str, Any]] = {"name": gettext_lazy("Name of the passkey")}
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)


INSPECTION: Final = timedelta(days=14)


class _Place(forms.Form):
    """A role, and the team of an outsourcer; outsourcers belong to an enterprise, not to the installation."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=())
    team = forms.ChoiceField(
        label=gettext_lazy("Team"),
        required=False,
        choices=(),
        help_text=gettext_lazy("For an outsourcer: only rows of this team are visible. Teams are in the register."),
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
    display_name = forms.CharField(
        label=gettext_lazy("Display name"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("By which pages and papers call the person."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("Only for single sign-on, which identifies the person by it."),
    )
    field_order = ("name", "display_name", "email", "role", "team")


class GiveRole(_Place):
    """A role for somebody who is here already."""

    user = forms.CharField(label=gettext_lazy("User name"), max_length=80)
    field_order = ("user", "role", "team")


class Invite(_Place):
    """A role for whoever accepts the invitation."""


class Until(forms.Form):
    """The last day of an inspector's link."""

    until = DayField(label=gettext_lazy("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        today = clock.now().astimezone(clock.ZONE).date()
        kwargs.setdefault("initial", {"until": today + INSPECTION})
        super().__init__(*args, **kwargs)


class DisplayName(forms.Form):
    """The name by which pages and papers call somebody."""

    display_name = forms.CharField(label=gettext_lazy("Display name"), required=False, max_length=LONGEST)


class Address(forms.Form):
    """The address by which single sign-on knows somebody."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = choices
