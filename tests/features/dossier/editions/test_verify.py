import dataclasses
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import packages

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import BuiltEditions, build, shrink_picture
from nianjian.features.dossier.editions.manifest import (
    LIMIT,
    NAME,
    Kind,
    closeness,
    compare,
    read_packed_manifest,
    score_signed,
    scores,
)  # fmt: skip
from nianjian.features.dossier.editions.package import Board, Item, Package
from nianjian.features.dossier.editions.verify import KNOWN, SIGNED, verify
from nianjian.features.dossier.operations.package import store_zip
from nianjian.platform.vault import blobs

PAPER = "paper/材料包.pdf"


@pytest.fixture
def folder(built: BuiltEditions, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(built.folder, tmp_path / "copy"))


def _paths(built: BuiltEditions) -> list[str]:
    return [one["path"] for one in built.manifest["files"]]


def test_what_was_built_is_intact(built: BuiltEditions) -> None:
    result = verify(built.folder, digest=built.digest)
    assert result.intact
    assert (result.files, result.manifest_sha256) == (5, built.digest)
    assert all(verify(built.folder / path).intact for path in _paths(built))


def test_the_same_package_gives_the_same_folder(built: BuiltEditions, papers: Path, tmp_path: Path) -> None:
    package = packages.package(papers, (2, 3, 4), pictures=packages.stamped(), approved=True)
    again = build(package, tmp_path / "again").folder
    first, second = (
        {path.relative_to(one): path.read_bytes() for path in one.rglob("*") if path.is_file()}
        for one in (built.folder, again)
    )
    assert first == second
    assert len(first) == 6


def _redrawn(pdf: pikepdf.Pdf, page: int, path: Path) -> None:
    """Replace a page by its own picture: what a forger's printer would do."""
    with pypdfium2.PdfDocument(path) as document:
        pixels = document[page].render(scale=2.0).to_numpy()
        size = document[page].get_size()
    packages.scan_page(pdf, packages.jpeg(pixels, 90), size)
    pdf.pages[page] = pdf.pages[-1]
    del pdf.pages[-1]


def _spoil(path: Path, act: str, page: int, other: int) -> tuple[set[Kind], set[int]] | None:
    """Do it; the kinds and pages that may be named. None: nothing was done."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        count = len(pdf.pages)
        page, other = page % count, other % count
        expected: tuple[set[Kind], set[int]]
        match act:
            case "swap":
                _add(pdf, 9000 + page)
                pdf.pages[page] = pdf.pages[-1]
                del pdf.pages[-1]
                expected = {Kind.SWAPPED}, {page + 1}
            case "remove" if count > 1:
                del pdf.pages[page]
                expected = {Kind.REMOVED}, {page + 1}
            case "add":
                _add(pdf, 8000 + page)
                pdf.pages.insert(page, pdf.pages[-1])
                del pdf.pages[-1]
                expected = {Kind.ADDED}, {page + 1}
            case "exchange" if page != other:
                one, two = pdf.pages[page], pdf.pages[other]
                pdf.pages[page], pdf.pages[other] = two, one
                expected = {Kind.REORDERED}, set(range(1, count + 1))
            case "double":
                pdf.pages.insert(page, pdf.pages[other])
                expected = {Kind.ADDED}, set(range(1, count + 2))
            case "redraw":
                _redrawn(pdf, page, path)
                expected = {Kind.CHANGED, Kind.SWAPPED}, {page + 1}
            case _:
                return None
        pdf.save(path)
    return expected


def _add(pdf: pikepdf.Pdf, seed: int) -> None:
    packages.scan_page(pdf, packages.jpeg(packages.sheet(seed, dpi=60)))


@pytest.mark.long
@settings(max_examples=16, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.integers(0, 4),
    act=st.sampled_from(["swap", "remove", "add", "exchange", "double", "redraw"]),
    page=st.integers(0, 30),
    other=st.integers(0, 30),
)
def test_whatever_is_done_to_a_page_is_found_and_the_page_named(  # noqa: PLR0917 -- fixtures
    built: BuiltEditions, tmp_path: Path, file: int, act: str, page: int, other: int
) -> None:
    folder = tmp_path / "spoilt"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built.folder, folder)
    name = _paths(built)[file]
    expected = _spoil(folder / name, act, page, other)
    if expected is None:
        return
    result = verify(folder)
    kinds, pages = expected
    assert not result.intact
    assert {one.file for one in result.differences} == {name}
    assert {one.kind for one in result.differences} <= kinds
    assert {one.page for one in result.differences} <= pages


def test_a_page_drawn_anew_is_told_from_another_page(folder: Path) -> None:
    path = folder / PAPER
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        _redrawn(pdf, 4, path)
        pdf.save(path)
    assert [(one.page, one.kind) for one in verify(folder).differences] == [(5, Kind.CHANGED)]


def test_a_lossless_save_changes_no_page(built: BuiltEditions, folder: Path) -> None:
    for place, name in enumerate([PAPER, _paths(built)[-1]]):
        with pikepdf.open(folder / name, allow_overwriting_input=True) as pdf:
            pdf.save(
                folder / name, linearize=place % 2 == 0, recompress_flate=True,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )  # fmt: skip
    result = verify(folder)
    assert result.intact
    assert {one.kind for one in result.notes} == {"resaved"}


def _run_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _jump_elsewhere(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.Annots[0].Dest[0] = pdf.pages[0].obj


@pytest.mark.parametrize("spoil", [_run_script, _jump_elsewhere])
def test_a_script_and_a_jump_that_leads_elsewhere_are_changes(
    folder: Path, spoil: Callable[[pikepdf.Pdf], None]
) -> None:
    path = folder / PAPER
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        spoil(pdf)
        pdf.save(path)
    assert [(one.file, one.page, one.kind) for one in verify(folder).differences] == [(PAPER, None, Kind.CHANGED)]


def test_files_too_few_and_too_many(folder: Path) -> None:
    (folder / PAPER).rename(folder / "paper" / "别的.pdf")
    assert {(one.file, one.kind) for one in verify(folder).differences} == {
        (PAPER, Kind.MISSING_FILE),
        ("paper/别的.pdf", Kind.EXTRA_FILE),
    }
    assert [one.kind for one in verify(folder / "paper" / "别的.pdf").differences] == [Kind.EXTRA_FILE]


def test_a_manifest_that_was_touched_or_is_gone(built: BuiltEditions, folder: Path) -> None:
    path = folder / manifest.NAME
    document = json.loads(path.read_text(encoding="utf-8"))
    document["season"] = 2027
    path.write_text(json.dumps(document), encoding="utf-8")
    assert [one.kind for one in verify(folder).differences] == [Kind.MANIFEST]
    manifest.write_manifest(manifest.add_hashes(document), folder)
    assert verify(folder).intact, "a forger can bind it anew: only the hash kept elsewhere tells"
    assert [one.kind for one in verify(folder, digest=built.digest).differences] == [Kind.MANIFEST]
    for text in ("", "[]", '{"format": "nianjian-dossier", "version": 1, "files": [{}]}'):
        path.write_text(text)
        assert [one.kind for one in verify(folder).differences] == [Kind.MANIFEST]
    path.unlink()
    assert [one.kind for one in verify(folder).differences] == [Kind.MANIFEST]


def test_a_file_that_cannot_be_read_is_changed(folder: Path) -> None:
    (folder / PAPER).write_bytes(b"%PDF-1.7\n" + bytes(1000))
    assert [(one.file, one.kind) for one in verify(folder).differences] == [(PAPER, Kind.CHANGED)]


def test_a_linked_folder_hides_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "upload" / "more").symlink_to(tmp_path / "elsewhere")
    differences = [(one.file, one.kind) for one in verify(folder).differences]
    assert differences == [("upload/more", Kind.EXTRA_FILE)]


def test_the_manifest_names_items_starts_and_seams(built: BuiltEditions) -> None:
    document = built.manifest
    assert [(one["item"], one["start_page"], one["pages"]) for one in document["items"]] == [
        ("business_licence", 3, 2), ("licence", 5, 3), ("audit_report", 9, 4),
    ]  # fmt: skip
    assert document["riding_seal"]["sheets"] == 6
    assert [one["page"] for one in document["riding_seal"]["slices"]] == [1, 3, 5, 7, 9, 11]
    assert document["snapshot"] == "20261126-083000-a1b2c3"
    assert manifest.hashes_hold(document)


def test_moves_are_told_from_exchanges() -> None:
    def kinds(there: str) -> list[tuple[int | None, str]]:
        return [(one.page, one.kind.value) for one in compare("f", "abcdef", there, lambda _old, _now: False)]

    assert kinds("abcdef") == []
    assert kinds("acdebf") == [(5, "reordered")]
    assert kinds("abXdef") == [(3, "swapped")]
    assert kinds("abdef") == [(3, "removed")]
    assert kinds("abcXdef") == [(4, "added")]
    assert kinds("abccdef") in ([(3, "added")], [(4, "added")])


def test_looks_do_not_depend_on_how_the_scan_is_read() -> None:
    page = packages.sheet(5)
    one = manifest.encode_fingerprint(shrink_picture(packages.jpeg(page)))
    other = manifest.encode_fingerprint(
        manifest.lightness(cv2.resize(page, (manifest.WIDE, manifest.HIGH), interpolation=cv2.INTER_AREA))
    )
    assert closeness(one, other) > 0.97
    assert closeness(one, manifest.encode_fingerprint(shrink_picture(packages.jpeg(packages.sheet(6))))) < 0.6


def test_what_hands_add_to_a_page_for_signing_makes_it_no_other_page() -> None:
    """Title, place to sign and firm are all that is printed; a signature and a date are written, 4 mm off."""

    def draw(*lines: tuple[str, int, int]) -> Any:
        page = np.full((3508, 2480, 3), 244, np.uint8)
        for text, x, y in lines:
            cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (40, 36, 34), 5)
        return page

    def look(page: Any) -> str:
        return manifest.encode_fingerprint(shrink_picture(packages.jpeg(page)))

    page = draw(("Monthly report", 300, 300), ("Signed by", 400, 480), ("Example Ltd, seal", 1300, 780))
    at = np.linspace(0, 6 * np.pi, 120)
    signed = page.copy()
    cv2.polylines(
        signed,
        [np.stack([900 + at * 22, 460 + 80 * np.sin(at * 1.7)], 1).astype(int)],
        isClosed=False,
        color=(60, 30, 30),
        thickness=8,
    )
    cv2.putText(signed, "2027  3  15", (1300, 940), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 4, (60, 30, 30), 8)
    seen = cv2.warpAffine(signed, np.array([[1, 0, 47], [0, 1, 47]], float), (2480, 3508), borderValue=(244, 244, 244))
    assert scores([look(seen)], [look(page)])[0][0] < KNOWN, "ink of a pen outweighs what was printed"
    assert score_signed(look(seen), look(page)) >= SIGNED
    other = draw(("Yearly ledger of numbers", 900, 2000), ("Table 7", 300, 2500), ("Checked by", 1500, 2900))
    for wrong in (other, cv2.resize(packages.sheet(6), (2480, 3508))):
        assert score_signed(look(wrong), look(page)) < SIGNED


# The manifest of a stored package: read from the front of its zip, whatever comes behind it.

BODY = b'{"sha256": "0"}'
PIECE = 1 << 20


def _pack(*files: tuple[str, bytes], **how: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **how) as pack:  # type: ignore[call-overload] -- the compression
        for name, content in files:
            pack.writestr(name, content)
    return target.getvalue()


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


@pytest.mark.usefixtures("keys")
def test_a_stored_package_is_decrypted_only_as_far_as_its_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "large.pdf").write_bytes(b"%PDF-" + bytes(4 * PIECE))
    (folder / NAME).write_bytes(BODY)
    pieces = blobs.read(store_zip(folder, "package.zip").blob)
    assert read_packed_manifest(pieces) == BODY
    assert sum(map(len, pieces)) >= 3 * PIECE, "most of it was not read yet"


@pytest.mark.parametrize("size", [1, 7, PIECE])
def test_what_lies_before_the_manifest_is_skipped(size: int) -> None:
    packed = _pack(("a/材料.pdf", b"PK\x03\x04 no entry"), (NAME, BODY), ("z.pdf", b"z"))
    assert read_packed_manifest(_pieces(packed, size)) == BODY


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (b"", "dossier_manifest_unreadable"),
        (_pack(("a.pdf", b"a")), "dossier_manifest_unreadable"),
        (_pack(("a.pdf", b"a"), (NAME, BODY))[:40], "dossier_manifest_unreadable"),
        (_pack((NAME, bytes(LIMIT + 1))), "file_too_large"),
    ],
    ids=["empty", "without", "cut", "large"],  # a zip holds the second at which it was made
)
def test_what_holds_no_manifest_is_refused(packed: bytes, code: str) -> None:
    with pytest.raises(NianjianError) as refused:
        read_packed_manifest(_pieces(packed, PIECE))
    assert refused.value.code == code


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


def _scan(papers: Path, dpi: int, pages: int, **changed: object) -> Package:
    path = packages.scans(papers / f"{dpi}x{pages}.pdf", range(100, 100 + pages), dpi=dpi)
    item = Item("licence", "许可证/正副本", Board.GENERAL, path)
    return packages.package(papers, (), items=(item,), **changed)


def test_an_untouched_scan_goes_through_as_it_is_and_a_coarse_one_is_drawn(papers: Path, tmp_path: Path) -> None:
    fine, coarse = _scan(papers, 100, 1), _scan(papers, 60, 1)
    built = build(dataclasses.replace(fine, items=(*fine.items, *coarse.items)), tmp_path / "out")
    for scan, path, same in ((fine, _files(built)[0], True), (coarse, _files(built)[1], False)):
        with pikepdf.open(scan.items[0].file) as source, pikepdf.open(path) as target:
            raws = [
                next(iter(pdf.pages[0].obj.Resources.XObject.values())).read_raw_bytes() for pdf in (source, target)
            ]
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


@pytest.mark.parametrize(("first", "fronts"), [(0, ("right", "right", "right")), (1, ("bottom", "bottom", "right"))])
def test_seals_are_burnt_in_at_the_edge_that_lies_outside_in_the_book(
    papers: Path, tmp_path: Path, first: int, fronts: tuple[str, ...]
) -> None:
    """On the fronts of the sheets, of which the second and fourth page are some where the first is left out."""
    item = packages.odd_item(papers)
    with pikepdf.open(item.file) as pdf:
        del pdf.pages[:first]
        pdf.save(tmp_path / "item.pdf")
    items = (dataclasses.replace(item, file=tmp_path / "item.pdf"),)
    package = packages.package(papers, (), items=items, pictures=packages.stamped())
    (path,) = _files(build(package, tmp_path / "out"))
    edges = []
    with pypdfium2.PdfDocument(path) as document:
        pages = [page.render(scale=1).to_numpy().astype(int) for page in document]
    for pixels in pages:
        red = (pixels[:, :, 2] - pixels[:, :, 1]) > 60
        assert (pixels.max(axis=2) < 90).sum() > 50, "the page's own text is there"
        sides = {"right": red[:, -6:], "left": red[:, :6], "top": red[:6], "bottom": red[-6:]}
        edges.append({side for side, strip in sides.items() if strip.any()})
    assert edges[::2] == [{edge} for edge in fronts]
    assert not any(edges[1::2])
    assert pages[1 - first].shape[1] > pages[1 - first].shape[0], "a wide page stays readable"


def test_a_preview_says_so_on_every_flat_page(built: BuiltEditions, papers: Path, tmp_path: Path) -> None:
    preview = build(packages.package(papers, (1,), pictures=packages.stamped()), tmp_path / "preview")
    for edition, said in ((built, False), (preview, True)):
        with pypdfium2.PdfDocument(_files(edition)[0]) as document:
            foots = [page.render(scale=2).to_numpy().astype(int)[-60:] for page in document]
        assert [((foot[:, :, 2] - foot[:, :, 1]) > 60).sum() > 20 for foot in foots] == [said] * len(foots)


def test_a_folder_with_something_in_it_is_refused(papers: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("x")
    with pytest.raises(NianjianError, match="dossier_folder_full"):
        build(packages.package(papers, (1,)), tmp_path)
