"""Seals on pages whose truth is known: found where they lie, and nowhere else."""

import random
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.scans import ink, paper, scanner
from tests.support.scans.ink import Print

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.editions.package import Rules, plan
from nianjian.features.dossier.seals import seam
from nianjian.features.dossier.seals.detect import find_seals
from nianjian.features.dossier.seals.mask import Kind, Seal, unwrap_letters, whiten
from nianjian.features.dossier.seals.seam import Sliver, evaluate_slivers, likeness

MM = paper.DPI / 25.4
NAME = "浙江华信通信科技有限公司"
FAULTS = scanner.Faults(skew=0.5, blur=0.5, noise=4, shade=0.05, saturation=0.8, quality=60)


def found(page: np.ndarray) -> list[Seal]:
    scan, _jpeg = scanner.scanned(page, FAULTS, random.Random(2))
    return list(find_seals(cv2.resize(scan, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 100))


def stamped(kind: str, one: Print, x_mm: float, y_mm: float) -> np.ndarray:
    page, rng = paper.page(kind, 1).copy(), random.Random(3)
    layer = ink.worn(ink.coverage(one, paper.DPI, rng), rng)
    ink.stamp(page, layer, one.ink, round(x_mm * MM - layer.shape[1] / 2), round(y_mm * MM - layer.shape[0] / 2))
    return page


@pytest.mark.parametrize(
    ("base", "colour"),
    [("text", "fresh"), ("table", "normal"), ("letterhead", "dark"), ("table", "faded"), ("letterhead", "pink")],
)
def test_a_round_seal_is_found_and_measured(base: str, colour: str) -> None:
    (seal,) = found(stamped(base, Print("round", 42, 42, colour, NAME), 120, 170))
    assert seal.kind is Kind.ROUND
    assert np.hypot(seal.x_mm - 120, seal.y_mm - 170) < 1.5
    assert abs(seal.diameter_mm - 42) < 1.5


def test_an_oval_and_a_square_one_are_told_apart() -> None:
    (oval,) = found(stamped("text", Print("oval", 45, 30, "normal", NAME), 100, 250))
    assert (oval.kind, round(oval.diameter_mm / 10)) == (Kind.OVAL, 4 if oval.diameter_mm < 45 else 5)
    (square,) = found(stamped("text", Print("square", 20, 20, "normal", "张三之印"), 100, 250))
    assert square.kind is Kind.SQUARE


@pytest.mark.parametrize("base", ["grid", "red_cells"])
@pytest.mark.parametrize(
    "given",
    [Print("square", 22, 22, "normal", "浙江天成"), Print("oval", 45, 30, "faded", NAME)],
    ids=lambda one: one.kind,
)
def test_one_over_red_lines_is_found(base: str, given: Print) -> None:
    (seal,) = [one for one in found(stamped(base, given, 100, 170)) if one.kind.value == given.kind]
    assert np.hypot(seal.x_mm - 100, seal.y_mm - 170) < 1.5
    assert given.kind == "oval" or abs(seal.diameter_mm - given.wide_mm) < 1.5


def test_a_round_one_half_under_red_bars_is_found() -> None:
    page = paper.page("text", 1).copy()
    for left in (80, 97, 114):
        cv2.rectangle(
            page, (round(left * MM), round(60 * MM)), (round((left + 11) * MM), round(122 * MM)), (14, 0, 200), -1
        )
    layer = ink.worn(
        ink.coverage(Print("round", 42, 42, "normal", NAME), paper.DPI, random.Random(3)), random.Random(3)
    )
    ink.stamp(page, layer, "normal", round(110 * MM - layer.shape[1] / 2), round(130 * MM - layer.shape[0] / 2))
    (seal,) = [one for one in found(page) if one.kind is Kind.ROUND]
    assert np.hypot(seal.x_mm - 110, seal.y_mm - 130) < 1.5


@pytest.mark.parametrize("base", paper.KINDS)
def test_red_print_is_no_seal(base: str) -> None:
    kinds = {one.kind for one in found(paper.page(base, 1))}
    assert not kinds & {Kind.ROUND, Kind.OVAL}
    assert Kind.SQUARE not in kinds or base not in {"grid", "red_cells"}, "no cell is one"


def test_a_black_and_white_copy_shows_none() -> None:
    page = scanner.grey(stamped("text", Print("round", 42, 42, "fresh", "浙江华信科技有限公司"), 100, 200))
    assert found(page) == []


def slices(pages: int) -> list[np.ndarray]:
    """Right strips of pages that carry one seal across their edges."""
    rng = random.Random(5)
    layer = ink.worn(ink.coverage(Print("round", 42, 42, "normal", NAME), seam.DPI, rng), rng)
    layer = layer[:, 16:-16]
    cuts = np.linspace(0, layer.shape[1], pages + 1).round().astype(int)
    strips = []
    for left, right in pairwise(cuts):
        strip = np.full((2339, round(seam.STRIP_MM * MM), 3), 252, np.uint8)
        ink.stamp(strip, layer[:, left:right], "normal", strip.shape[1] - (right - left), 1000)
        strips.append(whiten(cv2.GaussianBlur(strip, (0, 0), 0.6)))
    return strips


def test_slices_in_order_join_and_what_was_swapped_or_taken_out_is_told() -> None:
    parts = [seam.find_edge_slice(strip) for strip in slices(5)]
    assert seam.match_slices(parts) == seam.Seam((), (), whole=True)
    assert seam.match_slices([parts[place] for place in (0, 3, 2, 1, 4)]).broken
    assert seam.match_slices([parts[place] for place in (0, 1, 3, 4)]) != seam.Seam((), (), whole=True)
    bare = np.full((2339, round(seam.STRIP_MM * MM), 3), 252, np.uint8)
    assert seam.match_slices([*parts[:3], seam.find_edge_slice(bare)]).missing == (3,)


def test_the_name_in_a_seal_is_laid_straight() -> None:
    page = stamped("text", Print("round", 42, 42, "fresh", NAME), 100, 230)
    line = unwrap_letters(page, paper.DPI, Seal(100, 230, 42, 42, Kind.ROUND, 1.0))
    assert line.shape[0] == 72
    dark = (line < 120).mean(axis=0)
    quarter = len(dark) // 8
    ends = np.concatenate([dark[:quarter], dark[-quarter:]])
    assert ends.mean() < 0.1 * dark[quarter:-quarter].mean() + 0.02, "the ring is open below, at both ends of the line"


# Riding seals of a long file: stamps that share a sheet, found and followed over every joint.

STAMPS_MM = seam.DPI / 25.4
SHEETS = 29
HIGH = round(297 * STAMPS_MM)


@lru_cache(maxsize=1)
def planned() -> list[list[seam.PlacedSlice]]:
    """The slices of each sheet, stamped as the planner says."""
    made = plan(SHEETS, Rules.of(Rulebook.on(clock.today())), duplex=False)
    strips = [np.full((HIGH, round(seam.STRIP_MM * STAMPS_MM), 3), 252, np.uint8) for _sheet in range(SHEETS)]
    for one in made.stamps:
        rng = random.Random(one.number)
        layer = ink.coverage(Print("round", 42, 42, "normal", "浙江华信通信科技有限公司"), seam.DPI, rng)
        layer = ink.worn(layer, rng)[:, 16:-16]
        cuts = np.linspace(0, layer.shape[1], one.sheets + 1).round().astype(int)
        top = round(HIGH * (1 - float(one.height)) - layer.shape[0] / 2)
        for place, sheet in enumerate(range(one.first - 1, one.last)):
            part = layer[:, cuts[place] : cuts[place + 1]]
            ink.stamp(strips[sheet], part, "normal", strips[sheet].shape[1] - part.shape[1], top)
    return [seam.find_strip_slices(whiten(cv2.GaussianBlur(strip, (0, 0), 0.6))) for strip in strips]


def test_a_shared_sheet_has_two_slices_and_no_joint_is_open() -> None:
    pages = planned()
    counts = [len(one) for one in pages]
    assert min(counts) == 1
    assert counts.count(2) == 1, "two stamps share a sheet"
    assert seam.find_broken_joints(pages) == ((), True)


def test_sheets_taken_out_moved_or_without_their_slice_are_told() -> None:
    pages = planned()
    fewer = pages[:5] + pages[8:]
    assert seam.find_broken_joints(fewer)[1] is False, "three of fifteen: the stamp does not add up to a seal"
    swapped = [*pages[:6], pages[9], *pages[7:9], pages[6], *pages[10:]]
    assert set(seam.find_broken_joints(swapped)[0]) & {5, 6, 8, 9}
    gone = [*pages[:20], [], *pages[21:]]
    assert {19, 20} <= set(seam.find_broken_joints(gone)[0])


def test_a_joint_between_two_stamps_that_share_no_sheet_is_open() -> None:
    pages = planned()
    shared = next(place for place, one in enumerate(pages) if len(one) == 2)
    apart = [list(one) for one in pages]
    del apart[shared][0]
    assert set(seam.find_broken_joints(apart)[0]) & {shared - 1, shared}


# What is said of a riding seal's slivers: only what is clear is a fault.

LONG = 200


def _cut(*marks: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    line = np.zeros(LONG, np.float32)
    for mark in marks:
        line[mark : mark + 8] = 1
    return line


ARC, STAR, STRANGE = _cut(20, 170), _cut(60, 90, 130), _cut(5, 175)
RUNS_ON = Sliver(ARC, ARC)


def test_a_print_goes_on_where_the_cuts_are_alike_though_a_sheet_slipped() -> None:
    assert likeness(RUNS_ON, RUNS_ON) > 0.99
    assert likeness(RUNS_ON, Sliver(np.roll(ARC, 10), ARC)) > 0.99
    assert likeness(Sliver(STAR, STAR), Sliver(STRANGE, STRANGE)) < 0.35


def test_a_sheet_without_a_sliver_between_sheets_with_one_is_missing() -> None:
    told = evaluate_slivers({1: [(1, RUNS_ON), (2, RUNS_ON), (3, None), (4, RUNS_ON), (5, RUNS_ON)]})
    assert told == {1: "joins", 2: "joins", 3: "missing", 4: "joins", 5: "joins"}


def test_a_sliver_of_another_print_joins_on_neither_side() -> None:
    strange = Sliver(STRANGE, STRANGE)
    row = [
        (1, Sliver(STAR, STAR)),
        (2, Sliver(STAR, STAR)),
        (3, strange),
        (4, Sliver(STAR, STAR)),
        (5, Sliver(STAR, STAR)),
    ]
    assert evaluate_slivers({1: row}) == {1: "joins", 2: "joins", 3: "does_not_join", 4: "joins", 5: "joins"}
    at_the_end = [(1, Sliver(STAR, STAR)), (2, Sliver(STAR, STAR)), (3, strange)]
    assert evaluate_slivers({1: at_the_end})[3] == "does_not_join", "its neighbour goes on beyond"


def test_what_is_seen_of_less_than_half_of_the_sheets_tells_nothing() -> None:
    assert set(evaluate_slivers({1: [(1, RUNS_ON), (2, None), (3, None)]}).values()) == {"cannot_tell"}


def test_the_worse_of_two_stamps_on_one_sheet_counts() -> None:
    whole, torn = [(1, RUNS_ON), (2, RUNS_ON)], [(2, RUNS_ON), (3, None), (4, RUNS_ON)]
    assert evaluate_slivers({1: whole, 2: torn})[3] == "missing"
    assert evaluate_slivers({1: whole, 2: [(2, None), (3, RUNS_ON), (4, RUNS_ON)]})[2] == "missing"


BOOK = Rulebook.on(date(2026, 11, 1))
SEAL = Rules.of(BOOK)
A4_MM = 297


def test_the_example_of_the_rulebook() -> None:
    made = plan(57, SEAL)
    assert [(one.first, one.last) for one in made.stamps] == [(1, 20), (20, 39), (39, 57)]
    assert SEAL.sheets == 20


@given(sheets=st.integers(1, 3000), diameter=st.decimals(4, 45, places=1), duplex=st.booleans())
def test_every_joint_is_covered_and_no_sliver_is_too_thin(sheets: int, diameter: Decimal, *, duplex: bool) -> None:
    rules = Rules.of(BOOK, diameter)
    made = plan(sheets, rules, duplex=duplex)
    assert made.uncovered() == ()
    sizes = [one.sheets for one in made.stamps]
    assert sheets == 1 or max(sizes) - min(sizes) <= 1
    assert all(one.sliver_mm >= rules.sliver_mm and one.sheets <= rules.most for one in made.stamps)
    for left, right in zip(made.stamps, made.stamps[1:], strict=False):
        assert left.last == right.first, "neighbours share one sheet"
        assert abs(left.height - right.height) * A4_MM > diameter, "their slices do not touch"
    if made.stamps:
        assert (made.stamps[0].first, made.stamps[-1].last) == (1, sheets)
    slices = [(one.sheet, one.height) for one in made.slices()]
    assert len(slices) == len(set(slices)) == sum(sizes)


def test_the_fewest_stamps() -> None:
    assert [len(plan(sheets, SEAL).stamps) for sheets in (1, 2, 20, 21, 39, 40)] == [0, 1, 1, 2, 2, 3]


def test_two_sides_count_as_one_sheet() -> None:
    made = plan(3, SEAL, duplex=True)
    assert [made.pages(sheet) for sheet in (1, 2, 3)] == [(1, 2), (3, 4), (5, 6)]
    assert plan(3, SEAL).pages(3) == (3,)


@pytest.mark.parametrize("sheets", [0, -1, 100_001])
def test_a_wrong_number_of_sheets(sheets: int) -> None:
    with pytest.raises(NianjianError, match="riding_seal_sheets"):
        plan(sheets, SEAL)


@pytest.mark.parametrize("wide", ["3.9", "45.1"])
def test_a_seal_that_is_none(wide: str) -> None:
    with pytest.raises(NianjianError, match="riding_seal_diameter"):
        Rules.of(BOOK, Decimal(wide))
