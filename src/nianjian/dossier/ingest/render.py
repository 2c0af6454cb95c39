"""Pages as pictures, drawn by the limited child a few at a time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nianjian.dossier.ingest.limited import Ended, run
from nianjian.kernel.errors import NianjianError

BATCH: Final = 12
"""Pages a child draws: 30 CPU-seconds are enough for them, and their pictures for the disk."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on the page: its pixels, its resolution on paper, the share of the page that it covers."""

    pixels: tuple[int, int]
    dpi: tuple[float, float]
    share: float


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the PDF says of a page, as displayed. ``letters``: characters of real text."""

    page: int
    wide_mm: float
    high_mm: float
    pictures: tuple[Picture, ...]
    letters: int


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A page drawn: BGR at ``dpi``; ``grey`` at ``grey_dpi`` where a finer copy was asked for."""

    facts: PageFacts
    dpi: float
    bgr: NDArray[np.uint8]
    grey: NDArray[np.uint8] | None = None
    grey_dpi: float = 0.0


def drawn(clean: Path, pages: int, *, name: str, dpi: int, small: int = 1, first: int = 1) -> Iterator[Drawn]:
    """Pages ``first`` to ``pages`` of a clean copy, one by one; NianjianError dossier_page_costly names file and page.

    ``small`` above 1: ``bgr`` comes so many times smaller than ``dpi``, and ``grey`` at ``dpi``.
    """
    for start in range(first, pages + 1, BATCH):
        with tempfile.TemporaryDirectory(prefix="nianjian-pages-") as folder:
            wanted = {"first": start, "last": min(start + BATCH - 1, pages), "dpi": dpi, "small": small}
            try:
                told = run("draw", str(clean), folder, json.dumps(wanted))
            except Ended as end:
                page = max((int(one["begun"]) for one in end.told if "begun" in one), default=start)
                raise NianjianError("dossier_page_costly", file=name, page=page, reason=end.reason) from end
            for one in told:
                if "page" in one:
                    yield _loaded(Path(folder), one, small)


def _loaded(folder: Path, told: Any, small: int) -> Drawn:  # noqa: ANN401 - JSON of the child
    pictures = tuple(
        Picture((one["pixels"][0], one["pixels"][1]), (one["dpi"][0], one["dpi"][1]), one["share"])
        for one in told["pictures"]
    )
    facts = PageFacts(told["page"], told["wide_mm"], told["high_mm"], pictures, told["letters"])
    grey = np.load(folder / f"{facts.page}-grey.npy", allow_pickle=False) if small > 1 else None
    bgr = np.load(folder / f"{facts.page}.npy", allow_pickle=False)
    return Drawn(facts, told["dpi"] / small, bgr, grey, told["dpi"] if small > 1 else 0.0)
