"""Lines of a page with their boxes in millimetres, and the text as readers compare it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

_BLANK: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_ONE_WIDTH: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»「」『』〝〞", '"'),
        **dict.fromkeys("‘’‚‛`´", "'"),
        **dict.fromkeys("【〔〖［", "["),
        **dict.fromkeys("】〕〗］", "]"),
        **dict.fromkeys("《〈", "<"),
        **dict.fromkeys("》〉", ">"),
        **dict.fromkeys("—–―‐‑‒−－", "-"),
        **dict.fromkeys("、", ","),
        "∶": ":",
        "·": ".",
        "•": ".",
        "・": ".",
    }
)


def plain(text: str) -> str:
    """The text without blanks, every bracket, colon, comma and quote in one width: what readers compare."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).translate(_ONE_WIDTH)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the upright page, in millimetres from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """The height at which the text stands."""
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        """The middle of its width."""
        return (self.left + self.right) / 2

    @property
    def height(self) -> float:
        """How tall it is."""
        return self.bottom - self.top

    def joined(self, other: Box) -> Box:
        """The rectangle around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of text as the recogniser saw it; ``confidence`` from 0 to 1."""

    text: str
    confidence: float
    box: Box
    page: int = 1

    @property
    def plain(self) -> str:
        """Its text as readers compare it."""
        return plain(self.text)


class Layer(StrEnum):
    """What the PDF's own text is worth beside the pixels."""

    NONE = "none"  # there is none, or it lies invisibly over a scan
    AGREES = "agrees"
    DIFFERS = "differs"  # it says something that cannot be seen: only the pixels count


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as it was read. ``unread``: places with ink like text in which nothing was read."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    unread: tuple[Box, ...] = ()
    layer: Layer = Layer.NONE
    rotation: int = 0
    skew: float = 0.0
    dpi: int = 0
    rows: tuple[Line, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Rows follow from the lines."""
        object.__setattr__(self, "rows", tuple(rows(self.lines)))

    @property
    def plain(self) -> str:
        """All rows, one behind the other."""
        return "".join(row.plain for row in self.rows)


def rows(lines: Iterable[Line]) -> list[Line]:
    """Pieces that stand at one height as one line, from top to bottom; the confidence is that of the worst piece."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.box.middle):
        if found and _beside(found[-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return [_row(group) for group in found]


def cells(lines: Iterable[Line]) -> list[list[Line]]:
    """The pieces of each row, from left to right."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.box.middle):
        if found and _beside(found[-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return [sorted(group, key=lambda one: one.box.left) for group in found]


def _beside(group: Sequence[Line], line: Line) -> bool:
    middle = sum(one.box.middle for one in group) / len(group)
    height = min([line.box.height, *(one.box.height for one in group)])
    return abs(line.box.middle - middle) <= height / 2


def _row(group: Sequence[Line]) -> Line:
    ordered = sorted(group, key=lambda one: one.box.left)
    box = ordered[0].box
    for one in ordered[1:]:
        box = box.joined(one.box)
    return Line(" ".join(one.text for one in ordered), min(one.confidence for one in ordered), box, ordered[0].page)


def page_of(told: Mapping[str, Any]) -> PageText:
    """A page from the recogniser's JSON."""
    number = int(told["page"])
    return PageText(
        number=number,
        width=float(told["width"]),
        height=float(told["height"]),
        lines=tuple(
            Line(str(text), float(confidence), Box(*map(float, box)), number) for text, confidence, box in told["lines"]
        ),
        unread=tuple(Box(*map(float, box)) for box in told["unread"]),
        layer=Layer(told["layer"]),
        rotation=int(told["rotation"]),
        skew=float(told["skew"]),
        dpi=int(told["dpi"]),
    )


def page_as(page: PageText) -> dict[str, Any]:
    """The same JSON from a page, so that what was read can be kept."""
    return {
        "page": page.number,
        "width": page.width,
        "height": page.height,
        "lines": [[line.text, line.confidence, _edges(line.box)] for line in page.lines],
        "unread": [_edges(box) for box in page.unread],
        "layer": page.layer.value,
        "rotation": page.rotation,
        "skew": page.skew,
        "dpi": page.dpi,
    }


def _edges(box: Box) -> list[float]:
    return [round(edge, 2) for edge in (box.left, box.top, box.right, box.bottom)]
