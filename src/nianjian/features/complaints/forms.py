"""Forms of tickets, and of one-click complaints."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.core import signing
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.numbers import Shape
from nianjian.engines.paper.texts.complaints import HANDS, PROPOSALS, STATES
from nianjian.features.complaints import operations
from nianjian.features.complaints.clocks import Hand
from nianjian.features.complaints.queries import TicketFilter
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import EXCLUSIONS, State, TicketAction
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
    assignee = forms.CharField(label=gettext_lazy("Assigned to"), required=False, max_length=80)
    unassigned = forms.BooleanField(required=False, widget=forms.HiddenInput)  # a view of the sub navigation
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
            unassigned=bool(given.get("unassigned")),
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
FORMS: Final[Mapping[TicketAction, type[OperationForm]]] = {
    TicketAction(one.operation.verb): one
    for one in (
        form(operations.respond, omit=("automatic",)),
        form(operations.callback),
        form(operations.close),
        form(operations.reopen),
        form(operations.assign),
        form(operations.exclude, choices={"exclusion": _exclusions}),
        form(operations.readmit),
    )
}


class Paper(forms.Form):
    """A file to be kept beside a ticket."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.ClearableFileInput({"accept": ",".join(sorted(TYPES))})
    )


LONG: Final = 2000
OPEN: Final = timedelta(days=1)  # so long a page that was loaded may be sent
AHEAD: Final = timedelta(minutes=10)  # telephones' clocks differ
CALLED: Final = frozenset({Shape.MOBILE, Shape.LANDLINE, Shape.INTERNATIONAL, Shape.SERVICE_400_800})
# As the ticket says it, and as the page does.
CATEGORIES: Final = (
    ("营销骚扰", gettext_lazy("advertising I did not ask for")),
    ("拒绝后仍拨打", gettext_lazy("called again after I said no")),
    ("频繁拨打", gettext_lazy("called again and again")),
    ("夜间拨打", gettext_lazy("called at night or while I was resting")),
    ("涉嫌诈骗", gettext_lazy("I suspect fraud")),
    ("泄露个人信息", gettext_lazy("they know things I never told them")),
    ("其他", gettext_lazy("something else")),
)


class Complaint(forms.Form):
    """A complaint. ``once`` makes sending it twice one ticket; it is signed, so nobody chooses it."""

    complainant = forms.CharField(
        label=gettext_lazy("Your telephone number"),
        max_length=32,
        help_text=gettext_lazy("The number that was called; we call it back. It is stored encrypted."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    called_at = forms.DateTimeField(
        label=gettext_lazy("When the call came"),
        required=False,
        help_text=gettext_lazy("Approximate is enough; leave it empty if you do not know."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"],
    )
    category = forms.ChoiceField(label=gettext_lazy("What it is about"), choices=CATEGORIES)
    content = forms.CharField(
        label=gettext_lazy("What happened"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 4}),
    )
    once = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, token: str) -> None:  # noqa: ANN401 -- Django's
        super().__init__(None if data is None else dict(data.items()))
        self.salt = f"one-click:{token}"
        self.initial["once"] = signing.dumps(secrets.token_hex(8), salt=self.salt)

    def clean_complainant(self) -> str:
        """One spelling for each number: so it is counted, and found in the calls."""
        number = numbers.normalise(self.cleaned_data["complainant"])
        if number.shape not in CALLED:
            raise forms.ValidationError(gettext("This is not a telephone number."))
        return numbers.printed(number.shape, number.value)

    def clean_called_at(self) -> datetime | None:
        """A call has happened."""
        moment: datetime | None = self.cleaned_data["called_at"]
        if moment is not None and moment > clock.now() + AHEAD:
            raise forms.ValidationError(gettext("This is in the future."))
        return moment

    def clean_once(self) -> str:
        """Read what this program signed; else the form is sent again with a new one."""
        try:
            return str(signing.loads(self.cleaned_data["once"], salt=self.salt, max_age=OPEN))
        except signing.BadSignature as error:
            self.data = {**self.data, "once": self.initial["once"]}
            raise forms.ValidationError(gettext("This page has expired. Please submit it again.")) from error

    def texts(self) -> dict[str, str]:
        """Texts by field, as a sheet's cells."""
        given = self.cleaned_data
        moment = given["called_at"]
        wall = "" if moment is None else moment.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")
        return {name: given[name] for name in ("complainant", "category", "content")} | {"called_at": wall}


class NewDoor(forms.Form):
    """The number that gets an address."""

    number = forms.CharField(
        label=gettext_lazy("Displayed number"),
        max_length=32,
        help_text=gettext_lazy("As shown on people's telephones, digits only."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
