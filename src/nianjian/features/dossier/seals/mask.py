"""Where a page is red, the seal as it lies there, and its name laid straight."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray


class Kind(StrEnum):
    """By its outline; `SLICE` is a part of a riding seal at the left or right edge."""

    ROUND = "round"
    OVAL = "oval"
    SQUARE = "square"
    SLICE = "slice"


OFFICIAL: Final = frozenset({Kind.ROUND, Kind.OVAL})
"""What may be an enterprise's seal (公章); a square one is a person's."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Millimetres from the page's upper left corner to the seal's centre; ``diameter_mm`` is its longer side.

    ``score`` is the evidence, 0 to 1: how much of the outline was seen. ``height_mm`` is the upright side.
    """

    x_mm: float
    y_mm: float
    diameter_mm: float
    height_mm: float
    kind: Kind
    score: float


DPI: Final = 100
MM: Final = DPI / 25.4
"""Pixels a millimetre at which everything is sought."""

Picture = NDArray[np.uint8]

_PAPER: Final = 250.0
_SHRINK: Final = 16
_LIGHT: Final = 0.75  # of the paper's own lightness: darker areas are print, not paper
_NEUTRAL: Final = 18
_DIFFERENCE: Final = 22
_SHARE: Final = 0.11
_DARKEST: Final = 70
_ORANGE: Final = 0.62
_MAGENTA: Final = 0.45
_FAINT: Final = 13
_FAINT_SHARE: Final = 0.06
_LESS: Final = np.array([one - one // 32 for one in range(256)], np.uint8)
_RULE_MM: Final = 30
_BLOB_MM: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class Red:
    """At 100 dpi, 0 or 255. ``sure``: red beyond doubt; ``faint``: what hardly differs from paper too.

    ``ink``, ``faint``: without rules and solid blobs, which are no seal. ``lined``: faint with its rules; ``solid``:
    the blobs.
    """

    white: Picture
    sure: Picture
    ink: Picture
    faint: Picture
    lined: Picture
    solid: Picture


def scale_page(bgr: Picture, dpi: float, target_dpi: float = DPI) -> Picture:
    """The page at ``target_dpi`` dpi."""
    if abs(dpi - target_dpi) < 1:
        return bgr
    size = (max(1, round(bgr.shape[1] * target_dpi / dpi)), max(1, round(bgr.shape[0] * target_dpi / dpi)))
    way = cv2.INTER_AREA if dpi > target_dpi else cv2.INTER_LINEAR
    return cv2.resize(bgr, size, interpolation=way).astype(np.uint8)


def whiten(bgr: Picture) -> Picture:
    """Paper to one light grey in every channel."""
    high, wide = bgr.shape[:2]
    small = cv2.resize(bgr, (max(2, wide // _SHRINK), max(2, high // _SHRINK)), interpolation=cv2.INTER_AREA)
    small = cv2.dilate(cv2.medianBlur(small, 3), np.ones((7, 7), np.uint8)).astype(np.float32)
    paper = np.percentile(small.reshape(-1, 3), 90, axis=0).astype(np.float32)
    cast = small - paper
    odd = (small.min(axis=2) < _LIGHT * paper.min()) | (cast.max(axis=2) - cast.min(axis=2) > _NEUTRAL)
    small[odd] = paper
    gain = np.clip(_PAPER / np.maximum(cv2.GaussianBlur(small, (0, 0), 2), 1), 0.8, 4)
    field = cv2.resize(gain, (wide, high), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(bgr, field, dtype=cv2.CV_8U).astype(np.uint8)


def find_red(bgr: Picture, dpi: float) -> Red:
    """The red of a page."""
    white = whiten(scale_page(bgr, dpi))
    blue, green, r = cv2.split(white)
    difference = cv2.subtract(r, cv2.max(green, cv2.LUT(blue, _LESS)))
    places = np.flatnonzero(difference > _FAINT)
    sure, faint = np.zeros(white.shape[:2], np.uint8), np.zeros(white.shape[:2], np.uint8)
    if not len(places):
        return Red(white, sure, sure, sure, sure, sure)
    r, green, blue, difference = (plane.ravel()[places].astype(np.float32) for plane in (r, green, blue, difference))
    rg, rb = r - green, r - blue
    hue = (r > _DARKEST) & (rg > _ORANGE * rb) & (rb > _MAGENTA * rg)
    sure.ravel()[places[hue & (difference > _DIFFERENCE) & (difference > _SHARE * r)]] = 255
    if not sure.any():
        return Red(white, sure, sure, sure, sure, sure)
    faint.ravel()[places[hue & (difference > _FAINT_SHARE * r)]] = 255
    faint = _beside(cv2.bitwise_or(cv2.medianBlur(faint, 3), sure).astype(np.uint8), sure)
    solid = _part(_solid, faint)
    lined = cv2.bitwise_and(faint, cv2.bitwise_not(solid)).astype(np.uint8, copy=False)
    ink, plain = (
        cv2.bitwise_and(plane, cv2.bitwise_not(cv2.bitwise_or(solid, _part(_rules, plane)))).astype(
            np.uint8, copy=False
        )
        for plane in (sure, faint)
    )
    return Red(white, sure, ink, plain, lined, solid)


def _beside(faint: Picture, sure: Picture) -> Picture:
    """Faint red counts where sure red is near: noise of the paper does not."""
    near = cv2.dilate(cv2.resize(sure, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.ones((9, 9), np.uint8))
    around = cv2.resize(near, faint.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return faint & (around.astype(np.uint8) * np.uint8(255))


def _part(look: Callable[[Picture], Picture], plane: Picture) -> Picture:
    """``look`` where the plane has anything."""
    left, top, wide, high = cv2.boundingRect(plane)
    result = np.zeros_like(plane)
    if wide:
        rows, columns = slice(top, top + high), slice(left, left + wide)
        result[rows, columns] = look(np.ascontiguousarray(plane[rows, columns]))
    return result


def _rules(plane: Picture) -> Picture:
    thick = cv2.morphologyEx(plane, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)).astype(np.uint8, copy=False)
    rule = round(_RULE_MM * MM)
    rules = cv2.bitwise_or(_runs(thick, rule), np.ascontiguousarray(_runs(np.ascontiguousarray(thick.T), rule).T))
    return cv2.dilate(rules, np.ones((3, 3), np.uint8)).astype(np.uint8, copy=False)


def _runs(plane: Picture, least: int) -> Picture:
    """What lies in rows of at least so many pixels without a gap: an opening, by doubling."""
    if plane.shape[1] < least:
        return np.zeros_like(plane)
    starts, length = plane, 1
    while length < least:
        step = min(length, least - length)
        starts = starts[:, :-step] & starts[:, step:]
        length += step
    if not starts.any():
        return np.zeros_like(plane)
    result, length = cv2.copyMakeBorder(starts, 0, 0, 0, least - 1, cv2.BORDER_CONSTANT, value=(0,)), 1
    while length < least:
        step = min(length, least - length)
        result[:, step:] = cv2.bitwise_or(result[:, step:], result[:, :-step].copy())
        length += step
    return result.astype(np.uint8, copy=False)


def _solid(plane: Picture) -> Picture:
    """Blobs into which a disc fits, widened; looked for only where a square fits that the disc holds."""
    blob = round(_BLOB_MM * MM)
    side = int(blob * 0.66)
    square = cv2.erode(plane, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
    result = np.zeros_like(plane)
    x, y, wide, high = cv2.boundingRect(square)
    if wide == 0:
        return result
    rows, columns = slice(max(0, y - 2 * blob), y + high + 2 * blob), slice(max(0, x - 2 * blob), x + wide + 2 * blob)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (blob, blob))
    opened = cv2.morphologyEx(plane[rows, columns], cv2.MORPH_OPEN, disc)
    result[rows, columns] = cv2.dilate(opened, np.ones((5, 5), np.uint8))
    return result


_INCH: Final = 25.4
_AROUND: Final = 1.15
_RING: Final = (0.955, 0.60)
"""Of the radius: the letters stand between ring and star."""
_NARROW: Final = 0.80
_DARK: Final = 95
_MOST_DARK: Final = 0.2


def unwrap_letters(bgr: Picture, dpi: float, seal: Seal, height: int = 72) -> Picture:
    """The letters around ``seal`` from the bottom on, clockwise, so that the opening of the ring cuts no name."""
    r = seal.diameter_mm / 2 / _INCH * dpi
    x, y = seal.x_mm / _INCH * dpi, seal.y_mm / _INCH * dpi
    left, top = max(0, int(x - _AROUND * r)), max(0, int(y - _AROUND * r))
    part = bgr[top : int(y + _AROUND * r) + 1, left : int(x + _AROUND * r) + 1].astype(np.float32)
    blue, green, red = cv2.split(part)
    ink = np.clip(red - np.maximum(green, blue), 0, 255)
    ink = np.clip(ink / max(float(np.percentile(ink, 97)), 20.0), 0, 1)
    plane = (ink * 255).astype(np.uint8)
    dark = (red < _DARK).astype(np.uint8)
    if dark.mean() < _MOST_DARK:  # print under the seal: filled from the ink around it
        plane = cv2.inpaint(plane, cv2.dilate(dark, np.ones((2, 2), np.uint8)), 2, cv2.INPAINT_TELEA).astype(np.uint8)
    outer, inner = _RING[0] * r, _RING[1] * r
    wide = int(2 * np.pi * r * (_RING[0] + _RING[1]) / 2 * height / (outer - inner) * _NARROW)
    angles = np.linspace(0, 2 * np.pi, wide, endpoint=False) + np.pi / 2
    radii = np.linspace(outer, inner, height)
    xs = (x - left + np.outer(radii, np.cos(angles))).astype(np.float32)
    ys = (y - top + np.outer(radii, np.sin(angles))).astype(np.float32)
    paper = (255 - plane).astype(np.uint8)
    return cv2.remap(paper, xs, ys, cv2.INTER_CUBIC, borderValue=(255.0,)).astype(np.uint8)
