"""The forms of test calls."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.engines.paper.texts.test_calls import OUTCOMES as SAID
from nianjian.engines.paper.texts.test_calls import WITNESSES as PROOFS
from nianjian.features.test_calls.operations.calls import OUTCOMES
from nianjian.features.test_calls.states import WITNESSES

LONG: Final = 500
NUMBER: Final = 40


class SecretTextarea(forms.Textarea):
    """A text that is never given back, as a password is not."""

    def format_value(self, value: object) -> None:
        """Nothing."""
        del value


class PemField(forms.CharField):
    """Certificates or a key as text."""

    widget = forms.Textarea

    def __init__(self, **words: Any) -> None:  # noqa: ANN401 -- Django's words for a field
        super().__init__(required=False, max_length=65_536, **words)
        self.widget.attrs |= {"rows": 4, "spellcheck": "false"}


class TestCallForm(forms.Form):
    """Which number is called; none: all filed ones."""

    number = forms.CharField(
        label=gettext_lazy("Number called"),
        required=False,
        max_length=NUMBER,
        help_text=gettext_lazy("Empty: all filed numbers that are in force."),
    )
    route = forms.CharField(label=gettext_lazy("Route"), required=False, max_length=60)


class ManualCallForm(forms.Form):
    """A number that a person dials now."""

    number = forms.CharField(label=gettext_lazy("Number called"), max_length=NUMBER)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), required=False, max_length=60)


class EndForm(forms.Form):
    """What came of a call by hand."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What happened"), choices=[(one, gettext_lazy(SAID[one])) for one in OUTCOMES]
    )
    note = forms.CharField(label=gettext_lazy("What was heard"), required=False, max_length=LONG)


class RouteForm(forms.Form):
    """A way for test calls."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    via = forms.CharField(
        label=gettext_lazy("Where calls go"), max_length=320, help_text="sip:10.0.0.1:5060;transport=udp"
    )
    caller = forms.CharField(label=gettext_lazy("Calling number"), required=False, max_length=40)
    line = forms.CharField(label=gettext_lazy("Trunk line of the register"), required=False, max_length=120)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), required=False, max_length=60)
    username = forms.CharField(label=gettext_lazy("User"), required=False, max_length=120)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=gettext_lazy("If user and password are empty, the saved ones stay."),
    )
    ca = PemField(
        label=gettext_lazy("Own certificate authority (PEM)"),
        help_text=gettext_lazy("For TLS: only these certificates are trusted; empty: the system's."),
    )
    certificate = PemField(
        label=gettext_lazy("Own certificate (PEM)"),
        help_text=gettext_lazy("For a gateway that asks for one over TLS; empty: the saved one stays."),
    )
    key = PemField(
        label=gettext_lazy("Its private key (PEM)"),
        help_text=gettext_lazy("Without a passphrase; it is stored encrypted and never shown again."),
        widget=SecretTextarea({"autocomplete": "off", "data-secret": True}),
    )
    no_certificate = forms.BooleanField(label=gettext_lazy("Delete your own certificate and its key"), required=False)
    witness = forms.ChoiceField(
        label=gettext_lazy("What proves the landing"), choices=[(one, gettext_lazy(PROOFS[one])) for one in WITNESSES]
    )
    daily_at = forms.TimeField(
        label=gettext_lazy("Each day at"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )


class GatewayForm(forms.Form):
    """The addresses of a gateway."""

    name = forms.CharField(label=gettext_lazy("Gateway in the ledger"), max_length=120)
    hosts = forms.CharField(
        label=gettext_lazy("Addresses"),
        required=False,
        max_length=900,
        help_text=gettext_lazy("Host names or IP addresses, separated by commas; empty deletes it."),
    )
