"""The riding seal's plan as a manifest tells it: read as strictly as a stranger's word deserves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest

DIAMETER_MM: Final = (10.0, 100.0)  # seals have 38 to 58


@dataclass(frozen=True, slots=True)
class Slice:
    """``sheet`` and ``page`` (its front) from 1; ``height``: a share of the page from below."""

    stamp: int
    sheet: int
    page: int
    height: float


@dataclass(frozen=True, slots=True)
class Planned:
    """What lies where."""

    diameter_mm: float
    slices: tuple[Slice, ...]


def read(told: manifest.Json, pages: int, name: str) -> Planned | None:
    """The plan; None: no riding seal is planned. ``dossier_manifest_unreadable`` where it is none that can be."""
    plan = told.get("riding_seal")
    if plan is None:
        return None
    try:
        found = _read(plan, pages)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise NianjianError("dossier_manifest_unreadable", file=name) from error
    return found if found.slices else None


def _read(plan: Any, pages: int) -> Planned:  # noqa: ANN401 -- JSON
    found = Planned(float(plan["diameter_mm"]), tuple(_slice(one, pages) for one in plan["slices"]))
    once = len({(one.stamp, one.sheet) for one in found.slices}) == len(found.slices)
    front = len({(one.sheet, one.page) for one in found.slices}) == len({one.sheet for one in found.slices})
    if not (once and front and DIAMETER_MM[0] <= found.diameter_mm <= DIAMETER_MM[1]):
        raise ValueError(found)
    return found


def _slice(one: Any, pages: int) -> Slice:  # noqa: ANN401 -- JSON
    found = Slice(int(one["stamp"]), int(one["sheet"]), int(one["page"]), float(Fraction(str(one["height"]))))
    held = math.isfinite(found.height) and 0 < found.height < 1
    if not held or not 1 <= found.page <= pages or found.sheet < 1 or found.stamp < 1:
        raise ValueError(found)
    return found
