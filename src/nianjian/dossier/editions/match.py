"""Which page of the manifest a scanned page is, by where its ink lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np

from nianjian.dossier.editions import ink

REACH: Final = 2  # tiles by which a scan may lie off
PARTS: Final = 4  # steps within a tile


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


def _even(tiles: Any) -> Any:  # noqa: ANN401 -- arrays
    """As a vector of length 1 around its mean; an empty page is one direction of its own."""
    flat = tiles.astype(np.float32).ravel()
    off = flat - flat.mean()
    length = float(np.linalg.norm(off))
    if flat.mean() < 1.0 or length < 1.0:
        return np.full_like(flat, 1 / np.sqrt(flat.size))
    return off / length


def _like(one: Any, other: Any) -> float:  # noqa: ANN401 -- vectors
    return float(max(one @ other, 0.0))
