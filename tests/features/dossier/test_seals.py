"""Seals on pages whose truth is known: found where they lie, and nowhere else."""

from __future__ import annotations

import random
from itertools import pairwise

import cv2
import numpy as np
import pytest
from tests.support.scans import ink, paper, scanner
from tests.support.scans.ink import Print

from nianjian.features.dossier.seals import seam
from nianjian.features.dossier.seals.detect import find_seals
from nianjian.features.dossier.seals.mask import Kind, Seal, unwrap_letters, whiten

MM = paper.DPI / 25.4
FAULTS = scanner.Faults(skew=0.5, blur=0.5, noise=4, shade=0.05, saturation=0.8, quality=60)


def found(page: np.ndarray) -> list[Seal]:
    scan, _jpeg = scanner.scanned(page, FAULTS, random.Random(2))
    return list(find_seals(cv2.resize(scan, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 100))


def stamped(kind: str, one: Print, x_mm: float, y_mm: float) -> np.ndarray:
    page, rng = paper.page(kind, 1).copy(), random.Random(3)
    layer = ink.worn(ink.coverage(one, paper.DPI, rng), rng)
    ink.stamp(page, layer, one.ink, round(x_mm * MM - layer.shape[1] / 2), round(y_mm * MM - layer.shape[0] / 2))
    return page


@pytest.mark.parametrize("colour", ["fresh", "normal", "dark", "faded", "pink"])
@pytest.mark.parametrize("base", ["text", "table", "letterhead"])
def test_a_round_seal_is_found_and_measured(base: str, colour: str) -> None:
    (seal,) = found(stamped(base, Print("round", 42, 42, colour, "浙江华信通信科技有限公司"), 120, 170))
    assert seal.kind is Kind.ROUND
    assert np.hypot(seal.x_mm - 120, seal.y_mm - 170) < 1.5
    assert abs(seal.diameter_mm - 42) < 1.5


def test_an_oval_and_a_square_one_are_told_apart() -> None:
    (oval,) = found(stamped("text", Print("oval", 45, 30, "normal", "浙江华信通信科技有限公司"), 100, 250))
    assert (oval.kind, round(oval.diameter_mm / 10)) == (Kind.OVAL, 4 if oval.diameter_mm < 45 else 5)
    (square,) = found(stamped("text", Print("square", 20, 20, "normal", "张三之印"), 100, 250))
    assert square.kind is Kind.SQUARE


@pytest.mark.parametrize("base", ["grid", "red_cells"])
def test_a_square_one_over_red_lines_is_found_and_no_cell_is_one(base: str) -> None:
    seals = found(stamped(base, Print("square", 22, 22, "normal", "浙江天成"), 90, 200))
    (square,) = [one for one in seals if one.kind is Kind.SQUARE]
    assert np.hypot(square.x_mm - 90, square.y_mm - 200) < 1.5
    assert abs(square.diameter_mm - 22) < 1.5
    assert [one for one in found(paper.page(base, 1)) if one.kind is Kind.SQUARE] == []


@pytest.mark.parametrize("base", ["grid", "red_cells"])
def test_an_oval_one_over_red_lines_is_found(base: str) -> None:
    seals = found(stamped(base, Print("oval", 45, 30, "faded", "浙江华信通信科技有限公司"), 110, 130))
    (oval,) = [one for one in seals if one.kind is Kind.OVAL]
    assert np.hypot(oval.x_mm - 110, oval.y_mm - 130) < 1.5


def test_a_round_one_half_under_red_bars_is_found() -> None:
    page = paper.page("text", 1).copy()
    for left in (80, 97, 114):
        cv2.rectangle(
            page, (round(left * MM), round(60 * MM)), (round((left + 11) * MM), round(122 * MM)), (14, 0, 200), -1
        )
    layer = ink.worn(
        ink.coverage(Print("round", 42, 42, "normal", "浙江华信通信科技有限公司"), paper.DPI, random.Random(3)),
        random.Random(3),
    )
    ink.stamp(page, layer, "normal", round(110 * MM - layer.shape[1] / 2), round(130 * MM - layer.shape[0] / 2))
    (seal,) = [one for one in found(page) if one.kind is Kind.ROUND]
    assert np.hypot(seal.x_mm - 110, seal.y_mm - 130) < 1.5


@pytest.mark.parametrize("base", paper.KINDS)
def test_red_print_is_no_seal(base: str) -> None:
    assert not [one for one in found(paper.page(base, 2)) if one.kind in {Kind.ROUND, Kind.OVAL}]


def test_a_black_and_white_copy_shows_none() -> None:
    page = scanner.grey(stamped("text", Print("round", 42, 42, "fresh", "浙江华信科技有限公司"), 100, 200))
    assert found(page) == []


def slices(pages: int, *, order: list[int] | None = None) -> list[np.ndarray]:
    """Right strips of pages that carry one seal across their edges."""
    rng = random.Random(5)
    layer = ink.worn(ink.coverage(Print("round", 42, 42, "normal", "浙江华信通信科技有限公司"), seam.DPI, rng), rng)
    layer = layer[:, 16:-16]
    cuts = np.linspace(0, layer.shape[1], pages + 1).round().astype(int)
    strips = []
    for left, right in pairwise(cuts):
        strip = np.full((2339, round(seam.STRIP_MM * MM), 3), 252, np.uint8)
        ink.stamp(strip, layer[:, left:right], "normal", strip.shape[1] - (right - left), 1000)
        strips.append(whiten(cv2.GaussianBlur(strip, (0, 0), 0.6)))
    return [strips[place] for place in order or range(pages)]


def test_slices_in_order_join() -> None:
    told = seam.match_slices([seam.find_edge_slice(strip) for strip in slices(5)])
    assert told.intact, told


def test_swapped_pages_break_the_seam() -> None:
    told = seam.match_slices([seam.find_edge_slice(strip) for strip in slices(5, order=[0, 3, 2, 1, 4])])
    assert told.broken


def test_a_missing_page_leaves_less_than_a_seal() -> None:
    told = seam.match_slices([seam.find_edge_slice(strip) for strip in slices(5, order=[0, 1, 3, 4])])
    assert not told.intact


def test_a_page_without_a_slice_is_named() -> None:
    strips = [*slices(3), np.full((2339, round(seam.STRIP_MM * MM), 3), 252, np.uint8)]
    assert seam.match_slices([seam.find_edge_slice(strip) for strip in strips]).missing == (3,)


def test_the_name_in_a_seal_is_laid_straight() -> None:
    page = stamped("text", Print("round", 42, 42, "fresh", "浙江华信通信科技有限公司"), 100, 230)
    line = unwrap_letters(page, paper.DPI, Seal(100, 230, 42, 42, Kind.ROUND, 1.0))
    assert line.shape[0] == 72
    dark = (line < 120).mean(axis=0)
    quarter = len(dark) // 8
    ends = np.concatenate([dark[:quarter], dark[-quarter:]])
    assert ends.mean() < 0.1 * dark[quarter:-quarter].mean() + 0.02, "the ring is open below, at both ends of the line"
