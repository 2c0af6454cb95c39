"""What a check reports: findings as codes with values, what was seen on a page, and what reads its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.seals.mask import Seal


class Weight(StrEnum):
    """What a finding does to the verdict."""

    STOP = "stop"  # the file is not ready
    ASK = "ask"  # the machine cannot say: a person looks
    NOTE = "note"  # good to know


class Verdict(StrEnum):
    """Whether a file may go into the package."""

    READY = "ready"
    NOT_READY = "not_ready"
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True, slots=True)
class Finding:
    """``page`` counts from 1; None: the whole file. ``values`` are plain scalars for the sentence of ``code``."""

    code: str
    weight: Weight
    page: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


def finding_to_document(one: Finding) -> dict[str, object]:
    """A finding as reports hold it: code and values, no sentence."""
    return {"code": one.code, "weight": one.weight.value, "page": one.page, "values": dict(one.values)}


def decide_verdict(findings: Iterable[Finding]) -> Verdict:
    """The heaviest finding decides."""
    weights = {one.weight for one in findings}
    if Weight.STOP in weights:
        return Verdict.NOT_READY
    return Verdict.NEEDS_PERSON if Weight.ASK in weights else Verdict.READY


ANSWER: Final = "answer"  # of a finding in a report: reason, who asked, and once agreed to who agreed


def is_overruled(one: Mapping[str, Any]) -> bool:
    """Whether two people have overruled a finding, as reports hold it."""
    return "approved_by" in one.get(ANSWER, {})


def decide_open_verdict(findings: Iterable[Mapping[str, Any]]) -> Verdict:
    """What the findings of a report that nobody has overruled leave; never ready by that alone: a person confirms."""
    found = list(findings)
    weights = {Weight(one["weight"]) for one in found if not is_overruled(one)}
    if Weight.STOP in weights:
        return Verdict.NOT_READY
    asked = Weight.ASK in weights or any(is_overruled(one) for one in found)
    return Verdict.NEEDS_PERSON if asked else Verdict.READY


@dataclass(frozen=True, slots=True)
class PageFound:
    """``page`` from 1. ``dpi`` None: no scanned picture covers the page. ``skew_deg`` None: nothing to measure by.

    ``rotation``: degrees clockwise by which the page lies turned, 0, 90, 180 or 270; None: unsure.
    ``colour`` is `colour` or `grey`.
    """

    page: int
    a4: bool
    dpi: int | None
    blank: bool
    skew_deg: float | None
    rotation: int | None
    colour: str
    seals: tuple[Seal, ...]


def to_document(one: PageFound) -> dict[str, object]:
    """A page as answers and reports hold it; lengths in mm from the upper left corner."""
    names = ("x_mm", "y_mm", "diameter_mm")
    seals = [{name: getattr(seal, name) for name in names} | {"kind": seal.kind.value} for seal in one.seals]
    return {**asdict(one), "seals": seals}


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page as a picture: ``number`` from 1, upright, BGR, at ``dpi``; ``seals`` as they were found on it."""

    number: int
    dpi: int
    bgr: NDArray[np.uint8]
    seals: tuple[Seal, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFields:
    """``fields`` as JSON can hold them, only those that were read; ``findings`` about what they say."""

    fields: Mapping[str, object] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class Reading(Protocol):
    """Reads an item's pages."""

    def read(self, item: str, sheets: Iterable[Sheet]) -> ReadFields:
        """Fields and findings. Sheets come one by one at 300 dpi and are gone after; what is not sure is left out."""


class Unread:
    """Reads nothing: every field stays unknown, a person decides."""

    def read(self, item: str, sheets: Iterable[Sheet]) -> ReadFields:
        """No field."""
        del item, sheets
        return ReadFields()
