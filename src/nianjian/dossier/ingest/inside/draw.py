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

from nianjian.dossier.ingest import limits
from nianjian.dossier.ingest.inside.answer import answer, tell

_MM: Final = 25.4 / 72
_PIXELS: Final = 40_000_000
"""Of one drawing: an A3 page at 300 dpi has 17 million."""


def draw(source: str, folder: str, wanted: str) -> None:
    """``wanted`` is JSON: `first` and `last` page (from 1), `dpi`, `small`.

    A page becomes `<page>.npy` (BGR), so many times smaller, and with `small` above 1 also `<page>-grey.npy` in full.
    """
    ask = json.loads(wanted)
    document = pdfium.PdfDocument(source)
    for number in range(ask["first"], min(ask["last"], len(document)) + 1):
        tell({"begun": number})
        page = document[number - 1]
        told = facts(page, number)
        scale = min(ask["dpi"] / 72, (_PIXELS / (page.get_width() * page.get_height())) ** 0.5)
        bitmap = page.render(scale=scale, may_draw_forms=False)
        full = bitmap.to_numpy()[:, :, :3]
        _write(Path(folder), number, full, ask["small"])
        tell(told | {"dpi": scale * 72})
        bitmap.close()
        page.close()


def _write(folder: Path, number: int, full: NDArray[np.uint8], small: int) -> None:
    if small > 1:
        np.save(folder / f"{number}-grey.npy", cv2.cvtColor(full, cv2.COLOR_BGR2GRAY))
        size = (round(full.shape[1] / small), round(full.shape[0] / small))
        full = cv2.resize(full, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    np.save(folder / f"{number}.npy", np.ascontiguousarray(full))


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
