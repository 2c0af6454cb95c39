"""坐席明细表 (M9): every seat that is filed or open on the day, and the totals of D1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from nianjian.engines.paper.texts.dossier.words import ITEMS
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import Cell, Document, Head, Row, Table, cells, facts, foot, signs
from nianjian.platform.registers.seats import SEATS

ITEM: Final = "seat_table"
FIELDS: Final = (
    "seat_id", "kind", "staff_id", "person", "identity", "desk", "workplace", "skill", "employment", "insured_by",
    "filing", "opened_on", "closed_on", "display",
)  # fmt: skip
KINDS: Final = ("human", "robot", None)


def filed(row: Row, day: date) -> bool:
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


def totals(rows: Sequence[Row], day: date) -> dict[str, int]:
    """F and O."""
    return {"filed": sum(filed(row, day) for row in rows), "opened": sum(is_open(row, day) for row in rows)}


def document(head: Head, rows: Sequence[Row], _: Words) -> Document:
    """``rows``: the register as it holds on the day, identity papers masked."""
    columns = [SEATS.by_field(name) for name in FIELDS]
    day = head.as_of
    counts: Counter[tuple[object, str]] = Counter()
    for row in rows:
        counts[row.get("kind"), "all"] += 1
        counts[row.get("kind"), "filed"] += filed(row, day)
        counts[row.get("kind"), "opened"] += is_open(row, day)
    named = {"human": _("Human seats"), "robot": _("Robot seats"), None: _("Kind not known")}
    summary: list[tuple[Cell, ...]] = [
        (named[kind], *(counts[kind, name] for name in ("all", "filed", "opened")))
        for kind in KINDS
        if kind or counts[kind, "all"]
    ]
    both = totals(rows, day)
    header = (_("Kind"), _("Seats listed"), _("Filed (F)"), _("Opened (O)"))
    total = (_("Total"), len(rows), both["filed"], both["opened"])
    return Document(
        item=ITEM,
        title=_(ITEMS[ITEM]),
        facts=facts(head, _),
        foot=foot(head, _),
        tables=(
            Table(_("Summary"), header, tuple(summary), total),
            Table(
                _("Seats"),
                tuple(one.header for one in columns),
                tuple(cells(row, columns) for row in rows),
                shares=(5, 4, 4, 4, 7, 4, 8, 6, 4, 8, 5, 6, 6, 6),
            ),
        ),
        signs=signs(_),
        wide=True,
    )
