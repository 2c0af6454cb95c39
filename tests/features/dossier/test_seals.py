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
