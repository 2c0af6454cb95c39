"""By how much the rows of a page lean."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import Picture

REACH: Final = 6.0
_COARSE: Final = 0.5
_FINE: Final = 0.05
_DARK: Final = 140
_LEAST: Final = 300
_MOST: Final = 25_000
_EVERY: Final = 3
"""Of the points, for the coarse search."""
_PEAKED: Final = 1.08
"""A profile no sharper than this against the middle of all angles has no rows: a photo, a single seal."""


def skew(grey: Picture) -> float | None:
    """Degrees clockwise, by the sharpest projection profile of the ink (100 dpi); None: no rows to tell by."""
    ys, xs = np.nonzero(grey < _DARK)
    if len(ys) < _LEAST:
        return None
    if len(ys) > _MOST:
        step = len(ys) / _MOST
        chosen = (np.arange(_MOST) * step).astype(np.int64)
        ys, xs = ys[chosen], xs[chosen]
    coarse = np.arange(-REACH, REACH + _COARSE / 2, _COARSE)
    sharp = [_sharpness(xs[::_EVERY], ys[::_EVERY], angle) for angle in coarse]
    middle = float(coarse[int(np.argmax(sharp))])
    if max(sharp) < _PEAKED * float(np.median(sharp)):
        return None
    fine = np.arange(middle - _COARSE, middle + _COARSE + _FINE / 2, _FINE)
    return float(round(max(fine, key=lambda angle: _sharpness(xs, ys, angle)), 2)) + 0.0


def _sharpness(xs: NDArray[np.int64], ys: NDArray[np.int64], degrees: float) -> float:
    rows = (ys - xs * np.tan(np.deg2rad(degrees))).astype(np.int64)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    return float((counts * counts).sum())
