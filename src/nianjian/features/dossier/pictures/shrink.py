"""A drawn page as a small JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.ingest.render import Drawn

WIDE: Final = 760  # pixels: an A4 page at 92 dpi, text of 10 points can be read
QUALITY: Final = 60
DPI: Final = 100  # at which a page is drawn that was not checked just now


@dataclass(frozen=True, slots=True)
class Pictured:
    """A page's picture; sides of the page in mm."""

    page: int
    wide_mm: float
    high_mm: float
    jpeg: bytes


def pictured(one: Drawn) -> Pictured:
    """A page that was drawn, as its picture; a longer side than thrice the width is squeezed into that."""
    high, wide = one.bgr.shape[:2]
    share = min(1.0, WIDE / wide, 3 * WIDE / high)
    size = (max(1, round(wide * share)), max(1, round(high * share)))
    small = one.bgr if share == 1.0 else cv2.resize(one.bgr, size, interpolation=cv2.INTER_AREA)
    done, told = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:  # a page has pixels, so there is always a JPEG of it
        raise ValueError(one.facts.page)
    return Pictured(one.facts.page, one.facts.wide_mm, one.facts.high_mm, np.asarray(told).tobytes())
