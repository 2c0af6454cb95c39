"""Values of several parts as rows of a form, so that nobody types how a program writes them.

`list_tables` says which rows a rule's value has, `split_value` takes a value apart, `join_rows` puts it together; all
of them hold what JSON can hold. `overlay_values.fit_value` decides whether the rule accepts it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from nianjian.engines.rules.load import load
from nianjian.engines.rules.overlay_values import MEMBERS, METER, READ, SPANS
from nianjian.engines.rules.rule import Rule

Row = Mapping[str, Any]
KEPT: Final = "code"  # of a row: not shown, and kept


class PartKind(StrEnum):
    """How a part is filled in."""

    TEXT = "text"
    WORDS = "words"  # parted by commas
    COUNT = "count"
    PERCENT = "percent"
    DAY = "day"
    CHOICE = "choice"
    TICKS = "ticks"


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a row, called ``name``; ``choices``: the codes of which it is one or some."""

    name: str
    kind: PartKind
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class PartTable:
    """Rows of the same parts; ``rows``: what the fixed ones are about, (): rows are added and taken away."""

    parts: tuple[Part, ...]
    rows: tuple[str, ...] = ()


def list_tables(rule: Rule) -> tuple[PartTable, ...]:
    """The rows of which a value of the rule consists."""
    names = tuple(rule.value) if isinstance(rule.value, Mapping) else ()
    members = tuple(sorted(MEMBERS.get(rule.unit, ())))
    tables: tuple[PartTable, ...]
    match rule.unit:
        case "limits":
            meter = tuple(Part(name, PartKind.CHOICE, tuple(sorted(choices))) for name, choices in METER.items())
            spans = Part("span", PartKind.CHOICE, tuple(sorted(SPANS, key=("minutes", "hours", "days").index)))
            tables = (PartTable(meter, ("meter",)), PartTable((_count("calls"), _count("within"), spans)))
        case "purposes":
            tables = (PartTable((Part("purpose", PartKind.TEXT), Part("words", PartKind.WORDS))),)
        case "quiet_days":
            days = (Part("first", PartKind.DAY, optional=True), Part("last", PartKind.DAY, optional=True))
            week = Part("weekday", PartKind.CHOICE, tuple("1234567"), optional=True)
            tables = (PartTable((week, *days, Part("reason", PartKind.TEXT))),)
        case "templates":
            days_of_year = tuple(sorted({one.key for one in load().rules if one.unit == "month_day"}))
            track = Part("track", PartKind.CHOICE, tuple(sorted(MEMBERS["track"])))
            tables = (PartTable((Part("name", PartKind.TEXT), track, Part("rules", PartKind.TICKS, days_of_year))),)
        case "calls_per_hour":
            tables = (PartTable((_count("calls"), Part("share", PartKind.PERCENT)), ("",)),)
        case "kinds":
            tables = (PartTable((Part("", PartKind.CHOICE, members),), names),)
        case _:
            tables = (PartTable((Part("", PartKind.TICKS, members),), names),)
    return tables


def split_value(rule: Rule, value: Any) -> list[list[Row]]:  # noqa: ANN401 -- what JSON holds
    """The rows of each table of `list_tables`, part by name."""
    match rule.unit:
        case "limits":
            spans = [(limit, *(SPANS & limit.keys())) for limit in value["limits"]]
            return [
                [value["meter"]],
                [{"calls": one["calls"], "within": one[span], "span": span} for one, span in spans],
            ]
        case "purposes":
            return [[{"purpose": name, "words": words} for name, words in value.items()]]
        case "quiet_days":
            return [[_split_day(key) | {"reason": reason} for key, reason in value.items()]]
        case "templates":
            return [value]
        case "calls_per_hour":
            return [[value | {"share": f"{(Decimal(str(value['share'])) * 100).normalize():f}"}]]
        case _:
            return [[{"": inside} for inside in value.values()]]


def join_rows(rule: Rule, present: Any, tables: Sequence[Sequence[Row]]) -> Any:  # noqa: ANN401 -- what JSON holds
    """The value that filled-in rows make; what no row shows stays as it is ``present``. ValueError, KeyError."""
    (rows, *more) = tables
    match rule.unit:
        case "limits":
            meter = dict(rows[0])
            same = [name for name in present["meter"].get("assumed", ()) if meter[name] == present["meter"][name]]
            meter |= {"assumed": same} if same else {}
            limits = [{"calls": int(row["calls"]), row["span"]: int(row["within"])} for row in more[0]]
            return present | dict(zip(READ, (meter, limits), strict=True))
        case "purposes":
            return {row["purpose"]: row["words"] for row in rows}
        case "quiet_days":
            return {_join_day(row): row["reason"] for row in rows}
        case "templates":
            return [{**row, KEPT: row.get(KEPT) or row["name"]} for row in rows]
        case "calls_per_hour":
            return {"calls": int(rows[0]["calls"]), "share": f"{(Decimal(rows[0]['share']) / 100).normalize():f}"}
        case _:
            return {name: row[""] for name, row in zip(present, rows, strict=True)}


def _count(name: str) -> Part:
    return Part(name, PartKind.COUNT)


def _split_day(key: str) -> dict[str, str]:
    first, _slash, last = key.partition("/")
    return {"weekday": key} if len(key) == 1 else {"first": first, "last": last}


def _join_day(row: Row) -> str:
    """A day of the week alone, or a first day with or without a last one."""
    weekday, first, last = (row.get(name, "") for name in ("weekday", "first", "last"))
    if bool(weekday) == bool(first) or (last and not first):
        raise ValueError(row)
    return str(weekday or (f"{first}/{last}" if last and last != first else first))
