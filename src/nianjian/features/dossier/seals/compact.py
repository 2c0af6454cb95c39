"""What is no ring: square seals of persons, oval seals."""

from collections.abc import Iterator
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import MM, Kind, Picture, Seal

_CLOSE_MM: Final = (2.2, 6.0)
_SQUARE_MM: Final = (13.0, 30.0)
_SQUARE_SIDES: Final = 1.25
_SQUARE_FRAME: Final = 0.80
_LONG_MM: Final = (34.0, 52.0)
_SHORT_MM: Final = (22.0, 36.0)
_OVAL_SIDES: Final = (1.2, 1.9)
_OVAL_FRAME: Final = 0.75
_OVAL_HULL: Final = 0.9
_DENSITY: Final = (0.06, 0.6)
_POINTS: Final = 120
_INKED: Final = 60  # of 255, at half size
_UPRIGHT: Final = 45
_SIDE_FRAME: Final = 0.5
_SQUARE_DENSITY: Final = (0.1, 0.75)
_HULL_POINTS: Final = 6
_FULL: Final = 0.97
_WIDE_MM: Final = 0.9

Points = NDArray[np.float32]
Box = tuple[tuple[float, float], tuple[float, float], float]


def find_compact_seals(ink: Picture) -> list[Seal]:
    """Square and oval seals in a mask at 100 dpi that holds no round ones any more."""
    seals: list[Seal] = []
    near = cv2.dilate(ink, np.ones((2 * round(_WIDE_MM * MM / 2) + 1,) * 2, np.uint8)).astype(np.uint8)
    for points in _regions(ink):
        seal = _oval(ink, near, points) or _square(ink, near, points)
        if seal and all(np.hypot(seal.x_mm - one.x_mm, seal.y_mm - one.y_mm) > one.diameter_mm / 2 for one in seals):
            seals.append(seal)
    return seals


def _regions(ink: Picture) -> Iterator[Points]:
    """Ink that lies together, closely and more loosely."""
    half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    inked = (half > _INKED).astype(np.uint8)
    left, top, across, down = cv2.boundingRect(inked)
    if not across:
        return
    for reach in _CLOSE_MM:
        size = max(2, round(reach * MM / 2))
        rows, columns = (slice(max(0, low - size), low + long + size) for low, long in ((top, down), (left, across)))
        joined = cv2.dilate(inked[rows, columns], cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
        count, names, stats, _middles = cv2.connectedComponentsWithStats(joined)
        for name in range(1, count):
            x, y, wide, high = (int(one) for one in stats[name, :4])
            sides = sorted((wide * 2 / MM, high * 2 / MM))
            if sides[0] < _SQUARE_MM[0] - 2 or sides[1] > _LONG_MM[1] * 1.4:
                continue
            part = (names[y : y + high, x : x + wide] == name) & (inked[rows, columns][y : y + high, x : x + wide] > 0)
            ys, xs = np.nonzero(part)
            if len(xs) > _POINTS // 3:
                yield (np.stack([xs + x + columns.start, ys + y + rows.start], axis=1) * 2 + 0.5).astype(np.float32)


def _covered(near: Picture, outline: Points) -> float:
    """Share of an outline's points that have ink by them."""
    xs = np.clip(np.rint(outline[:, 0]).astype(int), 0, near.shape[1] - 1)
    ys = np.clip(np.rint(outline[:, 1]).astype(int), 0, near.shape[0] - 1)
    return float((near[ys, xs] > 0).mean())


def _box(points: Points) -> Box:
    """The narrowest box; sides grown by the half pixel that a mask loses at each end."""
    (x, y), (wide, high), angle = cv2.minAreaRect(points)
    return (x, y), (wide + 2, high + 2), angle


def _density(ink: Picture, outline: Points) -> float:
    area = np.zeros(ink.shape, np.uint8)
    cv2.fillConvexPoly(area, np.rint(outline).astype(np.int32), 1)
    return float((ink[area > 0] > 0).mean()) if area.any() else 0.0


def _seal(box: Box, kind: Kind, score: float) -> Seal:
    (x, y), sides, angle = box
    upright = sides[1] if abs(angle % 180 - 90) > _UPRIGHT else sides[0]
    return Seal(x / MM, y / MM, max(sides) / MM, upright / MM, kind, round(score, 3))


def _square(ink: Picture, near: Picture, points: Points) -> Seal | None:
    box = _box(points)
    low, high = sorted(side / MM for side in box[1])
    if low < _SQUARE_MM[0] or high > _SQUARE_MM[1] or high / low > _SQUARE_SIDES:
        return None
    corners = cv2.boxPoints(((box[0]), (box[1][0] - 4, box[1][1] - 4), box[2]))
    steps = np.linspace(0, 1, 40, endpoint=False, dtype=np.float32)[:, None]
    sides = [corners[k] + steps * (corners[(k + 1) % 4] - corners[k]) for k in range(4)]
    frames = [_covered(near, side.astype(np.float32)) for side in sides]
    frame = float(np.mean(frames))
    dense = _density(ink, corners.astype(np.float32))
    least, most = _SQUARE_DENSITY
    if frame <= _SQUARE_FRAME or min(frames) < _SIDE_FRAME or not least < dense < most:
        return None
    return _seal(box, Kind.SQUARE, frame)


def _ellipse(box: Box, smaller: float) -> Points:
    (x, y), (wide, high), angle = box
    around = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False)
    along, across = np.cos(around) * (wide / 2 - smaller), np.sin(around) * (high / 2 - smaller)
    turn = np.deg2rad(angle)
    xs, ys = along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn)
    return np.stack([x + xs, y + ys], axis=1).astype(np.float32)


def _oval(ink: Picture, near: Picture, points: Points) -> Seal | None:
    hull = cv2.convexHull(points)
    if len(hull) < _HULL_POINTS:
        return None
    best: tuple[float, Box] | None = None
    for box in (_box(points), cast("Box", cv2.fitEllipse(hull))):
        low, high = sorted(side / MM for side in box[1])
        fits = _LONG_MM[0] <= high <= _LONG_MM[1] and _SHORT_MM[0] <= low <= _SHORT_MM[1]
        if not fits or not _OVAL_SIDES[0] <= high / low <= _OVAL_SIDES[1]:
            continue
        frame = _covered(near, _ellipse(box, 2.0))
        best = max(best or (0.0, box), (frame, box), key=lambda one: one[0])
    if best is None or best[0] <= _OVAL_FRAME:
        return None
    sides = best[1][1]
    full = cv2.contourArea(hull) / (sides[0] * sides[1])
    dense = _density(ink, _ellipse(best[1], 0.0))
    inside = _covered(near, _ellipse(best[1], 2.0 + 1.7 * MM))
    if full >= _OVAL_HULL or not _DENSITY[0] < dense < _DENSITY[1] or inside > _FULL:
        return None
    return _seal(best[1], Kind.OVAL, best[0])
