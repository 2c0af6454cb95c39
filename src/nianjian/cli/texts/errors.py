"""Error codes and their sentences. A code without a sentence here fails a house test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.cli.language import _
from nianjian.cli.texts import intake, registers, rooms

ERRORS: Final[Mapping[str, str]] = {**rooms.TEXTS, **intake.TEXTS, **registers.TEXTS}


class _Gaps(dict[str, object]):
    """Values for a sentence: one that was not given shows as its name instead of breaking the message."""

    def __missing__(self, key: str) -> str:
        return f"‹{key}›"


def sentence(code: str, values: Mapping[str, object]) -> str:
    """Put an error or reason code into words, in the language of the moment; an unknown code speaks for itself."""
    text = ERRORS.get(code)
    if text is None:
        inside = ", ".join(f"{name}={value}" for name, value in values.items())
        return f"{code} ({inside})" if inside else code
    return _(text).format_map(_Gaps(values))
