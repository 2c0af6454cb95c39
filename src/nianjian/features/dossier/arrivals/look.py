"""Reads the pages of a file nobody vouches for, and says which item, or which items, they speak for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.arrivals.papers import MOST, papers
from nianjian.features.dossier.arrivals.ranges import Range
from nianjian.features.dossier.arrivals.recognise import Proposal, recognise
from nianjian.features.dossier.arrivals.recognise import proposal_to_document as whole
from nianjian.features.dossier.ingest.receive import Received, receive
from nianjian.features.dossier.ingest.render import Drawn, render_pages
from nianjian.features.dossier.pictures import shrink
from nianjian.features.dossier.reading import ocr

DPI: Final = 200
"""Headings are large: half the pixels of a check, half its time."""


@dataclass(frozen=True, slots=True)
class Found:
    """``pages``: 0 where they are not counted. ``papers``: more than one where several seem to lie in the file.

    ``pictures``: of every page, where they were asked for.
    """

    whole: Proposal
    pages: int
    papers: tuple[Range, ...]
    pictures: tuple[shrink.Pictured, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether the file is one paper and told well."""
        return self.whole.sure and not self.papers


def found_to_document(one: Found) -> dict[str, object]:
    """As JSON; a file of several papers is surely none of them."""
    parts = [{"item": part.item or None, "first": part.first, "last": part.last} for part in one.papers]
    return {**whole(one.whole), "sure": one.sure, "pages": one.pages, "papers": parts}


def propose(
    file: Path, rulebook: Rulebook, day: date, room: Path | None = None, watch: Callable[[], None] = lambda: None, *,
    pictured: bool = False,
) -> Found:  # fmt: skip
    """The proposal for a file; NianjianError where it is not taken in or cannot be read. Nothing is kept of it.

    ``room``: where temporary files may lie; None: where the system has them. ``watch`` is called before each page; what
    it raises ends the look there. ``pictured``: with pictures of all pages, for who says where a paper ends.
    """
    with tempfile.TemporaryDirectory(prefix="nianjian-sort-", dir=room) as folder:
        got = receive(file, Path(folder))
        if got.clean is None:
            return Found(Proposal(None, sure=False, guesses=()), 0, ())  # an OFD: not read
        pictures: list[shrink.Pictured] = []
        some = render_pages(got.clean, min(got.pages, MOST), name=got.name, dpi=DPI)
        kept = _kept(some, pictures) if pictured else some
        pages = []
        for page in ocr.sheets((one.facts.page, round(one.dpi), one.bgr) for one in kept):
            watch()
            pages.append(page)
        if pictured:
            for _page in _kept(_unread(got, got.clean), pictures):
                watch()
    parts = papers(pages, got.pages, rulebook, day)
    return Found(recognise(pages, rulebook, day), got.pages, parts, tuple(pictures))


def _kept(pages: Iterable[Drawn], pictures: list[shrink.Pictured]) -> Iterator[Drawn]:
    """The same pages; the picture of each stands in ``pictures`` then."""
    for one in pages:
        pictures.append(shrink.pictured(one))
        yield one


def _unread(got: Received, clean: Path) -> Iterator[Drawn]:
    """The pages behind those that are read, drawn to be looked at alone."""
    return render_pages(clean, got.pages, name=got.name, dpi=shrink.DPI, first=MOST + 1)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and those that lie in the folders, sorted; hidden ones and links are left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for one in sorted(path.rglob("*")):
            if one.is_file() and not one.is_symlink() and not one.name.startswith("."):
                yield one


def proposals(paths: Iterable[Path], book: Rulebook, day: date) -> Iterator[tuple[Path, Found | NianjianError]]:
    """For files of the person's own what each is, or why it was not taken in; nothing is kept. ``file_missing``."""
    for path in files(paths):
        if not path.exists():
            raise NianjianError("file_missing", file=str(path))
        try:
            yield path, propose(path, book, day)
        except NianjianError as error:
            yield path, error
