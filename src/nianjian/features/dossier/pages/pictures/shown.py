"""A page of a version as the template draws it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext

from nianjian.engines.paper.dossier import found
from nianjian.engines.paper.texts.dossier.words import SEALS
from nianjian.engines.paper.words import words
from nianjian.features.dossier.operations.pages import Page
from nianjian.features.dossier.pages.shown import WEIGHED, WEIGHTS
from nianjian.features.dossier.pictures.marks import SEEN, Mark
from nianjian.features.dossier.pictures.shrink import Pictured
from nianjian.platform.web.language import current

CLASSES: Final = {**WEIGHTS, SEEN: "good"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mark with its place as texts of numbers, so that no language writes a comma into the drawing."""

    shape: str
    badge: str
    left: str
    top: str
    right: str
    bottom: str
    x: str
    y: str
    across: str
    down: str
    radius: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """``wide`` and ``high`` in mm; ``picture``: a data address, or ""; ``findings``: (badge, sentence)."""

    page: int
    wide: str
    high: str
    picture: str
    marks: list[Drawn]
    facts: list[str]
    findings: list[tuple[str, str]]


def bare(one: Pictured) -> Sheet:
    """A page of a file that nobody has checked yet."""
    return Sheet(one.page, _mm(one.wide_mm), _mm(one.high_mm), _data(one.jpeg), [], [], [])


def _data(jpeg: bytes) -> str:
    """A picture as an address that holds it."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


def sheet(one: Page) -> Sheet:
    """A page with its marks, facts and findings, the gravest first."""
    _ = words(current())
    graver = sorted(one.findings, key=lambda told: WEIGHED[told["weight"]])
    sentences = [
        (WEIGHTS[told["weight"]], found.finding(told["code"], {"page": one.page, **told["values"]}, _))
        for told in graver
    ]
    picture = "" if one.jpeg is None else _data(one.jpeg)
    wide, high = _mm(one.wide_mm), _mm(one.high_mm)
    return Sheet(one.page, wide, high, picture, [_mark(told) for told in one.marks], _facts(one), sentences)


def _mark(one: Mark) -> Drawn:
    (x, y), (across, down) = one.middle, one.size
    return Drawn(
        shape=one.shape, badge=CLASSES[one.weight],
        left=_mm(one.left), top=_mm(one.top), right=_mm(one.right), bottom=_mm(one.bottom),
        x=_mm(x), y=_mm(y), across=_mm(across), down=_mm(down), radius=_mm(across / 2),
    )  # fmt: skip


def _mm(length: float) -> str:
    return f"{length:.1f}"


def _facts(one: Page) -> list[str]:
    """What was measured, in few words."""
    _, told = words(current()), one.facts
    if not told:
        return []
    said = [f"{round(one.wide_mm)} × {round(one.high_mm)} mm", _("colour") if told["colour"] == "colour" else _("grey")]
    if told["dpi"] is not None:
        said.append(f"{told['dpi']} dpi")
    if told["skew_deg"] is not None:
        said.append(gettext("leans {degrees}°").format(degrees=f"{told['skew_deg']:.1f}"))
    return said + [
        gettext("{kind}, {size} mm").format(kind=_(SEALS[seal["kind"]]), size=f"{seal['diameter_mm']:.0f}")
        for seal in told["seals"]
    ]
