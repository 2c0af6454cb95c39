"""The mapping file of an export: which of its columns is what, how days and words are written there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from nianjian.engines.kernel import yaml_text
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.columns import Kind, Sheet

KEYS: Final = {  # key of the file -> how it is written
    "columns": 'columns: {码号: "根号码", holder: "持有单位"}',
    "formats": 'formats: {filed_on: "%d/%m/%Y"}',
    "values": 'values: {filing: {"1": 已备案}, sort: {"A": 码号}}',
}


@dataclass(frozen=True, slots=True)
class ExportMapping:
    """``columns``: our field -> their header; ``formats``: field -> strptime form; ``values``: field -> theirs -> ours.

    Fields of all kinds may stand in one file; each kind takes its own.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def parsed(content: bytes, name: str) -> Mapping[str, object]:
    """Read a file; ``mapping_not_utf8``, ``mapping_unreadable``, ``file_too_large``, ``mapping_invalid``."""
    data = yaml_text.parsed(content, name)
    if not isinstance(data, Mapping):
        raise _wrong(name, str(data)[:40], KEYS["columns"])
    return {str(key): value for key, value in data.items()}


def checked(data: Mapping[str, object], sheet: Sheet, others: Mapping[str, Sheet], name: str) -> ExportMapping:
    """What a mapping says of one kind; ``mapping_invalid`` for a field that no kind has."""
    for key in data:
        if key not in KEYS:
            raise _wrong(name, key, ", ".join(KEYS))
    columns = _fields(data, "columns", sheet, others, name)
    formats = _fields(data, "formats", sheet, others, name)
    for one in formats:
        if sheet.by_field(one).kind not in {Kind.DATE, Kind.MOMENT}:
            raise _wrong(name, f"formats: {one}", KEYS["formats"])
    values: dict[str, Mapping[str, str]] = {}
    for one, words in _fields(data, "values", sheet, others, name).items():
        if not isinstance(words, Mapping):
            raise _wrong(name, f"values: {one}", KEYS["values"])
        values[one] = {str(theirs): str(ours) for theirs, ours in words.items()}
    return ExportMapping(
        {one: str(header) for one, header in columns.items()},
        {one: str(form) for one, form in formats.items()},
        values,
    )


def _fields(
    data: Mapping[str, object], key: str, sheet: Sheet, others: Mapping[str, Sheet], name: str
) -> dict[str, object]:
    found = data.get(key) or {}
    if not isinstance(found, Mapping):
        raise _wrong(name, key, KEYS[key])
    told: dict[str, object] = {}
    for text, value in found.items():
        own = _field(str(text), sheet)
        if own is not None:
            told[own] = value
        elif all(_field(str(text), other) is None for other in others.values()):
            raise _wrong(name, f"{key}: {text}", ", ".join(one.field for one in sheet.columns))
    return told


def _field(text: str, sheet: Sheet) -> str | None:
    """Our field, by its name or by a header of the sheet."""
    if any(one.field == text for one in sheet.columns):
        return text
    column = sheet.column(text)
    return None if column is None else column.field


def _wrong(name: str, key: str, allowed: str) -> NianjianError:
    return NianjianError("mapping_invalid", file=name, key=key, allowed=allowed)
