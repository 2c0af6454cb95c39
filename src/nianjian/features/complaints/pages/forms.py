"""Forms of tickets: what is looked for, what is done to several, and each act on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.engines.paper.texts.complaints import HANDS, PROPOSALS, STATES
from nianjian.features.complaints.clocks import Hand
from nianjian.features.complaints.query import Wanted
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import EXCLUSIONS, Act, State
from nianjian.features.registers.pages import shown as registers
from nianjian.platform.registers.attachments.service import TYPES

ALL: Final = "all"
OVERDUE: Final = "overdue"
WORKED: Final = frozenset({State.NEW, State.RESPONDED, State.CALLED_BACK, State.REOPENED})
LONG: Final = 2000
REASON: Final = 500
MOMENTS: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


def _words(known: Mapping[str, str]) -> list[tuple[str, Any]]:
    return [(value, gettext_lazy(text)) for value, text in known.items()]


class Filter(forms.Form):
    """What is looked for in the list; read from the address."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("with work left")), (ALL, gettext_lazy("all")), *_words(STATES)],
    )
    hand = forms.ChoiceField(
        label=gettext_lazy("Clocks"),
        required=False,
        choices=[("", gettext_lazy("any")), (OVERDUE, gettext_lazy("overdue and still open")), *_words(HANDS)],
    )
    proposal = forms.ChoiceField(
        label=gettext_lazy("Call"), required=False, choices=[("", gettext_lazy("any")), *_words(PROPOSALS)]
    )
    assignee = forms.CharField(label=gettext_lazy("Worked on by"), required=False, max_length=80)
    drill = forms.ChoiceField(
        label=gettext_lazy("Drill"),
        required=False,
        choices=[("", gettext_lazy("both")), ("no", gettext_lazy("no")), ("yes", gettext_lazy("yes"))],
    )

    def __init__(self, data: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(data)
        self.is_valid()  # what cannot be read is left out

    def wanted(self) -> Wanted:
        """Return what is asked for, but for the text."""
        given = self.cleaned_data
        state, hand, drill = (given.get(name, "") for name in ("state", "hand", "drill"))
        return Wanted(
            states=frozenset() if state == ALL else frozenset({State(state)}) if state else WORKED,
            hands=frozenset({Hand(hand)}) if hand and hand != OVERDUE else frozenset(),
            overdue=hand == OVERDUE,
            assignee=given.get("assignee", "").strip() or None,
            drills=None if not drill else drill == "yes",
            proposal=given.get("proposal") or None,
        )

    def text(self) -> str:
        """Return the text that is searched."""
        return str(self.cleaned_data.get("q", "")).strip()

    @property
    def narrowed(self) -> bool:
        """Whether anything at all is asked for."""
        return any(self.cleaned_data.get(name) for name in self.fields)


class Several(forms.Form):
    """What is done to the chosen tickets."""

    assignee = forms.CharField(label=gettext_lazy("Person"), required=False, max_length=80)
    team = forms.CharField(label=gettext_lazy("Team"), required=False, max_length=80)
    text = forms.CharField(
        label=gettext_lazy("Response in your own words"),
        required=False,
        max_length=REASON,
        widget=forms.Textarea({"rows": 2}),
    )


class _Acted(forms.Form):
    """An act on the version that the writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)

    def given(self) -> dict[str, Any]:
        """Return what the act takes, by name."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class _When(_Acted):
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        input_formats=MOMENTS,
        help_text=gettext_lazy("Empty: now."),
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )


class Respond(_When):
    """A first response."""

    text = forms.CharField(
        label=gettext_lazy("What was answered"), required=False, max_length=REASON, widget=forms.Textarea({"rows": 2})
    )
    by = forms.CharField(
        label=gettext_lazy("Who responded"), required=False, max_length=80, help_text=gettext_lazy("Empty: you.")
    )


class CallBack(_When):
    """A call-back."""

    result = forms.CharField(
        label=gettext_lazy("What the call gave"), max_length=LONG, widget=forms.Textarea({"rows": 2})
    )


class Close(_When):
    """A close."""

    result = forms.CharField(
        label=gettext_lazy("Result"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Empty: the measures that are recorded already."),
    )
    upheld = forms.TypedChoiceField(
        label=gettext_lazy("Upheld"),
        required=False,
        empty_value=None,
        coerce=lambda text: text == "yes",
        choices=[("", gettext_lazy("not known")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
    )


class Reason(_Acted):
    """A reason, for taking an exclusion back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=REASON)


class Reopen(_When):
    """A reopening."""

    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=REASON)


class Exclude(_Acted):
    """An exclusion."""

    exclusion = forms.ChoiceField(label=gettext_lazy("Why it counts nowhere"))
    duplicate_of = forms.CharField(
        label=gettext_lazy("Ticket that stays"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Of a duplicate."),
    )
    reason = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=REASON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        column = COMPLAINTS.by_field("exclusion")
        self.fields["exclusion"] = forms.ChoiceField(
            label=self.fields["exclusion"].label, choices=[(one, registers.choice(column, one)) for one in EXCLUSIONS]
        )


class Assign(_Acted):
    """To whom it goes."""

    assignee = forms.CharField(label=gettext_lazy("Person"), required=False, max_length=80)
    team = forms.CharField(label=gettext_lazy("Team"), required=False, max_length=80)


FORMS: Final[Mapping[Act, type[_Acted]]] = {
    Act.RESPOND: Respond,
    Act.CALL_BACK: CallBack,
    Act.CLOSE: Close,
    Act.REOPEN: Reopen,
    Act.ASSIGN: Assign,
    Act.EXCLUDE: Exclude,
    Act.READMIT: Reason,
}


class Paper(forms.Form):
    """A file to be kept beside a ticket."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.ClearableFileInput({"accept": ",".join(sorted(TYPES))})
    )
