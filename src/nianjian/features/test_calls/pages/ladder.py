"""The messages of a call as arrows between two lifelines, placed here and drawn by the template. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDE: Final = 720
OURS: Final = 110
THEIRS: Final = 610
HEAD: Final = 34
LINE: Final = 30
LONGEST: Final = 52  # signs of a label
MOST: Final = 60  # arrows


@dataclass(frozen=True, slots=True)
class Arrow:
    """One message, in units of the picture: from ``x1`` to ``x2`` at ``y``; ``tip``: the points of its head."""

    x1: int
    x2: int
    y: int
    text: int
    tip: str
    label: str
    at: str
    kind: str  # request, progress, success, refusal


@dataclass(frozen=True, slots=True)
class Ladder:
    """The picture. ``more``: messages that it leaves out."""

    wide: int
    high: int
    ours: int
    theirs: int
    middle: int
    arrows: Sequence[Arrow]
    more: int


def ladder(messages: Sequence[Mapping[str, Any]]) -> Ladder | None:
    """Place the messages in order; None where there are none."""
    if not messages:
        return None
    arrows = [_arrow(place, one) for place, one in enumerate(messages[:MOST])]
    high = HEAD + LINE * len(arrows) + 12
    return Ladder(WIDE, high, OURS, THEIRS, (OURS + THEIRS) // 2, arrows, max(len(messages) - MOST, 0))


def _arrow(place: int, one: Mapping[str, Any]) -> Arrow:
    y = HEAD + LINE * (place + 1) - 6
    begin, end, back = (OURS, THEIRS, -8) if one["sent"] else (THEIRS, OURS, 8)
    tip = f"{end},{y} {end + back},{y - 4} {end + back},{y + 4}"
    label = _label(str(one["first"]))
    return Arrow(begin, end, y, y - 6, tip, label, f"{one['at_ms']} ms", _kind(str(one["first"])))


def _label(first: str) -> str:
    """A reply's code and phrase, a request's method and whom it asks for."""
    text = first.removeprefix("SIP/2.0 ").removesuffix(" SIP/2.0")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _kind(first: str) -> str:
    if not first.startswith("SIP/2.0 "):
        return "request"
    return {"1": "progress", "2": "success"}.get(first[8:9], "refusal")
