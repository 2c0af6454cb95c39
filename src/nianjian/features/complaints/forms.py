"""Forms of tickets, and of one-click complaints."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.core import signing
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.numbers import Shape
from nianjian.engines.paper.texts.complaints import PROPOSALS
from nianjian.engines.paper.words import mark
from nianjian.features.complaints import operations
from nianjian.features.complaints.clocks import Hand
from nianjian.features.complaints.queries import Channels, TicketFilter
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import EXCLUSIONS, State, TicketAction
from nianjian.features.registers import presenters as registers
from nianjian.platform.registers.attachments import TYPES
from nianjian.platform.web.forms import OperationForm, form

ALL: Final = "all"
OVERDUE: Final = "overdue"
ANY: Final = ("", gettext_lazy("any"))


class Filter(forms.Form):
    """What is looked for in the list; read from the address. Fields after ``source`` are set by links alone."""

    q = forms.CharField(
        label=gettext_lazy("Ticket or last four digits"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "placeholder": gettext_lazy("Ticket, last four digits")}),
    )
    line = forms.ChoiceField(label=gettext_lazy("Line"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    state = forms.ChoiceField(required=False, choices=[("", ""), (ALL, ""), *((one, "") for one in State)])
    hand = forms.ChoiceField(required=False, choices=[("", ""), (OVERDUE, ""), *((one, "") for one in Hand)])
    proposal = forms.ChoiceField(required=False, choices=[("", ""), *((one, "") for one in PROPOSALS)])
    assignee = forms.CharField(required=False, max_length=80)
    unassigned = forms.BooleanField(required=False)
    drill = forms.ChoiceField(required=False, choices=[(one, "") for one in ("", "no", "yes")])

    def __init__(self, data: Any, *, channels: Channels, categories: Sequence[str]) -> None:  # noqa: ANN401 -- Django's
        super().__init__(data)
        self.teams = len(channels.teams)
        source = COMPLAINTS.by_field("source")
        options = {
            "line": [(key, f"{key} {name}") for key, name in channels.lines.items()],
            "team": [(key, f"{key} {name}") for key, name in channels.teams.items()],
            "kind": [(one, one) for one in dict.fromkeys([*categories, *filter(None, [data.get("kind")])])],
            "source": [(one, registers.choice(source, one)) for one in dict.fromkeys(source.choices.values())],
        }
        for name, choices in options.items():
            field = self.fields[name]
            self.fields[name] = forms.ChoiceField(
                label=field.label, required=False, choices=[("", field.label), *choices],
                widget=forms.Select({"aria-label": field.label}),
            )  # fmt: skip
        self.fields["kind"].widget.attrs["translate"] = "no"  # words of the tickets
        self.fields["q"].widget.attrs["aria-label"] = self.fields["q"].label
        self.is_valid()  # what cannot be read is left out

    def wanted(self) -> TicketFilter:
        """Return what is asked for; without a state the tickets that are worked on."""
        data = self.cleaned_data
        state, hand = (data.get(name, "") for name in ("state", "hand"))
        return TicketFilter(
            open=not state,
            states=frozenset() if state in {"", ALL} else frozenset({State(state)}),
            hands=frozenset({Hand(hand)}) if hand and hand != OVERDUE else frozenset(),
            overdue=hand == OVERDUE,
            assignee=data.get("assignee", "").strip() or None,
            unassigned=bool(data.get("unassigned")),
            drills=data.get("drill") == "yes",
            proposal=data.get("proposal") or None,
            line=data.get("line", ""),
            team=data.get("team", ""),
            category=data.get("kind", ""),
            source=data.get("source", ""),
            text=data.get("q", "").strip(),
        )

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields that choose."""
        return [self[name] for name in ("line", "team", "kind", "source") if name != "team" or self.teams > 1]

    @property
    def view(self) -> dict[str, str]:
        """What the view of the sub navigation asks for: it stays when a filter is set."""
        names = [*self.fields][5:]
        return {name: self.data[name] for name in names if self.data.get(name)}

    @property
    def narrowed(self) -> bool:
        """Whether the view is narrowed."""
        return any(self.cleaned_data.get(name) for name in [*self.fields][:5])


def _exclusions() -> list[tuple[str, str]]:
    column = COMPLAINTS.by_field("exclusion")
    return [(one, registers.choice(column, one)) for one in EXCLUSIONS]


#: As the ticket says it, and as the page does.
CALLBACK_RESULTS: Final = {"满意": mark("satisfied"), "不满意": mark("not satisfied"), "联系不上": mark("no answer")}


def _callback_results() -> list[tuple[str, str]]:
    return [(value, gettext(word)) for value, word in CALLBACK_RESULTS.items()]


def _upheld() -> list[tuple[str, str]]:
    words = {"yes": mark("justified"), "no": mark("not justified"), "": mark("not established")}
    return [(value, gettext(word)) for value, word in words.items()]


#: The forms of a ticket's page, in the order of the work; who is assigned is chosen among people, see `choose_person`.
FORMS: Final[Mapping[TicketAction, type[OperationForm]]] = {
    TicketAction(one.operation.verb): one
    for one in (
        form(operations.respond, omit=("automatic",)),
        form(operations.close, choices={"callback": _callback_results, "upheld": _upheld}),
        form(operations.callback, choices={"result": _callback_results}),
        form(operations.unclose),
        form(operations.reopen),
        form(operations.assign, choices={"assignee": list, "team": list}),
        form(operations.exclude, choices={"exclusion": _exclusions}),
        form(operations.readmit),
    )
}


def choose_person(bound: forms.Form, people: Sequence[tuple[str, str]]) -> None:
    """Offer these people, and nobody, for the ticket."""
    field = bound.fields["assignee"]
    if isinstance(field, forms.ChoiceField):
        field.choices = [*people, ("", gettext("nobody yet"))]


def choose_team(bound: forms.Form, teams: Mapping[str, str], present: str | None) -> None:
    """Offer the teams of the enterprise, and what the ticket has already."""
    field = bound.fields["team"]
    if isinstance(field, forms.ChoiceField):
        choices = {key: f"{key} {name}" for key, name in teams.items()}
        field.choices = [("", gettext("not known")), *({present: present} | choices if present else choices).items()]


class Paper(forms.Form):
    """A file to be kept beside a ticket."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Choose a file or drag it here; it is stored encrypted."),
        widget=forms.ClearableFileInput({"accept": ",".join(sorted(TYPES)), "class": "drop"}),
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
        data = self.cleaned_data
        moment = data["called_at"]
        wall = "" if moment is None else moment.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")
        return {name: data[name] for name in ("complainant", "category", "content")} | {"called_at": wall}


class NewDoor(forms.Form):
    """The number that gets an address."""

    number = forms.CharField(
        label=gettext_lazy("Displayed number"),
        max_length=32,
        help_text=gettext_lazy("As shown on people's telephones, digits only."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
