"""Seals on pages whose truth is known: found where they lie, and nowhere else."""

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.scans import ink, paper, scanner
from tests.support.scans.ink import Print

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.editions.package import Rules, plan
from nianjian.features.dossier.seals import seam
from nianjian.features.dossier.seals.detect import find_seals
from nianjian.features.dossier.seals.mask import Kind, Seal, unwrap_letters, whiten
from nianjian.features.dossier.seals.seam import Sliver, evaluate_slivers, likeness

MM = paper.DPI / 25.4
NAME = "浙江华信通信科技有限公司"
BOOK = Rulebook.on(date(2026, 11, 1))
SEAL = Rules.of(BOOK)
FAULTS = scanner.Faults(skew=0.5, blur=0.3, noise=2, shade=0.05, saturation=0.8, quality=70)  # at half the resolution
Placed = tuple[Print, float, float]


def a_round(colour: str = "normal") -> Print:
    return Print("round", 42, 42, colour, NAME)


OVAL, FADED_OVAL = Print("oval", 45, 30, "normal", NAME), Print("oval", 45, 30, "faded", NAME)
SQUARE, LARGE_SQUARE = Print("square", 20, 20, "normal", "张三之印"), Print("square", 22, 22, "normal", "浙江天成")


def found(page: np.ndarray) -> list[Seal]:
    small = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return list(find_seals(scanner.scanned(small, FAULTS, random.Random(2))[0], 100))


def stamp(page: np.ndarray, one: Print, x_mm: float, y_mm: float) -> None:
    rng = random.Random(3)
    layer = ink.worn(ink.coverage(one, paper.DPI, rng), rng)
    ink.stamp(page, layer, one.ink, round(x_mm * MM - layer.shape[1] / 2), round(y_mm * MM - layer.shape[0] / 2))


def stamped(kind: str, *prints: Placed) -> np.ndarray:
    page = paper.page(kind, 1).copy()
    for one in prints:
        stamp(page, *one)
    return page


@pytest.mark.parametrize(
    ("base", "prints"),
    [
        ("text", [(a_round("fresh"), 120, 150), (OVAL, 55, 250), (SQUARE, 150, 252)]),
        ("table", [(a_round(), 60, 170), (a_round("faded"), 150, 230)]),
        ("letterhead", [(a_round("dark"), 60, 170), (a_round("pink"), 150, 230)]),
        ("licence", []),
        ("chart", []),
        ("grid", [(LARGE_SQUARE, 60, 100), (FADED_OVAL, 120, 200)]),  # no cell is one
        ("red_cells", [(LARGE_SQUARE, 60, 100), (FADED_OVAL, 120, 200)]),
    ],
)
def test_seals_are_told_apart_and_measured_and_red_print_is_none(base: str, prints: list[Placed]) -> None:
    seals = sorted(found(stamped(base, *prints)), key=lambda one: one.y_mm)
    assert [one.kind.value for one in seals] == [one.kind for one, _x, _y in prints]
    for seal, (one, x_mm, y_mm) in zip(seals, prints, strict=True):
        assert np.hypot(seal.x_mm - x_mm, seal.y_mm - y_mm) < 1.5
        assert abs(seal.diameter_mm - one.wide_mm) < (5 if one.kind == "oval" else 1.5)


def test_a_round_one_half_under_red_bars_is_found() -> None:
    page = paper.page("text", 1).copy()
    for left in (80, 97, 114):
        corners = [(round(x * MM), round(y * MM)) for x, y in ((left, 60), (left + 11, 122))]
        cv2.rectangle(page, *corners, (14, 0, 200), -1)
    stamp(page, a_round(), 110, 130)
    (seal,) = [one for one in found(page) if one.kind is Kind.ROUND]
    assert np.hypot(seal.x_mm - 110, seal.y_mm - 130) < 1.5


def test_a_black_and_white_copy_shows_none() -> None:
    assert found(scanner.grey(stamped("text", (a_round("fresh"), 100, 200)))) == []


def test_the_name_in_a_seal_is_laid_straight() -> None:
    page = stamped("text", (a_round("fresh"), 100, 230))
    line = unwrap_letters(page, paper.DPI, Seal(100, 230, 42, 42, Kind.ROUND, 1.0))
    assert line.shape[0] == 72
    dark = (line < 120).mean(axis=0)
    quarter = len(dark) // 8
    ends = np.concatenate([dark[:quarter], dark[-quarter:]])
    assert ends.mean() < 0.1 * dark[quarter:-quarter].mean() + 0.02, "the ring is open below, at both ends of the line"


# Riding seals: stamps across the right edges of sheets, found and followed over every joint.

STRIP = (round(297 * seam.MM), round(seam.STRIP_MM * seam.MM), 3)


def blank_strips(count: int) -> list[np.ndarray]:
    return [np.full(STRIP, 252, np.uint8) for _sheet in range(count)]


def spread(strips: Sequence[np.ndarray], seed: int, height: float) -> None:
    """One seal across the right edges of successive sheets, its middle at a height (share from above)."""
    rng = random.Random(seed)
    layer = ink.worn(ink.coverage(a_round(), seam.DPI, rng), rng)[:, 16:-16]
    cuts = np.linspace(0, layer.shape[1], len(strips) + 1).round().astype(int)
    for strip, (left, right) in zip(strips, pairwise(cuts), strict=True):
        ink.stamp(
            strip,
            layer[:, left:right],
            "normal",
            STRIP[1] - (right - left),
            round(STRIP[0] * height - layer.shape[0] / 2),
        )


def seen(strip: np.ndarray) -> np.ndarray:
    return whiten(cv2.GaussianBlur(strip, (0, 0), 0.6))


def test_slices_in_order_join_and_what_was_swapped_or_taken_out_is_told() -> None:
    strips = blank_strips(5)
    spread(strips, 5, 0.5)
    parts = [seam.find_edge_slice(seen(strip)) for strip in strips]
    whole = seam.Seam((), (), whole=True)
    assert seam.match_slices(parts) == whole
    assert seam.match_slices([parts[place] for place in (0, 3, 2, 1, 4)]).broken
    assert seam.match_slices([parts[place] for place in (0, 1, 3, 4)]) != whole
    assert seam.match_slices([*parts[:3], seam.find_edge_slice(blank_strips(1)[0])]).missing == (3,)


def test_every_joint_of_a_long_file_is_followed_and_what_is_wrong_told() -> None:
    """Two stamps, which share a sheet, as the planner says."""
    strips = blank_strips(21)
    for one in plan(len(strips), SEAL, duplex=False).stamps:
        spread(strips[one.first - 1 : one.last], one.number, 1 - float(one.height))
    pages = [seam.find_strip_slices(seen(strip)) for strip in strips]
    counts = [len(one) for one in pages]
    shared = counts.index(2)
    assert sorted(counts) == [1] * (len(pages) - 1) + [2]
    assert seam.find_broken_joints(pages) == ((), True)

    def broken(*changed: list[seam.PlacedSlice]) -> set[int]:
        return set(seam.find_broken_joints(changed)[0])

    assert seam.find_broken_joints(pages[:4] + pages[6:])[1] is False, "two of eleven: it does not add up to a seal"
    assert broken(*pages[:4], pages[7], *pages[5:7], pages[4], *pages[8:]) & {3, 4, 6, 7}
    assert {15, 16} <= broken(*pages[:16], [], *pages[17:])
    apart = [*pages[:shared], pages[shared][1:], *pages[shared + 1 :]]
    assert broken(*apart) & {shared - 1, shared}, "the stamps share no sheet"


# What is said of a riding seal's slivers: only what is clear is a fault.

LONG = 200


def _cut(*marks: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    line = np.zeros(LONG, np.float32)
    for mark in marks:
        line[mark : mark + 8] = 1
    return line


ARC = _cut(20, 170)
RUNS_ON, STAR, STRANGE = (Sliver(cut, cut) for cut in (ARC, _cut(60, 90, 130), _cut(5, 175)))


def test_a_print_goes_on_where_the_cuts_are_alike_though_a_sheet_slipped() -> None:
    assert likeness(RUNS_ON, RUNS_ON) > 0.99
    assert likeness(RUNS_ON, Sliver(np.roll(ARC, 10), ARC)) > 0.99
    assert likeness(STAR, STRANGE) < 0.35


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[RUNS_ON, RUNS_ON, None, RUNS_ON, RUNS_ON]], ["joins", "joins", "missing", "joins", "joins"]),
        ([[STAR, STAR, STRANGE, STAR, STAR]], ["joins", "joins", "does_not_join", "joins", "joins"]),
        ([[STAR, STAR, STRANGE]], ["joins", "joins", "does_not_join"]),  # its neighbour goes on beyond
        ([[RUNS_ON, None, None]], ["cannot_tell"] * 3),  # less than half was seen
        # Of two stamps that share sheet 2 the worse counts.
        ([[RUNS_ON, RUNS_ON], [RUNS_ON, None, RUNS_ON]], ["joins", "cannot_tell", "missing", "cannot_tell"]),
        ([[RUNS_ON, RUNS_ON], [None, RUNS_ON, RUNS_ON]], ["joins", "missing", "joins", "joins"]),
    ],
)
def test_what_is_said_of_slivers(rows: list[list[Sliver | None]], told: list[str]) -> None:
    """The second stamp begins on the second sheet."""
    stamps = {first: list(enumerate(row, first)) for first, row in enumerate(rows, 1)}
    assert list(evaluate_slivers(stamps).values()) == told


# How many stamps a file takes, and where.


def test_the_example_of_the_rulebook() -> None:
    seal_plan = plan(57, SEAL)
    assert [(one.first, one.last) for one in seal_plan.stamps] == [(1, 20), (20, 39), (39, 57)]
    assert SEAL.sheets == 20
    assert [len(plan(sheets, SEAL).stamps) for sheets in (1, 2, 20, 21, 39, 40)] == [0, 1, 1, 2, 2, 3]


@given(sheets=st.integers(1, 500), diameter=st.decimals(4, 45, places=1), duplex=st.booleans())
def test_every_joint_is_covered_and_no_sliver_is_too_thin(sheets: int, diameter: Decimal, *, duplex: bool) -> None:
    rules = Rules.of(BOOK, diameter)
    seal_plan = plan(sheets, rules, duplex=duplex)
    assert seal_plan.uncovered() == ()
    sizes = [one.sheets for one in seal_plan.stamps]
    assert sheets == 1 or max(sizes) - min(sizes) <= 1
    assert all(one.sliver_mm >= rules.sliver_mm and one.sheets <= rules.most for one in seal_plan.stamps)
    for left, right in zip(seal_plan.stamps, seal_plan.stamps[1:], strict=False):
        assert left.last == right.first, "neighbours share one sheet"
        assert abs(left.height - right.height) * 297 > diameter, "their slices do not touch"
    if seal_plan.stamps:
        assert (seal_plan.stamps[0].first, seal_plan.stamps[-1].last) == (1, sheets)
    slices = [(one.sheet, one.height) for one in seal_plan.slices()]
    assert len(slices) == len(set(slices)) == sum(sizes)


def test_two_sides_count_as_one_sheet() -> None:
    seal_plan = plan(3, SEAL, duplex=True)
    assert [seal_plan.pages(sheet) for sheet in (1, 2, 3)] == [(1, 2), (3, 4), (5, 6)]
    assert plan(3, SEAL).pages(3) == (3,)


def test_a_wrong_number_of_sheets_and_a_seal_that_is_none() -> None:
    for sheets in (0, -1, 100_001):
        with pytest.raises(NianjianError, match="riding_seal_sheets"):
            plan(sheets, SEAL)
    for wide in ("3.9", "45.1"):
        with pytest.raises(NianjianError, match="riding_seal_diameter"):
            Rules.of(BOOK, Decimal(wide))
