"""Advice lines of a portrait (D5): each act with the light it would bring, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.paper.figures import count
from nianjian.paper.texts.portrait import name
from nianjian.paper.words import Words, mark

Json = Mapping[str, Any]

ACTS: Final[Mapping[str, str]] = {}


def advice_lines(portrait: Json, _: Words) -> tuple[str, ...]:
    """Word every piece of advice the portrait computed, in its order."""
    return ()
