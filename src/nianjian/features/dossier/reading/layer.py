"""A PDF's own text beside the pixels: it may correct a rare character, and it may not say what cannot be seen."""

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from nianjian.features.dossier.reading.text import Layer, Line, plain

COVERED: Final = 0.5  # share of the page under pictures: then the text lies over a scan and proves nothing
ALIKE: Final = 0.97  # characters of all lines that are the same
ANOTHER: Final = 0.6  # a line below this says something else
MORE: Final = 1.05  # characters of the layer for one that was read
INVISIBLE: Final = 3  # the PDF's own code for text that is not drawn
POINTS: Final = 72 / 25.4


def compare_with_layer(page: pdfium.PdfPage, lines: Sequence[Line]) -> tuple[Layer, list[Line]]:
    """What the layer is worth, and the lines, corrected where it agrees."""
    if page.get_rotation() or not is_text_visible(page):
        return Layer.NONE, list(lines)
    text = page.get_textpage()
    if not text.count_chars():
        return Layer.NONE, list(lines)
    left, _bottom, _right, top = page.get_cropbox()
    own = [
        str(text.get_text_bounded(
            left=left + line.box.left * POINTS, top=top - line.box.top * POINTS,
            right=left + line.box.right * POINTS, bottom=top - line.box.bottom * POINTS,
        ))
        for line in lines
    ]  # fmt: skip
    seen, layer_texts = [line.plain for line in lines], [plain(words) for words in own]
    shares = [
        difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() if one or other else 1.0
        for one, other in zip(seen, layer_texts, strict=True)
    ]
    size = sum(map(len, seen))
    if not size:
        return Layer.DIFFERS, list(lines)
    alike = sum(share * len(one) for share, one in zip(shares, seen, strict=True)) / size
    whole = len(plain(text.get_text_range()))
    if alike < ALIKE or min(shares) < ANOTHER or whole > size * MORE + 2:
        return Layer.DIFFERS, list(lines)
    return Layer.AGREES, [_corrected(line, words) for line, words in zip(lines, own, strict=True)]


def is_text_visible(page: pdfium.PdfPage) -> bool:
    """Whether the text is drawn and no picture covers the page."""
    wide, high = page.get_size()
    covered = 0.0
    for one in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=5):
        if one.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = one.get_bounds()
            covered = max(covered, (right - left) * (top - bottom) / (wide * high))
        elif pdfium_c.FPDFTextObj_GetTextRenderMode(one.raw) == INVISIBLE:
            return False
    return covered < COVERED


def _corrected(line: Line, own: str) -> Line:
    """Take the layer's words where they differ in a Chinese character or two only: digits and letters must be seen."""
    seen, layer_text = line.plain, plain(own)
    if len(seen) != len(layer_text):
        return line
    changed = [(one, other) for one, other in zip(seen, layer_text, strict=True) if one != other]
    chinese = all("\u3400" <= sign <= "\u9fff" or sign >= "\U00020000" for pair in changed for sign in pair)
    if not changed or len(changed) > max(1, len(seen) // 6) or not chinese:
        return line
    return replace(line, text=own.strip())
