"""Riding seals (骑缝章) on scans: whether slices join over successive sheets, and planned slivers are there."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import Picture

STRIP_MM: Final = 26.0
DPI: Final = 200
MM: Final = DPI / 25.4
_TOUCH_MM: Final = 2.5
_LEAST_MM: Final = 5.0
_CLUSTER_MM: Final = 50.0
_PROFILE_MM: Final = 0.5
_REACH_MM: Final = 1.6
_WIDTHS: Final = 0.12
_THIN: Final = 0.12
_LIKE: Final = (0.4, 0.55)
_RIM: Final = 0.8
_STEP_MM: Final = (1.2, 1.1)


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """One page's part: width and height in mm, the ink of its box, whose right side is the page's edge."""

    wide_mm: float
    high_mm: float
    ink: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seam:
    """``missing``: places (from 0) of pages without a slice.

    ``broken``: boundaries (0: between the first two) at which the print does not go on. ``whole``: the widths add up
    to one seal.
    """

    missing: tuple[int, ...]
    broken: tuple[int, ...]
    whole: bool


def find_edge_slice(strip: Picture) -> Slice | None:
    """The slice in the right strip of a page (26 mm at 200 dpi); None: there is none."""
    ink = np.clip(_redness(cv2.GaussianBlur(strip, (0, 0), 0.8).astype(np.uint8)) - 14, 0, 90).astype(np.float32) / 90
    plane = (ink > 0).astype(np.uint8)
    down = cv2.morphologyEx(plane, cv2.MORPH_OPEN, np.ones((round(58 * MM), 1), np.uint8))
    plane[cv2.dilate(down, np.ones((1, 3), np.uint8)) > 0] = 0
    at_edge = _ink_at_edge(plane, join_mm=2, edge_mm=_TOUCH_MM, least=MM)
    ys, xs = np.nonzero(at_edge)
    if not len(ys) or not _LEAST_MM <= np.ptp(ys) / MM <= _CLUSTER_MM:
        return None
    box = (ink * at_edge)[ys.min() : ys.max() + 1, xs.min() :]
    return Slice(box.shape[1] / MM, box.shape[0] / MM, box.astype(np.float32))


def _redness(pixels: Picture) -> NDArray[np.int16]:
    blue, green, red = (channel.astype(np.int16) for channel in cv2.split(pixels))
    return red - np.maximum(green, blue)


def _ink_at_edge(plane: Picture, *, join_mm: float, edge_mm: float, least: float) -> Picture:
    """The pieces of print, joined over so many mm, that reach the right edge and have more than ``least`` pixels."""
    joined = cv2.dilate(plane, np.ones((round(join_mm * MM),) * 2, np.uint8))
    count, names, _stats, _middles = cv2.connectedComponentsWithStats(joined)
    edge, ink = plane.shape[1] - edge_mm * MM, np.zeros_like(plane)
    for name in range(1, count):
        part = (names == name) & (plane > 0)
        xs = np.nonzero(part)[1]
        if len(xs) > least and xs.max() >= edge:
            ink[part] = 1
    return ink


def _correlate(left: NDArray[Any], right: NDArray[Any], reach_mm: float) -> float:
    """Highest correlation over small vertical shifts."""
    scale = float(np.linalg.norm(left) * np.linalg.norm(right)) + 1e-6
    reach = int(reach_mm * MM)
    return max(float(left @ np.roll(right, shift)) / scale for shift in range(-reach, reach + 1))


def match_slices(parts: Sequence[Slice | None]) -> Seam:
    """Whether the slices of one stamp, in the order of the pages, make one seal. The first page has its left part."""
    missing = tuple(place for place, part in enumerate(parts) if part is None)
    there = [part for part in parts if part is not None]
    if missing or not there:
        return Seam(missing, (), whole=False)
    diameter = max(part.high_mm for part in there)
    widths = [part.wide_mm for part in there]
    whole = abs(sum(widths) - diameter) <= _WIDTHS * diameter
    likeness, steps = [], []
    for left, right in pairwise(there):
        likeness.append(
            _correlate(_profile(left, last=True, high=diameter), _profile(right, last=False, high=diameter), _REACH_MM)
        )
        steps.append(abs(_chord(left, last=True) - _chord(right, last=False)))
    return Seam((), _breaks(likeness, steps, widths, diameter), whole)


def _columns(part: Slice, *, last: bool) -> NDArray[np.float32]:
    count = max(1, round(_PROFILE_MM * MM))
    return part.ink[:, -count:] if last else part.ink[:, :count]


def _profile(part: Slice, *, last: bool, high: float) -> NDArray[np.float64]:
    """Ink along the cut, middle to middle, smoothed, without its mean."""
    size = round(high * MM) + 8
    column = _columns(part, last=last).mean(axis=1)
    line = np.zeros(size)
    start = (size - len(column)) // 2
    line[start : start + len(column)] = column
    line = cv2.GaussianBlur(line.reshape(-1, 1), (0, 0), 0.35 * MM).ravel().astype(np.float64)
    centred: NDArray[np.float64] = line - line.mean()
    return centred


def _chord(part: Slice, *, last: bool) -> float:
    """How tall the print is along the cut, in mm."""
    rows = np.nonzero(_columns(part, last=last).max(axis=1) > 0)[0]
    return float(rows.max() - rows.min()) / MM if len(rows) else 0.0


def _breaks(
    likeness: Sequence[float], steps: Sequence[float], widths: Sequence[float], diameter: float
) -> tuple[int, ...]:
    """Boundaries at which ink or chord do not go on; near the rim there is little ink, and the chord changes fast."""
    if not likeness:
        return ()
    r, total, typical, seen, bad = diameter / 2, sum(widths), float(np.median(likeness)), 0.0, []
    for place, (like, step) in enumerate(zip(likeness, steps, strict=True)):
        seen += widths[place]
        away = abs(seen - total / 2) / (total / 2) * r
        slope = 2 * away / math.sqrt(max(r * r - away * away, (0.12 * r) ** 2))
        least = _THIN if away > _RIM * r else min(_LIKE[0], _LIKE[1] * typical)
        if like < least or step > _STEP_MM[0] + _STEP_MM[1] * slope:
            bad.append(place)
    return tuple(bad)


ROOM_MM: Final = 7.0  # by which a sliver may lie higher or lower than planned
EDGE_MM: Final = 6.0  # between a sliver and the edge of the scan
TALL_MM: Final = 5.0  # of the least sliver
CUT_MM: Final = 0.6  # beside the cut, where the ink is compared
REACH_MM: Final = 5.0  # by which neighbours may be shifted against each other
RED: Final = 28
CLEAR: Final = 0.35  # likeness of two cuts below which the print does not go on
JOINS: Final = 0.5

Cut = Any  # ink along a cut, an array


@dataclass(frozen=True, slots=True, eq=False)
class Sliver:
    """Ink along its left and its right side, row by row of the planned place."""

    left: Cut
    right: Cut


def cut_strip(pixels: Picture) -> Picture:
    """The right strip of an upright page at the finder's scale."""
    high, wide = pixels.shape[:2]
    scale = MM * 297 / high
    part = np.ascontiguousarray(pixels[:, wide - round(STRIP_MM * MM / scale) :, :3])
    size = (round(STRIP_MM * MM), round(297 * MM))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def find_sliver(page: Picture, height: float, diameter_mm: float) -> Sliver | None:
    """The sliver at ``height`` (a share of the page from below) in a page's right strip; None: there is none."""
    middle, reach = (1 - height) * 297, diameter_mm / 2 + ROOM_MM
    part = page[round((middle - reach) * MM) : round((middle + reach) * MM)]
    plane = (_redness(cv2.GaussianBlur(part, (0, 0), 0.8).astype(np.uint8)) > RED).astype(np.uint8)
    at_edge = _ink_at_edge(plane, join_mm=3, edge_mm=EDGE_MM, least=2 * MM)
    ys, xs = np.nonzero(at_edge)
    if not len(ys) or np.ptp(ys) < TALL_MM * MM:
        return None
    wide = max(1, round(CUT_MM * MM))
    left, right = at_edge[:, xs.min() : xs.min() + wide], at_edge[:, max(0, xs.max() + 1 - wide) : xs.max() + 1]
    return Sliver(_cut(left), _cut(right))


def _cut(columns: Any) -> Cut:  # noqa: ANN401 -- an array
    line = columns.astype(np.float32).mean(axis=1).reshape(-1, 1)
    return cv2.GaussianBlur(line, (0, 0), 0.8 * MM).ravel()


def likeness(one: Sliver, after: Sliver) -> float:
    """How far the print goes on from one sheet to the next: 1 as it should, 0 not at all."""
    size = max(len(one.right), len(after.left))
    left, right = (np.pad(each, (0, size - len(each))) for each in (one.right, after.left))
    return _correlate(left, right, REACH_MM)


def evaluate_slivers(stamps: Mapping[int, Sequence[tuple[int, Sliver | None]]]) -> dict[int, str]:
    """For each sheet joins, missing, does_not_join or cannot_tell; the worst where two stamps share it.

    ``stamps``: of each stamp its sheets in order with what was found there.
    """
    order = ("joins", "cannot_tell", "does_not_join", "missing")
    by_sheet: dict[int, str] = {}
    for row in stamps.values():
        for sheet, state in _stamp(row):
            by_sheet[sheet] = max(by_sheet.get(sheet, "joins"), state, key=order.index)
    return by_sheet


def _stamp(row: Sequence[tuple[int, Sliver | None]]) -> list[tuple[int, str]]:
    count = sum(part is not None for _sheet, part in row)
    if 2 * count < len(row):
        return [(sheet, "cannot_tell") for sheet, _part in row]
    likes = [None if one is None or after is None else likeness(one, after) for (_, one), (_, after) in pairwise(row)]
    said = []
    for place, (sheet, part) in enumerate(row):
        beside = [one for one in (*likes[max(0, place - 1) : place], *likes[place : place + 1]) if one is not None]
        if part is None:
            said.append((sheet, "missing"))
        elif beside and max(beside) < CLEAR:
            said.append((sheet, "does_not_join" if _guilty(place, len(row), likes) else "cannot_tell"))
        else:
            said.append((sheet, "joins" if beside and max(beside) >= JOINS else "cannot_tell"))
    return said


def _guilty(place: int, count: int, likes: Sequence[float | None]) -> bool:
    """Whether a sheet that joins nowhere is the one at fault: an end only where its neighbour goes on beyond."""
    if 0 < place < count - 1 or count == 2:  # noqa: PLR2004 -- of two, either
        return True
    beyond = likes[1] if place == 0 else likes[-2]
    return beyond is not None and beyond >= JOINS


_EDGE_MM: Final = 3.0  # of the right edge, where a slice has ink
_TALL_MM: Final = 47.0  # that one print takes: ring above, ring below, letters or nothing between
_ROOM_MM: Final = 2.0
_SAME_MM: Final = 8.0  # by which the slices of one stamp may differ in height: paper is fanned by hand
_RED: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class PlacedSlice:
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


def find_strip_slices(strip: Picture) -> list[PlacedSlice]:
    """Every slice in the right strip of a page (26 mm at 200 dpi), from above."""
    slices = []
    for top, low in _bands(strip):
        alone = np.full_like(strip, 255)
        alone[top:low] = strip[top:low]
        one = find_edge_slice(alone)
        if one is not None:
            slices.append(PlacedSlice((top + low) / 2 / MM, one))
    return slices


def _bands(strip: Picture) -> Iterator[tuple[int, int]]:
    """Rows that one print takes, with room around: from its upper edge as far as a seal can reach."""
    rows = np.flatnonzero((_redness(strip[:, -round(_EDGE_MM * MM) :]) > _RED).sum(axis=1) > 1)
    room, tall = round(_ROOM_MM * MM), round(_TALL_MM * MM)
    while len(rows):
        part = rows[rows <= rows[0] + tall]
        yield max(0, int(part[0]) - room), min(strip.shape[0], int(part[-1]) + room)
        rows = rows[len(part) :]


def find_broken_joints(pages: Sequence[Sequence[PlacedSlice]]) -> tuple[tuple[int, ...], bool]:
    """Joints (0: between the first two pages) that no stamp covers or where its print does not go on.

    The flag: every stamp adds up to one seal. A stamp on a single page covers nothing.
    """
    done = _runs(pages)
    covered = {joint for one in done for joint in range(one.first, one.last)}
    bad = set(range(len(pages) - 1)) - covered
    whole = True
    for one in done:
        if len(one.slices) > 1:
            result = match_slices(one.slices)
            bad |= {one.first + place for place in result.broken}
            whole = whole and result.whole
    return tuple(sorted(bad)), whole


def _runs(pages: Sequence[Sequence[PlacedSlice]]) -> list[_Run]:
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
