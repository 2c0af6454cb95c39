"""Forms about people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.rooms import ROLES
from nianjian.engines.paper.words import words
from nianjian.platform.accounts.links import INSPECT_DAYS
from nianjian.platform.accounts.roles import Role
from nianjian.platform.web.language import current

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
