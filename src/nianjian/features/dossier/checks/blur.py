"""How wide an edge is: a sharp scan has two to three pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.seals.mask import Picture

_CONTRAST: Final = 60
_STRONGEST: Final = 0.90
_LEAST: Final = 200
_EVERY: Final = 2
"""Neighbours say the same: of the pixels with contrast so many-th are measured."""
_AROUND: Final = np.ones((11, 11), np.uint8)


def edge_width(parts: Sequence[Picture]) -> float | None:
    """Pixels from dark to light at the strongest edges; None: nothing with an edge on the page."""
    widths = []
    for part in parts:
        smooth = cv2.GaussianBlur(part, (3, 3), 0.6)
        contrast = cv2.subtract(cv2.dilate(smooth, _AROUND), cv2.erode(smooth, _AROUND)).ravel()
        strong = np.flatnonzero(contrast > _CONTRAST)
        if len(strong) < _LEAST:
            continue
        strong = strong[::_EVERY]
        across, down = (
            cv2.Sobel(smooth, cv2.CV_16S, *way).ravel()[strong].astype(np.float32) for way in ((1, 0), (0, 1))
        )
        gradient = np.sqrt(across * across + down * down) / 8
        least = np.partition(gradient, int(_STRONGEST * len(gradient)))[int(_STRONGEST * len(gradient))]
        edge = gradient >= least
        widths.append(float(np.median(contrast[strong][edge] / gradient[edge])))
    return float(np.median(widths)) if widths else None
