"""The parts of a page in which most is to be seen: all that the checks of sharpness look at."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

TILE: Final = 512
_TILES: Final = 6


def tiles(grey: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The parts of a page (300 dpi) that have most ink in them; all of one size."""
    high, wide = grey.shape
    rows, columns = max(1, high // TILE), max(1, wide // TILE)
    small = cv2.resize(grey[: rows * TILE, : columns * TILE], (columns * 8, rows * 8), interpolation=cv2.INTER_AREA)
    spread = small.reshape(rows, 8, columns, 8).std(axis=(1, 3))
    order = np.argsort(-spread, axis=None)[:_TILES]
    places = [divmod(int(one), columns) for one in order]
    return [grey[y * TILE : (y + 1) * TILE, x * TILE : (x + 1) * TILE] for y, x in places]
