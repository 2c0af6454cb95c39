"""Which number, line or team draws the complaints (R2): groups, an exact test of each, the tickets behind one.

Expressions are Ibis and never run here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics.channels import Tail, compare_channels
from nianjian.engines.metrics.frame import DAY, Window
from nianjian.engines.metrics.metric import Rows, decimal_text, number_text, whole
from nianjian.engines.metrics.tables import facts_of_window, false_if_null, good_rows, latest

CHANNELS: Final = ("display", "line", "team")
COMPLAINANT: Final = "complainant"
DIMENSIONS: Final = (*CHANNELS, COMPLAINANT)
UNIT: Final = "‱"


@dataclass(frozen=True, slots=True)
class LocationTerms:
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
    all drew them at one rate; None where there is nothing to compare. ``stands_out``: it stands out beyond bad luck.
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
    stands_out: bool
    low_volume: bool

    @property
    def rate(self) -> Fraction | None:
        """Complaints of answered calls; None without any."""
        return Fraction(self.complaints, self.answered) if self.answered else None

    def as_dict(self) -> dict[str, object]:
        """The group as JSON: counts as integers, rates as decimal strings in ‱, shares in %."""
        others = Fraction(*self.rest) if self.rest[1] else None
        plain = ("key", "complaints", "answered", "delivered")
        return {name: getattr(self, name) for name in plain} | {
            "named": self.stands_out,
            "low_volume": self.low_volume,
            "rate": decimal_text(self.rate, UNIT),
            "rest": {"complaints": self.rest[0], "answered": self.rest[1], "rate": decimal_text(others, UNIT)},
            "share": decimal_text(self.share, "%"),
            "so_far": decimal_text(self.so_far, "%"),
            "chance": None if self.chance is None else self.chance.text,
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
    def standouts(self) -> tuple[Group, ...]:
        """The groups that stand out."""
        return tuple(group for group in self.groups if group.stands_out)

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
            "named": [group.key for group in self.standouts],
            "groups": [group.as_dict() for group in self.groups[:most]],
        }


def select_counted_tickets(
    tickets: ir.Table, complaint_fact: ir.Table, window: Window, sources: Collection[str]
) -> ir.Table:
    """The tickets of a period that count, with the complainant: accepted in it, of the sources, not excluded."""
    rows = tickets.filter(
        tickets.source.isin(list(sources)),
        tickets.excluded_ticket.isnull(),
        tickets.accepted_day >= window.first,
        tickets.accepted_day < window.end,
    )
    said = latest(complaint_fact).select(COMPLAINANT, "complained", "call_ts", "call_id", said_id="complaint_id")
    return rows.left_join(said, rows.complaint_id == said.said_id).drop("said_id")


def location_questions(cube: ir.Table, tickets: ir.Table, window: Window) -> dict[str, ir.Table]:
    """Calls by channel out of the daily cube, complaints by dimension; ``tickets``: `select_counted_tickets`."""
    inside = cube.filter(cube.dim.isin(CHANNELS), cube.day >= window.first, cube.day < window.end)
    calls = inside.group_by("dim", "key").aggregate(
        answered=inside.answered.sum().cast("int64"), delivered=inside.delivered.sum().cast("int64")
    )
    counted = {one: tickets.group_by(key=tickets[one]).aggregate(complaints=tickets.count()) for one in DIMENSIONS}
    return {"calls": calls, **counted}


def count_calls_to(calls: ir.Table, callees: Sequence[int], window: Window) -> ir.Table:
    """Outbound customer calls to some numbers in a period: delivered and answered ones, a row a number."""
    rows = facts_of_window(calls, window.first, window.end - DAY, ("callee",))
    rows = rows.filter(rows.callee.isin(list(callees) or [ibis.null("int64")]))
    return rows.group_by("callee").aggregate(
        answered=false_if_null(rows.answered).cast("int64").sum(),
        delivered=false_if_null(rows.delivered).cast("int64").sum(),
    )


def rank_groups(rows: Mapping[str, Rows], terms: LocationTerms) -> dict[str, Location]:
    """Every dimension from the rows of its question; the complainants' calls stand under ``calls_to`` where asked."""
    return {dimension: _rank_dimension(dimension, rows, terms) for dimension in DIMENSIONS}


def _rank_dimension(dimension: str, rows: Mapping[str, Rows], terms: LocationTerms) -> Location:
    counts = {row["key"]: whole(row["complaints"]) for row in rows[dimension]}
    calls: dict[str | None, tuple[int, int]] = {}
    complaints: dict[str | None, int] = {}
    if dimension == COMPLAINANT:
        complaints |= {_text(key): count for key, count in counts.items()}
        for row in rows.get("calls_to", ()):
            calls[str(row["callee"])] = (whole(row["answered"]), whole(row["delivered"]))
    else:
        # Two texts of the same digits (a landline, and one that lost its 0): the longer one, as the portrait has it.
        mine = [row for row in rows["calls"] if row["dim"] == dimension]
        texts = sorted((str(row["key"]) for row in mine if row["key"]), key=len)
        by_digits = {text.lstrip("0"): text for text in texts} if dimension == "display" else {}
        for key, count in counts.items():
            text = number_text(key, by_digits) if dimension == "display" else _text(key)
            complaints[text] = complaints.get(text, 0) + count
        for row in mine:
            name = _text(row["key"])
            had = calls.get(name, (0, 0))
            calls[name] = (had[0] + whole(row["answered"]), had[1] + whole(row["delivered"]))
    return _ranked(dimension, complaints, calls, terms)


def _text(key: object) -> str | None:
    return None if key is None else str(key)


def _ranked(
    dimension: str,
    complaints: Mapping[str | None, int],
    calls: Mapping[str | None, tuple[int, int]],
    terms: LocationTerms,
) -> Location:
    """Groups with complaints, the largest first; the test looks at all keys that have answered calls."""
    judged = dimension != COMPLAINANT  # people are no channels: nobody is blamed for complaining
    answered: dict[str | None, int] = {
        key: both[0] for key, both in calls.items() if judged and key is not None and both[0]
    }
    compared = compare_channels(complaints, answered, terms.level)
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
                rest=compared.rest.get(one, (0, 0)),
                share=Fraction(count, total),
                so_far=Fraction(so_far, total),
                chance=compared.tails.get(one),
                stands_out=one in compared.standouts,
                low_volume=judged and one is not None and own < terms.low_volume,
            )
        )
    return Location(dimension, total, tuple(groups), len(answered), terms.top)


SHOWN = (
    "complaint_id", "source", "accepted_ts", "call_ts", "complained", COMPLAINANT, "line", "team", "how", "call_id",
)  # fmt: skip


def group_tickets(counted: ir.Table, dimension: str, key: str | None) -> ir.Table:
    """The tickets of one key (None: those that name none), oldest first; ``counted`` of `select_counted_tickets`."""
    column = counted[dimension]
    if key is None:
        mine = column.isnull()
    elif dimension in {"display", COMPLAINANT}:  # a landline is written with its 0
        mine = column.cast("string") == ibis.literal(key.lstrip("0"))
    else:
        mine = column == ibis.literal(key)
    rows = counted.filter(mine).select(*SHOWN)
    return rows.order_by(rows.accepted_ts, rows.complaint_id)


def ticket_calls(calls: ir.Table, tickets: ir.Table, *, minutes: int) -> ir.Table:
    """The calls that each shown ticket may be about: the recorded one, those within ``minutes``, those of that day."""
    rows = good_rows(calls)
    rows = rows.filter(rows.direction == "out", rows.leg == "customer").select(
        "source", "callee", "display", "start_ts", "answered", "line_id", "extra", found_call="call_id"
    )
    reach = ibis.interval(minutes=minutes)
    near = tickets.inner_join(rows, [tickets[COMPLAINANT] == rows.callee, tickets.complained == rows.display])
    close = (near.start_ts >= near.call_ts - reach) & (near.start_ts <= near.call_ts + reach)
    near = near.filter(close | (near.start_ts.date() == near.call_ts.date()))
    by_id = tickets.inner_join(rows, [tickets.call_id == rows.found_call])
    both = _picked(near, ibis.ifelse(close, 1, 2)).union(_picked(by_id, ibis.literal(0)))
    best = both.group_by("complaint_id", "source", "call_id", "start_ts", "answered", "line_id", "extra").aggregate(
        grade=both.grade.min()
    )
    how = ibis.cases((best.grade == 0, "id"), (best.grade == 1, "ten_minutes"), else_="day")
    result = best.mutate(how=how)
    return result.order_by("complaint_id", "grade", "start_ts", "call_id")


def _picked(pairs: ir.Table, grade: ir.Value) -> ir.Table:
    source = "source_right" if "source_right" in pairs.columns else "source"
    computed = {"source": pairs[source], "call_id": pairs.found_call, "grade": grade.cast("int64")}
    return pairs.select("complaint_id", "start_ts", "answered", "line_id", "extra", **computed)


def unsettled_tickets(counted: ir.Table, dimension: str, key: str, hours: int) -> ir.Table:
    """The tickets of a channel that are open (``waiting``) or were closed later than ``hours`` after they arrived.

    A ticket that was reopened after its closing is open; one of which the arrival is not known was not closed late.
    """
    column = counted[dimension]
    mine = column.cast("string") == ibis.literal(key.lstrip("0")) if dimension == "display" else column == key
    rows = counted.filter(mine)
    closed = false_if_null(
        rows.closed_ts.notnull() & (rows.reopened_ts.isnull() | (rows.reopened_ts <= rows.closed_ts))
    )
    late = false_if_null(closed & (rows.closed_ts > rows.arrived_ts + ibis.interval(hours=hours)))
    result = rows.mutate(waiting=~closed, late=late)
    result = result.filter(result.waiting | result.late)
    return result.select("complaint_id", "accepted_ts", "waiting").order_by("accepted_ts", "complaint_id")
