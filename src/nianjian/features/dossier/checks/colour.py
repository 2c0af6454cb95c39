"""Colour or grey, and whether the paper itself shows colour beside its seals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.seals.mask import MM, Picture
from nianjian.features.dossier.seals.seal import Kind, Seal

_SPREAD: Final = 28
_BESIDE_MM: Final = 3.0
_EDGE_MM: Final = 26.0


def coloured(white: Picture) -> Picture:
    """Where a whitened page (100 dpi) has colour: 0 or 1."""
    smooth = cv2.blur(white, (3, 3))
    blue, green, red = cv2.split(smooth)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return (spread > _SPREAD).astype(np.uint8)


def share(plane: Picture) -> float:
    """Share of the page that has colour."""
    return float(plane.mean())


def share_beside(plane: Picture, seals: Sequence[Seal]) -> float:
    """The same outside seals and slices: what the paper had before it was stamped."""
    rest = plane.copy()
    for seal in seals:
        if seal.kind is Kind.SLICE:
            top, low = (round((seal.y_mm + way * (seal.height_mm / 2 + _BESIDE_MM)) * MM) for way in (-1, 1))
            wide = round(_EDGE_MM * MM)
            left = seal.x_mm * MM < plane.shape[1] / 2
            rest[max(0, top) : low, slice(None, wide) if left else slice(-wide, None)] = 0
        else:
            radius = round((seal.diameter_mm / 2 + _BESIDE_MM) * MM)
            cv2.circle(rest, (round(seal.x_mm * MM), round(seal.y_mm * MM)), radius, 0, -1)
    return float(rest.mean())
