"""呼叫流量月报 (M10): calls of each month by own number, all others by their class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.paper.texts.dossier.generated import CLASSES
from nianjian.engines.paper.texts.dossier.words import ITEMS
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import DASH, Cell, Document, Head, Section, Table, facts, foot, signs

ITEM: Final = "monthly_traffic"
SUMS: Final = ("inbound", "inbound_answered", "outbound", "outbound_answered", "seconds", "complaints")


@dataclass(frozen=True, slots=True)
class Traffic:
    """A month's calls of a number. ``number``: an own one, "" for all others of ``shown`` (its class).

    ``inbound_served``: of the answered ones those whose records name the seat that took them.
    ``outbound``: delivered to the carrier; ``untold``: of these nothing tells whether they were answered;
    ``seconds`` of talk, as far as told: ``untimed`` answered calls lack their end.
    """

    month: str
    number: str
    shown: NumberClass
    inbound: int = 0
    inbound_answered: int = 0
    outbound: int = 0
    outbound_answered: int = 0
    untold: int = 0
    seconds: int = 0
    untimed: int = 0
    complaints: int = 0
    inbound_served: int = 0


def total(rows: Sequence[Traffic], name: str) -> int:
    """The sum of a column."""
    return sum(int(getattr(row, name)) for row in rows)


def document(head: Head, rows: Sequence[Traffic], _: Words) -> Document:
    """Twelve months, each with a line; then number by number."""
    months = [f"{head.year}-{month:02d}" for month in range(1, 13)]
    counts = (
        _("Inbound calls"), _("Inbound answered"), _("Calls made"), _("Outbound answered"), _("Talk time (s)"),
        _("Complaints"),
    )  # fmt: skip
    by_month = {month: [row for row in rows if row.month == month] for month in months}
    summary: tuple[tuple[Cell, ...], ...] = tuple((month, *_counts(of)) for month, of in by_month.items())
    body: tuple[tuple[Cell, ...], ...] = tuple(
        (row.month, row.number or _(CLASSES[row.shown]), *_counts([row]))
        for row in sorted(rows, key=lambda row: (row.month, not row.number, row.number, row.shown))
    )
    untold, untimed = total(rows, "untold"), total(rows, "untimed")
    notes = [
        _("Outbound calls are those delivered to the carrier, customer leg, tests left out; complaints are those that"
          " 12321 and 12300 accepted in the month, as the portrait counts them."),
    ]  # fmt: skip
    if served := total(rows, "inbound_served"):
        notes.append(
            _("Inbound calls are answered whoever answers: a seat, a queue, a menu or a voicemail. Of {n} the records"
              " name the seat that took the call.").format(n=f"{served:,}")
        )  # fmt: skip
    if untold:
        notes.append(_("{n} outbound calls do not tell whether they were answered.").format(n=f"{untold:,}"))
    if untimed:
        notes.append(_("{n} answered calls do not tell how long they took.").format(n=f"{untimed:,}"))
    return Document(
        item=ITEM,
        title=_(ITEMS[ITEM]),
        facts=facts(head, _),
        foot=foot(head, _),
        sections=(Section(_("How it is counted"), tuple(notes)),),
        tables=(
            Table(_("Month by month"), (_("Month"), *counts), summary, (_("Total"), *_counts(rows)), (4,) + 6 * (5,)),
            Table(
                _("By number"),
                (_("Month"), _("Number of the enterprise"), *counts),
                body,
                (_("Total"), DASH, *_counts(rows)),
                (4, 8) + 6 * (5,),
            ),
        ),
        signs=signs(_),
        wide=True,
    )


def _counts(rows: Sequence[Traffic]) -> tuple[int, ...]:
    return tuple(total(rows, name) for name in SUMS)
