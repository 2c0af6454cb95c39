"""A file against an item of the package: taken in, every page inspected, seals and form, fields, one verdict."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier import checks
from nianjian.features.dossier.finding import (
    Finding,
    PageFound,
    ReadFields,
    Reading,
    Sheet,
    Unread,
    Verdict,
    Weight,
    decide_verdict,
)
from nianjian.features.dossier.ingest.receive import DrawnPage, ReceivedFile, receive, render_pages
from nianjian.features.dossier.kinds import Form, Item
from nianjian.features.dossier.reading import ocr
from nianjian.features.dossier.seals import seam
from nianjian.features.dossier.seals.detect import find_seals_in
from nianjian.features.dossier.seals.mask import OFFICIAL, Kind, Picture, Seal, find_red, scale_page, whiten

COLOUR: Final = "colour"
GREY: Final = "grey"
SPREAD_MM: Final = 2.0
"""Ink runs and a fit errs: a seal is called too large only beyond this."""


KEYS: Final = {
    "a4": "scans.a4.tolerance", "blank": "scans.blank.ink", "skew": "scans.skew.most", "blur": "scans.blur.edge",
    "detail": "scans.upscaled.detail", "detail_edge": "scans.upscaled.edge", "colour": "scans.colour.page",
    "original": "scans.colour.original", "dpi": "materials.scan.dpi", "diameter": "materials.seal.diameter",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """The rulebook's thresholds, as the checks compare them."""

    a4: float
    blank: float
    skew: float
    blur: float
    detail: float
    detail_edge: float
    colour: float
    original: float
    dpi: float
    diameter: float

    @classmethod
    def of(cls, book: Rulebook) -> Limits:
        """The thresholds of a day."""
        return cls(**{name: float(book.decimal(key)) for name, key in KEYS.items()})


@dataclass(frozen=True, slots=True)
class InspectedPage:
    """``beside``: coloured share outside the seals."""

    page: PageFound
    beside: float
    findings: tuple[Finding, ...]


def inspect(drawn: DrawnPage, limits: Limits) -> InspectedPage:
    """Check one page; it was drawn at 100 dpi, its inked parts finer."""
    cv2.setNumThreads(1)  # workers are processes; threads that wait for another burn time
    number, bgr = drawn.facts.page, drawn.bgr
    ink = find_red(bgr, drawn.dpi)
    seals = tuple(_rounded(one) for one in find_seals_in(ink))
    plane = checks.colour_mask(ink.white)
    sparse = checks.ink_share(ink.white) < limits.blank and not seals
    empty = sparse and ocr.read_turn(bgr) is None  # a page with the place for the seal alone has little ink
    turned = 0 if empty else checks.detect_rotation(bgr, ocr.read_turn)
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    across = turned in {90, 270}
    lean = None if empty else checks.measure_skew(np.ascontiguousarray(np.rot90(grey)) if across else grey)
    sharp = checks.measure_resolution(drawn.facts, int(limits.dpi))
    found = PageFound(
        page=number,
        a4=checks.is_a4(drawn.facts.wide_mm, drawn.facts.high_mm, limits.a4),
        dpi=None if sharp is None else sharp.dpi,
        blank=empty,
        skew_deg=lean,
        rotation=turned,
        colour=COLOUR if checks.colour_share(plane) >= limits.colour or seals else GREY,
        seals=seals,
    )
    findings = [*_sheet(found, drawn, limits), *_seals(found, limits)]
    if sharp is not None and not sharp.enough:
        values = {"dpi": sharp.dpi, "least": int(limits.dpi)}
        findings.append(Finding("scan_dpi_low", Weight.STOP, number, values))
    if sharp is not None and not empty and drawn.tiles:
        findings += _sharpness(number, drawn.tiles, limits)
    return InspectedPage(found, checks.colour_share_beside_seals(plane, seals), tuple(findings))


def _rounded(seal: Seal) -> Seal:
    """To a tenth of a millimetre: more was not measured."""
    x, y, wide, high = (round(one, 1) for one in (seal.x_mm, seal.y_mm, seal.diameter_mm, seal.height_mm))
    return Seal(x, y, wide, high, seal.kind, seal.score)


def _sheet(page: PageFound, drawn: DrawnPage, limits: Limits) -> list[Finding]:
    """Size, emptiness, lean and turn."""
    found: list[Finding] = []
    if not page.a4:
        values = {"wide": round(drawn.facts.wide_mm), "high": round(drawn.facts.high_mm)}
        found.append(Finding("scan_not_a4", Weight.STOP, page.page, values))
    if page.blank:
        found.append(Finding("scan_blank", Weight.STOP, page.page))
    if page.skew_deg is not None and abs(page.skew_deg) > limits.skew:
        lean = {"degrees": abs(page.skew_deg), "most": f"{limits.skew:g}"}
        found.append(Finding("scan_skewed", Weight.STOP, page.page, lean))
    upright = drawn.facts.wide_mm <= drawn.facts.high_mm
    if page.rotation is None:
        found.append(Finding("scan_turn_unsure", Weight.ASK, page.page))
    elif page.rotation in {90, 270} and upright:  # a landscape page in an upright sheet, as it is bound and scanned
        found.append(Finding("scan_across", Weight.NOTE, page.page))
    elif page.rotation:
        found.append(Finding("scan_turned", Weight.STOP, page.page, {"degrees": page.rotation}))
    return found


def _seals(page: PageFound, limits: Limits) -> list[Finding]:
    """A seal larger than the law allows."""
    large = [one for one in page.seals if one.kind is Kind.ROUND and one.diameter_mm > limits.diameter + SPREAD_MM]
    most = f"{limits.diameter:g}"
    return [Finding("seal_large", Weight.ASK, page.page, {"diameter": one.diameter_mm, "most": most}) for one in large]


def _sharpness(number: int, parts: Sequence[Picture], limits: Limits) -> list[Finding]:
    """Blur stops; an enlarged picture only warns."""
    width = checks.measure_edge_width(parts)
    if width is None:
        return []
    if width > limits.blur:
        return [Finding("scan_blurred", Weight.STOP, number, {"width": round(width, 1)})]
    if width > limits.detail_edge and (checks.measure_detail(parts) or 1.0) < limits.detail:
        return [Finding("scan_upscaled", Weight.ASK, number)]
    return []


FINE_DPI: Final = 300
SMALL: Final = 3
ONE_STAMP: Final = 20
"""Sheets that one stamp can cover: beyond, several stamps overlap, and slices of two lie on one page."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """``package``: facts of an OFD, else empty. ``kind``: the file's type."""

    item: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    fields: dict[str, object]
    pages: tuple[PageFound, ...]
    sha256: str
    kind: str
    package: dict[str, object]


Watch = Callable[[int, int], None]
"""(done, total): each page counts twice, once looked at and once read; what it raises ends the check there."""
Keep = Callable[[DrawnPage], None]
"""Is handed each page as it was drawn, once; who wants pictures of the pages makes them here."""


def check(
    file: Path,
    item: Item,
    *,
    reading: Reading | None = None,
    book: Rulebook | None = None,
    watch: Watch = lambda _done, _total: None,
    keep: Keep = lambda _drawn: None,
) -> CheckResult:
    """What ``file`` is worth for ``item``; NianjianError where it is not taken in. Nothing is kept of it."""
    rules = book or Rulebook.on(clock.today())
    with tempfile.TemporaryDirectory(prefix="nianjian-check-") as folder:
        got = receive(file, Path(folder))
        if got.clean is None:
            only = (Finding("scan_ofd", Weight.ASK),)
            return CheckResult(item.name, decide_verdict(only), only, {}, (), got.sha256, got.type.value, dict(got.ofd))
        limits = Limits.of(rules)
        looked: list[InspectedPage] = []
        edge: list[list[seam.PlacedSlice]] = []
        strip = seam.STRIP_MM if got.pages > 1 else 0.0
        for one in render_pages(got.clean, got.pages, name=got.name, dpi=FINE_DPI, small=SMALL, strip=strip):
            watch(len(looked), 2 * got.pages)
            looked.append(inspect(one, limits))
            keep(one)
            if len(edge) == len(looked) - 1 and one.strip is not None and _sliced(looked[-1]):
                edge.append(_slices(whiten(scale_page(one.strip, one.fine_dpi, seam.DPI)), got.pages))
        edges = tuple(_seam(edge)) if len(edge) == len(looked) else ()
        read = (reading or Unread()).read(item.name, _watched(_sheets(got, looked), got.pages, watch))
    findings = (
        *_file(got),
        *(one for page in looked for one in page.findings),
        *_form(item, looked, rules, limits),
        *find_missing_seals(item, [page.page for page in looked], rules),
        *edges,
        *read.findings,
        *_fields(item, read),
    )
    pages = tuple(page.page for page in looked)
    return CheckResult(
        item.name, decide_verdict(findings), findings, dict(read.fields), pages, got.sha256, got.type.value, {}
    )


def _sheets(got: ReceivedFile, looked: Sequence[InspectedPage]) -> Iterator[Sheet]:
    """Pages for the reader, drawn when it asks, turned upright as far as that is known."""
    if got.clean is None:
        return
    for one, page in zip(render_pages(got.clean, got.pages, name=got.name, dpi=FINE_DPI), looked, strict=True):
        turns = (page.page.rotation or 0) // 90
        upright = np.ascontiguousarray(np.rot90(one.bgr, turns)) if turns else one.bgr
        yield Sheet(one.facts.page, round(one.dpi), upright, page.page.seals if not turns else ())


def _watched(sheets: Iterable[Sheet], pages: int, watch: Watch) -> Iterator[Sheet]:
    """The sheets, telling before each how far the reading is."""
    for done, sheet in enumerate(sheets):
        watch(pages + done, 2 * pages)
        yield sheet


def _file(got: ReceivedFile) -> Iterator[Finding]:
    if got.active:
        yield Finding("scan_active_content", Weight.NOTE, values={"kinds": ", ".join(got.active)})
    facts = {
        "scan_locked": (got.locked, Weight.NOTE),
        "scan_signed": (got.signed, Weight.NOTE),
        "scan_rebuilt": (got.rebuilt, Weight.ASK),
        "scan_repaired": (got.repaired, Weight.ASK),
    }
    yield from (Finding(code, weight) for code, (is_so, weight) in facts.items() if is_so)


def _form(item: Item, looked: Sequence[InspectedPage], book: Rulebook, limits: Limits) -> Iterator[Finding]:
    """Copy or original, of papers that have colour of their own; others cannot be told and are not guessed at."""
    if not item.coloured or not looked:
        return
    original = max(page.beside for page in looked) >= limits.original
    wanted = item.form(book)
    if wanted is Form.ORIGINAL and not original:
        yield Finding("form_copy", Weight.STOP)
    if wanted is Form.COPY and original:
        yield Finding("form_original", Weight.ASK)


def find_missing_seals(item: Item, pages: Sequence[PageFound], book: Rulebook) -> Iterator[Finding]:
    """Seals that the rulebook asks for and the pages do not show."""
    wanted = item.seals(book)
    if not pages:
        return
    first = pages[0]
    if {"cover_seal", "copy_seal"} & set(wanted) and not any(seal.kind in OFFICIAL for seal in first.seals):
        code = "seal_copy_missing" if "copy_seal" in wanted else "seal_cover_missing"
        if first.colour == GREY:  # why there is none, where that can be told
            code = "seal_grey"
        elif any(seal.kind is Kind.SQUARE for seal in first.seals):
            code = "seal_square_only"
        yield Finding(code, Weight.STOP, first.page)
    if "riding_seal" in wanted and len(pages) > 1:
        for page in pages:
            if not page.blank and all(seal.kind is not Kind.SLICE for seal in page.seals):
                yield Finding("seal_riding_missing", Weight.STOP, page.page)


def _sliced(page: InspectedPage) -> bool:
    return any(seal.kind is Kind.SLICE for seal in page.page.seals)


def _slices(strip: Picture, pages: int) -> list[seam.PlacedSlice]:
    """What one stamp left on the page; of a long file, whose sheets are shared, each stamp's."""
    if pages > ONE_STAMP:
        return seam.find_strip_slices(strip)
    one = seam.find_edge_slice(strip)
    return [] if one is None else [seam.PlacedSlice(0.0, one)]


def _seam(pages: Sequence[Sequence[seam.PlacedSlice]]) -> Iterator[Finding]:
    """Whether the slices of each stamp join; evidence beside the page numbers: a person looks."""
    if len(pages) > ONE_STAMP:
        broken, whole = seam.find_broken_joints(pages)
    else:
        found = seam.match_slices([one[0].slice if one else None for one in pages])
        broken, whole = found.broken, found.whole or bool(found.missing)
    for place in broken:
        yield Finding("seal_riding_broken", Weight.ASK, place + 2)
    if not whole:
        yield Finding("seal_riding_partial", Weight.ASK)


def _fields(item: Item, read: ReadFields) -> Iterator[Finding]:
    """What was not read is never taken for right."""
    unread = [name for name in item.fields if read.fields.get(name) in (None, "", [], ())]
    if unread:
        yield Finding("fields_unread", Weight.ASK, values={"fields": ", ".join(unread)})
