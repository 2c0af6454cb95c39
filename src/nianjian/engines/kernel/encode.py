"""The one way from a result to JSON, for the API, the command line, jobs and webhooks."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any


def to_json(value: object, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """A result as JSON text, its objects in the order of their fields.

    Dataclasses and structs become objects, moments ISO 8601 with their zone, days ISO 8601, decimals and paths text,
    enumerations their value, sets sorted lists. A field that has the name of a Python keyword and an underscore is
    written without the underscore. TypeError for a moment without a zone and for what JSON does not know, which
    times of day, spans of time and texts that wait for a language are: a result holds their text.
    """
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=sort_keys, default=_encode)


def to_builtins(value: object) -> Any:  # noqa: ANN401 -- a JSON document of any shape
    """A result as `json.loads` gives it back from `to_json`: what is stored, put into a paper or drawn."""
    return json.loads(to_json(value))


def to_message_values(values: object) -> Any:  # noqa: ANN401 -- as above
    """What the message of an error is written with; what JSON does not know becomes text, no error is lost for it."""
    return json.loads(json.dumps(values, ensure_ascii=False, default=str))


def _encode(value: object) -> object:  # noqa: PLR0911 -- one for each kind
    match value:
        case datetime():
            if value.tzinfo is None:
                raise TypeError(value, "a moment without a zone")
            return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal() | PurePath():
            return str(value)
        case Enum():
            return value.value
        case Mapping():
            return dict(value)
        case set() | frozenset():
            return sorted(value)
        case _:
            pass
    names = getattr(value, "__struct_fields__", None)  # asked so that msgspec is not imported for who has no structs
    if names is None and dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
    if names is None or isinstance(value, type):
        raise TypeError(type(value).__name__, "JSON does not know it")
    return {name.removesuffix("_"): getattr(value, name) for name in names}
