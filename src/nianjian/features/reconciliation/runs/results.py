"""What a run has found, before it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from nianjian.features.reconciliation.runs.states import OPEN


@dataclass(frozen=True, slots=True)
class Found:
    """A difference. ``digest``: equal for the same difference in another run; ``label``: what is shown of it."""

    key: str
    result: str
    label: Mapping[str, str]
    digest: str
    month: str = ""
    likely: str = ""
    reasons: Sequence[str] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changed_on: date | None = None
    due: date | None = None
    provisional: bool = False
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pair for a person to decide; ``told``: what is paired."""

    kind: str
    subject: str
    person: str
    told: Mapping[str, str]
    likeness: int


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run. ``counts`` by result; ``told``: further figures without persons."""

    kind: str
    as_of: date
    counts: Mapping[str, int]
    told: Mapping[str, object]
    differences: Sequence[Found]
    proposals: Sequence[Proposed] = ()
    first: date | None = None
    file: str | None = None
    sha256: str = ""
