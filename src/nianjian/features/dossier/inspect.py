"""One drawn page through every check: what was found on it, and what that means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.checks import a4, blank, blur, colour, dpi, orientation, skew, upscaled
from nianjian.features.dossier.finding import Finding, Weight
from nianjian.features.dossier.ingest.render import Drawn
from nianjian.features.dossier.page import PageFound
from nianjian.features.dossier.seals.detect import seals_of
from nianjian.features.dossier.seals.mask import Picture, red
from nianjian.features.dossier.seals.seal import Kind, Seal

COLOUR: Final = "colour"
GREY: Final = "grey"
SPREAD_MM: Final = 2.0
"""Ink runs and a fit errs: a seal is called too large only beyond this."""


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
    dpi: int
    diameter: float

    @classmethod
    def of(cls, book: Rulebook) -> Limits:
        """The thresholds of a day."""

        def value(key: str) -> float:
            return float(book.decimal(key))

        return cls(
            a4=value("scans.a4.tolerance"),
            blank=value("scans.blank.ink"),
            skew=value("scans.skew.most"),
            blur=value("scans.blur.edge"),
            detail=value("scans.upscaled.detail"),
            detail_edge=value("scans.upscaled.edge"),
            colour=value("scans.colour.page"),
            original=value("scans.colour.original"),
            dpi=int(book.decimal("materials.scan.dpi")),
            diameter=value("materials.seal.diameter"),
        )


@dataclass(frozen=True, slots=True)
class Inspected:
    """``beside``: coloured share outside the seals."""

    page: PageFound
    beside: float
    findings: tuple[Finding, ...]


def inspect(drawn: Drawn, limits: Limits) -> Inspected:
    """Check one page; it was drawn at 100 dpi, its inked parts finer."""
    cv2.setNumThreads(1)  # workers are processes; threads that wait for another burn time
    number, bgr = drawn.facts.page, drawn.bgr
    ink = red(bgr, drawn.dpi)
    seals = tuple(_rounded(one) for one in seals_of(ink))
    plane = colour.coloured(ink.white)
    empty = blank.ink_share(ink.white) < limits.blank and not seals
    turned = 0 if empty else orientation.rotation(bgr)
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    across = turned in {90, 270}
    lean = None if empty else skew.skew(np.ascontiguousarray(np.rot90(grey)) if across else grey)
    sharp = dpi.resolution(drawn.facts, limits.dpi)
    found = PageFound(
        page=number,
        a4=a4.is_a4(drawn.facts.wide_mm, drawn.facts.high_mm, limits.a4),
        dpi=None if sharp is None else sharp.dpi,
        blank=empty,
        skew_deg=lean,
        rotation=turned,
        colour=COLOUR if colour.share(plane) >= limits.colour or seals else GREY,
        seals=seals,
    )
    findings = [*_sheet(found, drawn, limits), *_seals(found, limits)]
    if sharp is not None and not sharp.enough:
        values = {"dpi": sharp.dpi, "least": limits.dpi}
        findings.append(Finding(code="scan_dpi_low", weight=Weight.STOP, page=number, values=values))
    if sharp is not None and not empty and drawn.tiles:
        findings += _sharpness(number, drawn.tiles, limits)
    return Inspected(found, colour.share_beside(plane, seals), tuple(findings))


def _rounded(seal: Seal) -> Seal:
    """To a tenth of a millimetre: more was not measured."""
    x, y, wide, high = (round(one, 1) for one in (seal.x_mm, seal.y_mm, seal.diameter_mm, seal.height_mm))
    return Seal(x, y, wide, high, seal.kind, seal.score)


def _sheet(page: PageFound, drawn: Drawn, limits: Limits) -> list[Finding]:
    """Size, emptiness, lean and turn."""
    found: list[Finding] = []
    if not page.a4:
        values = {"wide": round(drawn.facts.wide_mm), "high": round(drawn.facts.high_mm)}
        found.append(Finding(code="scan_not_a4", weight=Weight.STOP, page=page.page, values=values))
    if page.blank:
        found.append(Finding(code="scan_blank", weight=Weight.STOP, page=page.page))
    if page.skew_deg is not None and abs(page.skew_deg) > limits.skew:
        lean = {"degrees": abs(page.skew_deg), "most": f"{limits.skew:g}"}
        found.append(Finding(code="scan_skewed", weight=Weight.STOP, page=page.page, values=lean))
    if page.rotation is None:
        found.append(Finding(code="scan_turn_unsure", weight=Weight.ASK, page=page.page))
    elif page.rotation:
        found.append(Finding(code="scan_turned", weight=Weight.STOP, page=page.page, values={"degrees": page.rotation}))
    return found


def _seals(page: PageFound, limits: Limits) -> list[Finding]:
    """A seal larger than the law allows."""
    return [
        Finding(
            code="seal_large",
            weight=Weight.ASK,
            page=page.page,
            values={"diameter": one.diameter_mm, "most": f"{limits.diameter:g}"},
        )
        for one in page.seals
        if one.kind is Kind.ROUND and one.diameter_mm > limits.diameter + SPREAD_MM
    ]


def _sharpness(number: int, parts: Sequence[Picture], limits: Limits) -> list[Finding]:
    """Blur stops; an enlarged picture only warns."""
    width = blur.edge_width(parts)
    if width is None:
        return []
    if width > limits.blur:
        return [Finding(code="scan_blurred", weight=Weight.STOP, page=number, values={"width": round(width, 1)})]
    if width > limits.detail_edge and (upscaled.detail(parts) or 1.0) < limits.detail:
        return [Finding(code="scan_upscaled", weight=Weight.ASK, page=number)]
    return []
