"""Oval seals: sought by a bank of elliptic filters, then ellipses of the usual sizes laid over the places."""

from collections.abc import Sequence
from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import MM, Kind, Picture, Seal
from nianjian.features.dossier.seals.rings import Ring, banded

_SIZES_MM: Final = ((45.0, 30.0), (40.0, 30.0), (40.0, 26.0), (48.0, 32.0))
_LEANS: Final = (-9.0, -4.5, 0.0, 4.5, 9.0, 81.0, 85.5, 90.0, 94.5, 99.0)
_SHIFTS_MM: Final = tuple(float(one) for one in np.arange(-3.0, 3.1, 1.5))
_SMALL: Final = 5
_FIFTH: Final = MM / _SMALL
_RIM: Final = (0.3, 2.0)  # pixels beyond the band
_RESPONSE: Final = 0.38
_PEAKS: Final = 5
_BETWEEN_MM: Final = 6.0
_HIDDEN: Final = 0.3
_POINTS: Final = 90
_RIM_MM: Final = 1.7
_COVERED: Final = 0.75
_CONTRAST: Final = 0.30
_COARSE: Final = 5
_MOST: Final = 150
_THIN: Final = 45
_PROMISING: Final = 0.5
_INKED: Final = 255
_PAD: Final = 145
"""Pixels around a place in which its ellipses lie."""
_SIDE: Final = 2 * _PAD + 1
_UPRIGHT: Final = 45
_APART_MM: Final = 15

Shape = tuple[float, float, float, float, float]
"""Centre, both sides, lean: mm and degrees."""


def _kernel(wide_mm: float, high_mm: float) -> NDArray[np.float32]:
    """An ellipse that sums to one, with a rim of less around it."""
    a, b = wide_mm / 2 * _FIFTH, high_mm / 2 * _FIFTH
    size = int(np.ceil(max(a, b) + 4))
    ys, xs = np.mgrid[-size : size + 1, -size : size + 1]
    out = np.hypot(xs / a, ys / b)
    away = np.abs(out - 1) * np.hypot(xs, ys) / np.maximum(out, 1e-6)
    return banded(away, _RIM)


_LINE_MM: Final = 0.5
"""A drawn ellipse is fitted through the middle of its line."""
_ACROSS: Final = tuple(_kernel(wide - _LINE_MM, high - _LINE_MM) for wide, high in _SIZES_MM)
_KERNELS: Final = (*_ACROSS, *(np.ascontiguousarray(one.T) for one in _ACROSS))


def oval_places(ink: Picture, solid: Picture) -> list[Ring]:
    """Places where an ellipse answers, best first; solid print may hide a part of one."""
    left, top, wide, high = cv2.boundingRect(ink)
    if min(wide, high) < _SMALL:
        return []
    size = (wide // _SMALL, high // _SMALL)

    def small(plane: Picture) -> NDArray[np.float32]:
        part = plane[top : top + high, left : left + wide]
        return cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(_INKED)

    part = np.maximum(np.minimum(small(ink) * 2.5, 1), small(solid) * _HIDDEN).astype(np.float32)
    pad = round(10 * _FIFTH)
    part = cv2.copyMakeBorder(part, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(0,)).astype(np.float32)
    best = cv2.filter2D(part, cv2.CV_32F, _KERNELS[0])
    for kernel in _KERNELS[1:]:
        best = cv2.max(best, cv2.filter2D(part, cv2.CV_32F, kernel))
    rings: list[Ring] = []
    while len(rings) < _PEAKS:
        _low, most, _where, (x, y) = cv2.minMaxLoc(best)
        if most < _RESPONSE:
            break
        rings.append(Ring((x - pad + 0.5) / _FIFTH + left / MM, (y - pad + 0.5) / _FIFTH + top / MM, 0.0, 0.0))
        cv2.circle(best, (x, y), round(_BETWEEN_MM * _FIFTH), (0.0,), -1)
    return rings


def find_ovals(ink: Picture, places: Sequence[Ring]) -> list[Seal]:
    """Ovals near ``places``, none twice."""
    if not places:
        return []
    wide_ink = cv2.copyMakeBorder(ink, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_CONSTANT, value=(0,))
    thick = cv2.convertScaleAbs(cv2.blur(wide_ink, (5, 5)), alpha=3).astype(np.uint8, copy=False)
    sharp = cv2.dilate(wide_ink, np.ones((3, 3), np.uint8)).astype(np.uint8, copy=False)
    seals: list[Seal] = []
    for place in places:
        shape = _finest(thick, sharp, place)
        if shape is None:
            continue
        x, y, wide, high, lean = shape[0]
        seal = Seal(x, y, wide, wide if abs(lean - 90) < _UPRIGHT else high, Kind.OVAL, round(shape[1], 3))
        if all((x - one.x_mm) ** 2 + (y - one.y_mm) ** 2 > _APART_MM**2 for one in seals):
            seals.append(seal)
    return seals


def _finest(thick: Picture, sharp: Picture, place: Ring) -> tuple[Shape, float] | None:
    """The best ellipse near a place with its coverage: a coarse search, then a finer one around the best few.

    Both planes have a margin of `_PAD`.
    """
    column, row = round(place.x * MM), round(place.y * MM)
    part = thick[row : row + _SIDE, column : column + _SIDE]
    if part.shape != (_SIDE, _SIDE):
        return None
    worth = part.ravel()[_COARSE_AT].sum(axis=0, dtype=np.uint16)
    order = np.argpartition(worth, -_COARSE)[-_COARSE:]
    if int(worth.max()) < _PROMISING * _THIN * _INKED:
        return None
    best = _SHAPES[order] + np.array((column / MM, row / MM, 0, 0, 0), np.float32)
    for step in (1.0, 0.5):
        one = (-step, 0.0, step)
        moves = np.array(list(product(one, one, one, one, (-2 * step, 0.0, 2 * step))), np.float32)
        near = (best[:, None, :] + moves[None]).reshape(-1, 5)
        on = _on(sharp, near, 0)
        most = np.argsort(-on)[:_MOST]
        near, on = near[most], on[most]
        stands_out = on - np.maximum(_on(sharp, near, _RIM_MM), _on(sharp, near, -_RIM_MM))
        best = near[np.argsort(-stands_out)[:2]]
    top = best[:1]
    covered = float(_on(sharp, top, 0)[0])
    rim = max(float(_on(sharp, top, _RIM_MM)[0]), float(_on(sharp, top, -_RIM_MM)[0]))
    if covered < _COVERED or covered - rim < _CONTRAST:
        return None
    x, y, wide, high, lean = (float(one) for one in top[0])
    return (x, y, wide, high, lean), covered


def _laid(shapes: NDArray[np.float32], outward: float, step: int = 1) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Rows and columns of points along each ellipse, moved outward by so many mm: a row a point."""
    along = _COS[::step, None] * (shapes[:, 2] / 2 + outward)
    across = _SIN[::step, None] * (shapes[:, 3] / 2 + outward)
    turn = np.deg2rad(shapes[:, 4])
    cos, sin = np.cos(turn), np.sin(turn)
    xs = (shapes[:, 0] + along * cos - across * sin) * np.float32(MM)
    ys = (shapes[:, 1] + along * sin + across * cos) * np.float32(MM)
    return np.rint(ys).astype(np.int32), np.rint(xs).astype(np.int32)


def _on(plane: Picture, shapes: NDArray[np.float32], outward: float) -> NDArray[np.float32]:
    """Mean of ``plane`` (0 to 255, with its margin) along each ellipse, moved outward by so many mm: 0 to 1."""
    rows, columns = _laid(shapes, outward)
    high, wide = plane.shape
    at = np.clip(rows + _PAD, 0, high - 1) * wide + np.clip(columns + _PAD, 0, wide - 1)
    shares: NDArray[np.float32] = plane.ravel()[at].sum(axis=0, dtype=np.uint16) / np.float32(_POINTS * _INKED)
    return shares


_AROUND: Final = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False, dtype=np.float32)
_COS: Final = np.cos(_AROUND)
_SIN: Final = np.sin(_AROUND)
_SHAPES: Final = np.array(
    [
        (dx, dy, wide, high, lean)
        for (wide, high), lean, dx, dy in product(_SIZES_MM, (*_LEANS[::2], 90.0), _SHIFTS_MM, _SHIFTS_MM)
    ],
    np.float32,
)
"""The coarse search around a place at 0, 0."""
_ROWS, _COLUMNS = _laid(_SHAPES, 0, _POINTS // _THIN)
_COARSE_AT: Final = (_ROWS + _PAD) * _SIDE + _COLUMNS + _PAD
"""Where their points lie in a square of `_SIDE` around the place."""
