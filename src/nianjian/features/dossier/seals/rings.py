"""Round seals: rings sought by a bank of filters, fitted, and looked at around the clock."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import MM, Picture

RADII_MM: Final = tuple(np.arange(16.5, 24.6, 0.75))
PEAKS: Final = 8
_RESPONSE: Final = 0.30
_BAND: Final = 1.0
_RIM: Final = (0.3, 1.7)  # pixels beyond the band
_SMALL: Final = 5
_FIFTH: Final = MM / _SMALL
_NEAR_MM: Final = 8.0
_CONTRAST: Final = 0.33
"""Ink on the ring less ink beside it: letters of print that happen to lie in a circle have none."""
_COVERED: Final = 0.50
_AROUND: Final = 0.55
_GAPPED: Final = 0.42
_GAP: Final = 0.35
_OUTSIDE: Final = 0.6
_FILL: Final = (0.02, 0.62)
_INKED: Final = 0.4
_STEPS: Final = 3  # of 0.25 mm
_ANGLES: Final = 360
_SECTORS: Final = 12
_REACH_MM: Final = 2.2
_SPACING_MM: Final = 20.0
_HIDDEN: Final = 0.2
_SHUT: Final = 0.3
_SEEN: Final = 0.45
"""Share of a ring that must not be hidden under solid print."""


@dataclass(frozen=True, slots=True)
class Ring:
    """In mm; ``covered``: share of the circle that was seen."""

    x: float
    y: float
    r: float
    covered: float


def find_rings(ink: Picture, places: list[Ring], solid: Picture) -> list[Ring]:
    """Round seals in a mask at 100 dpi, best first, none twice; ``places`` as `find_peaks` gives them.

    ``solid``: print under which nothing is seen; what a ring has there counts neither way.
    """
    hidden = solid if solid.any() else None
    rings: list[Ring] = []
    for peak in places:
        if any(np.hypot(peak.x - one.x, peak.y - one.y) < _NEAR_MM for one in rings):
            continue
        ring = _seen(ink, hidden, _fitted(ink, peak))
        if ring is not None and all(np.hypot(ring.x - one.x, ring.y - one.y) > _SPACING_MM for one in rings):
            rings.append(ring)
    return sorted(rings, key=lambda ring: -ring.covered)


def _kernel(r_mm: float) -> NDArray[np.float32]:
    """A ring that sums to one, with a rim of less around it."""
    r = r_mm * _FIFTH
    size = int(np.ceil(r + 4))
    ys, xs = np.mgrid[-size : size + 1, -size : size + 1]
    return banded(np.abs(np.hypot(xs, ys) - r), _RIM)


def banded(away: NDArray[np.float64], rim: tuple[float, float]) -> NDArray[np.float32]:
    """A band where ``away`` is small, that sums to one, with a rim of less from so many to so many pixels beyond."""
    band = np.clip(_BAND + 0.5 - away, 0, 1)
    beside = np.clip(np.minimum(away - _BAND - rim[0], _BAND + rim[1] - away), 0, 1)
    kernel: NDArray[np.float32] = (band / band.sum() - 0.45 * beside / beside.sum()).astype(np.float32)
    return kernel


_KERNELS: Final = tuple((float(r), _kernel(float(r))) for r in RADII_MM)


def find_peaks(ink: Picture, solid: Picture) -> list[Ring]:
    """Places where a ring answers best, by response; solid print may hide a part of one."""
    plane = cv2.max(ink, cv2.convertScaleAbs(solid, alpha=_HIDDEN)).astype(np.uint8, copy=False)
    box = cv2.boundingRect(plane)
    if min(box[2:]) == 0:
        return []
    part = plane[box[1] : box[1] + box[3], box[0] : box[0] + box[2]]
    size = (max(1, part.shape[1] // _SMALL), max(1, part.shape[0] // _SMALL))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    small = np.minimum(small * 2.5, 1).astype(np.float32)
    pad = round(12 * _FIFTH)
    wide = cv2.copyMakeBorder(small, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    answers = np.stack([cv2.filter2D(wide, cv2.CV_32F, kernel) for _r, kernel in _KERNELS])
    best, which = answers.max(axis=0), answers.argmax(axis=0)
    peaks: list[Ring] = []
    while len(peaks) < PEAKS:
        _low, high, _where, (x, y) = cv2.minMaxLoc(best)
        if high < _RESPONSE:
            break
        middle = ((x - pad + 0.5) / _FIFTH + box[0] / MM, (y - pad + 0.5) / _FIFTH + box[1] / MM)
        peaks.append(Ring(*middle, _KERNELS[which[y, x]][0], 0.0))
        cv2.circle(best, (x, y), round(5 * _FIFTH), 0.0, -1)
    return peaks


def to_polar(ink: Picture, ring: Ring, inner: float, outer: float) -> NDArray[np.float32]:
    """The mask around a centre: a row per angle, a column per 0.25 mm of radius from `inner` to `outer` (mm)."""
    radii = np.arange(inner, outer, 0.25, dtype=np.float32)
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False, dtype=np.float32)
    xs = (ring.x + np.outer(np.cos(angles), radii)) * MM
    ys = (ring.y + np.outer(np.sin(angles), radii)) * MM
    around = cv2.remap(ink, xs.astype(np.float32), ys.astype(np.float32), cv2.INTER_LINEAR)
    return (around / np.float32(255)).astype(np.float32)


def _fitted(ink: Picture, ring: Ring) -> Ring:
    """Centre and radius moved to where the ink is: least squares over the angles, stray ink left out."""
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)
    reach = _REACH_MM
    for _ in range(4):
        low = ring.r - reach
        around = to_polar(ink, ring, low, ring.r + reach)
        weight = around.sum(axis=1)
        offset = (around @ np.arange(around.shape[1], dtype=np.float32)) / np.maximum(weight, 1e-6) * 0.25 - reach
        seen = weight > 1.0
        if seen.sum() < _ANGLES // 5:
            return ring
        seen &= np.abs(offset - np.median(offset[seen])) < reach * 0.8
        matrix = np.stack([np.cos(angles[seen]), np.sin(angles[seen]), np.ones(seen.sum())], axis=1)
        dx, dy, dr = np.linalg.lstsq(matrix, offset[seen], rcond=None)[0]
        ring = Ring(ring.x + float(dx), ring.y + float(dy), ring.r + float(dr), 0.0)
        reach = max(1.1, reach * 0.75)
    return ring


def _seen(ink: Picture, hidden: Picture | None, ring: Ring) -> Ring | None:
    """The ring, if what lies around the clock is a seal's."""
    if not RADII_MM[0] - 1.5 <= ring.r <= RADII_MM[-1] + 0.8:
        return None
    seen = np.ones(_ANGLES, np.bool_)
    if hidden is not None:  # only where no solid print lies on the ring
        seen = to_polar(hidden, ring, ring.r - 1.0, ring.r + 1.1).mean(axis=1) < _SHUT
    if seen.mean() < _SEEN:
        return None
    whole = to_polar(ink, ring, 0.0, ring.r + 4.0) > _INKED
    around = whole[seen]
    radius = np.arange(around.shape[1]).astype(np.float64) * 0.25

    def band(low: float, high: float) -> NDArray[np.bool_]:
        return around[:, (radius >= ring.r + low) & (radius <= ring.r + high)]

    on = band(-0.8, 0.8).any(axis=1)
    white_in, white_out = (~band(-3.2, -1.0)).sum(axis=1) >= _STEPS, (~band(1.0, 3.0)).sum(axis=1) >= _STEPS
    covered, gapped = float(on.mean()), float((on & white_in & white_out).mean())
    sector = np.flatnonzero(seen) * _SECTORS // _ANGLES
    there = np.bincount(sector, minlength=_SECTORS)
    shares = np.bincount(sector, on, _SECTORS)[there > 0] / there[there > 0]
    sectors = float((shares > _INKED).mean())
    gap = float((~band(-2.2, -1.1)).mean())
    outside = float(band(1.2, 3.0).mean())
    fill = _fill(whole, radius, ring.r)
    stands_out = float(band(-0.5, 0.5).mean() - max(band(-2.4, -1.2).mean(), band(1.2, 2.4).mean()))
    round_the_clock = covered >= _COVERED and gapped >= _GAPPED and sectors >= _AROUND
    alone = gap > _GAP and outside < _OUTSIDE and stands_out >= _CONTRAST
    well = round_the_clock and alone and _FILL[0] < fill < _FILL[1]
    return Ring(ring.x, ring.y, ring.r, covered) if well else None


def _fill(around: NDArray[np.bool_], radius: NDArray[np.float64], r: float) -> float:
    """Share of the disc inside the ring that is ink; an outer ring has more paper than an inner one."""
    inside = radius < 0.88 * r
    weight = radius[inside]
    return float((around[:, inside].mean(axis=0) * weight).sum() / weight.sum())
