"""Both editions and their manifest into an empty folder: the same package gives the same bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pypdfium2

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest as manifests
from nianjian.features.dossier.editions import package
from nianjian.features.dossier.editions import upload as uploads
from nianjian.features.dossier.editions.book import BLANK, FRONT, Book, bind
from nianjian.features.dossier.editions.manifest import PageOf
from nianjian.features.dossier.editions.package import Package
from nianjian.features.dossier.editions.upload import upload

PAPER: Final = "paper"
UPLOAD: Final = "upload"
PRINTER: Final = "printer"
NAMES: Final = {PAPER: "材料包.pdf", PRINTER: "印刷说明.pdf"}


@dataclass(frozen=True, slots=True)
class Built:
    """What was written; ``digest``: of the manifest, to be kept where nobody can change it."""

    folder: Path
    book: Book = field(repr=False)
    manifest: dict[str, Any] = field(repr=False)

    @property
    def digest(self) -> str:
        """The manifest's SHA-256."""
        return str(self.manifest["sha256"])


def build(package: Package, folder: Path, *, uploads: bool = True) -> Built:
    """Write all; ``dossier_folder_full``, ``dossier_copy_unreadable``, ``upload_page_large``, ``drawing_failed``.

    ``uploads``: the flat files, too; they take most of the time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NianjianError("dossier_folder_full", folder=str(folder))
    (folder / PAPER).mkdir()
    path, sheet = folder / PAPER / NAMES[PAPER], folder / PAPER / NAMES[PRINTER]
    book = bind(package, path, sheet)
    files = [manifests.of_file(path, folder, PAPER, _paper(package, book, path))]
    files.append(manifests.of_file(sheet, folder, PRINTER, _all(sheet)))
    if uploads:
        (folder / UPLOAD).mkdir()
        for one in upload(package, book, folder / UPLOAD):
            named = package.items[one.item].name
            pages = [PageOf(named, one.first + place + 1, look) for place, look in enumerate(one.looks)]
            files.append(manifests.of_file(one.path, folder, UPLOAD, pages, one.pdfa))
    counts = Counter(leaf.item for leaf in book.layout.leaves)
    items = manifests.sources(package, book.layout.starts, [counts[place] for place in range(len(package.items))])
    told = manifests.build_manifest(package, files, items, book.plan)
    manifests.write(told, folder)
    return Built(folder, book, told)


def _all(path: Path) -> list[PageOf]:
    with pypdfium2.PdfDocument(path) as document:
        return [
            PageOf("", place + 1, manifests.encode_fingerprint(manifests.render_page(document[place])))
            for place in range(len(document))
        ]


def _paper(package: Package, book: Book, path: Path) -> list[PageOf]:
    """Looks of the book's pages, from their sources, laid as they lie on the sheet; seals do not count."""
    empty = manifests.encode_fingerprint(np.full((manifests.HIGH, manifests.WIDE), 255, np.uint8))
    found: dict[int, PageOf] = {}
    leaves = book.layout.leaves
    with pypdfium2.PdfDocument(path) as document:
        for place, leaf in enumerate(leaves):
            if leaf.item == BLANK:
                found[place] = PageOf("", 0, empty)
            elif leaf.item == FRONT:
                found[place] = PageOf(
                    "", leaf.page + 1, manifests.encode_fingerprint(manifests.render_page(document[place]))
                )
    for number, item in enumerate(package.items):
        with pypdfium2.PdfDocument(item.file) as source:
            for place, leaf in enumerate(leaves):
                if leaf.item == number:
                    look = manifests.encode_fingerprint(_laid(source[leaf.page], back=book.layout.back(place)))
                    found[place] = PageOf(item.name, leaf.page + 1, look)
    return [found[place] for place in range(len(leaves))]


def _laid(page: pypdfium2.PdfPage, *, back: bool) -> Any:  # noqa: ANN401 -- pixels
    """A source's page as it lies on its sheet."""
    width, height = page.get_size()
    jpeg = uploads.whole(page)
    picture = uploads.small(jpeg[0]) if jpeg else manifests.render_page(page)
    read = package.Seen(width, height, package.IDENTITY)
    return manifests.on_sheet(picture, read.on_a4(back=back), width, height)
