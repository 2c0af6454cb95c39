"""How wide an edge is: a sharp scan has two to three pixels."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from nianjian.dossier.seals.mask import Picture

TILE: Final = 512
_TILES: Final = 6
_CONTRAST: Final = 60
_STRONGEST: Final = 0.90
_LEAST: Final = 200
_AROUND: Final = np.ones((11, 11), np.uint8)


def tiles(grey: Picture) -> list[Picture]:
    """The parts of a page (300 dpi) that have most ink in them."""
    high, wide = grey.shape
    rows, columns = max(1, high // TILE), max(1, wide // TILE)
    small = cv2.resize(grey[: rows * TILE, : columns * TILE], (columns * 8, rows * 8), interpolation=cv2.INTER_AREA)
    spread = small.reshape(rows, 8, columns, 8).std(axis=(1, 3))
    order = np.argsort(-spread, axis=None)[:_TILES]
    places = [divmod(int(one), columns) for one in order]
    return [grey[y * TILE : (y + 1) * TILE, x * TILE : (x + 1) * TILE] for y, x in places]


def edge_width(parts: list[Picture]) -> float | None:
    """Pixels from dark to light at the strongest edges; None: nothing with an edge on the page."""
    widths = []
    for part in parts:
        smooth = cv2.GaussianBlur(part, (3, 3), 0.6)
        work = smooth.astype(np.float32)
        across, down = (cv2.Sobel(work, cv2.CV_32F, *way, scale=0.125) for way in ((1, 0), (0, 1)))
        gradient = np.hypot(across, down)
        contrast = (cv2.dilate(smooth, _AROUND).astype(np.int16) - cv2.erode(smooth, _AROUND)).astype(np.float32)
        strong = contrast > _CONTRAST
        if int(strong.sum()) < _LEAST:
            continue
        edge = strong & (gradient >= np.quantile(gradient[strong], _STRONGEST))
        widths.append(float(np.median(contrast[edge] / gradient[edge])))
    return float(np.median(widths)) if widths else None
