"""What interfaces say of the asker, of enterprises and of the day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from nianjian.features.overview.facts import Freshness
from nianjian.features.people.operations import Role
from nianjian.platform.accounts.query import Enterprise


@dataclass(frozen=True, slots=True)
class Me:
    """Who the token is; ``scopes`` null: whatever the roles allow."""

    name: str
    scopes: list[str] | None
    roles: list[Role]


@dataclass(frozen=True, slots=True)
class EnterpriseStanding(Enterprise):
    """A tenant with its newest portrait; ``light`` null where there is none, or for whom sees a team's rows only."""

    year: int | None
    light: str | None


@dataclass(frozen=True, slots=True)
class Expiring:
    """Rows of a register that run out together: renewal is asked for by ``ask_by``, ``until`` is the last valid day.

    ``keys`` of the first three of them, ``count`` of all.
    """

    kind: str
    keys: list[str]
    count: int
    until: date
    ask_by: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that the law, the authority or a register has set; ``expiry``: what runs out, null else.

    ``last_day``: the last one in time, later than ``day`` where the law moves it off a holiday; ``days`` away.
    """

    rule: str
    key: str
    day: date
    last_day: date
    days: int
    level: str
    citation: str
    expiry: Expiring | None


@dataclass(frozen=True, slots=True)
class Matter:
    """Something in the way, or waiting for this person: a code and its values."""

    code: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Overview:
    """Whether today is a good day, and why; for whom sees a team's rows, of that team alone.

    ``start``: when to begin to keep the earliest deadline. ``since``: what changed since the last run, and how often.
    """

    mood: str
    reason: str
    year: int | None
    light: str | None
    deadlines: list[Deadline]
    blockers: list[Matter]
    tasks: list[Matter]
    sources: list[Freshness]
    registers: list[Freshness]
    start: date | None
    since: dict[str, int]


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """An enterprise of many; of an outsourcer's its name alone, the rest null. ``age``: days since its last call.

    ``red``: how many things are red; ``room``: the least head-room as a share of its limit.
    """

    code: str
    name: str
    province: str
    mood: str | None
    reason: str | None
    year: int | None
    light: str | None
    deadline: Deadline | None
    age: int | None
    red: int | None
    room: float | None


@dataclass(frozen=True, slots=True)
class SeveralDone:
    """At how many enterprises; of ``remind`` how many messages."""

    count: int
