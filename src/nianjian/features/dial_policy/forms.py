"""The forms of the gate: what is changed, each with its reason, and what the journal is filtered by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.gate.decision_search import DecisionFilter
from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.gate import REASONS
from nianjian.engines.paper.words import words
from nianjian.features.dial_policy.operations import MOST
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current

LONG: Final = 1000
NAME: Final = 120
ON_OFF: Final = (("on", gettext_lazy("on")), ("off", gettext_lazy("off")))


class Reasoned(forms.Form):
    """A change and why; the reason stands last."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONG,
        help_text=gettext_lazy("It is recorded in the audit chain."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.fields["reason"] = self.fields.pop("reason")

    def choose(self, field: str, choices: Iterable[tuple[str, str]]) -> None:
        """Give a field its choices."""
        chosen = self.fields[field]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = list(choices)


class Mode(Reasoned):
    """Refuse, or look on."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        choices=(
            ("enforce", gettext_lazy("refuse what may not be dialled")),
            ("observe", gettext_lazy("only observe: every call is allowed")),
        ),
        help_text=gettext_lazy("Switching to observe only needs a second person."),
    )


class FailOpen(Reasoned):
    """Whether calls of a purpose go while the gate cannot know."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=())
    on = forms.ChoiceField(
        label=gettext_lazy("May go while the gate cannot decide"),
        choices=ON_OFF,
        help_text=gettext_lazy("Switching it on needs a second person."),
    )


class Cap(Reasoned):
    """Attempts a natural day."""

    key = forms.ChoiceField(
        label=gettext_lazy("What is capped"),
        choices=(
            ("channel", gettext_lazy("line")),
            ("display", gettext_lazy("displayed number")),
            ("team", gettext_lazy("team")),
        ),
    )
    name = forms.CharField(label=gettext_lazy("Line, number or team"), max_length=NAME)
    cap = forms.IntegerField(
        label=gettext_lazy("Attempts a day"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("Empty: as in the rulebook."),
    )
    uncapped = forms.BooleanField(label=gettext_lazy("No cap at all"), required=False)
    enforce = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        required=False,
        choices=(
            ("", gettext_lazy("unchanged; a new line only observes")),
            ("on", gettext_lazy("refuse what may not be dialled")),
            ("off", gettext_lazy("only observe: every call is allowed")),
        ),
        help_text=gettext_lazy(
            "Only a line can observe or have no cap; switching it back to observe needs a second person."
        ),
    )
    white_list = forms.BooleanField(
        label=gettext_lazy("Isolate it: only callees with a consent on file; needs a second person"), required=False
    )


class Choice(Reasoned):
    """A vendor's limits."""

    rule = forms.ChoiceField(label=gettext_lazy("Limits of a vendor"), choices=())
    on = forms.ChoiceField(label=gettext_lazy("Adopt them"), choices=ON_OFF)


class Filter(forms.Form):
    """Which decisions."""

    day = DayField(label=gettext_lazy("Day"), required=False)
    channel = forms.CharField(label=gettext_lazy("Line"), required=False, max_length=NAME)
    callee = forms.CharField(label=gettext_lazy("Dialled number"), required=False, max_length=30)
    reason = forms.ChoiceField(label=gettext_lazy("Answer"), required=False, choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        _ = words(current())
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101 - for the type checker
        refused = ("refused", gettext("every refusal"))
        reason.choices = [("", gettext("all")), refused, *((code, _(name)) for code, name in REASONS.items())]

    def wanted(self, enterprise: str, day: date, before: int | None) -> DecisionFilter:
        """As the journal is searched on a day, of moments ``before``; what cannot be read narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        reason = given.get("reason") or ""
        begin = datetime.combine(day, time(), clock.ZONE)
        since, end = (int((begin + timedelta(days=after)).timestamp() * 1000) for after in (0, 1))
        return DecisionFilter(
            enterprise=enterprise,
            callee=given.get("callee") or "",
            channel=given.get("channel") or "",
            reason="" if reason == "refused" else reason,
            allow=False if reason == "refused" else None,
            since=since,
            until=end if before is None else min(before, end),
        )
