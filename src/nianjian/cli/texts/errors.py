"""Error codes and their sentences. A code without a sentence here fails a house test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.cli.language import _
from nianjian.cli.texts import intake, registers, rooms
from nianjian.cli.texts.plain import plain
from nianjian.paper.words import mark

ERRORS: Final[Mapping[str, str]] = {**rooms.TEXTS, **intake.TEXTS, **registers.TEXTS}


#: States of batches and requests, as they stand inside a sentence.
STATES: Final[Mapping[str, str]] = {
    "active": mark("in force"),
    "undone": mark("undone"),
    "replaced": mark("replaced"),
    "pending": mark("pending"),
    "approved": mark("approved"),
    "refused": mark("refused"),
}


class _Gaps(dict[str, object]):
    """Values for a sentence: one that was not given shows as its name instead of breaking the message."""

    def __missing__(self, key: str) -> str:
        return f"‹{key}›"


def sentence(code: str, values: Mapping[str, object]) -> str:
    """Put an error or reason code into words, in the language of the moment; an unknown code speaks for itself."""
    values = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
    text = ERRORS.get(code)
    if text is None:
        inside = ", ".join(f"{name}={value}" for name, value in values.items())
        return f"{code} ({inside})" if inside else code
    state = STATES.get(str(values.get("state")))
    said = values if state is None else {**values, "state": _(state)}
    return _(text).format_map(_Gaps(said))
