from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from tests.support import packages

from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import BuiltEditions, build
from nianjian.features.dossier.editions.compare import Kind
from nianjian.features.dossier.editions.package import Board, Item, Seal
from nianjian.features.dossier.editions.verify import Rescan, rescan, verify


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
    made = packages.package(folder, (1,), items=(item,), pictures=packages.stamped(), approved=True)
    return build(made, folder / "out", uploads=False)


def _scans(built: BuiltEditions) -> list[Any]:
    draw, found = np.random.default_rng(3), []
    with pypdfium2.PdfDocument(built.folder / "paper/材料包.pdf") as document:
        for page in document:
            pixels = page.render(scale=150 / 72).to_numpy()[..., :3]
            high, wide = pixels.shape[:2]
            turn = cv2.getRotationMatrix2D((wide / 2, high / 2), float(draw.uniform(-0.5, 0.5)), 1)
            pixels = cv2.warpAffine(pixels, turn, (wide, high), borderValue=(250, 250, 250))
            found.append(np.clip(pixels * 0.97 + draw.normal(0, 5, pixels.shape), 0, 255).astype(np.uint8))
    return found


def _checked(built: BuiltEditions, pages: list[Any], folder: Path) -> Rescan:
    with pikepdf.new() as pdf:
        for one in pages:
            packages.scan_page(pdf, packages.jpeg(one, 60))
        pdf.save(folder / "scan.pdf")
    return rescan(folder / "scan.pdf", built.folder / "manifest.json")


@pytest.mark.long
def test_pages_of_a_list_are_told_by_their_figures(tmp_path: Path) -> None:
    ours, other = _listed(tmp_path / "a", 137), _listed(tmp_path / "b", 70011)
    pages, foreign = _scans(ours), _scans(other)
    good = _checked(ours, pages, tmp_path)
    assert (good.intact, good.certainty, good.by_place, good.riding.state) == (True, "high", (), "joins")
    swapped = [*pages[:3], pages[4], pages[3], *pages[5:]]
    found = _checked(ours, swapped, tmp_path)
    assert [(one.page, one.kind) for one in found.differences] == [(4, Kind.REORDERED)]
    found = _checked(ours, [*pages[:3], foreign[3], *pages[4:]], tmp_path)
    assert [(one.page, one.kind) for one in found.differences] == [(4, Kind.SWAPPED)]
    bare = pages[2].copy()
    bare[:, -120:] = 245
    found = _checked(ours, [*pages[:2], bare, *pages[3:]], tmp_path)
    assert [(one.page, one.kind) for one in found.differences] == [(3, Kind.SEAL_MISSING)]


def test_a_damaged_look_is_a_damaged_manifest(built: BuiltEditions, tmp_path: Path) -> None:
    told = {**built.manifest, "files": [dict(one) for one in built.manifest["files"]]}
    told["files"][0]["pages"] = [{**one, "look": "no look"} for one in told["files"][0]["pages"]]
    listed = manifest.write_manifest(manifest.add_hashes(told), tmp_path)
    assert [one.kind for one in verify(built.folder, listed=listed).differences] == [Kind.MANIFEST]
