"""Where a page is red: paper made white first, so that tint and shade do not count as colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

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
_RULE_MM: Final = 30
_BLOB_MM: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class Red:
    """At 100 dpi, 0 or 255. ``sure``: red beyond doubt; ``faint``: what hardly differs from paper too.

    ``ink``: both without rules and solid blobs, which are no seal.
    """

    white: Picture
    sure: Picture
    ink: Picture
    faint: Picture


def at_100(bgr: Picture, dpi: float) -> Picture:
    """The page at 100 dpi."""
    if abs(dpi - DPI) < 1:
        return bgr
    size = (max(1, round(bgr.shape[1] * DPI / dpi)), max(1, round(bgr.shape[0] * DPI / dpi)))
    way = cv2.INTER_AREA if dpi > DPI else cv2.INTER_LINEAR
    return cv2.resize(bgr, size, interpolation=way).astype(np.uint8)


def whitened(bgr: Picture) -> Picture:
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


def red(bgr: Picture, dpi: float) -> Red:
    """The red of a page."""
    white = whitened(at_100(bgr, dpi))
    blue, green, r = (channel.astype(np.int16) for channel in cv2.split(white))
    difference = r - np.maximum(green, blue - blue // 32)
    near = difference > _FAINT
    if not near.any():
        nothing = np.zeros(white.shape[:2], np.uint8)
        return Red(white, nothing, nothing, nothing)
    rg, rb = (r - green).astype(np.float32), (r - blue).astype(np.float32)
    hue = (r > _DARKEST) & (rg > _ORANGE * rb) & (rb > _MAGENTA * rg)
    sure = _plane(hue & (difference > _DIFFERENCE) & (difference > _SHARE * r))
    faint = _plane(hue & near & (difference > _FAINT_SHARE * r))
    faint = _beside(cv2.bitwise_or(cv2.medianBlur(faint, 3), sure).astype(np.uint8), sure)
    return Red(white, sure, _without_print(sure), _without_print(faint))


def _plane(truth: NDArray[np.bool_]) -> Picture:
    return truth.astype(np.uint8) * np.uint8(255)


def _beside(faint: Picture, sure: Picture) -> Picture:
    """Faint red counts where sure red is near: noise of the paper does not."""
    near = cv2.dilate(cv2.resize(sure, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.ones((9, 9), np.uint8))
    return faint & _plane(cv2.resize(near, faint.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0)


def _without_print(plane: Picture) -> Picture:
    """Straight rules and solid blobs taken out."""
    rule, blob = round(_RULE_MM * MM), round(_BLOB_MM * MM)
    thick = cv2.morphologyEx(plane, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    across = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, rule), np.uint8))
    down = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((rule, 1), np.uint8))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (blob, blob))
    solid = cv2.dilate(cv2.morphologyEx(plane, cv2.MORPH_OPEN, disc), np.ones((5, 5), np.uint8))
    gone = cv2.bitwise_or(cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8)), solid)
    return cv2.bitwise_and(plane, cv2.bitwise_not(gone)).astype(np.uint8)
