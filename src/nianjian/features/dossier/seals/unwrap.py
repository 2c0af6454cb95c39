"""The name in a round seal laid straight: black on white, for a recogniser that takes one line."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.seals.mask import Picture
from nianjian.features.dossier.seals.seal import Seal

_INCH: Final = 25.4
_AROUND: Final = 1.15
_RING: Final = (0.955, 0.60)
"""Of the radius: the letters stand between ring and star."""
_NARROW: Final = 0.80
_DARK: Final = 95
_MOST_DARK: Final = 0.2


def unwrapped(bgr: Picture, dpi: float, seal: Seal, height: int = 72) -> Picture:
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
