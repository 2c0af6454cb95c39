"""What was done to a row of pages, and which page of the manifest a scanned page is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

import cv2
import numpy as np

from nianjian.features.dossier.editions import manifest


class Kind(StrEnum):
    """How a file or page differs."""

    SWAPPED = "swapped"
    ADDED = "added"
    REMOVED = "removed"
    REORDERED = "reordered"
    CHANGED = "changed"
    MISSING_FILE = "missing_file"
    EXTRA_FILE = "extra_file"
    MANIFEST = "manifest"
    SEAL_MISSING = "seal_missing"
    SEAL_BROKEN = "seal_broken"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """``page``: from 1, in the file as it is; of one that is gone, in the manifest. None: the file itself."""

    file: str
    page: int | None
    kind: Kind


def compare(
    file: str, wanted: Sequence[str], there: Sequence[str], alike: Callable[[int, int], bool]
) -> list[Difference]:
    """Each page that is not what it must be. ``alike``: whether a wanted page looks like one that is there."""
    if list(wanted) == list(there):
        return []
    gone, new, pairs = _unmatched(wanted, there)
    spare_gone, spare_new = Counter(wanted[one] for one in gone), Counter(there[one] for one in new)
    moved = spare_gone & spare_new
    found: list[Difference] = []
    left = Counter(moved)
    for place in new:
        if left[there[place]]:
            left[there[place]] -= 1
            found.append(Difference(file, place + 1, Kind.REORDERED))
    moved_there = {one.page - 1 for one in found if one.page}
    left, moved_wanted = Counter(moved), set[int]()
    for place in gone:
        if left[wanted[place]]:
            left[wanted[place]] -= 1
            moved_wanted.add(place)
    exchanged: set[tuple[int, int]] = {
        (old, now) for old, now in pairs if old not in moved_wanted and now not in moved_there
    }
    for old, now in sorted(exchanged):
        found.append(Difference(file, now + 1, Kind.CHANGED if alike(old, now) else Kind.SWAPPED))
    olds, nows = {old for old, _now in exchanged}, {now for _old, now in exchanged}
    found += [Difference(file, one + 1, Kind.REMOVED) for one in gone if one not in moved_wanted | olds]
    found += [Difference(file, one + 1, Kind.ADDED) for one in new if one not in moved_there | nows]
    return sorted(found, key=lambda one: (one.page or 0, one.kind))


def _unmatched(wanted: Sequence[str], there: Sequence[str]) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """Places without a partner on both sides, and those of them that stand at the same spot."""
    gone: list[int] = []
    new: list[int] = []
    pairs: list[tuple[int, int]] = []
    for tag, a, b, c, d in SequenceMatcher(None, wanted, there, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += range(a, b)
            new += range(c, d)
            pairs += zip(range(a, b), range(c, d), strict=False)
    return gone, new, pairs


REACH: Final = 2  # tiles by which a scan may lie off
PARTS: Final = 4  # steps within a tile
EMPTY: Final = (
    200.0  # ink of an empty page, of its own direction: a line of print has as much, a page of text ten times
)


def closeness(one: str, other: str) -> float:
    """Of two fingerprints: 1 the same, 0 nothing in common."""
    return float(max(_even(manifest.decode_fingerprint(one)) @ _even(manifest.decode_fingerprint(other)), 0.0))


def scores(looks: Sequence[str], known: Sequence[str]) -> Any:  # noqa: ANN401 -- an array, scans by pages
    """How close each scan is to each known page, at the shift that fits best."""
    there = np.stack([_even(manifest.decode_fingerprint(one)) for one in known])
    best = np.zeros((len(looks), len(known)), np.float32)
    shifts = [(dx / PARTS, dy / PARTS) for dx in range(-REACH, REACH + 1) for dy in range(-REACH, REACH + 1)]
    for place, text in enumerate(looks):
        tiles = manifest.decode_fingerprint(text).astype(np.float32)
        moved = np.stack([_even(_shifted(tiles, dx, dy)) for dx, dy in shifts])
        best[place] = np.maximum((moved @ there.T).max(axis=0), 0)
    return best


def _shifted(tiles: Any, dx: float, dy: float) -> Any:  # noqa: ANN401 -- arrays
    by = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return cv2.warpAffine(tiles, by, (manifest.COLUMNS, manifest.ROWS), flags=cv2.INTER_LINEAR)


def blank(known: str) -> bool:
    """Whether a page of the manifest is empty; ValueError."""
    flat = manifest.decode_fingerprint(known).astype(np.float32)
    return float(np.linalg.norm(flat - flat.mean())) < EMPTY / 2


def _even(tiles: Any) -> Any:  # noqa: ANN401 -- arrays
    """As a vector of length 1 around its mean, with one direction more that every page has in equal part.

    Without it a nearly empty page would have no direction that a scan could find again.
    """
    flat = tiles.astype(np.float32).ravel()
    off = np.append(flat - flat.mean(), np.float32(EMPTY))
    return off / float(np.linalg.norm(off))
