from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from tests.support import packages

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.build import BuiltEditions, build
from nianjian.features.dossier.editions.package import Board, Item, Package

LIMITS = packages.LIMITS


def _files(built: BuiltEditions) -> list[Path]:
    return sorted((built.folder / "upload").iterdir())


def test_every_page_is_a_picture_of_enough_pixels_and_every_file_small_enough(built: BuiltEditions) -> None:
    assert [path.name for path in _files(built)] == ["1_营业执照.pdf", "2_许可证正副本.pdf", "3_审计报告.pdf"]
    for path in _files(built):
        assert path.stat().st_size <= LIMITS.file_bytes
        with pikepdf.open(path) as pdf:
            for page in pdf.pages:
                (image,) = page.obj.Resources.XObject.values()
                assert image.Width / float(page.mediabox[2]) * 72 >= LIMITS.dpi
                assert image.Height / float(page.mediabox[3]) * 72 >= LIMITS.dpi
                assert "/Font" not in page.obj.Resources
    assert {one["pdfa_2b"] for one in built.manifest["files"] if one["edition"] == "upload"} == {"pass"}


def test_the_same_package_gives_the_same_folder(built: BuiltEditions, papers: Path, tmp_path: Path) -> None:
    package = packages.package(papers, (2, 3, 4), pictures=packages.stamped(), approved=True)
    again = build(package, tmp_path / "again").folder
    hashes = [
        {path.relative_to(one).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
         for path in one.rglob("*") if path.is_file()}
        for one in (built.folder, again)
    ]  # fmt: skip
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 6


def _scan(papers: Path, dpi: int, pages: int, **changed: object) -> Package:
    path = packages.scans(papers / f"{dpi}x{pages}.pdf", range(100, 100 + pages), dpi=dpi)
    item = Item("licence", "许可证/正副本", Board.GENERAL, path)
    return packages.package(papers, (), items=(item,), **changed)


def test_an_untouched_scan_goes_through_as_it_is_and_a_coarse_one_is_drawn(papers: Path, tmp_path: Path) -> None:
    fine, coarse = _scan(papers, 100, 1), _scan(papers, 60, 1)
    built = build(dataclasses.replace(fine, items=(*fine.items, *coarse.items)), tmp_path / "out")
    for scan, path, same in ((fine, _files(built)[0], True), (coarse, _files(built)[1], False)):
        with pikepdf.open(scan.items[0].file) as source, pikepdf.open(path) as made:
            raws = [next(iter(pdf.pages[0].obj.Resources.XObject.values())).read_raw_bytes() for pdf in (source, made)]
        assert (raws[0] == raws[1]) is same


def test_a_file_too_large_is_cut_between_pages_and_keeps_its_resolution(papers: Path, tmp_path: Path) -> None:
    limits = dataclasses.replace(LIMITS, file_bytes=600_000)
    built = build(_scan(papers, 100, 5, limits=limits), tmp_path / "out")
    names = [path.name for path in _files(built)]
    assert names == [f"1_许可证正副本_{part}.pdf" for part in range(1, len(names) + 1)]
    assert len(names) > 1
    assert all(path.stat().st_size <= limits.file_bytes for path in _files(built))
    sources = [
        page["source_page"] for one in built.manifest["files"] if one["edition"] == "upload" for page in one["pages"]
    ]
    assert sources == [1, 2, 3, 4, 5]
    with pikepdf.open(_files(built)[1]) as pdf:
        first = built.manifest["files"][3]["pages"][0]["source_page"]
        assert pdf.pages[0].label == str(first)


def test_a_page_that_never_fits_is_named(papers: Path, tmp_path: Path) -> None:
    limits = dataclasses.replace(LIMITS, file_bytes=100_000)
    with pytest.raises(NianjianError, match=r"upload_page_large.*page=1"):
        build(_scan(papers, 100, 1, limits=limits), tmp_path / "out")


def test_seals_are_burnt_in_at_the_edge_that_lies_outside_in_the_book(papers: Path, tmp_path: Path) -> None:
    items = (packages.odd_item(papers),)
    package = packages.package(papers, (), items=items, pictures=packages.stamped(), duplex=False)
    (path,) = _files(build(package, tmp_path / "out"))
    edges = []
    with pypdfium2.PdfDocument(path) as document:
        pages = [page.render(scale=1).to_numpy().astype(int) for page in document]
    for pixels in pages:
        red = (pixels[:, :, 2] - pixels[:, :, 1]) > 60
        assert (pixels.max(axis=2) < 90).sum() > 50, "the page's own text is there"
        sides = {"right": red[:, -6:], "left": red[:, :6], "top": red[:6], "bottom": red[-6:]}
        edges.append({side for side, strip in sides.items() if strip.any()})
    assert edges == [{"right"}, {"bottom"}, {"right"}, {"bottom"}, {"right"}, {"right"}]
    assert pages[1].shape[1] > pages[1].shape[0], "a wide page stays readable"


def test_a_preview_says_so_on_every_flat_page(built: BuiltEditions, papers: Path, tmp_path: Path) -> None:
    preview = build(packages.package(papers, (2,), pictures=packages.stamped()), tmp_path / "preview")
    for made, said in ((built, False), (preview, True)):
        with pypdfium2.PdfDocument(_files(made)[0]) as document:
            foots = [page.render(scale=2).to_numpy().astype(int)[-60:] for page in document]
        assert [((foot[:, :, 2] - foot[:, :, 1]) > 60).sum() > 20 for foot in foots] == [said] * 2


def test_a_folder_with_something_in_it_is_refused(papers: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("x")
    with pytest.raises(NianjianError, match="dossier_folder_full"):
        build(packages.package(papers, (1,)), tmp_path)
