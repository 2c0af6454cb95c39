"""Which number, line or team draws the complaints of a period (R2): Pareto, rate against the rest, an exact test.

被叫 of a ticket may be either side of the call, so tickets are grouped by the complained display number and by the
complainant, and by line and team besides. Questions are Ibis expressions over the portrait's own tables and never run
here; answers are pure Python on whole numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics.frame import DAY, Window
from nianjian.engines.metrics.metric import Rows, decimal_text, number_text, whole
from nianjian.engines.metrics.tables import facts_of_window, false_if_null, latest
from nianjian.features.rectification.exact import Tail, holm, upper_tail

CHANNELS: Final = ("display", "line", "team")
COMPLAINANT: Final = "complainant"
DIMENSIONS: Final = (*CHANNELS, COMPLAINANT)
UNIT: Final = "‱"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rulebook says: sources that count, the ``level`` of the test, how many of the ``top`` share is told of.

    Below ``low_volume`` answered calls a channel is marked.
    """

    sources: tuple[str, ...]
    level: Fraction
    top: int
    low_volume: int


@dataclass(frozen=True, slots=True)
class Group:
    """One channel or complainant; ``key`` None: tickets that name none, or whose call is not known.

    ``rest``: complaints and answered calls of all other keys together. ``chance``: of at least so many complaints if
    all drew them at one rate; None where there is nothing to compare. ``named``: it stands out beyond bad luck.
    ``share`` and ``so_far`` are of all complaints, this one's and those of it and all before it.
    """

    key: str | None
    complaints: int
    answered: int
    delivered: int
    rest: tuple[int, int]
    share: Fraction
    so_far: Fraction
    chance: Tail | None
    named: bool
    low_volume: bool

    @property
    def rate(self) -> Fraction | None:
        """Complaints of answered calls; None without any."""
        return Fraction(self.complaints, self.answered) if self.answered else None

    def as_dict(self) -> dict[str, object]:
        """The group as JSON: counts as integers, rates as decimal strings in ‱, shares in %."""
        others = Fraction(*self.rest) if self.rest[1] else None
        return {
            "key": self.key,
            "complaints": self.complaints,
            "answered": self.answered,
            "delivered": self.delivered,
            "rate": decimal_text(self.rate, UNIT),
            "rest": {"complaints": self.rest[0], "answered": self.rest[1], "rate": decimal_text(others, UNIT)},
            "share": decimal_text(self.share, "%"),
            "so_far": decimal_text(self.so_far, "%"),
            "chance": None if self.chance is None else self.chance.text,
            "named": self.named,
            "low_volume": self.low_volume,
        }


@dataclass(frozen=True, slots=True)
class Location:
    """All groups of one dimension, the most complaints first; ``tests``: the channels that were compared."""

    dimension: str
    complaints: int
    groups: tuple[Group, ...]
    tests: int
    top: int

    @property
    def named(self) -> tuple[Group, ...]:
        """The groups that stand out."""
        return tuple(group for group in self.groups if group.named)

    @property
    def top_share(self) -> Fraction:
        """The share of all complaints that the ``top`` largest keys have."""
        keyed = [group for group in self.groups if group.key is not None][: self.top]
        return Fraction(sum(group.complaints for group in keyed), self.complaints) if self.complaints else Fraction(0)

    def as_dict(self, most: int | None = None) -> dict[str, object]:
        """The location as JSON, of the ``most`` largest groups."""
        return {
            "dimension": self.dimension,
            "complaints": self.complaints,
            "tests": self.tests,
            "top": self.top,
            "top_share": decimal_text(self.top_share, "%"),
            "named": [group.key for group in self.named],
            "groups": [group.as_dict() for group in self.groups[:most]],
        }


def select_counted_tickets(
    tickets: ir.Table, complaint_fact: ir.Table, window: Window, sources: Collection[str]
) -> ir.Table:
    """The tickets of a period that count, with the complainant: accepted in it, of the sources, not excluded."""
    told = tickets.filter(
        tickets.source.isin(list(sources)),
        tickets.excluded_ticket.isnull(),
        tickets.accepted_day >= window.first,
        tickets.accepted_day < window.end,
    )
    said = latest(complaint_fact, "complaint_id").select(
        COMPLAINANT, "complained", "call_ts", "call_id", said_id="complaint_id"
    )
    return told.left_join(said, told.complaint_id == said.said_id).drop("said_id")


def questions(cube: ir.Table, tickets: ir.Table, window: Window) -> dict[str, ir.Table]:
    """Calls by channel out of the daily cube, and complaints by each dimension; ``tickets`` as `counted` gives them."""
    inside = cube.filter(cube.dim.isin(CHANNELS), cube.day >= window.first, cube.day < window.end)
    calls = inside.group_by("dim", "key").aggregate(
        answered=inside.answered.sum().cast("int64"), delivered=inside.delivered.sum().cast("int64")
    )
    asked = {"calls": calls}
    for dimension in DIMENSIONS:
        column = tickets[dimension]
        asked[dimension] = tickets.group_by(key=column).aggregate(complaints=tickets.count())
    return asked


def calls_to(calls: ir.Table, callees: Sequence[int], window: Window) -> ir.Table:
    """Outbound customer calls to some numbers in a period: delivered and answered ones, a row a number."""
    rows = facts_of_window(calls, window.first, window.end - DAY, ("callee",))
    rows = rows.filter(rows.callee.isin(list(callees) or [ibis.null("int64")]))
    return rows.group_by("callee").aggregate(
        answered=false_if_null(rows.answered).cast("int64").sum(),
        delivered=false_if_null(rows.delivered).cast("int64").sum(),
    )


def answer(rows: Mapping[str, Rows], terms: Terms) -> dict[str, Location]:
    """Every dimension from the rows of its question; the complainants' calls stand under ``calls_to`` where asked."""
    return {dimension: _located(dimension, rows, terms) for dimension in DIMENSIONS}


def _located(dimension: str, rows: Mapping[str, Rows], terms: Terms) -> Location:
    told = {row["key"]: whole(row["complaints"]) for row in rows[dimension]}
    calls: dict[str | None, tuple[int, int]] = {}
    found: dict[str | None, int] = {}
    if dimension == COMPLAINANT:
        found |= {_text(key): count for key, count in told.items()}
        for row in rows.get("calls_to", ()):
            calls[str(row["callee"])] = (whole(row["answered"]), whole(row["delivered"]))
    else:
        # Two texts of the same digits (a landline, and one that lost its 0): the longer one, as the portrait has it.
        mine = [row for row in rows["calls"] if row["dim"] == dimension]
        texts = sorted((str(row["key"]) for row in mine if row["key"]), key=len)
        shown = {text.lstrip("0"): text for text in texts} if dimension == "display" else {}
        for key, count in told.items():
            text = number_text(key, shown) if dimension == "display" else _text(key)
            found[text] = found.get(text, 0) + count
        for row in mine:
            name = _text(row["key"])
            had = calls.get(name, (0, 0))
            calls[name] = (had[0] + whole(row["answered"]), had[1] + whole(row["delivered"]))
    return _ranked(dimension, found, calls, terms)


def _text(key: object) -> str | None:
    return None if key is None else str(key)


@dataclass(frozen=True, slots=True)
class _Compared:
    """The keys that have answered calls, and the complaints about them: what the test is about."""

    complaints: Mapping[str | None, int]
    answered: Mapping[str | None, int]
    known: int
    calls: int

    @classmethod
    def of(cls, complaints: Mapping[str | None, int], answered: Mapping[str | None, int]) -> Self:
        """With both sums."""
        known = sum(complaints.get(key, 0) for key in answered)
        return cls(complaints, answered, known, sum(answered.values()))

    def rest(self, key: str | None) -> tuple[int, int]:
        """Complaints and answered calls of all other keys; (0, 0) where the key is not compared."""
        if key not in self.answered:
            return 0, 0
        return self.known - self.complaints.get(key, 0), self.calls - self.answered[key]

    def tails(self) -> dict[str | None, Tail]:
        """The chance of each key whose rate is above that of the rest."""
        found = {}
        for key, own in self.answered.items():
            count, (others, calls) = self.complaints.get(key, 0), self.rest(key)
            if calls and count * calls > others * own:
                found[key] = upper_tail(count, self.known, own, calls)
        return found


def _ranked(
    dimension: str,
    complaints: Mapping[str | None, int],
    calls: Mapping[str | None, tuple[int, int]],
    terms: Terms,
) -> Location:
    """Groups with complaints, the largest first; the test looks at all keys that have answered calls."""
    judged = dimension != COMPLAINANT  # people are no channels: nobody is blamed for complaining
    answered: dict[str | None, int] = {
        key: both[0] for key, both in calls.items() if judged and key is not None and both[0]
    }
    compared = _Compared.of(complaints, answered)
    tails = compared.tails()
    named = holm(tails, len(answered), terms.level)
    total, so_far, groups = sum(complaints.values()), 0, []
    for one in sorted(complaints, key=lambda name: (-complaints[name], name is None, str(name))):
        count, (own, delivered) = complaints[one], calls.get(one, (0, 0))
        so_far += count
        groups.append(
            Group(
                key=one,
                complaints=count,
                answered=own,
                delivered=delivered,
                rest=compared.rest(one),
                share=Fraction(count, total),
                so_far=Fraction(so_far, total),
                chance=tails.get(one),
                named=one in named,
                low_volume=judged and one is not None and own < terms.low_volume,
            )
        )
    return Location(dimension, total, tuple(groups), len(answered), terms.top)
