"""The text of the paper's pages against what is read on a scan: which figures a page has that hardly another one has.

The paper that stands beside the manifest is the measure, bound by the manifest's SHA-256 of it; the manifest itself
carries no text and no hash of text, for a hash of a short telephone or identity number can be guessed. Of a page that
a program drew its own text counts; of a page that is a picture, what the recogniser reads on it.

A page is told by its own figures: runs of letters and digits that stand on few other pages. Where a page has too few,
nothing is told. A page in which few figures were changed is not found: the recogniser's own slips look the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.look import inspect_file
from nianjian.features.dossier.reading import ocr
from nianjian.features.dossier.reading.page_numbers import page_number
from nianjian.features.dossier.reading.text.lines import PageText

RUN: Final = re.compile(r"[0-9A-Za-z]{2,}|[\u3400-\u9fff]{2}")
OWN: Final = 2  # pages of the paper on which an own figure may stand
FEW: Final = 5  # own figures; fewer tell nothing
SAME: Final = 0.70  # of a page's own figures that are read on the scan
OTHER: Final = 0.45

Watch = Callable[[int, int], None]
"""(pages read, all pages to be read); what it raises ends the reading there."""


def runs(text: str) -> frozenset[str]:
    """Runs of digits and letters, and pairs of Chinese characters."""
    one = unicodedata.normalize("NFKC", text)
    pairs = {one[at : at + 2] for at in range(len(one) - 1) if RUN.fullmatch(one[at : at + 2]) and one[at] >= "\u3400"}
    return frozenset(RUN.findall(one)) | pairs


def read_runs(page: PageText) -> frozenset[str]:
    """Of a page as it was read."""
    return runs("\n".join(one.text for one in page.lines))


def paper_of(listed: Path, entry: manifest.Json) -> Path | None:
    """The package's own paper beside the manifest, if it is the file that the manifest names."""
    path = listed.parent / str(entry["path"])
    inside = path.is_file() and path.resolve().is_relative_to(listed.parent.resolve())
    return path if inside and manifest.digests(path)[0] == entry["sha256"] else None


def of(listed: Path, entry: manifest.Json) -> Paper | None:
    """The figures of the package's own paper; None where it is not there or has not the pages that the manifest tells.

    A forged manifest may name any file as its paper: what tells nothing must not make the answer surer.
    """
    path = paper_of(listed, entry)
    told = None if path is None else inspect_file("text", path)
    if path is None or told is None or len(told["texts"]) != len(entry["pages"]):
        return None
    return Paper(path, told["texts"])


class Paper:
    """The own figures of each page of the paper."""

    def __init__(self, path: Path, told: Mapping[str, str | None]) -> None:
        """``told``: by place what a program drew there; None: the page is a picture."""
        self._path = path
        self._found = {int(place): runs(text) for place, text in told.items() if text is not None}
        self.drawn = frozenset(place for place, text in self._found.items() if len(text) >= FEW)
        self._own = self._figures()

    def also(self, places: Sequence[int], watch: Watch) -> None:
        """Read pages that are pictures, too."""
        wanted = [place for place in places if place not in self._found]
        self._found |= {place: read_runs(page) for place, page in read(self._path, wanted, watch).items()}
        self._own = self._figures()

    def _figures(self) -> dict[int, frozenset[str]]:
        often = Counter(one for text in self._found.values() for one in text)
        return {place: frozenset(one for one in text if often[one] <= OWN) for place, text in self._found.items()}

    def share(self, place: int, seen: frozenset[str]) -> float | None:
        """Of the page's own figures, those that were seen; None: it has too few, or its text is not known."""
        own = self._own.get(place, frozenset())
        return len(own & seen) / len(own) if len(own) >= FEW else None

    def best(self, seen: frozenset[str]) -> int | None:
        """The one page whose figures were seen."""
        found = [place for place in self._own if (self.share(place, seen) or 0) >= SAME]
        return found[0] if len(found) == 1 else None


def read(path: Path, places: Sequence[int], watch: Watch) -> dict[int, PageText]:
    """Pages (from 0) as the recogniser reads them, in its limited process; what it cannot read is left out."""
    found: dict[int, PageText] = {}
    if places:
        try:
            for page in ocr.pages(path, [one + 1 for one in places], progress=watch):
                found[page.number - 1] = page
        except NianjianError as error:
            if error.code != "reading_failed":
                raise
    return found


def printed(page: PageText) -> int | None:
    """The page number (from 1) at its foot."""
    told = page_number(page)
    return None if told is None else told.number
