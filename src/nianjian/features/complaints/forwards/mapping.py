"""The mapping of a forward list: YAML that says which of its columns is what, and from whom it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nianjian.engines.kernel import yaml_text
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import content
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.platform.registers.columns import Kind

#: What the list's sender knows; all that happens here is recorded here and never taken from a list.
UPSTREAM: Final = (
    "source",
    "reference",
    "accepted_at",
    "arrived_at",
    "complainant",
    "complained",
    "called_at",
    "duration",
    "category",
    "content",
)
KEYS: Final = {  # key of the file -> how it is written
    "source": 'source: "12321"',
    "columns": 'columns: {reference: "举报编号", complained: "被举报号码"}',
    "formats": 'formats: {accepted_at: "%Y%m%d%H%M%S"}',
    "values": 'values: {category: {"01": 营销骚扰}}',
}


@dataclass(frozen=True, slots=True)
class ForwardMapping:
    """``columns``: our field -> their header; ``formats``: field -> strptime form; ``values``: field -> theirs -> ours.

    ``source``: the sender (stored code) where no column names it.
    """

    source: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read(path: Path) -> ForwardMapping:
    """Parse and check a file.

    ``file_missing``, ``file_unreadable``, ``mapping_invalid``, and what `yaml_text.parsed` raises.
    """
    return checked(yaml_text.parsed(content(path), str(path)), str(path))


def parse_mapping(source: str | None, columns: Mapping[str, str], moments: str, name: str) -> ForwardMapping:
    """A mapping as a page or a program gives it: a form of times holds for each moment that is mapped.

    Without ``source`` a column says it, under its usual name or a mapped one. ``mapping_invalid`` names ``name``.
    """
    known = {_field(one, name): header.strip() for one, header in columns.items() if header.strip()}
    timed = [one for one in known if COMPLAINTS.by_field(one).kind is Kind.MOMENT]
    form = moments.strip()
    return ForwardMapping(source or None, known, dict.fromkeys(timed, form) if form else {})


def checked(data: object, name: str) -> ForwardMapping:
    """The content of a mapping, from a file or from a page; ``mapping_invalid``."""
    if not isinstance(data, Mapping):
        raise _wrong(name, str(data)[:40], KEYS["columns"])
    for key in data:
        if key not in KEYS:
            raise _wrong(name, str(key), ", ".join(KEYS))
    source = None if data.get("source") is None else _source(str(data["source"]), name)
    columns = {_field(one, name): str(header) for one, header in _table(data, "columns", name).items()}
    formats = {_moment(one, name): str(form) for one, form in _table(data, "formats", name).items()}
    values = {}
    for one, words in _table(data, "values", name).items():
        if not isinstance(words, Mapping):
            raise _wrong(name, f"values: {one}", KEYS["values"])
        values[_field(one, name)] = {str(theirs): str(ours) for theirs, ours in words.items()}
    if source is None and "source" not in columns:
        raise _wrong(name, "source", KEYS["source"])
    return ForwardMapping(source, columns, formats, values)


def _table(data: Mapping[str, object], key: str, name: str) -> Mapping[str, object]:
    found = data.get(key) or {}
    if not isinstance(found, Mapping):
        raise _wrong(name, key, KEYS[key])
    return {str(one): value for one, value in found.items()}


def _source(text: str, name: str) -> str:
    known = COMPLAINTS.by_field("source").choices
    found = known.get(text, text)
    if found not in known.values():
        raise _wrong(name, f"source: {text}", ", ".join(dict.fromkeys(known.values())))
    return found


def _field(text: str, name: str) -> str:
    """Our field, by its name or by the header of the complaints' sheet."""
    column = COMPLAINTS.column(text)
    found = column.field if column is not None else text
    if found not in UPSTREAM:
        raise _wrong(name, text, ", ".join(UPSTREAM))
    return found


def _moment(text: str, name: str) -> str:
    found = _field(text, name)
    if COMPLAINTS.by_field(found).kind is not Kind.MOMENT:
        raise _wrong(name, f"formats: {text}", KEYS["formats"])
    return found


def _wrong(name: str, key: str, allowed: str) -> NianjianError:
    return NianjianError("mapping_invalid", file=name, key=key, allowed=allowed)
