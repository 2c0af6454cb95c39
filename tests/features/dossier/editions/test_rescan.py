from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from tests.support import packages

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import BuiltEditions
from nianjian.features.dossier.editions.compare import Kind
from nianjian.features.dossier.editions.verify import rescan

pytestmark = pytest.mark.long

PAPER = "paper/材料包.pdf"


def _scanned(pixels: Any, draw: Any) -> Any:
    """A page as it comes back: askew, shifted, noisy, with a hand-made red print on it."""
    high, wide = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D(
        (wide / 2, high / 2), float(draw.uniform(-0.6, 0.6)), float(draw.uniform(0.985, 1.01))
    )
    turn[:, 2] += draw.uniform(-1.5, 1.5, 2) * wide / 210
    page = cv2.warpAffine(pixels, turn, (wide, high), borderValue=(250, 250, 250))
    centre = (int(draw.integers(wide // 4, wide * 3 // 4)), int(draw.integers(high // 4, high * 3 // 4)))
    cv2.circle(page, centre, wide // 11, (60, 50, 200), wide // 120)
    return np.clip(page * 0.97 + draw.normal(0, 5, page.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def sheets(built: BuiltEditions) -> list[bytes]:
    """Every page of the paper, printed and scanned again at 150 dpi."""
    draw = np.random.default_rng(7)
    with pypdfium2.PdfDocument(built.folder / PAPER) as document:
        return [packages.jpeg(_scanned(page.render(scale=150 / 72).to_numpy(), draw), 70) for page in document]


@pytest.fixture
def scan(sheets: list[bytes], tmp_path: Path) -> Callable[[Sequence[int]], Path]:
    """The scan of some pages, in some order; -1: a page of another paper."""

    def make(order: Sequence[int]) -> Path:
        with pikepdf.new() as pdf:
            for place in order:
                data = sheets[place] if place >= 0 else packages.jpeg(packages.sheet(4711))
                packages.scan_page(pdf, data)
            pdf.save(tmp_path / "scan.pdf")
        return tmp_path / "scan.pdf"

    return make


def test_a_whole_scan_is_known_again(
    built: BuiltEditions, scan: Callable[[Sequence[int]], Path], sheets: list[bytes]
) -> None:
    found = rescan(scan(range(len(sheets))), built.folder / "manifest.json", digest=built.digest)
    assert found.differences == ()
    assert (found.scanned, found.expected) == (len(sheets), len(sheets))
    assert found.certainty == "high", found.by_place


@pytest.mark.parametrize("gone", [0, 4, 8, 11])
def test_the_missing_page_is_named(
    built: BuiltEditions, scan: Callable[[Sequence[int]], Path], sheets: list[bytes], gone: int
) -> None:
    order = [place for place in range(len(sheets)) if place != gone]
    found = rescan(scan(order), built.folder / "manifest.json")
    assert [(one.page, one.kind) for one in found.differences] == [(gone + 1, Kind.REMOVED)]
    assert not found.intact


def test_a_moved_and_a_foreign_page_are_named(
    built: BuiltEditions, scan: Callable[[Sequence[int]], Path], sheets: list[bytes]
) -> None:
    order = list(range(len(sheets)))
    order.insert(9, order.pop(5))
    found = rescan(scan(order), built.folder / "manifest.json")
    assert [(one.page, one.kind) for one in found.differences] == [(10, Kind.REORDERED)]
    order = list(range(len(sheets)))
    order[8] = -1
    found = rescan(scan(order), built.folder / "manifest.json")
    assert [(one.page, one.kind) for one in found.differences] == [(9, Kind.SWAPPED), (9, Kind.SEAL_MISSING)]
    assert dict(found.riding.sheets)[5] == "missing", "a page that was exchanged after the seal was put on"


def test_another_manifest_is_told(built: BuiltEditions, scan: Callable[[Sequence[int]], Path]) -> None:
    found = rescan(scan([0]), built.folder / "manifest.json", digest="00")
    assert Kind.MANIFEST in {one.kind for one in found.differences}


def test_a_damaged_look_costs_one_message(
    built: BuiltEditions, scan: Callable[[Sequence[int]], Path], tmp_path: Path
) -> None:
    told = json.loads(json.dumps(built.manifest))
    for file in told["files"]:
        file["pages"][0]["look"] = "no look"
    listed = manifest.write_manifest(told, tmp_path)
    with pytest.raises(NianjianError) as caught:
        rescan(scan([0]), listed)
    assert caught.value.code == "dossier_manifest_unreadable"
