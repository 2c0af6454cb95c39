"""Whether a picture holds the detail that its resolution promises. A blurred true scan looks alike: a warning only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import Picture

_LOW: Final = (0.02, 0.12)
_MIDDLE: Final = (0.18, 0.30)
"""Cycles a pixel."""


def detail(parts: Sequence[Picture]) -> float | None:
    """Energy of the middle band for one of the low band, over tiles of a page at its own resolution."""
    ratios = []
    for part in parts:
        window = np.outer(np.hanning(part.shape[0]), np.hanning(part.shape[1])).astype(np.float32)
        work = (part.astype(np.float32) - float(part.mean())) * window
        power = np.abs(np.fft.rfft2(work)) ** 2
        low, middle = (_band(power.astype(np.float64), part.shape, band) for band in (_LOW, _MIDDLE))
        if low > 0:
            ratios.append(middle / low)
    return float(np.median(ratios)) if ratios else None


def _band(power: NDArray[np.float64], shape: tuple[int, ...], band: tuple[float, float]) -> float:
    away = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    return float(power[(away >= band[0]) & (away < band[1])].mean())
