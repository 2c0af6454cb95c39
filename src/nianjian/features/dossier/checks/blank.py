"""Whether a page has anything on it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.seals.mask import Picture

_MARGIN: Final = 0.02
_DARK: Final = 60
"""Below the paper's lightness by so much: ink. Faint colour counts by its own darkness."""
_SMALL: Final = 3


def ink_share(white: Picture) -> float:
    """Share of a whitened page (100 dpi) that is ink, its margin left out; specks of a pixel or two are dust."""
    grey = _darkest(white) if white.ndim == _SMALL else white
    high, wide = grey.shape
    top, left = round(high * _MARGIN), round(wide * _MARGIN)
    inner = grey[top : high - top, left : wide - left]
    paper = float(np.percentile(inner[::4, ::4], 90))
    dark = (inner < paper - _DARK).astype(np.uint8)
    return float(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)).mean())


def _darkest(white: Picture) -> Picture:
    blue, green, red = cv2.split(white)
    return cv2.min(cv2.min(blue, green), red).astype(np.uint8, copy=False)
