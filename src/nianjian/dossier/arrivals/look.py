"""Reads the first pages of a file nobody vouches for, and says which item they speak for."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from nianjian.dossier.arrivals.recognise import PAGES, Proposal, recognise
from nianjian.dossier.ingest.receive import receive
from nianjian.dossier.ingest.render import drawn
from nianjian.dossier.reading import ocr
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
