"""What a generated item is before it is set: facts, paragraphs and tables, in the words of the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.words import Words
from nianjian.platform.registers.columns import Column, Kind

DASH: Final = "–"  # not known
Cell = str | int
Row = Mapping[str, object]  # field of a register -> value


@dataclass(frozen=True, slots=True)
class Head:
    """Whose paper it is and where its figures come from. ``run``: id of the portrait's run, ``snapshot``: its hash."""

    enterprise: str
    licence: str
    credit_code: str
    representative: str
    address: str
    year: int
    as_of: date
    run: str
    snapshot: str
    rulebook: str


@dataclass(frozen=True, slots=True)
class Table:
    """``shares``: of the page's width, one a column; none: as wide as they need. ``total``: the last row, or none."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    shares: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """``wide``: landscape. ``signs``: lines for the hand, seal and date; ``foot``: what every page says."""

    item: str
    title: str
    facts: tuple[tuple[str, str], ...]
    foot: str
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()
    signs: tuple[str, ...] = ()
    wide: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As data for the typesetter."""
        return {
            "title": self.title,
            "facts": [list(one) for one in self.facts],
            "foot": self.foot,
            "sections": [{"title": one.title, "lines": list(one.lines)} for one in self.sections],
            "tables": [
                {
                    "title": one.title, "header": list(one.header), "total": [text(cell) for cell in one.total],
                    "rows": [[text(cell) for cell in row] for row in one.rows], "shares": list(one.shares),
                    "right": [_counted(one, place) for place in range(len(one.header))],
                }
                for one in self.tables
            ],
            "signs": list(self.signs),
            "wide": self.wide,
        }  # fmt: skip


def _counted(table: Table, place: int) -> bool:
    """Whether a column holds counts only: they stand to the right."""
    cells = [row[place] for row in table.rows]
    return bool(cells) and all(isinstance(cell, int) for cell in cells)


def text(cell: Cell) -> str:
    """A count with its thousands; a text as it is."""
    return f"{cell:,}" if isinstance(cell, int) else cell


def facts(head: Head, _: Words) -> tuple[tuple[str, str], ...]:
    """What stands above every item."""
    return (
        (_("Enterprise"), head.enterprise),
        (_("Licence"), head.licence),
        (_("unified social credit code"), head.credit_code),
        (_("Data year"), str(head.year)),
        (_("As of"), head.as_of.isoformat()),
        (_("Figures from run"), head.run),
    )


def foot(head: Head, _: Words) -> str:
    """What stands at the foot of every page: it binds the paper to the run."""
    return f"{_('Run')} {head.run} · {_('Data versions')} {head.snapshot[:16]} · {_('Rulebook')} {head.rulebook}"


def signs(_: Words, *more: str) -> tuple[str, ...]:
    """Lines for the hand."""
    return (*more, _("Enterprise (seal)"), _("Date"))


def cells(row: Row, columns: Sequence[Column]) -> tuple[Cell, ...]:
    """A register's row as it is printed."""
    return tuple(_cell(row.get(one.field), one) for one in columns)


def _cell(value: object, column: Column) -> Cell:
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return column.offered()[0 if value else 1] if column.kind is Kind.FLAG else str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, date):  # a moment is one, too
        return _day(value)
    return next((spelt for spelt, stored in column.choices.items() if stored == value), str(value))


def _day(value: date) -> str:
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()
