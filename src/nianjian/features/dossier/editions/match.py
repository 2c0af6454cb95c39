"""Which page of the manifest a scanned page is, by where its ink lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np

from nianjian.features.dossier.editions import ink

REACH: Final = 2  # tiles by which a scan may lie off
PARTS: Final = 4  # steps within a tile
EMPTY: Final = (
    200.0  # ink of an empty page, of its own direction: a line of print has as much, a page of text ten times
)


def closeness(one: str, other: str) -> float:
    """Of two fingerprints: 1 the same, 0 nothing in common."""
    return _like(_even(ink.read(one)), _even(ink.read(other)))


def scores(looks: Sequence[str], known: Sequence[str]) -> Any:  # noqa: ANN401 -- an array, scans by pages
    """How close each scan is to each known page, at the shift that fits best."""
    there = np.stack([_even(ink.read(one)) for one in known])
    best = np.zeros((len(looks), len(known)), np.float32)
    shifts = [(dx / PARTS, dy / PARTS) for dx in range(-REACH, REACH + 1) for dy in range(-REACH, REACH + 1)]
    for place, text in enumerate(looks):
        tiles = ink.read(text).astype(np.float32)
        moved = np.stack([_even(_shifted(tiles, dx, dy)) for dx, dy in shifts])
        best[place] = np.maximum((moved @ there.T).max(axis=0), 0)
    return best


def _shifted(tiles: Any, dx: float, dy: float) -> Any:  # noqa: ANN401 -- arrays
    by = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return cv2.warpAffine(tiles, by, (ink.COLUMNS, ink.ROWS), flags=cv2.INTER_LINEAR)


def blank(known: str) -> bool:
    """Whether a page of the manifest is empty; ValueError."""
    flat = ink.read(known).astype(np.float32)
    return float(np.linalg.norm(flat - flat.mean())) < EMPTY / 2


def _even(tiles: Any) -> Any:  # noqa: ANN401 -- arrays
    """As a vector of length 1 around its mean, with one direction more that every page has in equal part.

    Without it a nearly empty page would have no direction that a scan could find again.
    """
    flat = tiles.astype(np.float32).ravel()
    off = np.append(flat - flat.mean(), np.float32(EMPTY))
    return off / float(np.linalg.norm(off))


def _like(one: Any, other: Any) -> float:  # noqa: ANN401 -- vectors
    return float(max(one @ other, 0.0))
