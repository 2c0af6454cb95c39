"""Pixels before they are read: red ink out, upright, straight; and ink in which nothing was read."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np

Picture = np.ndarray[Any, np.dtype[Any]]

PAPER: Final = 250.0
SKEW_REACH: Final = 6.0  # degrees
SKEW_DPI: Final = 100
CLEARLY: Final = 1.05  # by how much the rows must stand out more than on the page as it is
TEXT_HEIGHT: Final = (1.8, 9.0)  # millimetres: from small print to a heading
TEXT_WIDTH: Final = 6.0  # millimetres: two characters
INK: Final = 150  # grey below is ink, on paper of 250
MM: Final = 25.4


def without_red_ink(bgr: Picture) -> Picture:
    """Grey page in which red ink is paper and black text under it stays."""
    high, wide = bgr.shape[:2]
    small = cv2.resize(bgr, (max(1, wide // 8), max(1, high // 8)), interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(cv2.medianBlur(small, 5), np.ones((9, 9), np.uint8)), (0, 0), 4)
    least = np.array([np.percentile(small[..., channel], 85) for channel in range(3)], np.float32)
    light = np.maximum(paper.astype(np.float32), 0.85 * least)  # a dark emblem is no paper
    gain = np.asarray(cv2.resize(np.asarray(PAPER / np.maximum(light, 1), np.float32), (wide, high)))
    blue, green, red = cv2.split(np.clip(bgr.astype(np.float32) * gain, 0, 255))
    grey = 0.114 * blue + 0.587 * green + 0.299 * red
    redness = cv2.blur(red - cv2.max(green, blue), (3, 3))
    weight = np.clip((redness - 10) / 16, 0, 1)  # soft: no hard edge around the ink
    stretched = np.clip((red - 55) / (160 - 55), 0, 1) * PAPER
    result: Picture = np.clip((1 - weight) * grey + weight * np.maximum(stretched, grey), 0, 255).astype(np.uint8)
    return result


def skew(grey: Picture, dpi: float) -> float:
    """Degrees by which the rows lean, by the projection profile of the ink; 0 where there is too little of it."""
    scale = SKEW_DPI / dpi
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    ys, xs = np.nonzero(small < INK)
    if len(ys) < 200:  # noqa: PLR2004 - points of ink; fewer have no direction
        return 0.0
    if len(ys) > 60_000:  # noqa: PLR2004 - enough points to tell
        chosen = np.random.default_rng(0).choice(len(ys), 60_000, replace=False)
        ys, xs = ys[chosen], xs[chosen]

    def sharpness(degrees: float) -> float:
        rows = (ys - xs * np.tan(np.radians(degrees))).astype(np.int64)
        counts = np.bincount(rows - rows.min())
        return float((counts.astype(np.float64) ** 2).sum())

    coarse = max(np.arange(-SKEW_REACH, SKEW_REACH + 0.01, 0.5), key=sharpness)
    best = float(max(np.arange(coarse - 0.45, coarse + 0.46, 0.05), key=sharpness))
    return best if sharpness(best) > CLEARLY * sharpness(0.0) else 0.0


def turned(picture: Picture, degrees: float) -> Picture:
    """The picture with rows made level."""
    if abs(degrees) < 0.1:  # noqa: PLR2004 - less than a pixel over a line's width
        return picture
    high, wide = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    value = 255 if picture.ndim == 2 else (255, 255, 255)  # noqa: PLR2004 - grey or colour
    return np.asarray(cv2.warpAffine(picture, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderValue=value))


def upright(picture: Picture, rotation: int) -> Picture:
    """The picture turned back by ``rotation``, a multiple of 90 degrees clockwise."""
    turns = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
    return np.asarray(cv2.rotate(picture, turns[rotation])) if rotation in turns else picture


def unread_ink(grey: Picture, boxes: list[tuple[float, float, float, float]], dpi: float) -> list[list[float]]:
    """Places (pixels) that look like a row of text and lie under none of the ``boxes``."""
    ink = (cv2.medianBlur(grey, 3) < INK).astype(np.uint8)
    ink = _without_rules(ink, dpi)
    for left, top, right, bottom in boxes:
        edge = (bottom - top) * 0.25
        ink[max(0, int(top - edge)) : int(bottom + edge) + 1, max(0, int(left - edge)) : int(right + edge) + 1] = 0
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, max(3, int(1.5 * dpi / MM))), np.uint8))
    count, _labels, stats, _middles = cv2.connectedComponentsWithStats(joined)
    low, tall = (mm * dpi / MM for mm in TEXT_HEIGHT)
    found = []
    for number in range(1, count):
        left, top, wide, high, area = (int(value) for value in stats[number])
        real = int(ink[top : top + high, left : left + wide].sum())
        if low <= high <= tall and wide >= TEXT_WIDTH * dpi / MM and _dense(area, real, wide * high):
            found.append([float(left), float(top), float(left + wide), float(top + high)])
    return found


def _dense(joined: int, real: int, whole: int) -> bool:
    """A row of characters fills its rectangle when its gaps are closed, and is ink in good part."""
    return joined > 0.35 * whole and real > 0.15 * joined


def _without_rules(ink: Picture, dpi: float) -> Picture:
    """Ink without the straight lines of tables and frames."""
    length = max(3, int(12 * dpi / MM))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    rules = cv2.dilate(cv2.max(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.subtract(ink, rules))
