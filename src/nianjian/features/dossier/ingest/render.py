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

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest.limited import Ended, run

BATCH: Final = 12
"""Pages a child draws: 30 CPU-seconds are enough for them, and their pictures for the disk."""
BATCH_SMALL: Final = 48
"""The same where pages come small. A child that ends early goes on from the page at which it ended."""


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
    """A page drawn: BGR at ``dpi``.

    Where asked for: ``tiles``, its inked parts in grey, and ``strip``, its right edge (BGR), both at ``fine_dpi``.
    """

    facts: PageFacts
    dpi: float
    bgr: NDArray[np.uint8]
    fine_dpi: float
    tiles: tuple[NDArray[np.uint8], ...] = ()
    strip: NDArray[np.uint8] | None = None


def render_pages(
    clean: Path, pages: int, *, name: str, dpi: int, small: int = 1, first: int = 1, strip: float = 0.0
) -> Iterator[Drawn]:
    """Pages ``first`` to ``pages`` of a clean copy, one by one; NianjianError dossier_page_costly names file and page.

    ``small`` above 1: ``bgr`` comes so many times smaller than ``dpi``, and its inked parts at ``dpi``. ``strip``: so
    many mm of the right edge at ``dpi``.
    """
    start, batch = first, BATCH if small == 1 else BATCH_SMALL
    while start <= pages:
        with tempfile.TemporaryDirectory(prefix="nianjian-pages-") as folder:
            wanted = {"first": start, "last": min(start + batch - 1, pages), "dpi": dpi, "small": small, "strip": strip}
            try:
                told, reason = run("draw", str(clean), folder, json.dumps(wanted)), ""
            except Ended as end:
                told, reason = end.told, end.reason
            done = [one for one in told if "page" in one]
            if reason and not done:
                page = max((int(one["begun"]) for one in told if "begun" in one), default=start)
                raise NianjianError("dossier_page_costly", file=name, page=page, reason=reason)
            for one in done:
                yield _loaded(Path(folder), one, small)
        start = done[-1]["page"] + 1 if reason else start + batch


def _loaded(folder: Path, told: Any, small: int) -> Drawn:  # noqa: ANN401 - JSON of the child
    pictures = tuple(
        Picture((one["pixels"][0], one["pixels"][1]), (one["dpi"][0], one["dpi"][1]), one["share"])
        for one in told["pictures"]
    )
    facts = PageFacts(told["page"], told["wide_mm"], told["high_mm"], pictures, told["letters"])

    def plane(what: str) -> NDArray[np.uint8] | None:
        file = folder / f"{facts.page}{what}.npy"
        return np.load(file, allow_pickle=False) if file.exists() else None

    bgr, tiles = plane(""), plane("-tiles")
    if bgr is None:
        raise FileNotFoundError(facts.page)
    return Drawn(facts, told["dpi"] / small, bgr, told["dpi"], () if tiles is None else tuple(tiles), plane("-strip"))
