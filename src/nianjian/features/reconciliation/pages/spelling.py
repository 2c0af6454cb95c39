"""Forms for a file of somebody else: an export or a bill, with its headings, dates and words as they are spelt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import yaml
from django import forms
from django.utils.translation import gettext, gettext_lazy

from nianjian.features.reconciliation.bill import UNITS
from nianjian.features.reconciliation.counts import BILL
from nianjian.features.reconciliation.operations import preview
from nianjian.features.reconciliation.operations.preview import ListColumn
from nianjian.features.reconciliation.pages.forms import day
from nianjian.features.registers import presenters as registers
from nianjian.platform.registers.columns import Kind, Sheet
from nianjian.platform.web.forms import ZONES, WordsField, ZoneField

HEADING: Final = "heading_"
SHORT: Final = " · "  # between examples
SPELT: Final = ("dates", "words", "timezone", "unit", "mapping", "keep_as")
Json = dict[str, Any]


class Spelt(forms.Form):
    """A file and how it is spelt; ``columns``: its own headings, once somebody has looked."""

    mapping = forms.FileField(
        label=gettext_lazy("Mapping of its headings"),
        required=False,
        widget=forms.ClearableFileInput({"accept": ".yaml,.yml"}),
        help_text=gettext_lazy("A YAML file takes the place of all that is chosen here."),
    )
    kept = forms.ChoiceField(label=gettext_lazy("A mapping that was kept"), required=False)
    dates = forms.CharField(
        label=gettext_lazy("How dates and times are written"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only where they are not understood, such as %d/%m/%Y."),
    )
    words = WordsField(rows=2, help_text=gettext_lazy("One a line – heading of ours: their word = our word."))
    keep_as = forms.CharField(label=gettext_lazy("Keep this mapping under a name"), required=False, max_length=80)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        enterprise: str,
        may_keep: bool,
        columns: Sequence[ListColumn] = (),
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self._enterprise = enterprise
        names = preview.names(enterprise, self.subject())
        self.fields["kept"] = forms.ChoiceField(
            label=self.fields["kept"].label, required=False, choices=[("", "—"), *((one, one) for one in names)]
        )
        if not names:
            del self.fields["kept"]
        if not may_keep:
            del self.fields["keep_as"]
        if self.is_bound:
            self._headings(preview.sheet_of(self.subject()), columns)

    def subject(self) -> str:
        """Which rows it holds: a kind of an export, or `BILL`."""
        raise NotImplementedError

    def _headings(self, sheet: Sheet, columns: Sequence[ListColumn]) -> None:
        """A choice among the file's headings for each field of ours; before a look what was chosen is only carried."""
        read_as = {one.field: one.heading for one in columns if one.field}
        offered = [(one.heading, " – ".join(filter(None, (one.heading, SHORT.join(one.examples))))) for one in columns]
        for column in sheet.columns:
            label = registers.label(column)
            field = forms.CharField(label=label, required=False, max_length=120, widget=forms.HiddenInput())
            if columns:
                found = read_as.get(column.field)
                empty = gettext("recognised: {column}").format(column=found) if found else "—"
                field.widget = forms.Select(choices=[("", empty), *offered])
            self.fields[HEADING + column.field] = field

    @property
    def main(self) -> list[forms.BoundField]:
        """Fields that are always asked."""
        return [one for one in self if not one.name.startswith(HEADING) and one.name not in SPELT]

    @property
    def chosen(self) -> list[forms.BoundField]:
        """The headings."""
        return [one for one in self if one.name.startswith(HEADING)]

    @property
    def spelt(self) -> list[forms.BoundField]:
        """How dates and words are written."""
        return [self[name] for name in SPELT if name in self.fields]

    def data_of_mapping(self) -> Json:
        """What a mapping file would hold; a kept one under what was chosen besides."""
        given = self.cleaned_data
        sheet = preview.sheet_of(self.subject())
        told: Json = preview.get_mapping(self._enterprise, self.subject(), given["kept"]) if given.get("kept") else {}
        columns = {one.field: text for one in sheet.columns if (text := given.get(HEADING + one.field))}
        dated = [one.field for one in sheet.columns if one.kind in {Kind.DATE, Kind.MOMENT}]
        formats = dict.fromkeys(dated, given["dates"]) if given.get("dates") else {}
        for name, more in (("columns", columns), ("formats", formats), ("values", given.get("words") or {})):
            if more:
                told[name] = {**told.get(name, {}), **more}
        return told

    def mapping_file(self) -> bytes | None:
        """The mapping as a file has it; None where nothing was chosen."""
        sent = self.cleaned_data.get("mapping")
        if sent is not None:
            sent.seek(0)
            content: bytes = sent.read()
            return content
        data = self.data_of_mapping()
        return yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode() if data else None


class Filing(Spelt):
    """An export of the number-resource system."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is compared"),
        choices=(
            ("numbers", gettext_lazy("code numbers")),
            ("lines", gettext_lazy("trunk lines")),
            ("seats", gettext_lazy("seats")),
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Export of the number-resource system"),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"}),
    )
    as_of = day(gettext_lazy("As at"), gettext_lazy("Empty: 31 December of the data year that is reported next."))
    field_order = ("kind", "file", "as_of", "kept")

    def subject(self) -> str:
        """The kind that was chosen, the first of them before that."""
        kinds = [str(value) for value, _label in self.base_fields["kind"].choices]  # type: ignore[attr-defined]
        asked = str(self.data.get("kind", ""))
        return asked if asked in kinds else kinds[0]


class Billed(Spelt):
    """A carrier's bill."""

    file = forms.FileField(
        label=gettext_lazy("Carrier's bill"), widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"})
    )
    first = day(gettext_lazy("First day"), gettext_lazy("Empty: as the bill."))
    last = day(gettext_lazy("Last day"), gettext_lazy("Empty: as the bill."))
    carrier = forms.CharField(
        label=gettext_lazy("Carrier"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As the register of lines calls it; only its lines are compared. Empty: all lines."),
    )
    together = forms.BooleanField(
        label=gettext_lazy("The sources are switches beside each other: add their calls up"), required=False
    )
    timezone = ZoneField()
    unit = forms.TypedChoiceField(
        label=gettext_lazy("Seconds by which each call is rounded up"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "60"), *((str(one), str(one)) for one in UNITS if one != 60)],  # noqa: PLR2004 -- the usual one
    )
    field_order = ("file", "first", "last", "carrier", "together", "kept")
    zones = ZONES

    def subject(self) -> str:
        """A bill."""
        return BILL

    def data_of_mapping(self) -> Json:
        """As of any file, with zone and unit."""
        told = super().data_of_mapping()
        given = self.cleaned_data
        told |= {name: given[name] for name in ("timezone", "unit") if given.get(name)}
        return told
