"""Draws pages of a clean copy as pictures and tells what they are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from pypdfium2 import raw

from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside.answer import answer, print_json
from nianjian.features.dossier.ingest.inside.scan import Scans
from nianjian.features.dossier.ingest.tiles import tiles

Picture = NDArray[np.uint8]

_MM: Final = 25.4 / 72
_PIXELS: Final = 40_000_000
"""Of one drawing: an A3 page at 300 dpi has 17 million."""


def draw(source: str, folder: str, wanted: str) -> None:
    """``wanted`` is JSON: `first` and `last` page (from 1), `dpi`, `small`, `strip`.

    A page becomes `<page>.npy` (BGR), so many times smaller, with `small` above 1 also `<page>-tiles.npy`, its inked
    parts in grey and in full; with `strip` (mm) `<page>-strip.npy`, its right edge (BGR, in full).
    """
    cv2.setNumThreads(1)  # a child is one of several workers; threads that wait burn time
    ask = json.loads(wanted)
    document, scans = pdfium.PdfDocument(source), Scans(source)
    for number in range(ask["first"], min(ask["last"], len(document)) + 1):
        print_json({"begun": number})
        page = document[number - 1]
        told = facts(page, number)
        scale = min(ask["dpi"] / 72, (_PIXELS / (page.get_width() * page.get_height())) ** 0.5)
        target, strip = Path(folder) / str(number), round(ask["strip"] / 25.4 * scale * 72)
        planes = scans.planes(number - 1, scale * 72, ask["small"]) if ask["small"] > 1 and not strip else None
        if planes is not None:
            _save(target, *planes)
        else:
            _write(target, _full(scans, page, number - 1, scale), ask["small"], strip)
        print_json(told | {"dpi": scale * 72})
        page.close()


def _full(scans: Scans, page: pdfium.PdfPage, place: int, scale: float) -> Picture:
    """The page's pixels, read where that is the same as drawing."""
    full = scans.pixels(place, scale * 72)
    if full is not None:
        return full
    bitmap = page.render(scale=scale, may_draw_forms=False)
    drawn = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    bitmap.close()
    return drawn


def _write(target: Path, full: Picture, small: int, strip: int) -> None:
    if strip:
        np.save(f"{target}-strip.npy", _coloured(full[:, -strip:]))
    if small == 1:
        np.save(f"{target}.npy", _coloured(full))
        return
    grey = full if full.ndim == 2 else cv2.cvtColor(full, cv2.COLOR_BGR2GRAY)  # noqa: PLR2004 - rows and columns
    high, wide = (max(1, side // small) for side in full.shape[:2])  # whole pixels: what is left over is no tenth
    less = cv2.resize(full[: high * small, : wide * small], (wide, high), interpolation=cv2.INTER_AREA)
    _save(target, grey.astype(np.uint8, copy=False), less.astype(np.uint8, copy=False))


def _save(target: Path, grey: Picture, less: Picture) -> None:
    np.save(f"{target}-tiles.npy", np.stack(tiles(grey)))
    np.save(f"{target}.npy", _coloured(less))


def _coloured(plane: Picture) -> Picture:
    told = plane if plane.ndim > 2 else cv2.cvtColor(plane, cv2.COLOR_GRAY2BGR)  # noqa: PLR2004 - rows and columns
    return np.ascontiguousarray(told).astype(np.uint8, copy=False)


def facts(page: pdfium.PdfPage, number: int) -> dict[str, Any]:
    """Sides in mm as displayed, pictures with resolution and share of the page, and whether there is text."""
    wide, high = page.get_size()
    pictures = []
    for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=limits.DEPTH):
        about = one.get_metadata()
        left, low, right, up = one.get_bounds()
        share = max(0.0, (right - left) * (up - low)) / (wide * high)
        pictures.append(
            {
                "pixels": [about.width, about.height],
                "dpi": [about.horizontal_dpi, about.vertical_dpi],
                "share": min(share, 1.0),
            }
        )
    text = page.get_textpage()
    letters = text.count_chars()
    text.close()
    return {"page": number, "wide_mm": wide * _MM, "high_mm": high * _MM, "pictures": pictures, "letters": letters}


if __name__ == "__main__":
    answer(draw)
