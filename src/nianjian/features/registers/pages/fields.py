"""Form fields made from a register's columns."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext as _

from nianjian.engines.paper.words import ENGLISH, mark
from nianjian.features.registers.pages import presenters
from nianjian.platform.registers.columns import Column, Kind
from nianjian.platform.web.language import current

LONG: Final = frozenset({"content", "measures", "callback_result"})
SHORTER: Final = 500  # characters
LONGER: Final = 10_000
HINTS: Final = {
    Kind.DATE: mark("A date, such as 2026-03-01; empty: not known, or without end"),
    Kind.MOMENT: mark("Date and time, such as 2026-03-01 09:30:00"),
    Kind.MONTH: mark("A month, such as 2026-03"),
    Kind.WHOLE: mark("A whole number"),
    Kind.AMOUNT: mark("An amount in yuan"),
    Kind.DURATION: mark("Seconds, or hours:minutes:seconds"),
    Kind.PHONE: mark("A telephone number"),
    Kind.ROOT: mark("Digits only, without a leading 0"),
    Kind.IDENTITY: mark("The check digit of an 18-digit identity number is checked"),
    Kind.CREDIT_CODE: mark("18 characters; the check digit is checked"),
    Kind.LICENCE: mark("As printed on the licence"),
}


def build_form_field(column: Column, *, required: bool, hint: str = "") -> forms.Field:
    """A field that takes the value as text, as a sheet's cell would; the sheet's checks read it."""
    return forms.CharField(
        label=presenters.label(column),
        required=required,
        strip=True,
        max_length=LONGER if column.field in LONG else SHORTER,
        help_text=hint or _hint(column),
        widget=_widget(column),
    )


def _hint(column: Column) -> str:
    hint = _(HINTS[column.kind]) if column.kind in HINTS else ""
    if column.example and column.kind in {Kind.TEXT, Kind.CODE, Kind.LICENCE} and current() != ENGLISH:
        return f"{hint}；例如 {column.example}" if hint else f"例如 {column.example}"
    return hint


def options(column: Column) -> list[tuple[str, str]]:
    """Choices as the sheets spell them, with their names in the reader's language."""
    if column.kind is Kind.FLAG:
        return [("是", _("yes")), ("否", _("no"))]
    return [(spelt, presenters.choice(column, column.choices[spelt])) for spelt in column.offered()]


INPUTS: Final[dict[Kind, dict[str, str]]] = {
    Kind.DATE: {"type": "date"},
    Kind.MOMENT: {"type": "datetime-local", "step": "1"},
    Kind.MONTH: {"type": "month"},
    Kind.WHOLE: {"inputmode": "numeric"},
    Kind.ROOT: {"inputmode": "numeric"},
    Kind.AMOUNT: {"inputmode": "decimal"},
}


def _widget(column: Column) -> forms.Widget:
    if column.kind in {Kind.CHOICE, Kind.FLAG}:
        return forms.Select(choices=[("", _("not known")), *options(column)])
    if column.field in LONG:
        return forms.Textarea(attrs={"rows": 4})
    return forms.TextInput(attrs={"autocomplete": "off", **INPUTS.get(column.kind, {})})


def day(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    """A day, written as browsers write it."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=hint, widget=widget, input_formats=["%Y-%m-%d"])
