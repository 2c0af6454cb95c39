"""``python -m nianjian.features.dossier.reading.engine.worker``: reads pages of a PDF, writes a line of JSON for each.

It runs in a process of its own under limits (see `dossier.reading.ocr`): it writes no file, and whoever started it may
end it at any page.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from nianjian.features.dossier.reading.engine import layer, model
from nianjian.features.dossier.reading.engine.pages import page_text
from nianjian.features.dossier.reading.engine.picture import Picture
from nianjian.features.dossier.reading.text.lines import PageText, page_as

POINT: Final = 72.0
LEAST_DPI, MOST_DPI = 150, 300
PIXELS: Final = 40_000_000  # of a rendered page
STRAIGHT: Final = 0.1  # degrees: boxes of a turned page do not fit the layer


def main(words: list[str]) -> int:
    """`pages FILE [NUMBER…]`, `strips FILE…`, or `sheets`, whose files are named line by line on the input."""
    kind, *rest = words
    engine = model.recogniser()
    _tell({"ready": True})
    if kind == "strips":
        for name in rest:
            text, confidence = model.read_strip(engine, _strip(Path(name)))
            _tell({"text": text, "confidence": confidence})
        return 0
    if kind == "sheets":
        for line in sys.stdin:
            name, dpi, number = line.rstrip("\n").rsplit(" ", 2)
            _tell(page_as(page_text(np.load(name, allow_pickle=False), int(dpi), int(number))))
        return 0
    document = pdfium.PdfDocument(rest[0])
    for number in [int(one) for one in rest[1:]] or range(1, len(document) + 1):
        began = time.process_time()
        told = page_as(page_read(document[number - 1], number))
        _tell({**told, "cpu": round(time.process_time() - began, 3)})
    return 0


def page_read(page: pdfium.PdfPage, number: int) -> PageText:
    """Render and read one page, and hold the PDF's own text against it."""
    dpi, scan = _dpi(page)
    shown = page.render(scale=dpi / POINT, rev_byteorder=False).to_numpy()[..., :3]
    read = page_text(shown, dpi, number, scan=scan)
    if read.rotation or abs(read.skew) >= STRAIGHT:
        return read
    kind, lines = layer.compared(page, read.lines)
    return replace(read, layer=kind, lines=tuple(lines))


def _dpi(page: pdfium.PdfPage) -> tuple[int, bool]:
    """The resolution of the picture that covers the page, within limits; the highest where none does."""
    wide, high = page.get_size()
    found = []
    for one in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        left, bottom, right, top = one.get_bounds()
        found.append(((right - left) * (top - bottom), one.get_metadata().horizontal_dpi))
    area, own = max(found, default=(0.0, 0.0))
    scan = area > layer.COVERED * wide * high
    wanted = own if scan else MOST_DPI
    dpi = min(MOST_DPI, max(LEAST_DPI, round(wanted)))
    return int(min(dpi, (PIXELS / max(1.0, wide * high)) ** 0.5 * POINT)), scan


def _strip(path: Path) -> Picture:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError(path.name)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


def _tell(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
