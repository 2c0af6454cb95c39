"""Do the slices of a riding seal join over successive pages? Supporting evidence: page numbers are the main check."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import Picture

STRIP_MM: Final = 26.0
DPI: Final = 200
_MM: Final = DPI / 25.4
_TOUCH_MM: Final = 2.5
_LEAST_MM: Final = 5.0
_CLUSTER_MM: Final = 50.0
_PROFILE_MM: Final = 0.5
_REACH_MM: Final = 1.6
_WIDTHS: Final = 0.12
_THIN: Final = 0.12
_LIKE: Final = (0.4, 0.55)
_RIM: Final = 0.8
_STEP_MM: Final = (1.2, 1.1)


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """One page's part: width and height in mm, the ink of its box, whose right side is the page's edge."""

    wide_mm: float
    high_mm: float
    ink: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seam:
    """``missing``: places (from 0) of pages without a slice.

    ``broken``: boundaries (0: between the first two) at which the print does not go on. ``whole``: the widths add up
    to one seal.
    """

    missing: tuple[int, ...]
    broken: tuple[int, ...]
    whole: bool

    @property
    def intact(self) -> bool:
        """Nothing speaks against it."""
        return not self.missing and not self.broken and self.whole


def edge_slice(strip: Picture) -> Slice | None:
    """The slice in the right strip of a page (26 mm at 200 dpi); None: there is none."""
    smooth = cv2.GaussianBlur(strip, (0, 0), 0.8)
    blue, green, red = (channel.astype(np.int16) for channel in cv2.split(smooth))
    ink = np.clip(red - np.maximum(green, blue) - 14, 0, 90).astype(np.float32) / 90
    plane = (ink > 0).astype(np.uint8)
    down = cv2.morphologyEx(plane, cv2.MORPH_OPEN, np.ones((round(58 * _MM), 1), np.uint8))
    plane[cv2.dilate(down, np.ones((1, 3), np.uint8)) > 0] = 0
    joined = cv2.dilate(plane, np.ones((round(2 * _MM),) * 2, np.uint8))
    count, names, _stats, _middles = cv2.connectedComponentsWithStats(joined)
    wide, kept = strip.shape[1], np.zeros_like(plane)
    for name in range(1, count):
        part = (names == name) & (plane > 0)
        xs = np.nonzero(part)[1]
        if len(xs) > _MM and xs.max() >= wide - _TOUCH_MM * _MM:
            kept[part] = 1
    ys, xs = np.nonzero(kept)
    if not len(ys) or not _LEAST_MM <= (ys.max() - ys.min()) / _MM <= _CLUSTER_MM:
        return None
    box = (ink * kept)[ys.min() : ys.max() + 1, xs.min() :]
    return Slice(box.shape[1] / _MM, box.shape[0] / _MM, box.astype(np.float32))


def joined(parts: Sequence[Slice | None]) -> Seam:
    """Whether the slices of one stamp, in the order of the pages, make one seal. The first page has its left part."""
    missing = tuple(place for place, part in enumerate(parts) if part is None)
    there = [part for part in parts if part is not None]
    if missing or not there:
        return Seam(missing, (), whole=False)
    diameter = max(part.high_mm for part in there)
    widths = [part.wide_mm for part in there]
    whole = abs(sum(widths) - diameter) <= _WIDTHS * diameter
    likeness, steps = [], []
    for left, right in pairwise(there):
        likeness.append(_match(_profile(left, last=True, high=diameter), _profile(right, last=False, high=diameter)))
        steps.append(abs(_chord(left, last=True) - _chord(right, last=False)))
    return Seam((), _breaks(likeness, steps, widths, diameter), whole)


def _columns(part: Slice, *, last: bool) -> NDArray[np.float32]:
    count = max(1, round(_PROFILE_MM * _MM))
    return part.ink[:, -count:] if last else part.ink[:, :count]


def _profile(part: Slice, *, last: bool, high: float) -> NDArray[np.float64]:
    """Ink along the cut, middle to middle, smoothed, without its mean."""
    size = round(high * _MM) + 8
    column = _columns(part, last=last).mean(axis=1)
    line = np.zeros(size)
    start = (size - len(column)) // 2
    line[start : start + len(column)] = column
    line = cv2.GaussianBlur(line.reshape(-1, 1), (0, 0), 0.35 * _MM).ravel().astype(np.float64)
    centred: NDArray[np.float64] = line - line.mean()
    return centred


def _chord(part: Slice, *, last: bool) -> float:
    """How tall the print is along the cut, in mm."""
    rows = np.nonzero(_columns(part, last=last).max(axis=1) > 0)[0]
    return float(rows.max() - rows.min()) / _MM if len(rows) else 0.0


def _match(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Highest correlation over small vertical shifts."""
    reach = int(_REACH_MM * _MM)
    scale = float(np.linalg.norm(left) * np.linalg.norm(right)) + 1e-6
    return max(float(left @ np.roll(right, shift)) / scale for shift in range(-reach, reach + 1))


def _breaks(
    likeness: Sequence[float], steps: Sequence[float], widths: Sequence[float], diameter: float
) -> tuple[int, ...]:
    """Boundaries at which ink or chord do not go on; near the rim there is little ink, and the chord changes fast."""
    if not likeness:
        return ()
    r, total, typical, seen, bad = diameter / 2, sum(widths), float(np.median(likeness)), 0.0, []
    for place, (like, step) in enumerate(zip(likeness, steps, strict=True)):
        seen += widths[place]
        away = abs(seen - total / 2) / (total / 2) * r
        slope = 2 * away / math.sqrt(max(r * r - away * away, (0.12 * r) ** 2))
        least = _THIN if away > _RIM * r else min(_LIKE[0], _LIKE[1] * typical)
        if like < least or step > _STEP_MM[0] + _STEP_MM[1] * slope:
            bad.append(place)
    return tuple(bad)
