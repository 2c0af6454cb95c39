"""The form that says how call files are read, and the names of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.intake.mapping import FIELDS
from nianjian.engines.intake.preview import FilePreview
from nianjian.engines.paper.words import mark
from nianjian.platform.web.forms import WordsField, ZoneField

LABELS: Final[Mapping[str, str]] = {
    "call_id": mark("call record ID"), "direction": mark("direction"), "caller": mark("calling number"),
    "display": mark("displayed number"), "callee": mark("called number"), "start": mark("start time"),
    "ring": mark("ringing time"), "answer": mark("answer time"), "end": mark("end time"), "result": mark("result"),
    "agent_id": mark("seat number"), "agent_kind": mark("seat kind"), "line_id": mark("line ID"),
    "team_id": mark("team"), "purpose": mark("purpose"),
}  # fmt: skip


def field_label(field: str) -> str:
    """A field in the language of the page."""
    return gettext(LABELS[field])


AUTO: Final = "auto"
TIMES: Final = ("start", "ring", "answer", "end")
FORMATS: Final = (
    "iso", "epoch_s", "epoch_ms", "epoch_us", "excel", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S",
)  # fmt: skip
POSITION: Final = "#"
EVERY_OTHER: Final = "*"
DIRECTIONS: Final = {  # our word in a mapping -> what people read
    "呼出": gettext_lazy("outbound"),
    "呼入": gettext_lazy("inbound"),
    "内部": gettext_lazy("internal"),
}
APART: Final = re.compile(r"[,，、;；\s]+")


class _Theirs:
    """Options that are words of the file: a browser that translates pages leaves them as they are."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- what the widget takes
        option: dict[str, Any] = super().create_option(*args, **kwargs)  # type: ignore[misc]
        option["attrs"]["translate"] = "no"
        return option


class Theirs(_Theirs, forms.Select):
    """One column of the file."""


class TheirsMultiple(_Theirs, forms.SelectMultiple):
    """Several columns of the file."""


def _field(name: str) -> str:
    """Our field under its own name or the form's heading; what is neither the mapping itself refuses."""
    return next((field for field, header in FIELDS.items() if header == name), name)


class MappingForm(forms.Form):
    """``headers`` are those of the files; an empty choice means: as it is recognised."""

    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    timezone = ZoneField()
    label = forms.CharField(
        label=gettext_lazy("Name of the system that wrote the file"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Stored with every row; empty: the source's own name."),
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction of calls that do not state it"),
        required=False,
        choices=[("", "—"), *((ours, label) for ours, label in DIRECTIONS.items())],
    )
    words = WordsField(
        rows=4,
        help_text=gettext_lazy("One per line – field: their word = our word. For example result: OK = answered"),
        field_of=_field,
    )
    display_from = forms.MultipleChoiceField(
        label=gettext_lazy("Displayed number: the first of these columns that is filled"),
        required=False,
        widget=TheirsMultiple,
    )
    trunk_prefixes = forms.CharField(
        label=gettext_lazy("Digits that the switch puts before numbers"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("For example 9, 17951; they are removed."),
    )
    save_as = forms.CharField(label=gettext_lazy("Save this mapping under a name"), required=False, max_length=80)

    def __init__(
        self, looks: Sequence[FilePreview], sources: Iterable[tuple[str, str]],
        *args: Any, **kwargs: Any,  # noqa: ANN401 -- what a form takes
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        headers = list(dict.fromkeys(name for look in looks for name in look.header))
        found = {field: name for look in reversed(looks) for field, name in look.fields}
        recognised = (AUTO, gettext("detected automatically"))
        self.fields["source"].choices = [recognised, *sources]  # type: ignore[attr-defined]
        self.fields["display_from"].choices = [(name, name) for name in headers]  # type: ignore[attr-defined]
        width = max((len(look.header) for look in looks), default=0)
        places = [(f"{POSITION}{n}", gettext("column {number}").format(number=n)) for n in range(1, width + 1)]
        for field in FIELDS:
            label = field_label(field)
            empty = gettext("recognised: {column}").format(column=found[field]) if field in found else "—"
            choices = [("", empty), (gettext("by heading"), [(name, name) for name in headers])]
            choices += [(gettext("by position"), places)] if places else []
            self.fields[f"column_{field}"] = (
                forms.MultipleChoiceField(
                    label=label,
                    required=False,
                    choices=choices[1:],
                    help_text=format_html('<span translate="no">{}</span>', empty),
                    widget=TheirsMultiple,
                )
                if field == "call_id"
                else forms.ChoiceField(label=label, required=False, choices=choices, widget=Theirs)
            )
        for field in TIMES:
            self.fields[f"format_{field}"] = forms.CharField(
                label=gettext("How {field} is written").format(field=field_label(field)),
                required=False,
                max_length=60,
                widget=forms.TextInput(attrs={"list": "formats"}),
            )

    def columns(self) -> list[forms.BoundField]:
        """The fields that name columns."""
        return [self[f"column_{field}"] for field in FIELDS]

    def formats(self) -> list[forms.BoundField]:
        """The fields that name time formats."""
        return [self[f"format_{field}"] for field in TIMES]

    def data_of_mapping(self) -> dict[str, object]:
        """What a mapping file would hold; only what was chosen."""
        given = self.cleaned_data
        columns = {field: _column(given[f"column_{field}"]) for field in FIELDS if given[f"column_{field}"]}
        values: dict[str, dict[str, str]] = given["words"]
        if given["direction"]:
            values = {**values, "direction": {**values.get("direction", {}), EVERY_OTHER: given["direction"]}}
        told: dict[str, object] = {
            "source": given["label"],
            "columns": columns,
            "formats": {field: given[f"format_{field}"] for field in TIMES if given[f"format_{field}"]},
            "values": values,
            "trunk_prefixes": [one for one in APART.split(given["trunk_prefixes"]) if one],
            "display_from": list(given["display_from"]),
        }
        return {name: value for name, value in told.items() if value}


def initial(data: Mapping[str, Any], source: str, timezone: str) -> dict[str, object]:
    """The form's first values for a mapping as a file has it."""
    values = {field: dict(pairs) for field, pairs in (data.get("values") or {}).items()}
    direction = values.get("direction", {}).pop(EVERY_OTHER, "")
    lines = [f"{field}: {theirs} = {ours}" for field, pairs in values.items() for theirs, ours in pairs.items()]
    told: dict[str, object] = {
        "source": source or AUTO,
        "timezone": timezone,
        "label": data.get("source", ""),
        "direction": direction,
        "words": "\n".join(lines),
        "display_from": data.get("display_from", []),
        "trunk_prefixes": ", ".join(data.get("trunk_prefixes", [])),
    }
    for field, column in (data.get("columns") or {}).items():
        told[f"column_{field}"] = [_choice(one) for one in column] if isinstance(column, list) else _choice(column)
        if field == "call_id" and not isinstance(column, list):
            told[f"column_{field}"] = [_choice(column)]
    for field, form in (data.get("formats") or {}).items():
        told[f"format_{field}"] = form
    return told


def _column(chosen: str | list[str]) -> object:
    if isinstance(chosen, list):
        found = [_column(one) for one in chosen]
        return found[0] if len(found) == 1 else found
    return int(chosen[1:]) if re.fullmatch(rf"{POSITION}\d+", chosen) else chosen


def _choice(column: object) -> str:
    return f"{POSITION}{column}" if isinstance(column, int) else str(column)
