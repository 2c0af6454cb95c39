from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from tests.support import packages

from nianjian.features.dossier.editions.build import BuiltEditions, build
from nianjian.features.dossier.editions.manifest import Kind
from nianjian.features.dossier.editions.package import Board, Item, Seal
from nianjian.features.dossier.editions.verify import Rescan, Sheet, rescan

pytestmark = pytest.mark.long

PAPER = "paper/材料包.pdf"


def _scanned(pixels: Any, draw: Any, *, print_: bool = True) -> Any:
    """A page as it comes back: askew, shifted, noisy, with a hand-made red print on it."""
    high, wide = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D(
        (wide / 2, high / 2), float(draw.uniform(-0.6, 0.6)), float(draw.uniform(0.985, 1.01))
    )
    turn[:, 2] += draw.uniform(-1.5, 1.5, 2) * wide / 210
    page = cv2.warpAffine(pixels, turn, (wide, high), borderValue=(250, 250, 250))
    centre = (int(draw.integers(wide // 4, wide * 3 // 4)), int(draw.integers(high // 4, high * 3 // 4)))
    if print_:
        cv2.circle(page, centre, wide // 11, (60, 50, 200), wide // 120)
    return np.clip(page * 0.97 + draw.normal(0, 5, page.shape), 0, 255).astype(np.uint8)


def _scans(built: BuiltEditions, *, print_: bool) -> list[bytes]:
    """Every page of the paper, printed and scanned again at 150 dpi."""
    draw = np.random.default_rng(7)
    with pypdfium2.PdfDocument(built.folder / PAPER) as document:
        pages = [page.render(scale=150 / 72).to_numpy()[..., :3] for page in document]
    return [packages.jpeg(_scanned(page, draw, print_=print_), 70) for page in pages]


@pytest.fixture(scope="session")
def sheets(built: BuiltEditions) -> list[bytes]:
    return _scans(built, print_=True)


def _write(pages: Sequence[bytes], path: Path) -> Path:
    with pikepdf.new() as pdf:
        for page in pages:
            packages.scan_page(pdf, page)
        pdf.save(path)
    return path


@pytest.fixture
def scan(sheets: list[bytes], tmp_path: Path) -> Callable[[Sequence[int]], Path]:
    """The scan of some pages, in some order; -1: a page of another paper."""

    def make(order: Sequence[int]) -> Path:
        foreign = packages.sheet_jpeg(4711, 150)
        return _write([sheets[place] if place >= 0 else foreign for place in order], tmp_path / "scan.pdf")

    return make


def test_a_whole_scan_is_known_again(
    built: BuiltEditions, scan: Callable[[Sequence[int]], Path], sheets: list[bytes]
) -> None:
    result = rescan(scan(range(len(sheets))), built.folder / "manifest.json", digest=built.digest)
    assert result.differences == ()
    assert (result.scanned, result.expected) == (len(sheets), len(sheets))
    assert result.certainty == "high", result.by_place


@pytest.mark.parametrize("gone", [0, 4, 8, 11])
def test_the_missing_page_is_named(
    built: BuiltEditions, scan: Callable[[Sequence[int]], Path], sheets: list[bytes], gone: int
) -> None:
    order = [place for place in range(len(sheets)) if place != gone]
    result = rescan(scan(order), built.folder / "manifest.json")
    assert [(one.page, one.kind) for one in result.differences] == [(gone + 1, Kind.REMOVED)]
    assert not result.intact


def test_a_moved_and_a_foreign_page_are_named(
    built: BuiltEditions, scan: Callable[[Sequence[int]], Path], sheets: list[bytes]
) -> None:
    order = list(range(len(sheets)))
    order.insert(9, order.pop(5))
    result = rescan(scan(order), built.folder / "manifest.json")
    assert [(one.page, one.kind) for one in result.differences] == [(10, Kind.REORDERED)]
    order = list(range(len(sheets)))
    order[8] = -1
    result = rescan(scan(order), built.folder / "manifest.json")
    assert [(one.page, one.kind) for one in result.differences] == [(9, Kind.SWAPPED), (9, Kind.SEAL_MISSING)]
    assert Sheet(5, "missing") in result.riding_seal.sheets, "a page that was exchanged after the seal was put on"


def test_another_manifest_is_told(built: BuiltEditions, scan: Callable[[Sequence[int]], Path]) -> None:
    result = rescan(scan([0]), built.folder / "manifest.json", digest="00")
    assert Kind.MANIFEST in {one.kind for one in result.differences}


def _listed(folder: Path, start: int) -> BuiltEditions:
    """A duplex package with a list of four pages that look alike."""
    folder.mkdir()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    with pikepdf.new() as pdf:
        for first in range(start, start + 80, 20):
            rows = " ".join(f"(9513{row:06d}   2026-03-01   A{row:05d}) Tj T*" for row in range(first, first + 20))
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page, MediaBox=[0, 0, 595, 842],
                Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
                Contents=pdf.make_stream(f"BT /F1 11 Tf 60 780 Td 22 TL {rows} ET".encode()),
            )  # fmt: skip
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        pdf.save(folder / "list.pdf")
    seals = frozenset({Seal.COVER, Seal.RIDING})
    item = Item("seat_table", "坐席明细表", Board.SPECIAL, folder / "list.pdf", seals)
    package = packages.package(folder, (1,), items=(item,), pictures=packages.stamped(), approved=True)
    return build(package, folder / "out", uploads=False)


def test_pages_of_a_list_are_told_by_their_figures(tmp_path: Path) -> None:
    ours, other = _listed(tmp_path / "a", 137), _listed(tmp_path / "b", 70011)
    pages, foreign = _scans(ours, print_=False), _scans(other, print_=False)

    def checked(*scanned: bytes) -> Rescan:
        return rescan(_write(scanned, tmp_path / "scan.pdf"), ours.folder / "manifest.json")

    good = checked(*pages)
    assert (good.intact, good.certainty, good.by_place, good.riding_seal.state) == (True, "high", (), "joins")
    result = checked(*pages[:3], pages[4], pages[3], *pages[5:])
    assert [(one.page, one.kind) for one in result.differences] == [(4, Kind.REORDERED)]
    bare: Any = cv2.imdecode(np.frombuffer(pages[2], np.uint8), cv2.IMREAD_COLOR)
    bare[:, -120:] = 245
    result = checked(*pages[:2], packages.jpeg(bare, 70), foreign[3], *pages[4:])
    assert {(one.page, one.kind) for one in result.differences} == {(3, Kind.SEAL_MISSING), (4, Kind.SWAPPED)}
