"""A page with everything that is true of it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from tests.support.scans import ink, paper, scanner
from tests.support.scans.ink import Print

MM: Final = paper.DPI / 25.4
BASES: Final = 5
"""Pages set by typst for each kind and part; seals and faults are new each time."""


@dataclass(frozen=True, slots=True)
class True_:  # noqa: N801 - what is true of a seal
    """Centre and sides in mm on the scan."""

    kind: str
    x_mm: float
    y_mm: float
    wide_mm: float
    high_mm: float
    ink: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """``colour`` False: a black-and-white scan; ``copy``: a grey copy, sealed in colour afterwards."""

    seed: int
    kind: str
    bgr: NDArray[np.uint8]
    jpeg: bytes
    seals: tuple[True_, ...]
    slices: tuple[True_, ...]
    colour: bool
    copy: bool
    faults: scanner.Faults = field(default_factory=scanner.Faults)


def a_print(rng: random.Random, shape: str = "") -> Print:
    """A seal of any kind: mostly round."""
    kind = shape or rng.choices(("round", "oval", "square"), (0.72, 0.16, 0.12))[0]
    name = paper.firm(rng)
    colour = rng.choices(tuple(ink.INKS), (0.24, 0.28, 0.14, 0.18, 0.16))[0]
    if kind == "round":
        wide = rng.choice((38.0, 40.0, 40.0, 42.0, 42.0, 44.0, 45.0))
        return Print(kind, wide, wide, colour, name)
    if kind == "oval":
        wide, high = rng.choice(((45.0, 30.0), (40.0, 30.0), (40.0, 26.0), (48.0, 32.0)))
        return Print(kind, wide, high, colour, name)
    side = rng.choice((16.0, 18.0, 20.0, 22.0, 25.0))
    return Print(kind, side, side, colour, name)


def labelled(seed: int, part: str = "development") -> Labelled:
    """Page ``seed`` of a part; the parts share no page, seal or fault."""
    rng = random.Random(f"{part}-{seed}")
    kind = rng.choice(paper.KINDS)
    start = {"development": 0, "held": 1000}[part]
    page = paper.page(kind, start + rng.randrange(BASES)).copy()
    high, wide = page.shape[:2]
    copy = kind in paper.COLOURED and rng.random() < 0.4
    if copy:
        page = scanner.grey(page)
    colour = rng.random() > 0.2
    defects = scanner.faults(rng)
    seals = [
        _stamp(page, one, place, defects.skew, rng)
        for one, place in _places(rng, rng.choices((0, 1, 2, 3), (0.2, 0.4, 0.28, 0.12))[0], (wide, high))
    ]
    slices = [_slice(page, defects.skew, rng)] if rng.random() < 0.3 else []
    if not colour:
        page = scanner.grey(page)
    bgr, jpeg = scanner.scanned(page, defects, rng, colour=colour)
    seen = tuple(seals) if colour else ()
    return Labelled(seed, kind, bgr, jpeg, seen, tuple(slices) if colour else (), colour, copy, defects)


def _places(rng: random.Random, count: int, page: tuple[int, int]) -> Iterator[tuple[Print, tuple[float, float]]]:
    """Seals that lie whole on the page and beside each other."""
    taken: list[tuple[float, float]] = []
    for _ in range(count):
        one = a_print(rng)
        for _try in range(40):
            x = rng.uniform(one.wide_mm / 2 + 8, page[0] / MM - one.wide_mm / 2 - 8)
            y = rng.uniform(one.high_mm / 2 + 8, page[1] / MM - one.high_mm / 2 - 8)
            if all(np.hypot(x - a, y - b) > 52 for a, b in taken):
                taken.append((x, y))
                yield one, (x, y)
                break


def _stamp(page: NDArray[np.uint8], one: Print, place: tuple[float, float], skew: float, rng: random.Random) -> True_:
    layer = _leaning(ink.worn(ink.coverage(one, paper.DPI, rng), rng), rng)
    left, top = round(place[0] * MM - layer.shape[1] / 2), round(place[1] * MM - layer.shape[0] / 2)
    ink.stamp(page, layer, one.ink, left, top)
    size = (page.shape[1], page.shape[0])
    x, y = scanner.turned((left + layer.shape[1] / 2, top + layer.shape[0] / 2), size, skew)
    return True_(one.kind, x / MM, y / MM, one.wide_mm, one.high_mm, one.ink, one.name)


def _leaning(layer: ink.Ink, rng: random.Random) -> ink.Ink:
    """A hand never stamps quite straight."""
    high, wide = layer.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), rng.uniform(-9, 9), 1.0)
    return cv2.warpAffine(layer, turn, (wide, high), flags=cv2.INTER_LINEAR).astype(np.float32)


def _slice(page: NDArray[np.uint8], skew: float, rng: random.Random) -> True_:
    """One page's part of a riding seal at the right edge."""
    one = Print("round", 42.0, 42.0, rng.choice(("fresh", "normal", "dark", "faded")), paper.firm(rng))
    layer = ink.worn(ink.coverage(one, paper.DPI, rng), rng)
    inside = rng.uniform(3.0, 14.0)
    start = rng.uniform(2.0, 40.0 - inside) if rng.random() < 0.8 else 2.0
    part = layer[:, round(start * MM) : round((start + inside) * MM)]
    y = rng.uniform(90, 200)
    left, top = page.shape[1] - part.shape[1], round(y * MM - part.shape[0] / 2)
    ink.stamp(page, part, one.ink, left, top)
    place = scanner.turned((page.shape[1], y * MM), (page.shape[1], page.shape[0]), skew)
    return True_("slice", place[0] / MM, place[1] / MM, inside, 42.0, one.ink, one.name)
