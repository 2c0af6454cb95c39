"""What is answered about portraits, which are stored JSON themselves."""

from dataclasses import dataclass
from typing import Any

from nianjian.features.portrait.portraits import DeletionMark, Run
from nianjian.platform.audit.query import Act

Json = dict[str, Any]  # a portrait or a part of one, as stored


@dataclass(frozen=True, slots=True)
class Years:
    """Data years with a portrait, newest first."""

    years: list[int]


@dataclass(frozen=True, slots=True)
class ChosenBasis:
    """Who chose, and why."""

    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class BasisRule:
    """What the rulebook asks for in the enterprise's province."""

    key: str
    value: str
    level: str
    citation: str


@dataclass(frozen=True, slots=True)
class BasisPortrait:
    """The newest run on a basis; null where none was computed. ``advice``: what can still change it."""

    basis: str
    run: str | None
    as_of: str | None
    light: str | None
    metrics: list[Json]
    advice: list[Json]


@dataclass(frozen=True, slots=True)
class Bases:
    """Both bases of a data year; ``chosen`` null: nobody chose, ``basis`` is the rulebook's. ``last_day``: to file."""

    enterprise: str
    year: int
    basis: str
    chosen: ChosenBasis | None
    rule: BasisRule
    filed_on: str | None
    last_day: str | None
    bases: list[BasisPortrait]


@dataclass(frozen=True, slots=True)
class Simulated:
    """The portrait as it is and as it would be."""

    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class ComparedRun(Run):
    """A run, with the marks of the rows that were erased since."""

    erased: list[DeletionMark]


@dataclass(frozen=True, slots=True)
class RunComparison:
    """What `engines.metrics.compare` tells of two ``runs``, masked, and the acts ``between`` them."""

    enterprise: str
    year: int
    runs: list[ComparedRun]
    light: list[str]
    same: bool
    causes: list[str]
    settings: Json
    program: list[str]
    rulebook: list[Json]
    metrics: list[Json]
    rules: list[Json]
    rules_told: bool
    tables: list[Json]
    between: list[Act]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The two numbers of a row in full; of a complaint: complained and complainant."""

    display: str
    callee: str
