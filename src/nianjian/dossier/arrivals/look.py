"""Reads the first pages of a file nobody vouches for, and says which item they speak for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from nianjian.dossier.arrivals.recognise import PAGES, Proposal, recognise
from nianjian.dossier.ingest.receive import receive
from nianjian.dossier.ingest.render import drawn
from nianjian.dossier.reading import ocr
from nianjian.kernel.errors import NianjianError
from nianjian.rules.rulebook import Rulebook

DPI: Final = 200
"""Headings are large: half the pixels of a check, half its time."""


def propose(file: Path, rulebook: Rulebook, day: date, room: Path | None = None) -> Proposal:
    """The proposal for a file; NianjianError where it is not taken in or cannot be read. Nothing is kept of it.

    ``room``: where temporary files may lie; None: where the system has them.
    """
    with tempfile.TemporaryDirectory(prefix="nianjian-sort-", dir=room) as folder:
        got = receive(file, Path(folder))
        if got.clean is None:
            return Proposal(None, sure=False, guesses=())  # an OFD: not read
        some = drawn(got.clean, min(got.pages, PAGES), name=got.name, dpi=DPI)
        pages = list(ocr.sheets((one.facts.page, round(one.dpi), one.bgr) for one in some))
    return recognise(pages, rulebook, day)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and those that lie in the folders, sorted; hidden ones and links are left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for one in sorted(path.rglob("*")):
            if one.is_file() and not one.is_symlink() and not one.name.startswith("."):
                yield one


def proposals(paths: Iterable[Path], book: Rulebook, day: date) -> Iterator[tuple[Path, Proposal | NianjianError]]:
    """For files of the person's own what each is, or why it was not taken in; nothing is kept. ``file_missing``."""
    for path in files(paths):
        if not path.exists():
            raise NianjianError("file_missing", file=str(path))
        try:
            yield path, propose(path, book, day)
        except NianjianError as error:
            yield path, error
