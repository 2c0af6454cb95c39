"""Forms of tickets: what is looked for, what is done to several, and each act on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from nianjian.engines.paper.texts.complaints import HANDS, PROPOSALS, STATES
from nianjian.features.complaints.clocks import Hand
from nianjian.features.complaints.operations import acts
from nianjian.features.complaints.query import TicketFilter
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import EXCLUSIONS, Act, State
from nianjian.features.registers import presenters as registers
from nianjian.platform.operations.fields import LINE
from nianjian.platform.registers.attachments import TYPES
from nianjian.platform.web.forms import OperationForm, form

ALL: Final = "all"
OVERDUE: Final = "overdue"
WORKED: Final = frozenset({State.NEW, State.RESPONDED, State.CALLED_BACK, State.REOPENED})


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

    def wanted(self) -> TicketFilter:
        """Return what is asked for, but for the text."""
        given = self.cleaned_data
        state, hand, drill = (given.get(name, "") for name in ("state", "hand", "drill"))
        return TicketFilter(
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
        max_length=LINE,
        widget=forms.Textarea({"rows": 2}),
    )


def _exclusions() -> list[tuple[str, str]]:
    column = COMPLAINTS.by_field("exclusion")
    return [(one, registers.choice(column, one)) for one in EXCLUSIONS]


#: The forms of a ticket's page, in the order of the work.
FORMS: Final[Mapping[Act, type[OperationForm]]] = {
    Act(one.operation.verb): one
    for one in (
        form(acts.respond, omit=("automatic",)),
        form(acts.callback),
        form(acts.close),
        form(acts.reopen),
        form(acts.assign),
        form(acts.exclude, choices={"exclusion": _exclusions}),
        form(acts.readmit),
    )
}


class Paper(forms.Form):
    """A file to be kept beside a ticket."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.ClearableFileInput({"accept": ",".join(sorted(TYPES))})
    )
