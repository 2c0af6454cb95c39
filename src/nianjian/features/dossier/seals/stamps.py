"""Riding seals of a long file: several stamps, of which neighbours share a sheet and stand at two heights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.seals import seam
from nianjian.features.dossier.seals.mask import Picture
from nianjian.features.dossier.seals.seam import DPI, Slice, edge_slice

_MM: Final = DPI / 25.4
_EDGE_MM: Final = 3.0  # of the right edge, where a slice has ink
_TALL_MM: Final = 47.0  # that one print takes: ring above, ring below, letters or nothing between
_ROOM_MM: Final = 2.0
_SAME_MM: Final = 8.0  # by which the slices of one stamp may differ in height: paper is fanned by hand
_RED: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A slice and the height of its middle on the page, in mm from above."""

    y_mm: float
    slice: Slice


@dataclass(slots=True)
class _Run:
    first: int
    y_mm: float
    slices: list[Slice] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.first + len(self.slices) - 1


def slices(strip: Picture) -> list[Placed]:
    """Every slice in the right strip of a page (26 mm at 200 dpi), from above."""
    found = []
    for top, low in _bands(strip):
        alone = np.full_like(strip, 255)
        alone[top:low] = strip[top:low]
        one = edge_slice(alone)
        if one is not None:
            found.append(Placed((top + low) / 2 / _MM, one))
    return found


def _bands(strip: Picture) -> Iterator[tuple[int, int]]:
    """Rows that one print takes, with room around: from its upper edge as far as a seal can reach."""
    blue, green, red = (one.astype(np.int16) for one in cv2.split(strip[:, -round(_EDGE_MM * _MM) :]))
    rows = np.flatnonzero((red - np.maximum(green, blue) > _RED).sum(axis=1) > 1)
    if not len(rows):
        return
    room, tall = round(_ROOM_MM * _MM), round(_TALL_MM * _MM)
    while len(rows):
        part = rows[rows <= rows[0] + tall]
        yield max(0, int(part[0]) - room), min(strip.shape[0], int(part[-1]) + room)
        rows = rows[len(part) :]


def broken(pages: Sequence[Sequence[Placed]]) -> tuple[tuple[int, ...], bool]:
    """Joints (0: between the first two pages) that no stamp covers or where its print does not go on.

    The flag: every stamp adds up to one seal. A stamp on a single page covers nothing.
    """
    done = _runs(pages)
    covered = {joint for one in done for joint in range(one.first, one.last)}
    bad = set(range(len(pages) - 1)) - covered
    whole = True
    for one in done:
        if len(one.slices) > 1:
            found = seam.joined(one.slices)
            bad |= {one.first + place for place in found.broken}
            whole = whole and found.whole
    return tuple(sorted(bad)), whole


def _runs(pages: Sequence[Sequence[Placed]]) -> list[_Run]:
    """Slices of one height on pages that follow each other."""
    opened: list[_Run] = []
    done: list[_Run] = []
    for number, placed in enumerate(pages):
        going: list[_Run] = []
        for one in placed:
            near = [run for run in opened if abs(run.y_mm - one.y_mm) <= _SAME_MM]
            run = min(near, key=lambda run: abs(run.y_mm - one.y_mm)) if near else _Run(number, one.y_mm)
            if near:
                opened.remove(run)
            run.slices.append(one.slice)
            run.y_mm = one.y_mm
            going.append(run)
        done += opened
        opened = going
    return done + opened
