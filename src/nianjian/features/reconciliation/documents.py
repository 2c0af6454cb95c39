"""What a reconciliation answers: runs, their rows, differences and pairs."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

Json = dict[str, Any]
Verdict = Literal["passed", "failed", "not_proved"]
Sides = dict[str, dict[str, str | int | None]]
"""Field -> what each side says of it."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A run in one line. ``counts``: rows by result; ``unclear``: rows that cannot be proved either way.

    ``verdict``: passed, failed (differences are open) or not_proved (nothing compared, or something unclear), with at
    most ``allowed`` open differences. ``own_allowed`` and ``own_verdict``: with those that the enterprise has set.
    """

    run: str
    kind: str
    as_of: date
    first: date | None
    file: str | None
    counts: dict[str, int]
    open: int
    unclear: int
    verdict: Verdict
    allowed: int
    own_allowed: int | None
    own_verdict: Verdict | None
    made_at: str
    made_by: str


@dataclass(frozen=True, slots=True)
class ReconciliationTold(Reconciliation):
    """A run; ``told``: its figures, ``matrix`` of people by month, ``by_day`` of sources; ``states`` of differences."""

    enterprise: Annotated[str, Field(exclude=True)]  # the API has it in its address
    states: dict[str, int]
    told: Json  # as stored, by the kind of the run


@dataclass(frozen=True, slots=True)
class Comparison(Reconciliation):
    """A run that was just made."""

    figures: Json  # as stored, by the kind of the run


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A row of the base of either side, values of persons masked; ``unclear``: codes, ``blank``: fields."""

    key: str
    result: str
    likely: str | None
    unclear: list[str]
    blank: list[str]
    fields: Sides


@dataclass(frozen=True, slots=True)
class FilingComparison(Comparison):
    """A comparison of a register with an export, with every row."""

    rows: list[FilingRow]


@dataclass(frozen=True, slots=True)
class PartingRow:
    """A day and line on which the sources part; calls, answered calls and minutes by source."""

    day: date
    line: str | None
    calls: dict[str, int]
    answered: dict[str, int | None]
    minutes: dict[str, str | None]
    likely: str


@dataclass(frozen=True, slots=True)
class CallComparison(Comparison):
    """A comparison of call sources, with the days and lines on which they part."""

    rows: list[PartingRow]


def run_to_row(run: Reconciliation) -> Json:
    """The command line's JSON, figures beside the rest; it calls the first day ``from``, which no field can be."""
    row: Json = {}
    for name, value in list_values(run).items():
        row |= value if name == "figures" else {"from" if name == "first" else name: value}
    return row


def list_values(run: Reconciliation) -> Json:
    """Field -> value, as they are."""
    return {one.name: getattr(run, one.name) for one in fields(run)}


@dataclass(frozen=True, slots=True)
class ReconcileDifference:
    """A row on which the sides do not agree, values of persons masked; ``fields``: field -> both sides."""

    id: int
    about: dict[str, str | None]
    month: str | None
    result: str
    likely: str | None
    reasons: list[str]
    fields: Sides
    changed_on: date | None
    due: date | None
    provisional: bool
    late: bool
    state: str
    owner: str | None
    cause: str | None
    action: str | None
    decided_by: str | None
    decided_at: str | None


@dataclass(frozen=True, slots=True)
class ReconcilePair:
    """Two that may be one person, masked; ``likeness`` in percent."""

    id: int
    kind: str
    name: str | None
    account: str | None
    written: str | None
    person: str | None
    identity: str | None
    likeness: int
    state: str
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class ReconcileRevealed:
    """What was masked, in full."""

    values: Json  # of a pair its values, of a difference ``about`` and ``fields``
