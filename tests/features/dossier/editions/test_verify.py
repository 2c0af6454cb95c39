from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import packages

from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import BuiltEditions, shrink_picture
from nianjian.features.dossier.editions.manifest import Kind, closeness, compare
from nianjian.features.dossier.editions.verify import verify

PAPER = "paper/材料包.pdf"


@pytest.fixture
def folder(built: BuiltEditions, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(built.folder, tmp_path / "copy"))


def _paths(built: BuiltEditions) -> list[str]:
    return [one["path"] for one in built.manifest["files"]]


def test_what_was_built_is_intact(built: BuiltEditions) -> None:
    found = verify(built.folder, digest=built.digest)
    assert found.intact
    assert (found.files, found.digest) == (5, built.digest)
    assert all(verify(built.folder / path).intact for path in _paths(built))


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
        if act == "swap":
            packages.scan_page(pdf, packages.jpeg(packages.sheet(9000 + page, dpi=60)))
            pdf.pages[page] = pdf.pages[-1]
            del pdf.pages[-1]
            expected = {Kind.SWAPPED}, {page + 1}
        elif act == "remove":
            if count == 1:
                return None
            del pdf.pages[page]
            expected = {Kind.REMOVED}, {page + 1}
        elif act == "add":
            packages.scan_page(pdf, packages.jpeg(packages.sheet(8000 + page, dpi=60)))
            pdf.pages.insert(page, pdf.pages[-1])
            del pdf.pages[-1]
            expected = {Kind.ADDED}, {page + 1}
        elif act == "exchange":
            if page == other:
                return None
            one, two = pdf.pages[page], pdf.pages[other]
            pdf.pages[page], pdf.pages[other] = two, one
            expected = {Kind.REORDERED}, set(range(1, count + 1))
        elif act == "double":
            pdf.pages.insert(page, pdf.pages[other])
            expected = {Kind.ADDED}, set(range(1, count + 2))
        else:
            _redrawn(pdf, page, path)
            expected = {Kind.CHANGED, Kind.SWAPPED}, {page + 1}
        pdf.save(path)
    return expected


@pytest.mark.long
@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    found = verify(folder)
    kinds, pages = expected
    assert not found.intact
    assert {one.file for one in found.differences} == {name}
    assert {one.kind for one in found.differences} <= kinds
    assert {one.page for one in found.differences} <= pages


def test_a_page_drawn_anew_is_told_from_another_page(folder: Path) -> None:
    path = folder / PAPER
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        _redrawn(pdf, 4, path)
        pdf.save(path)
    assert [(one.page, one.kind) for one in verify(folder).differences] == [(5, Kind.CHANGED)]


def test_a_lossless_save_changes_no_page(built: BuiltEditions, folder: Path) -> None:
    for place, name in enumerate(_paths(built)):
        with pikepdf.open(folder / name, allow_overwriting_input=True) as pdf:
            pdf.save(
                folder / name, linearize=place % 2 == 0, recompress_flate=True,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )  # fmt: skip
    found = verify(folder)
    assert found.intact
    assert {one.kind for one in found.notes} == {"resaved"}


def test_a_script_in_the_document_is_a_change(folder: Path) -> None:
    path = folder / PAPER
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.save(path)
    assert [(one.file, one.page, one.kind) for one in verify(folder).differences] == [(PAPER, None, Kind.CHANGED)]


def test_a_jump_that_leads_elsewhere_is_a_change(folder: Path) -> None:
    path = folder / PAPER
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[1].obj.Annots[0].Dest[0] = pdf.pages[0].obj
        pdf.save(path)
    assert [one.kind for one in verify(folder).differences] == [Kind.CHANGED]


def test_files_too_few_and_too_many(folder: Path) -> None:
    (folder / PAPER).rename(folder / "paper" / "别的.pdf")
    assert {(one.file, one.kind) for one in verify(folder).differences} == {
        (PAPER, Kind.MISSING_FILE),
        ("paper/别的.pdf", Kind.EXTRA_FILE),
    }
    assert [one.kind for one in verify(folder / "paper" / "别的.pdf").differences] == [Kind.EXTRA_FILE]


def test_a_manifest_that_was_touched_or_is_gone(built: BuiltEditions, folder: Path) -> None:
    path = folder / manifest.NAME
    told = json.loads(path.read_text(encoding="utf-8"))
    told["season"] = 2027
    path.write_text(json.dumps(told), encoding="utf-8")
    assert [one.kind for one in verify(folder).differences] == [Kind.MANIFEST]
    manifest.write_manifest(manifest.add_hashes(told), folder)
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
    found = [(one.file, one.kind) for one in verify(folder).differences]
    assert found == [("upload/more", Kind.EXTRA_FILE)]


def test_the_manifest_names_items_starts_and_seams(built: BuiltEditions) -> None:
    told = built.manifest
    assert [(one["item"], one["start_page"], one["pages"]) for one in told["items"]] == [
        ("business_licence", 3, 2), ("licence", 5, 3), ("audit_report", 9, 4),
    ]  # fmt: skip
    assert told["riding_seal"]["sheets"] == 6
    assert [one["page"] for one in told["riding_seal"]["slices"]] == [1, 3, 5, 7, 9, 11]
    assert told["snapshot"] == "20261126-083000-a1b2c3"
    assert manifest.hashes_hold(told)


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
