"""Forms of the registers, with their fields built from the columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import ENGLISH, mark, words
from nianjian.features.registers import presenters
from nianjian.platform.registers import entries
from nianjian.platform.registers.attachments import ROW_LIMIT, TYPES
from nianjian.platform.registers.columns import Column, Kind, Sheet, Undated, is_masked
from nianjian.platform.registers.filters import DAYS, FLAGS, RowFilter, filterable_columns, sortable_columns
from nianjian.platform.registers.storage import REASON
from nianjian.platform.registers.versions import Version
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField, DayInput
from nianjian.platform.web.language import current

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONG: Final = frozenset({"content", "measures", "callback_result"})
SHORTER: Final = 500  # characters
LONGER: Final = 10_000
HINTS: Final = {
    Kind.DATE: mark("A date, such as 2026-03-01; empty: unknown, or without end"),
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
    return [(label, presenters.choice(column, column.choices[label])) for label in column.offered()]


INPUTS: Final[dict[Kind, dict[str, str]]] = {
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
    if column.kind in {Kind.DATE, Kind.MOMENT}:
        return DayInput(moment=column.kind is Kind.MOMENT)
    return forms.TextInput(attrs={"autocomplete": "off", **INPUTS.get(column.kind, {})})


def day(label: StrOrPromise, *, required: bool = False, hint: StrOrPromise = "") -> forms.DateField:
    """A field for a day."""
    return DayField(label=label, required=required, help_text=hint)


COLUMN, FIRST, LAST, CLEAR = "f.", "from.", "to.", "clear."
CHANGE, CORRECT = "change", "correct"
MEBIBYTE: Final = 1024 * 1024
LARGEST: Final = 2**63 - 1  # primary key


class Filter(forms.Form):
    """What is looked for in a list; read from the address."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=100)
    as_at = day(gettext_lazy("As at"))
    team = forms.CharField(label=gettext_lazy("Rows of the team"), required=False, max_length=80)
    sort = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    missing = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, Any], *, sheet: Sheet, teams: bool) -> None:
        super().__init__(data)
        self.sheet = sheet
        if not teams:
            del self.fields["team"]
        columns = [("", ""), *((one.field, presenters.label(one)) for one in sheet.columns)]
        self.fields["missing"] = forms.ChoiceField(label=_("Not filled in"), required=False, choices=columns)
        for column in filterable_columns(sheet):
            self._add(column)

    def _add(self, column: Column) -> None:
        label = presenters.label(column)
        field: forms.Field = forms.CharField(label=label, required=False, max_length=200)
        if column.kind in DAYS:
            self.fields[FIRST + column.field] = day(_("{column} from").format(column=label))
            self.fields[LAST + column.field] = day(_("{column} to").format(column=label))
            return
        if column.kind is Kind.CHOICE:
            texts = {one: presenters.choice(column, one) for one in column.choices.values()}
            field = forms.ChoiceField(label=label, required=False, choices=[("", ""), *texts.items()])
        elif column.kind is Kind.FLAG:
            texts = {one: _("yes") if yes else _("no") for one, yes in FLAGS.items()}
            field = forms.ChoiceField(label=label, required=False, choices=[("", ""), *texts.items()])
        self.fields[COLUMN + column.field] = field

    def wanted(self) -> RowFilter:
        """Return what was understood; a field with an error is left out."""
        self.is_valid()
        data = {name: value for name, value in self.cleaned_data.items() if value not in {None, ""}}

        def of(prefix: str) -> dict[str, Any]:
            return {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}

        sort_text = str(data.get("sort", ""))
        fields = {column.field for column in sortable_columns(self.sheet)}
        sort = sort_text.removeprefix("-")
        return RowFilter(
            text=data.get("q", ""),
            columns=of(COLUMN),
            first=of(FIRST),
            last=of(LAST),
            missing=data.get("missing", ""),
            sort=sort if sort in fields else "",
            descending=sort_text.startswith("-") and sort in {"", *fields},
        )

    @property
    def main(self) -> list[forms.BoundField]:
        """Fields that are always there."""
        return [self[name] for name in ("q", "as_at", "team", "missing") if name in self.fields]

    @property
    def columns(self) -> list[forms.BoundField]:
        """Fields of single columns."""
        return [self[name] for name in self.fields if name.startswith((COLUMN, FIRST, LAST))]

    @property
    def narrowed(self) -> bool:
        """Whether a single column is asked for."""
        return any(self.data.get(field.name) for field in self.columns)


def add_findings(form: forms.Form, error: NianjianError, field: str | None = None) -> None:
    """Show each finding of a refusal at its field; without findings the refusal itself at ``field``."""
    if not error.findings:
        form.add_error(field, describe_error(error)[0])
    for finding in error.findings:
        name = str(finding["field"])
        values = {one: value for one, value in finding.items() if one not in {"field", "code"}}
        text = error_message(str(finding["code"]), values, words(current()))
        form.add_error(name if name in form.fields else None, text)


class RowForm(forms.Form):
    """A row: a new one, or another version of ``version``. Masked values are not shown; left empty they stay."""

    def __init__(self, data: Any = None, *, sheet: Sheet, version: Version | None = None, first: Any = None) -> None:  # noqa: ANN401 -- Django's
        texts = entries.format_values(version, sheet) if version else dict(first or {})
        super().__init__(data, initial={**texts})
        self.sheet = sheet
        self.locked = entries.key_fields(version, sheet) if version else ()
        self.hidden: list[str] = []
        alone = sheet.keys[0] if len(sheet.keys) == 1 else ()
        for column in entries.form_columns(sheet):
            if column.field in self.locked:
                continue
            if version and self._hides(column, getattr(version, column.field)):
                continue
            self.fields[column.field] = build_form_field(column, required=column.required or column.field in alone)
        self._control(version)

    def _hides(self, column: Column, stored: object) -> bool:
        """Take a masked column as two fields: another value, and whether to empty it."""
        mask = presenters.value(stored, column)
        if not mask or not is_masked(column) or mask == str(stored):
            return False
        hint = _("Currently {value}. Leave it empty to keep that value.").format(value=mask)
        self.initial[column.field] = ""
        self.hidden.append(column.field)
        self.fields[column.field] = build_form_field(column, required=False, hint=hint)
        label = _("Clear “{column}”: it is unknown").format(column=presenters.label(column))
        self.fields[CLEAR + column.field] = forms.BooleanField(label=label, required=False)
        return True

    def _control(self, version: Version | None) -> None:
        if version is None:
            hint = _("Empty: it has always been so. After an earlier end: from today.")
            self.fields["holds_from"] = day(_("Valid from"), hint=hint)
        else:
            corrects = self.sheet.undated is Undated.CORRECTION
            choices = [
                (CHANGE, _("It changes from a certain day on; before that the old values stay")),
                (CORRECT, _("The recorded values were wrong; the new values apply to the whole period")),
            ]
            self.fields["how"] = forms.ChoiceField(
                label=_("What this is"), choices=choices, widget=forms.RadioSelect,
                initial=CORRECT if corrects else CHANGE,
            )  # fmt: skip
            hint = _("The first day of the change; not needed for a correction")
            self.fields["holds_from"] = day(_("Valid from"), hint=hint)
            self.initial["holds_from"] = clock.today()
            label = _("Also replace versions recorded to start on or after that day")
            self.fields["over"] = forms.BooleanField(label=label, required=False)
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST)
            self.initial["seen"] = version.pk
        self.fields["reason_given"] = forms.CharField(label=_("Reason"), required=False, max_length=REASON)

    def clean(self) -> dict[str, Any]:
        """A change needs its day."""
        if self.cleaned_data.get("how") == CHANGE and not self.cleaned_data.get("holds_from"):
            self.add_error("holds_from", _("Enter the first day of the change."))
        return self.cleaned_data

    def texts(self) -> dict[str, str]:
        """Texts by field. What stands as it was shown is absent: it stays as it is stored, masked values too."""
        fields = {column.field for column in entries.form_columns(self.sheet)} & self.fields.keys()
        values = {name: str(self.cleaned_data.get(name) or "") for name in fields}
        if "seen" in self.fields:
            values = {name: text for name, text in values.items() if text != self.initial.get(name, "")}
        return values | {name: "" for name in self.hidden if self.cleaned_data.get(CLEAR + name)}

    def refuse(self, error: NianjianError) -> None:
        """Show a refusal: each finding at its field, anything else above the form."""
        add_findings(self, error, "over" if error.code == "register_change_reaches_back" else None)


class EndForm(forms.Form):
    """From when rows hold no longer, and why."""

    start = day(
        gettext_lazy("Not valid from"),
        required=True,
        hint=gettext_lazy("The day before is its last valid day."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON)

    def __init__(self, data: Any = None) -> None:  # noqa: ANN401 -- Django's
        super().__init__(data, initial={"start": clock.today()})


class PaperForm(forms.Form):
    """A file to be kept beside a row."""

    def __init__(self, data: Any = None, files: Any = None) -> None:  # noqa: ANN401 -- Django's
        super().__init__(data, files)
        kinds = ", ".join(sorted(TYPES))
        hint = _("{kinds}; at most {size} MiB. It is stored encrypted.").format(kinds=kinds, size=ROW_LIMIT // MEBIBYTE)
        widget = forms.ClearableFileInput(attrs={"accept": ",".join(sorted(TYPES)), "class": "drop"})
        self.fields["file"] = forms.FileField(label=_("File"), help_text=hint, widget=widget)
