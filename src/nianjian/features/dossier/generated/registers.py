"""Items made of registers: number ledger (M8), seat table (M9), algorithm filing (M13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from nianjian.engines.paper.texts.claims import BLANK, CLAIMS, STATED, moot_parts
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import (
    DASH,
    Cell,
    Document,
    Head,
    Line,
    Row,
    Say,
    Section,
    Table,
    build,
    register_table,
)
from nianjian.features.dossier.generated.facts import in_force
from nianjian.platform.registers.numbers import NUMBERS
from nianjian.platform.registers.seats import SEATS

NUMBER_LEDGER: Final = "number_ledger"
NUMBER_FIELDS: Final = (
    ("root", "total_length", "holder", "purpose", "scope", "certificate", "approval_paper", "valid_since",
     "valid_until", "filing", "filed_on"),
    ("root", "carrier", "opened_on", "access_place", "gateway", "inbound", "outbound", "commitment", "fee", "contact",
     "changed_on"),
)  # fmt: skip
SHARES: Final = ((5, 4, 10, 6, 4, 9, 10, 6, 6, 5, 6), (5, 6, 6, 6, 7, 5, 5, 6, 6, 5, 6))


def build_number_ledger(head: Head, rows: Sequence[Row], _: Words) -> Document:
    """Two tables of the same numbers, for the columns do not fit side by side: the filing, and the use.

    Numbers that are not in force on the day stand in tables of their own.
    """
    rows = [{**row, "total_length": _length(row)} for row in rows]
    used = [row for row in rows if in_force(row, head.as_of)]
    ended = [row for row in rows if not in_force(row, head.as_of)]
    titles = (_("Approval and filing"), _("Access and use"))
    tables = _ledger_tables(titles, used)
    if ended:
        tables += _ledger_tables([_("{table}: not in force").format(table=title) for title in titles], ended)
    return build(NUMBER_LEDGER, head, _, tables=tables, wide=True)


def _ledger_tables(titles: Sequence[str], rows: Sequence[Row]) -> list[Table]:
    return [
        register_table(title, [NUMBERS.by_field(name) for name in fields], rows, shares, NUMBERS.needed)
        for title, fields, shares in zip(titles, NUMBER_FIELDS, SHARES, strict=True)
    ]


def _length(row: Row) -> object:
    """Digits in all; a text, for it is no count."""
    return None if row.get("total_length") is None else str(row["total_length"])


SEAT_TABLE: Final = "seat_table"
SEAT_CLAIMS: Final = ("seat_filing_known",)
SEAT_FIELDS: Final = (
    "seat_id", "kind", "staff_id", "person", "identity", "desk", "workplace", "skill", "employment", "insured_by",
    "filing", "opened_on", "closed_on", "display",
)  # fmt: skip


def is_filed(row: Row, day: date) -> bool:
    """Whether the seat is filed and valid on the day, as D1 counts F."""
    return not _gone(row, day) and row.get("filing") is not None and row.get("filed_on") is not None


def is_open(row: Row, day: date) -> bool:
    """Whether it is open on the day, as D1 counts O: the day of closing is the first on which it is not."""
    since, until = row.get("opened_on"), row.get("closed_on")
    return isinstance(since, date) and since <= day and not (isinstance(until, date) and until <= day)


def _gone(row: Row, day: date) -> bool:
    ended, since = row.get("cancelled_on"), row.get("filed_on")
    cancelled = ended <= day if isinstance(ended, date) else row.get("filing") == "cancelled"
    return cancelled or row.get("filing") == "unfiled" or (isinstance(since, date) and since > day)


def count_seats(rows: Sequence[Row], day: date) -> dict[str, int]:
    """F and O."""
    return {"filed": sum(is_filed(row, day) for row in rows), "opened": sum(is_open(row, day) for row in rows)}


def is_listed(row: Row, day: date) -> bool:
    """Whether a seat is still the enterprise's on the day: filed, open, or nothing tells whether it is filed."""
    return is_filed(row, day) or is_open(row, day) or (row.get("filing") is None and not _gone(row, day))


def build_seat_table(head: Head, rows: Sequence[Row], say: Say, _: Words) -> Document:
    """``rows``: the register as it holds on the day, identity papers masked; those that are gone are left out."""
    rows = [row for row in rows if is_listed(row, head.as_of)]
    day = head.as_of
    columns = [SEATS.by_field(name) for name in SEAT_FIELDS]
    named = {"human": _("Human seats"), "robot": _("Robot seats"), None: _("Kind not known")}
    summary: list[tuple[Cell, ...]] = []
    for kind, name in named.items():
        seats = [row for row in rows if row.get("kind") == kind]
        if kind or seats:
            summary.append((name, len(seats), *count_seats(seats, day).values()))
    header = (_("Kind"), _("Seats listed"), _("Filed seats"), _("Opened seats"))
    total: tuple[Cell, ...] = (_("Total"), len(rows), *count_seats(rows, day).values())
    tables = (
        *((Table(_("Summary"), header, tuple(summary), total),) if rows else ()),
        register_table(
            _("List of seats"),
            columns,
            [_tell_opening(row, _) for row in rows],
            (5, 4, 4, 4, 7, 4, 8, 6, 4, 8, 5, 6, 6, 6),
            SEATS.needed,
        ),
    )
    lines = tuple(filter(None, map(say, SEAT_CLAIMS)))
    sections = (Section(_("How it is counted"), lines),) if lines else ()
    return build(SEAT_TABLE, head, _, sections=sections, tables=tables, wide=True)


def _tell_opening(row: Row, _: Words) -> Row:
    """A seat without a day of opening counts as not opened, and the list says so instead of leaving a blank."""
    return row if row.get("opened_on") or row.get("closed_on") else {**row, "opened_on": _("not opened")}


ALGORITHM_FILING: Final = "algorithm_filing"
ROBOT: Final = "robot"  # kind of a seat
TICKS: Final[Mapping[str, tuple[str, ...]]] = {"state": ("已备案", "不适用"), "told": ("是", "否")}
"""The parts of the form that are ticked, with the words that a person states."""


def build_algorithm_filing(
    head: Head, stated: Mapping[str, str], lines: Sequence[Line], say: Say, _: Words
) -> Document:
    """``stated``: what people have said of the algorithm; ``lines``: the duty to file, and who has stated what."""
    moot = moot_parts("algorithm", stated)
    form = tuple(
        (_(label), DASH if part in moot else _algorithm_cell(part, stated.get(part, ""), _))
        for part, label in CLAIMS["algorithm"].parts.items()
    )
    sections = (Section(_("Robots and duty to file"), (say("robot_seats"), *lines)),)
    tables = (Table(_("Filing form"), (_("Entry"), _("Content")), form, shares=(2, 5)),)
    return build(ALGORITHM_FILING, head, _, sections=sections, tables=tables, signs=(_("Filled in by"),))


def _algorithm_cell(part: str, text: str, _: Words) -> str:
    """What was stated, or a blank; where words are given, they are ticked."""
    words = TICKS.get(part, ())
    if words and text in {"", *words}:
        ticked = "　".join(f"{'☑' if word == text else '☐'} {word}" for word in words)
        return ticked + (_(STATED) if text else "")
    return text + _(STATED) if text else BLANK
