"""Lines that are cut out and read alone: feet of pages, and rings of seals against the name that should stand there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.reading import ocr
from nianjian.features.dossier.reading.text import (
    PageNumber,
    ask_finding,
    check_read_numbers,
    edit_distance,
    fold_name,
    parse_page_number,
    plain,
)
from nianjian.features.dossier.seals.mask import Kind, Picture, unwrap_letters
from nianjian.features.dossier.states import Finding, Sheet

KEPT: Final = re.compile(r"[^一-鿿()]")
CONFIDENT: Final = 0.80
SHORTEST: Final = 4
NEAR: Final = 1  # signs by which a ring of many signs may be misread


@dataclass(frozen=True, slots=True)
class SealName:
    """What was read; ``fits`` None: no name was expected, or it cannot be told."""

    name: str
    confidence: float
    fits: bool | None
    findings: tuple[Finding, ...] = ()


def seal_name(text: str, confidence: float, expected: str | None = None, page: int | None = None) -> SealName:
    """The ring may begin anywhere: a turn of the text that fits is the name."""
    name = KEPT.sub("", plain(text))
    if len(name) < SHORTEST or confidence < CONFIDENT:
        return SealName(
            name, confidence, None, (ask_finding("seal_name_unread", page, confidence=f"{confidence:.2f}"),)
        )
    if not expected:
        return SealName(name, confidence, None)
    expected_name = KEPT.sub("", fold_name(expected))
    turns = [name[at:] + name[:at] for at in range(len(name))]
    best = min(turns, key=lambda turn: edit_distance(fold_name(turn), expected_name))
    edits = edit_distance(fold_name(best), expected_name)
    if edits == 0:
        return SealName(best, confidence, fits=True)
    code = "seal_name_nearly" if edits <= NEAR else "seal_name_differs"
    return SealName(best, confidence, False if edits > NEAR else None, (ask_finding(code, page),))


FOOT: Final = (0.90, 0.995)  # of the height: above stands text, below the scanner's edge
PLACES: Final = ((0.15, 0.85), (0.02, 0.35), (0.65, 0.98))  # of the width: the middle, then the corners
DARK: Final = 80  # below the paper's lightness: small grey print is faint once scanned
TALL_MM: Final = (1.4, 7.0)  # of a line
GAP_MM: Final = 0.6  # between the parts of one line
ROOM_MM: Final = 1.0  # around a line
LINES: Final = 2  # of a place that are looked at, from below


def check_page_order(sheets: Iterable[Sheet]) -> tuple[Finding, ...]:
    """Findings about pages that are missing, doubled or out of order; nothing where pages have no numbers."""
    strips: list[bytes] = []
    places: list[int] = []
    pages: list[int] = []
    for sheet in sheets:
        pages.append(sheet.number)
        for line in cut_foot_lines(sheet.bgr, sheet.dpi):
            strips.append(_png(line))
            places.append(sheet.number)
    if not strips:
        return ()
    numbers: dict[int, PageNumber] = {}
    for page, (text, _confidence) in zip(places, ocr.read_strips(strips), strict=True):
        if (one := parse_page_number(text)) is not None:
            numbers.setdefault(page, PageNumber(page, *one))
    return check_read_numbers([numbers[page] for page in pages if page in numbers], pages[0], pages[-1])


def cut_foot_lines(bgr: Picture, dpi: float) -> Iterator[Picture]:
    """The lowest lines of a page, each by itself in grey: of its middle, then of its corners, the lowest first."""
    high, wide = bgr.shape[:2]
    foot = bgr[round(FOOT[0] * high) : round(FOOT[1] * high)].max(axis=2)  # red seals at the edge vanish
    dark = foot < float(np.percentile(foot, 90)) - DARK
    for left, right in PLACES:
        place = slice(round(left * wide), round(right * wide))
        yield from _cut_lines(foot[:, place], dark[:, place], dpi / 25.4, whole=(left, right) != PLACES[0])


def _cut_lines(foot: Picture, dark: NDArray[np.bool_], mm: float, *, whole: bool) -> Iterator[Picture]:
    """``whole``: leave out lines that go on beyond the place, of which a part would read as another number."""
    inked = (dark.sum(axis=1) > 1).astype(np.uint8).reshape(-1, 1)
    joined = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((max(1, round(GAP_MM * mm)), 1), np.uint8)).ravel()
    edges = np.flatnonzero(np.diff(np.concatenate(([0], joined, [0]))))
    room, line_count = round(ROOM_MM * mm), 0
    for start, end in reversed(list(zip(edges[::2], edges[1::2], strict=True))):
        if line_count == LINES or not TALL_MM[0] * mm <= end - start <= TALL_MM[1] * mm:
            continue
        line_count += 1
        columns = np.flatnonzero(dark[start:end].any(axis=0))
        first, last = int(columns[0]), int(columns[-1])
        if whole and (first < room or last > foot.shape[1] - room):
            continue
        part = foot[max(0, start - room) : end + room, max(0, first - room) : last + room]
        yield cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_GRAY2BGR).astype(np.uint8)


MOST: Final = 4  # seals of a page that are read


def cut_rings(sheet: Sheet) -> list[bytes]:
    """Each round seal's letters as one line (PNG)."""
    seals = [seal for seal in sheet.seals if seal.kind is Kind.ROUND][:MOST]
    return [
        _png(cv2.cvtColor(unwrap_letters(sheet.bgr, sheet.dpi, seal), cv2.COLOR_GRAY2BGR).astype(np.uint8))
        for seal in seals
    ]


def _png(picture: Picture) -> bytes:
    return np.asarray(cv2.imencode(".png", picture)[1]).tobytes()


def check_seal_names(strips: list[bytes], expected: str) -> tuple[Finding, ...]:
    """Whether one of the seals is the enterprise's: others may lie beside it (an auditor's, an authority's).

    Nothing where one fits; else the finding of the seal that comes nearest, for a person to look at.
    """
    if not strips:
        return ()
    names = [seal_name(text, confidence, expected, 1) for text, confidence in ocr.read_strips(strips)]
    if any(name.fits for name in names):
        return ()
    order = ("seal_name_nearly", "seal_name_unread", "seal_name_differs")
    findings = [finding for name in names for finding in name.findings]
    return tuple(sorted(findings, key=lambda finding: order.index(finding.code))[:1])
