"""The code that each page of the book bears, and which scanned page is which by it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import qrcode

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.manifest import digests
from nianjian.features.dossier.editions.package import A4, POINT, Package

if TYPE_CHECKING:
    import pypdfium2

MARK: Final = "NJ1"  # an alphanumeric QR code of version 1 holds 20 signs: mark, book and page
SIGNS: Final = 10  # of a book's name
CODE: Final = re.compile(rf"{MARK}/([A-Z2-7]{{{SIGNS}}})/([1-9][0-9]{{0,3}})")
MODULE_MM: Final = 0.4  # 4.7 pixels at 300 dpi
QUIET: Final = 4  # modules around it
EDGE_MM: Final = 4.0  # that printers leave white
FOOT_MM: Final = 1.8
DPI: Final = 300
STRIP_MM: Final = 32.0  # of the foot in which a code is sought


@dataclass(frozen=True, slots=True)
class PageCode:
    """``page`` of the book ``book``, from 1."""

    book: str
    page: int


def name_book(package: Package) -> str:
    """The book's name: the same for the same papers in the same order, whatever its upload edition is made of."""
    papers = [
        [item.name, item.title, item.source_sha256, digests(item.file)[0], sorted(seal.value for seal in item.seals)]
        for item in package.items
    ]
    facts = [package.enterprise, package.season, package.snapshot, package.draft, package.duplex, papers]
    digest = hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).digest()
    return base64.b32encode(digest).decode()[:SIGNS]


def draw_code(book: str, page: int, *, back: bool) -> str:
    """Operators that draw a page's code in the outer corner of its foot, on white."""
    made = qrcode.QRCode(version=1, error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    made.add_data(f"{MARK}/{book}/{page}")
    made.make(fit=False)
    rows, side = made.get_matrix(), MODULE_MM * POINT
    wide = len(rows) * side
    left = EDGE_MM * POINT if back else A4[0] * POINT - EDGE_MM * POINT - wide
    low = FOOT_MM * POINT
    dark = [
        f"{left + column * side:.3f} {low + (len(rows) - 1 - line) * side:.3f} {side:.3f} {side:.3f} re"
        for line, row in enumerate(rows)
        for column, filled in enumerate(row)
        if filled
    ]
    return f"q 1 g {left:.3f} {low:.3f} {wide:.3f} {wide:.3f} re f 0 g {' '.join(dark)} f Q\n"


def parse_code(text: str) -> PageCode | None:
    """The page that a code names; None: it is no code of a book."""
    found = CODE.fullmatch(text)
    return None if found is None else PageCode(found[1], int(found[2]))


def read_page_code(page: pypdfium2.PdfPage) -> str:
    """The text of the code at the foot of an upright scanned page, "" where none is read."""
    import cv2  # noqa: PLC0415 -- only the process that reads scans loads it

    _width, height = page.get_size()
    above = max(0.0, height - STRIP_MM * POINT)
    strip = page.render(scale=DPI / 72, crop=(0, 0, 0, above), grayscale=True).to_numpy()
    reader, half = cv2.QRCodeDetector(), strip.shape[1] // 2
    for part in (strip[:, half:], strip[:, :half]):
        for zoom in (1, 2):
            pixels = part if zoom == 1 else cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
            text = str(reader.detectAndDecode(pixels)[0])
            if parse_code(text) is not None:
                return text
    return ""


def find_book(codes: Sequence[str]) -> str | None:
    """The book that the codes of a scan name; None: they name none. ``dossier_sealed_mixed``: more than one."""
    books = {found.book for text in codes if (found := parse_code(text)) is not None}
    if len(books) > 1:
        raise NianjianError("dossier_sealed_mixed", books=", ".join(sorted(books)))
    return next(iter(books), None)


def match_pages(codes: Sequence[str], pages: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Item -> places (from 0) of the scan that are its pages in their order; blank backs and the front are left out.

    ``pages``: of the book, as its manifest lists them. A page whose code was not read and that lies where the pages
    around it leave but one place is that page. ``dossier_sealed_pages`` names pages of the book that are not there
    once each.
    """
    numbers = _fill_gaps([found.page if (found := parse_code(text)) else None for text in codes])
    places: dict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(numbers):
        if number is not None:
            places[number].append(place)
    wanted = {number: page for number, page in enumerate(pages, 1) if page["item"]}
    faults = [str(number) for number in wanted if len(places[number]) != 1]
    if faults:
        raise NianjianError("dossier_sealed_pages", pages=", ".join(faults))
    matched: dict[str, list[int]] = defaultdict(list)
    for number, page in wanted.items():
        matched[str(page["item"])].append(places[number][0])
    return dict(matched)


def _fill_gaps(numbers: Sequence[int | None]) -> list[int | None]:
    filled = list(numbers)
    for place in range(1, len(filled) - 1):
        before, after = filled[place - 1], filled[place + 1]
        if filled[place] is None and before is not None and after == before + 2:
            filled[place] = before + 1
    return filled
