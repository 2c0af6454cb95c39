"""Items made of registers: number ledger (M8), seat table (M9), algorithm filing (M13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import (
    Cell,
    Document,
    Head,
    Row,
    Section,
    Table,
    build,
    register_table,
)
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
    """Two tables of the same numbers, for the columns do not fit side by side: the filing, and the use."""
    rows = [{**row, "total_length": _length(row)} for row in rows]
    titles = (_("Approval and filing"), _("Access and use"))
    tables = [
        register_table(title, [NUMBERS.by_field(name) for name in fields], rows, shares)
        for title, fields, shares in zip(titles, NUMBER_FIELDS, SHARES, strict=True)
    ]
    return build(NUMBER_LEDGER, head, _, tables=tables, wide=True)


def _length(row: Row) -> object:
    """Digits in all; a text, for it is no count."""
    return None if row.get("total_length") is None else str(row["total_length"])


SEAT_TABLE: Final = "seat_table"
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


def build_seat_table(head: Head, rows: Sequence[Row], _: Words) -> Document:
    """``rows``: the register as it holds on the day, identity papers masked."""
    day = head.as_of
    columns = [SEATS.by_field(name) for name in SEAT_FIELDS]
    named = {"human": _("Human seats"), "robot": _("Robot seats"), None: _("Kind not known")}
    summary: list[tuple[Cell, ...]] = []
    for kind, name in named.items():
        seats = [row for row in rows if row.get("kind") == kind]
        if kind or seats:
            summary.append((name, len(seats), *count_seats(seats, day).values()))
    header = (_("Kind"), _("Seats listed"), _("Filed (F)"), _("Opened (O)"))
    total: tuple[Cell, ...] = (_("Total"), len(rows), *count_seats(rows, day).values())
    tables = (
        Table(_("Summary"), header, tuple(summary), total),
        register_table(_("Seats"), columns, rows, (5, 4, 4, 4, 7, 4, 8, 6, 4, 8, 5, 6, 6, 6)),
    )
    return build(SEAT_TABLE, head, _, tables=tables, wide=True)


ALGORITHM_FILING: Final = "algorithm_filing"
BLANK: Final = "＿＿＿＿＿＿＿＿＿＿＿＿"


def build_algorithm_filing(head: Head, rows: Sequence[Row], duty: Sequence[str], _: Words) -> Document:
    """``rows``: the seats on the day; ``duty``: what the rulebook says of the duty to file, and where it stands."""
    robots = [row for row in rows if row.get("kind") == "robot"]
    count = count_seats(robots, head.as_of)
    form = (
        (_("Robot seats listed"), str(len(robots))),
        (_("Robot seats filed"), str(count["filed"])),
        (_("Robot seats opened"), str(count["opened"])),
        (_("Name of the algorithm"), BLANK),
        (_("Kind of the algorithm"), BLANK),
        (_("Provider of the algorithm"), BLANK),
        (_("Purpose of the calls"), BLANK),
        (_("State of the filing"), _("☐ filed   ☐ does not apply (reason below)")),
        (_("Filing number"), BLANK),
        (_("Day of the filing"), BLANK),
        (_("Reason why it does not apply"), BLANK),
        (_("Callees are told that a machine speaks"), _("☐ yes   ☐ no")),
        (_("Words at the start of the call"), BLANK),
    )
    sections = (Section(_("Duty to file"), tuple(duty)),) if duty else ()
    tables = (Table(_("Filing form"), (_("Entry"), _("Content")), form, shares=(2, 5)),)
    return build(ALGORITHM_FILING, head, _, sections=sections, tables=tables, signs=(_("Filled in by"),))
