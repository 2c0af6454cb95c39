"""What is printed and shown of the package's papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nianjian.engines.paper.texts.claims import CLAIMS
from nianjian.engines.paper.texts.dossier import FIELDS, OPINIONS, VALUES
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import Words


def finding_text(code: str, values: Mapping[str, Any], _: Words) -> str:
    """A finding's sentence; fields, claims and opinions in it by their names."""
    said = dict(values)
    for name in said.keys() & {"field", "column"}:
        said[name] = _field_name(str(said[name]), _)
    if "fields" in said:
        said["fields"] = _(", ").join(_field_name(one, _) for one in str(said["fields"]).split(", "))
    if said.get("claim") in CLAIMS and "part" not in said:
        said["claim"] = _(", ").join(map(_, CLAIMS[said["claim"]].parts.values()))
    if str(said.get("opinion")) in OPINIONS:
        said["opinion"] = _(OPINIONS[str(said["opinion"])])
    return error_message(code, said, _)


def read_fields(read: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """Label and value of each field that was read."""
    return [(_field_name(name, _), _value_text(name, value, _)) for name, value in read.items()]


def _field_name(name: str, _: Words) -> str:
    claim, _dot, part = name.partition(".")
    if part and claim in CLAIMS:
        return _(CLAIMS[claim].parts[part])
    return _(FIELDS[name]) if name in FIELDS else name


def _value_text(name: str, value: Any, _: Words) -> str:  # noqa: ANN401 -- what JSON holds
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(str(one) for one in value)
    words = OPINIONS if name == "opinion" else VALUES
    return _(words[str(value)]) if str(value) in words else str(value)
