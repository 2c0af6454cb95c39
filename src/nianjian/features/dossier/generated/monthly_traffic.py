"""呼叫流量月报 (M10): calls of each month by own number, all others by their class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel.numbers import NumberClass, Shape
from nianjian.engines.metrics.tables import facts_of_window, false_if_null, good_rows, printed, with_display_class
from nianjian.engines.paper.texts.dossier import CLASSES
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import (
    DASH,
    Cell,
    Document,
    Head,
    Line,
    Say,
    Section,
    Table,
    build,
    method_line,
)

OWN = NumberClass.OWN_SHORT.value
KEYS = ("month", "number", "shown")


def count_outbound(calls: ir.Table, number_dim: ir.Table, first: date, last: date) -> ir.Table:
    """Month, number ("" unless an own one), its class: delivered, answered and untold calls, seconds, untimed ones."""
    every = facts_of_window(calls, first, last, ("answer_ts", "end_ts"))
    answered = false_if_null(every.answered)
    seconds = every.end_ts.epoch_seconds() - every.answer_ts.epoch_seconds()
    timed = answered & false_if_null(seconds >= 0)
    days = every.group_by("day", "display", "shape").aggregate(
        outbound=every.count(where=false_if_null(every.delivered)),
        outbound_answered=every.count(where=answered),
        untold=every.count(where=false_if_null(every.answer_unknown)),
        seconds=ibis.ifelse(timed, seconds, 0).sum().cast("int64"),
        untimed=every.count(where=answered & ~timed),
    )
    counts = ("outbound", "outbound_answered", "untold", "seconds", "untimed")
    return _by_month(with_display_class(days, number_dim), *counts)


def count_inbound(calls: ir.Table, number_dim: ir.Table, first: date, last: date) -> ir.Table:
    """The same for what came in, by the number that was called; rows of one call are one call.

    Tests and calls of scanners are left out: these are no legs of a customer.

    ``inbound_served``: answered calls of which a row names the seat that took them; ``inbound_untold``: calls of which
    no row says that they were answered, and one does not tell.
    """
    rows = good_rows(calls)
    rows = rows.filter(rows.direction == "in", rows.leg == "customer", ~false_if_null(rows.test))
    outer = ~false_if_null(rows.callee_shape.isin([Shape.OTHER.value, Shape.NONE.value]))
    alone = ibis.literal("row:") + rows.part + ":" + rows.file + ":" + rows.line.cast("string")
    one = rows.group_by("source", call=rows.call_key.coalesce(alone)).aggregate(
        day=rows.start_ts.min().date(),
        # On its way to a seat a call is dialled on (s, 8001): the number that the customer called stands before those.
        outer=rows.callee.min(where=outer),
        inner=rows.callee.min(),
        outer_shape=rows.callee_shape.min(where=outer),
        inner_shape=rows.callee_shape.min(),
        answered=false_if_null(rows.answered).cast("int64").max(),
        untold=rows.answered.isnull().cast("int64").max(),
        served=(false_if_null(rows.answered) & rows.agent_id.notnull()).cast("int64").max(),
    )
    one = one.mutate(display=one.outer.coalesce(one.inner), shape=one.outer_shape.coalesce(one.inner_shape))
    one = one.filter(one.day >= ibis.literal(first), one.day <= ibis.literal(last))
    days = one.group_by("day", "display", "shape").aggregate(
        inbound=one.count(),
        inbound_answered=one.answered.sum().cast("int64"),
        inbound_served=one.served.sum().cast("int64"),
        inbound_untold=one.count(where=(one.untold == 1) & (one.answered == 0)),
    )
    counts = ("inbound", "inbound_answered", "inbound_served", "inbound_untold")
    return _by_month(with_display_class(days, number_dim), *counts)


def _by_month(days: ir.Table, *names: str) -> ir.Table:
    own = days.display_class == OWN
    table = days.mutate(
        month=days.day.strftime("%Y-%m"),
        number=ibis.ifelse(own, printed(days.display, days.shape), ""),
        shown=days.display_class,
    )
    sums = table.group_by(*KEYS).aggregate(**{name: table[name].sum().cast("int64") for name in names})
    return sums.filter(ibis.or_(*(sums[name] > 0 for name in names)))


def list_complaints(tickets: ir.Table, sources: tuple[str, ...], first: date, last: date) -> ir.Table:
    """Month of acceptance and complained number (digits): what counts in the complaint rate."""
    counted = _counted_tickets(tickets, sources)
    counted = counted.filter(counted.accepted_day >= ibis.literal(first), counted.accepted_day <= ibis.literal(last))
    return counted.group_by(month=counted.accepted_day.strftime("%Y-%m"), number=counted.display).aggregate(
        complaints=counted.count()
    )


def count_undated(tickets: ir.Table, sources: tuple[str, ...]) -> ir.Table:
    """One row: of what would count in the complaint rate, how many have no time of acceptance and so no month."""
    counted = _counted_tickets(tickets, sources)
    return counted.filter(counted.accepted_day.isnull()).aggregate(undated=lambda rows: rows.count())


def _counted_tickets(tickets: ir.Table, sources: tuple[str, ...]) -> ir.Table:
    return tickets.filter(tickets.source.isin(sources), tickets.excluded_rate.isnull())


ITEM: Final = "monthly_traffic"
SUMS: Final = ("inbound", "inbound_answered", "outbound", "outbound_answered", "seconds", "complaints")


@dataclass(frozen=True, slots=True)
class Traffic:
    """A month's calls of a number. ``number``: an own one, "" for all others of ``number_class``.

    ``inbound_served``: of the answered ones those whose records name the seat that took them; ``inbound_untold``: of
    these calls nothing tells whether they were answered, they are not among the answered ones.
    ``outbound``: delivered to the carrier; ``untold``: of these nothing tells whether they were answered;
    ``seconds`` of talk, as far as told: ``untimed`` answered calls lack their end.
    """

    month: str
    number: str
    number_class: NumberClass
    inbound: int = 0
    inbound_answered: int = 0
    outbound: int = 0
    outbound_answered: int = 0
    untold: int = 0
    seconds: int = 0
    untimed: int = 0
    complaints: int = 0
    inbound_served: int = 0
    inbound_untold: int = 0


def sum_traffic(rows: Sequence[Traffic], name: str) -> int:
    """The sum of a column."""
    return sum(int(getattr(row, name)) for row in rows)


CLAIMS: Final = ("traffic_agrees", "inbound_decided", "calls_retained")


def is_recorded(rows: Sequence[Traffic]) -> bool:
    """Whether a call of these rows is on record."""
    return any(row.inbound or row.outbound for row in rows)


def build_document(
    head: Head,
    rows: Sequence[Traffic],
    say: Say,
    _: Words,
    *,
    written: bool = True,
    undated: int = 0,
    scanners: int = 0,
) -> Document:
    """Twelve months, each with a line; then number by number.

    A month that begins after the day is not due yet, as long as no call of it is counted in the total.
    Of a month without a single call nothing tells that none was made: it has no figures but its complaints, and the
    total says that its calls are those of the other months.
    ``written``: the register of complaints was ever filled in; else nothing tells how many there were.
    ``undated``: complaints without a time of acceptance, which stand in no month. ``scanners``: calls of scanners,
    which are no inbound calls.
    """
    months = [f"{head.year}-{month:02d}" for month in range(1, 13)]
    counts = (
        _("Inbound calls"), _("Inbound answered"), _("Calls made"), _("Outbound answered"),
        _("Outbound talk time (s)"), _("Complaints"),
    )  # fmt: skip
    by_month = {month: [row for row in rows if row.month == month] for month in months}
    recorded = {month for month, of in by_month.items() if is_recorded(of)}

    def cells(of: Sequence[Traffic], without: str, *, known: bool) -> tuple[Cell, ...]:
        *calls, complaints = (sum_traffic(of, name) for name in SUMS)
        call_cells = calls if known else (without, *[DASH] * (len(calls) - 1))
        return (*call_cells, complaints if written else DASH)

    last = f"{head.as_of:%Y-%m}"
    pending = (_("not due yet"), *[DASH] * (len(counts) - 1))
    summary: tuple[tuple[Cell, ...], ...] = tuple(
        (month, *(cells(of, _("no call records"), known=month in recorded) if of or month <= last else pending))
        for month, of in by_month.items()
    )
    body: tuple[tuple[Cell, ...], ...] = tuple(
        (row.month, row.number or _(CLASSES[row.number_class]), *cells([row], DASH, known=row.month in recorded))
        for row in sorted(rows, key=lambda row: (row.month, not row.number, row.number, row.number_class))
    )
    part = 0 < len(recorded) < len(months)
    name = _("Total (calls: of the months with call records)") if part else _("Total")
    total = cells(rows, DASH, known=bool(recorded))
    numbered = (_("Month"), _("Number of the enterprise"), *counts)
    tables = (
        Table(_("Calls of each month"), (_("Month"), *counts), summary, (name, *total), (6,) + 6 * (5,)),
        Table(_("By number"), numbered, body, (name, "", *total), (6, 8) + 6 * (5,)),
    )
    notes = (*_method(rows, undated, scanners, _, written=written), *filter(None, map(say, CLAIMS)))
    return build(ITEM, head, _, sections=(Section(_("How it is counted"), notes),), tables=tables, wide=True)


def _method(rows: Sequence[Traffic], undated: int, scanners: int, _: Words, *, written: bool) -> list[Line]:
    """How the figures are counted, and what the records do not tell."""
    notes = [_("Outbound calls are those delivered to the carrier, customer leg, without test calls.")]
    if sum_traffic(rows, "inbound_answered"):
        served = sum_traffic(rows, "inbound_served")
        notes.append(
            _("Inbound calls count as answered whoever answers: a seat, a queue, a menu or a voicemail. For "
                "{n} of them the records name the seat that answered the call.").format(n=f"{served:,}")
        )  # fmt: skip
    if scanners:
        notes.append(_("{n} scanner calls are not counted as inbound calls.").format(n=f"{scanners:,}"))
    if untold := sum_traffic(rows, "untold"):
        notes.append(_("For {n} outbound calls it is unknown whether they were answered.").format(n=f"{untold:,}"))
    if untimed := sum_traffic(rows, "untimed"):
        notes.append(_("For {n} answered outbound calls the duration is unknown.").format(n=f"{untimed:,}"))
    if not written:
        notes.append(_("The register of complaints has not been filled in yet: the number of complaints is not known."))
    if undated:
        text = _("The time of acceptance of {n} complaints is not recorded; they stand in no month.")
        notes.append(text.format(n=f"{undated:,}"))
    return [method_line(text) for text in notes]
