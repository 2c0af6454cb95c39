"""What is known of persons in one month, and what came of matching it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Match(StrEnum):
    """The result matrix (S2)."""

    CONSISTENT = "consistent"  # 三方一致
    LACKS_INSURANCE = "lacks_insurance"  # 缺社保
    LACKS_WAGE = "lacks_wage"  # 缺工资
    LACKS_SEAT = "lacks_seat"  # 缺工位
    INSURED_ELSEWHERE = "insured_elsewhere"  # 他单位缴纳
    NEEDS_PERSON = "needs_person"  # 待人工


@dataclass(frozen=True, slots=True)
class Seat:
    """A human seat that is in use in the month."""

    seat_id: str
    identity: str | None
    person: str | None
    staff_id: str | None
    employment: str | None
    team: str | None
    insured_by: str | None


@dataclass(frozen=True, slots=True)
class Staff:
    """A person of the staff in the month."""

    identity: str | None
    person: str | None
    staff_id: str | None
    employment: str | None
    team: str | None
    insured_by: str | None
    joined_on: date | None
    left_on: date | None
    post: str | None


@dataclass(frozen=True, slots=True)
class Insured:
    """All contributions of a person in the month, one row: who paid (None: the list does not say)."""

    identity: str
    person: str | None
    payers: frozenset[str | None]


@dataclass(frozen=True, slots=True)
class Paid:
    """Payments of the month's wages to one name and account."""

    payee: str
    account: str | None


@dataclass(frozen=True, slots=True)
class Month:
    """Everything known of a month; ``first`` and ``last`` day included."""

    first: date
    last: date
    seats: Sequence[Seat] = ()
    staff: Sequence[Staff] = ()
    insured: Sequence[Insured] = ()
    paid: Sequence[Paid] = ()

    @property
    def name(self) -> str:
        """``YYYY-MM``."""
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What rulebook and registers say. ``own``: names under which the enterprise itself pays, as `match.plain`.

    ``agreements``: ids and names of outsourced teams with an agreement; ``similar`` in percent; ``slips``: digits.
    """

    new_days: int
    own: frozenset[str]
    agreements: frozenset[str]
    other_posts: frozenset[str]
    similar: int
    slips: int


@dataclass(frozen=True, slots=True)
class Given:
    """What persons have decided: (name, account) -> identity, and miswritten number -> the right one."""

    accounts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """One person in one month. ``lacks``: everything that is not there, the result's first; ``explained``: all of it.

    ``identity`` is "" for a seat that names nobody: ``seat_id`` then tells which.
    """

    identity: str
    name: str
    seat_id: str
    match: Match
    lacks: tuple[Match, ...]
    reasons: tuple[str, ...]
    explained: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that may be one person: payee and account, or a written number, and the person it may be."""

    kind: str  # homonym | name | identity
    name: str
    account: str
    written: str
    identity: str
    person: str
    likeness: int


@dataclass(frozen=True, slots=True)
class Matched:
    """A month's outcome: ``rows`` without the consistent ones, whose number stands in ``counts``.

    ``cut``: pairs were not looked for among so many that found no partner.
    """

    month: str
    counts: Mapping[Match, int]
    explained: Mapping[Match, int]
    rows: Sequence[PersonMonth]
    pairs: Collection[Pair]
    cut: int
