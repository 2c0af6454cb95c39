"""Square seals over print: what is thinner than a frame goes, then squares are laid where much is left."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import MM, Kind, Picture, Seal

_THIN: Final = np.ones((3, 3), np.uint8)
"""Lines of forms and strokes of text are thinner than a seal's frame of 1 mm."""
_SMALL: Final = 3
_THIRD: Final = MM / _SMALL
_DENSE_MM: Final = 19.0
_DENSE: Final = 0.14
_MOST: Final = 5
_SIDES_MM: Final = tuple(float(one) for one in np.arange(14.6, 26.7, 1.0))
_LEANS: Final = tuple(float(one) for one in np.arange(-11.0, 11.1, 2.75))
_REACH_MM: Final = 25.0
_BEST: Final = 4
_POINTS: Final = 24
"""Along one side."""
_RIM_MM: Final = 1.7
_PAST_MM: Final = (1.5, 4.0)
_SHORT: Final = 0.94
_FRAME: Final = 0.90
_SIDE: Final = 0.55
_INNER: Final = 0.5
_CONTRAST: Final = 0.45
_PAST: Final = 0.10
_ONE_PAST: Final = 0.40
_LETTERS: Final = 0.10
_LETTERS_MM: Final = 4.0
_PROMISING: Final = 0.55
_DENSITY: Final = (0.15, 0.75)
_INKED: Final = 255
_APART_MM: Final = 12.0

Shapes = NDArray[np.float32]
"""A row a square: centre, side, lean; mm and degrees."""


def find_squares(lined: Picture, seals: Sequence[Seal]) -> list[Seal]:
    """Square seals in a mask at 100 dpi that still has its rules, beside those of ``seals``."""
    thick = cv2.morphologyEx(lined, cv2.MORPH_OPEN, _THIN).astype(np.uint8, copy=False)
    for other in seals:
        radius = round((max(other.diameter_mm, other.height_mm) / 2 + 1) * MM)
        cv2.circle(thick, (round(other.x_mm * MM), round(other.y_mm * MM)), radius, 0, -1)
    if not cv2.countNonZero(thick):
        return []
    wide = cv2.dilate(thick, _THIN).astype(np.uint8, copy=False)
    size = (max(1, wide.shape[1] // _SMALL), max(1, wide.shape[0] // _SMALL))
    small = cv2.resize(wide, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    squares: list[Seal] = []
    for x, y in _dense(cv2.resize(thick, size, interpolation=cv2.INTER_AREA).astype(np.uint8)):
        if any(np.hypot(x / _THIRD - one.x_mm, y / _THIRD - one.y_mm) < _APART_MM for one in squares):
            continue
        laid = _laid(small, x, y)
        seal = _seen(thick, wide, _finer(wide, laid)) if len(laid) else None
        if seal and all(np.hypot(seal.x_mm - one.x_mm, seal.y_mm - one.y_mm) > _APART_MM for one in squares):
            squares.append(seal)
    return squares


def _dense(small: Picture) -> Iterator[tuple[int, int]]:
    """Where most ink lies together, a few places."""
    side = round(_DENSE_MM * _THIRD)
    around = cv2.boxFilter(small, cv2.CV_32F, (side, side), borderType=cv2.BORDER_CONSTANT)
    for _ in range(_MOST):
        _low, high, _where, (x, y) = cv2.minMaxLoc(around)
        if high < _DENSE * _INKED:
            return
        yield x, y
        cv2.circle(around, (x, y), round(0.6 * side), 0.0, -1)


def _laid(small: Picture, x: int, y: int) -> Shapes:
    """The best squares around a place by the mean of their sides, and the least of them."""
    reach = round(_REACH_MM * _THIRD)
    wide = cv2.copyMakeBorder(small, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    part = wide[y : y + 2 * reach + 1, x : x + 2 * reach + 1].astype(np.float32) / _INKED
    tried: list[tuple[float, float, float, float, float]] = []
    for lean in _LEANS:
        turn = cv2.getRotationMatrix2D((reach, reach), lean, 1.0)
        level = cv2.warpAffine(part, turn, (part.shape[1], part.shape[0]), flags=cv2.INTER_LINEAR)
        across = np.pad(np.cumsum(level, axis=1, dtype=np.float32), ((0, 0), (1, 0)))
        down = np.pad(np.cumsum(level, axis=0, dtype=np.float32), ((1, 0), (0, 0)))
        back = np.deg2rad(lean)
        for side in _SIDES_MM:
            step = round(side * _THIRD)
            rows = (across[:, step:] - across[:, :-step]) / step
            columns = (down[step:, :] - down[:-step, :]) / step
            high, long = level.shape[0] - step, level.shape[1] - step
            top, low = rows[:high, :long], rows[step : step + high, :long]
            left, right = columns[:high, :long], columns[:high, step : step + long]
            worth = top + low + left + right + 2 * np.minimum(np.minimum(top, low), np.minimum(left, right))
            at = int(np.argmax(worth))
            dy, dx = at // worth.shape[1] + step / 2 - reach, at % worth.shape[1] + step / 2 - reach
            away = (dx * np.cos(back) - dy * np.sin(back), dx * np.sin(back) + dy * np.cos(back))
            tried.append((float(worth.flat[at]), x + away[0], y + away[1], side, lean))
    best = [one for one in sorted(tried, reverse=True)[:_BEST] if one[0] > 6 * _PROMISING]
    squares = [((x + 0.5) / _THIRD, (y + 0.5) / _THIRD, side, lean) for _worth, x, y, side, lean in best]
    return np.array(squares, np.float32)


def _finer(wide: Picture, best: Shapes) -> Shapes:
    """The best one, moved a little every way."""
    for step in (0.6, 0.3):
        one = (-step, 0.0, step)
        moves = np.array(list(product(one, one, one, (-2 * step, 0.0, 2 * step))), np.float32)
        near = (best[:, None, :] + moves[None]).reshape(-1, 4)
        sides = _on(wide, near, 0)
        worth = sides.mean(axis=0) + sides.min(axis=0) / 2
        best = near[np.argsort(-worth)[:2]]
    return best[:1]


def _on(plane: Picture, shapes: Shapes, outward: float, *, past: tuple[float, float] | None = None) -> Shapes:
    """Share of each side that is inked, moved outward by so many mm: four rows, a column a shape.

    ``past``: of its two ends from so many to so many mm beyond the corner instead.
    """
    half = shapes[:, 2] / 2 + outward
    along = np.linspace(-_SHORT, _SHORT, _POINTS, dtype=np.float32)[:, None] * (shapes[:, 2] / 2)
    if past is not None:
        ends = np.linspace(*past, _POINTS // 2, dtype=np.float32)
        along = np.concatenate([-ends, ends])[:, None] + np.sign(np.concatenate([-ends, ends]))[:, None] * half
    across = np.broadcast_to(half, along.shape)
    xs = np.stack([along, along, -across, across])
    ys = np.stack([-across, across, along, along])
    turn = np.deg2rad(shapes[:, 3])
    columns = np.rint((shapes[:, 0] + xs * np.cos(turn) - ys * np.sin(turn)) * MM).astype(np.int32)
    rows = np.rint((shapes[:, 1] + xs * np.sin(turn) + ys * np.cos(turn)) * MM).astype(np.int32)
    inside = (rows >= 0) & (rows < plane.shape[0]) & (columns >= 0) & (columns < plane.shape[1])
    at = np.clip(rows, 0, plane.shape[0] - 1) * plane.shape[1] + np.clip(columns, 0, plane.shape[1] - 1)
    shares: Shapes = ((plane.ravel()[at] > 0) & inside).mean(axis=1, dtype=np.float32)
    return shares


def _seen(thick: Picture, wide: Picture, shape: Shapes) -> Seal | None:
    """The seal, if the frame is one: all sides, white along them, no line that runs on past the corners."""
    sides = _on(wide, shape, 0)[:, 0]
    rims = np.maximum(_on(thick, shape, _RIM_MM), _on(thick, shape, -_RIM_MM))[:, 0]
    frame, inner = float(sides.mean()), float(_on(thick, shape, 0).mean())
    if frame < _FRAME or sides.min() < _SIDE or inner < _INNER or frame - float(rims.mean()) < _CONTRAST:
        return None
    past = _on(thick, shape, 0, past=_PAST_MM)[:, 0]
    if float(past.mean()) > _PAST or float(past.max()) > _ONE_PAST:
        return None
    x, y, side, _lean = (float(one) for one in shape[0])
    if not _DENSITY[0] < _dark(thick, shape, 0) < _DENSITY[1] or _dark(thick, shape, _LETTERS_MM) < _LETTERS:
        return None
    return Seal(x, y, side, side, Kind.SQUARE, round(frame, 3))


def _dark(plane: Picture, shape: Shapes, less: float) -> float:
    """Share of ink in a square whose sides are so many mm shorter."""
    x, y, side, lean = (float(one) for one in shape[0])
    box = np.zeros(plane.shape, np.uint8)
    corners = cv2.boxPoints(((x * MM, y * MM), ((side - less) * MM, (side - less) * MM), lean))
    cv2.fillConvexPoly(box, np.rint(corners).astype(np.int32), 1)
    return float((plane[box > 0] > 0).mean())
