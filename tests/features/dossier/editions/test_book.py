from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from tests.support import packages

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import build_process
from nianjian.features.dossier.editions.book import BLANK, Book, bind
from nianjian.features.dossier.editions.build import build
from nianjian.features.dossier.editions.package import PLACES, Board, Item, Package, Seal

MM = 72 / 25.4


class Bound(NamedTuple):
    """A package, its book, and the book's file."""

    package: Package
    book: Book
    path: Path


def _bound(folder: Path, package: Package) -> Bound:
    path = folder / "book.pdf"
    return Bound(package, bind(package, path, folder / "printer.pdf"), path)


def _with_odd(papers: Path, **changed: Any) -> Package:
    package = packages.package(papers, (2, 3), **changed)
    return replace(package, items=(*package.items, packages.odd_item(papers)))


@pytest.fixture(scope="module")
def stamped(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Bound:
    """The book with pictures of seals that were agreed to."""
    package = _with_odd(papers, pictures=packages.stamped(), approved=True)
    return _bound(tmp_path_factory.mktemp("stamped"), package)


def _texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_each_page_has_its_own_number_and_content(stamped: Bound) -> None:
    layout, texts = stamped.book.layout, _texts(stamped.path)
    assert all(f"第 {place} 页　共 {len(texts)} 页" in text for place, text in enumerate(texts[1:], start=2))
    start = layout.starts[2] - 1
    expected = ["turned 0", "turned 90", "turned 180", "turned 270", "inherited 5", "inherited 6"]
    assert all(word in text for word, text in zip(expected, texts[start:], strict=True))
    assert all(start % 2 == 1 for start in layout.starts), "items begin on fronts"
    blank = [place for place, leaf in enumerate(layout.leaves) if leaf.item == BLANK]
    assert blank == [place for place, text in enumerate(texts) if "（本页无正文）" in text] != []
    assert not any("预览" in text or "草稿" in text for text in texts)


def test_contents_bookmarks_and_labels_lead_to_the_items(stamped: Bound) -> None:
    starts = stamped.book.layout.starts
    with pikepdf.open(stamped.path) as pdf:
        places = {page.obj.objgen: place for place, page in enumerate(pdf.pages, start=1)}
        links = [places[note.Dest[0].objgen] for note in pdf.pages[1].obj.Annots]
        assert links == list(starts)
        assert all(note.F == 4 for note in pdf.pages[1].obj.Annots)
        with pdf.open_outline() as outline:
            bookmarks = {
                child.title: places[child.destination[0].objgen] for top in outline.root for child in top.children
            }
        assert bookmarks == {item.title: start for item, start in zip(stamped.package.items, starts, strict=True)}
        assert pdf.Root.PageMode == "/UseOutlines"
        assert pdf.pages[9].label == "10"
        assert "/Info" not in pdf.trailer or "/CreationDate" not in pdf.trailer.Info


def _red(path: Path, place: int, scale: float = 2.0) -> Any:
    with pypdfium2.PdfDocument(path) as document:
        pixels = document[place].render(scale=scale).to_numpy().astype(int)
    return (pixels[:, :, 2] - np.maximum(pixels[:, :, 0], pixels[:, :, 1])) > 60


def test_strips_lie_on_the_fronts_alone_and_make_the_whole_seal_again(stamped: Bound) -> None:
    _package, book, path = stamped
    (stamp,) = book.plan.stamps
    scale = 2.0
    whole = []
    for piece in book.plan.slices():
        front, back = book.plan.pages(piece.sheet)
        edge = round(40 * MM / piece.strips * scale)
        middle = (1 - float(piece.height)) * 297 * MM * scale
        rows = slice(round(middle - 20 * MM * scale), round(middle + 20 * MM * scale))
        whole.append(_red(path, front - 1, scale)[rows, -edge:])
        assert not _red(path, back - 1)[:, -10:].any(), "backs stay clean"
    joined = np.hstack(whole)
    seal = cv2.imdecode(np.frombuffer(packages.seal_png(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert seal is not None
    expected = cv2.resize(seal[:, :, 3], (joined.shape[1], joined.shape[0]), interpolation=cv2.INTER_AREA) > 128
    thick = cv2.dilate(expected.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (joined & ~thick).sum() < 0.01 * joined.sum()
    assert (expected & joined).sum() > 0.85 * expected.sum()
    assert stamp.sheets == book.layout.sheets


def test_cover_and_copy_seals_lie_at_their_places(stamped: Bound) -> None:
    package, book, path = stamped
    for item, start in zip(package.items, book.layout.starts, strict=True):
        red = _red(path, start - 1)
        for kind in (Seal.COVER, Seal.COPY):
            where = PLACES[kind]
            x, y = where.x_mm * MM * 2, (297 - where.y_mm) * MM * 2
            around = red[round(y - 45) : round(y + 45), round(x - 45) : round(x + 45)]
            assert around.any() == (kind in item.seals), (item.name, kind)


def test_a_draft_and_a_picture_nobody_approved_are_told_on_every_page(papers: Path, tmp_path: Path) -> None:
    package = packages.package(papers, (2,), pictures=packages.stamped(), draft=True)
    texts = _texts(_bound(tmp_path, package).path)
    assert all("不具有电子签章的法律效力" in text and "草稿" in text for text in texts[:1] + texts[2:])


def test_places_for_the_hand_are_marked_where_no_picture_is_printed(papers: Path, tmp_path: Path) -> None:
    _package, book, path = _bound(tmp_path, _with_odd(papers))
    texts = _texts(path)
    assert [place + 1 for place, text in enumerate(texts) if "首页公章" in text] == list(book.layout.starts)
    assert "1-2" in texts[2]
    assert "首页公章" in "".join(_texts(tmp_path / "printer.pdf"))


def test_notes_on_a_page_become_part_of_it(papers: Path, tmp_path: Path) -> None:
    with pikepdf.open(packages.scans(papers / "noted.pdf", [77])) as pdf:
        look = pdf.make_stream(b"1 0 0 rg 0 0 200 200 re f")
        look.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 200, 200]})
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[200, 400, 400, 600], F=4,
            AP=pikepdf.Dictionary(N=look),
        )  # fmt: skip
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note)])
        pdf.save(papers / "noted2.pdf")
    item = Item("x", "批注", Board.GENERAL, papers / "noted2.pdf")
    _package, book, path = _bound(tmp_path, packages.package(papers, (), items=(item,)))
    assert _red(path, book.layout.starts[0] - 1).sum() > 10_000


def test_a_copy_that_cannot_be_read_is_named(papers: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    item = Item("x", "营业执照", Board.GENERAL, tmp_path / "broken.pdf")
    with pytest.raises(NianjianError, match=r"dossier_copy_unreadable.*营业执照"):
        _bound(tmp_path, packages.package(papers, (), items=(item,)))


def _room(folder: Path) -> Path:
    room = folder / "room"
    room.mkdir(exist_ok=True)
    return room


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    package = packages.package(tmp_path, (1,))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(NianjianError) as caught:
        build_process.build(
            replace(package, items=(replace(package.items[0], file=broken),)), tmp_path / "out", room=_room(tmp_path)
        )
    assert (caught.value.code, caught.value.values["file"]) == ("dossier_copy_unreadable", "broken.pdf")


def test_a_process_that_ends_costs_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_process, "SECONDS", 0)  # no time to wait for the answer
    monkeypatch.setattr(build_process, "LOOK", 0.001)
    with pytest.raises(NianjianError) as caught:
        build_process.build(packages.package(tmp_path, (1,)), tmp_path / "out", room=_room(tmp_path))
    assert (caught.value.code, caught.value.values["reason"]) == ("dossier_build_failed", "time")


def test_the_other_process_writes_the_same_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that are more than a pipe holds come through, however often somebody looks."""
    monkeypatch.setattr(build_process, "LOOK", 0.01)
    looks: list[int] = []
    package = packages.package(tmp_path, (1,), draft=True)
    package = replace(package, items=(replace(package.items[0], source_sha256="0" * 70_000),))
    here = build(package, tmp_path / "here")
    room, watch = _room(tmp_path), lambda: looks.append(1)
    assert build_process.build(package, tmp_path / "there", room=room, watch=watch) == here.digest
    for one in here.folder.rglob("*.*"):
        assert (tmp_path / "there" / one.relative_to(here.folder)).read_bytes() == one.read_bytes()
    assert list(room.iterdir()) == []
    assert looks


def test_who_watches_can_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_process, "LOOK", 0.05)

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_process.build(packages.package(tmp_path, (1,)), tmp_path / "out", room=_room(tmp_path), watch=stop)
    assert not (tmp_path / "out" / "manifest.json").exists()
