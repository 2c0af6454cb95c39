"""What the metrics are written over: calls out of rows, the daily cube, complaints with their calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from nianjian.engines.kernel.numbers import NumberClass, Shape
from nianjian.engines.lake.engine import Once
from nianjian.engines.lake.rollups import ByDay, WholeRollup
from nianjian.engines.lake.schema import MOMENT, SCANNER
from nianjian.engines.metrics.metric import Rules, kinds_of, whole

# Shapes whose class needs no ledger.
_PLAIN: Final = (
    (Shape.MOBILE, NumberClass.MOBILE),
    (Shape.LANDLINE, NumberClass.LANDLINE),
    (Shape.SERVICE_400_800, NumberClass.SHARED_400_800),
    (Shape.OTHER, NumberClass.OTHER),
    (Shape.INTERNATIONAL, NumberClass.OTHER),
)

# Shapes that may be a number of the ledger, and their class when no root of it matches.
_LEDGER: Final = (
    (Shape.SHORT, NumberClass.OTHER_SHORT),
    (Shape.SHORT_LONG, NumberClass.UNKNOWN),
    (Shape.SHORT_OR_LANDLINE, NumberClass.LANDLINE),
    (Shape.SHORT_OR_OTHER, NumberClass.OTHER),
)

# How a number stands on a day; of the rows of one root the best decides.
NOT_FILED: Final = 0
NOT_KNOWN: Final = 1
FILED: Final = 2
_STEP: Final = 4


def with_display_class(calls: ir.Table, number_dim: ir.Table) -> ir.Table:
    """``calls`` (any grain with day, display, shape) and `display_class`."""
    standing = _standing(calls, number_dim)
    calls = _view(calls)
    joined = calls.left_join(
        standing,
        [calls.day == standing.dim_day, calls.display == standing.dim_display, calls.shape == standing.dim_shape],
    )
    rules = [(joined.shape == shape.value, name.value) for shape, name in _PLAIN]
    rules += [
        (joined.standing == FILED, NumberClass.OWN_SHORT.value),
        (joined.standing == NOT_KNOWN, NumberClass.UNKNOWN.value),
        (joined.standing == NOT_FILED, NumberClass.OTHER_SHORT.value),
    ]
    rules += [(joined.shape == shape.value, name.value) for shape, name in _LEDGER]
    display_class = ibis.cases(*rules, else_=NumberClass.UNKNOWN.value)
    return _without(joined, "dim_day", "dim_display", "dim_shape", "standing", display_class=display_class)


def _standing(calls: ir.Table, number_dim: ir.Table) -> ir.Table:
    """(day, display, shape) whose number belongs to a root of the ledger, and how it stands on that day."""
    rows = calls.filter(calls.shape.isin([shape.value for shape, _ in _LEDGER]), calls.display.notnull())
    days = rows.select(dim_day=rows.day, dim_display=rows.display, dim_shape=rows.shape).distinct()
    numbers = days.select("dim_display").distinct()
    numbers = numbers.mutate(digits=numbers.dim_display.cast("string"))
    roots = number_dim.filter(number_dim.root.notnull()).select(
        "root_length", "total_length", "filed", "valid_from", "valid_to", root_digits=number_dim.root.cast("string")
    )
    matched = numbers.inner_join(roots, [numbers.digits.length() == roots.total_length])
    matched = matched.filter(matched.digits.startswith(matched.root_digits)).select(
        "root_length", "filed", "valid_from", "valid_to", match_display="dim_display"
    )
    dated = days.inner_join(matched, [days.dim_display == matched.match_display])
    inside = (dated.valid_from.isnull() | (dated.dim_day >= dated.valid_from)) & (
        dated.valid_to.isnull() | (dated.dim_day <= dated.valid_to)
    )
    stands = ibis.cases((inside & dated.filed.isnull(), NOT_KNOWN), (inside & dated.filed, FILED), else_=NOT_FILED)
    # The longest root decides, whatever a shorter one says.
    scored = dated.mutate(score=dated.root_length.cast("int64") * _STEP + stands.cast("int64"))
    best = scored.group_by("dim_day", "dim_display", "dim_shape").aggregate(score=scored.score.max())
    return best.mutate(standing=best.score % _STEP).drop("score")


def _view(table: ir.Table) -> ir.Table:
    """The table as the other side of a join; Ibis numbers its own views anew, and no plan would equal the last one."""
    view: ir.Table = ops.SelfReference(table, identifier=0).to_expr()
    return view


def with_team(calls: ir.Table, line_dim: ir.Table) -> ir.Table:
    """``calls`` (any grain with day, line_id, team_id) and `team`: its own team, else the line's on that day."""
    rows = calls.filter(calls.team_id.isnull(), calls.line_id.notnull())
    days = rows.select(of_day=rows.day, of_line=rows.line_id).distinct()
    lines = line_dim.filter(line_dim.team_id.notnull()).select(
        "valid_from", "valid_to", dim_line="line_id", dim_team="team_id"
    )
    dated = days.inner_join(lines, [days.of_line == lines.dim_line])
    dated = dated.filter(
        dated.valid_from.isnull() | (dated.of_day >= dated.valid_from),
        dated.valid_to.isnull() | (dated.of_day <= dated.valid_to),
    )
    # Two rows of one line on one day are a fault of the register; the newest one, then the smaller id, decides.
    age = dated.valid_from.fill_null(ibis.date("0001-01-01"))
    newest = ibis.window(group_by=[dated.of_day, dated.of_line], order_by=[age.desc(), dated.dim_team])
    ranked = dated.mutate(rank=ibis.row_number().over(newest))
    one = ranked.filter(ranked.rank == 0).select("of_day", "of_line", "dim_team")
    # `one` descends from `calls`: without a view Ibis may bind both sides of a comparison to the same of the two.
    calls = _view(calls)
    joined = calls.left_join(one, [calls.day == one.of_day, calls.line_id == one.of_line])
    return _without(joined, "of_day", "of_line", "dim_team", "team_id", team=joined.team_id.coalesce(joined.dim_team))


def _without(table: ir.Table, *gone: str, **columns: ir.Value) -> ir.Table:
    """Drop columns and add others, named one by one: the SQL of `drop` has them in another order every time."""
    return table.select(*(name for name in table.columns if name not in gone), **columns)


REJECTED: Final = "rejected"

NEEDED: Final = (
    "source", "call_key", "call_id", "direction", "leg", "display", "display_shape", "display_confidence",
    "callee_shape", "start_ts", "delivered", "answered", "test", "agent_kind", "line_id", "team_id", "purpose",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """Calls in two halves: ``out``, the outbound customer calls that are no tests, and ``rest``, all others."""

    out: ir.Table
    rest: ir.Table


def good_rows(calls: ir.Table) -> ir.Table:
    """The rows that are not in quarantine."""
    return calls.filter(calls.part != REJECTED)


def is_scanner(calls: ir.Table) -> ir.BooleanValue:
    """Whether a row is what a scanner tried from outside; never unknown."""
    name, word = SCANNER
    has_word = calls.extra.fill_null("").contains(f'"{name}":"{word}"')
    return ((calls.direction == "in") & (calls.leg == "event") & has_word).fill_null(False)


def scanner_calls(calls: ir.Table, first: date, last: date) -> ir.Table:
    """``scanners``: calls of scanners that started from ``first`` to ``last`` (included); no others are told so."""
    rows = good_rows(calls)
    rows = rows.filter(*_bounds(rows, first, last), is_scanner(rows))
    return rows.aggregate(scanners=rows.count())


def facts(calls: ir.Table, words: Sequence[str] = (), *, first: date | None = None, last: date | None = None) -> Facts:
    """One row a call. ``first`` and ``last`` (included) bound the day on which it started.

    A call of several rows is first put together from all of them, on whatever days they stand, and then
    bounded: a call over midnight is whole. ``words``: its purpose is one that they tell, if a row names any.
    """
    bounds = _bounds(calls, first, last)
    rows = good_rows(calls).select(*NEEDED)
    joined = _collapsed(rows.filter(rows.call_key.notnull()), words)
    joined = joined.filter(_bounds(joined, first, last)) if bounds else joined
    return _halves(calls, [calls.part != REJECTED, calls.call_key.isnull(), *bounds], joined)


def facts_of_days(calls: ir.Table, days: Collection[date], words: Sequence[str] = ()) -> Facts:
    """The calls that start on one of ``days``, whole: rows of a shared key are looked up wherever they stand."""
    dates = list(days)
    # The plain range beside the list lets engines skip whole row groups.
    inside = [calls.part != REJECTED, *_bounds(calls, min(dates), max(dates)), calls.start_ts.date().isin(dates)]
    whole = _calls_with_rows(calls, inside, words=words)
    whole = whole.filter(whole.start_ts.date().isin(dates))
    return _halves(calls, [*inside, calls.call_key.isnull()], whole)


def facts_of_window(
    calls: ir.Table, first: date, last: date, also: Sequence[str], words: Sequence[str] = ()
) -> ir.Table:
    """The outbound half of `facts` for the days from ``first`` to ``last``, with the columns ``also`` of the best row.

    The same calls, found from the window's side: rows of a shared key are looked up only for keys that stand in it.
    """
    bounds = _bounds(calls, first, last)
    inside = [calls.part != REJECTED, *bounds]
    whole = _calls_with_rows(calls, inside, also, words)
    whole = whole.filter(_bounds(whole, first, last))
    single = calls.filter(*inside, calls.call_key.isnull(), *_outbound(calls))
    return _described(single, also).union(_described(whole.filter(*_outbound(whole)), also))


def _calls_with_rows(
    calls: ir.Table, inside: Sequence[ir.BooleanValue], also: Sequence[str] = (), words: Sequence[str] = ()
) -> ir.Table:
    """The calls of several rows of which one is ``inside``, put together from all of them."""
    keys = calls.filter(*inside, calls.call_key.notnull()).select("source", "call_key").distinct()
    rows = good_rows(calls).select(*NEEDED, *(name for name in also if name not in NEEDED))
    return _collapsed(rows.filter(rows.call_key.notnull()).semi_join(keys, ["source", "call_key"]), words)


def days_of_keys(calls: ir.Table, changed: ir.Table) -> ir.Table:
    """Every day on which a row stands that shares its call with a row of ``changed`` (rows added or taken away)."""
    moved = good_rows(changed)
    keys = moved.filter(moved.call_key.notnull()).select("source", "call_key").distinct()
    rows = good_rows(calls)
    rows = rows.filter(rows.call_key.notnull()).semi_join(keys, ["source", "call_key"])
    return rows.select(day=rows.start_ts.date()).distinct()


def _bounds(rows: ir.Table, first: date | None, last: date | None) -> list[ir.BooleanValue]:
    bounds: list[ir.BooleanValue] = []
    if first is not None:
        bounds.append(rows.start_ts >= ibis.literal(datetime.combine(first, time())))
    if last is not None:
        bounds.append(rows.start_ts < ibis.literal(datetime.combine(last + timedelta(days=1), time())))
    return bounds


def _halves(calls: ir.Table, single: Sequence[ir.BooleanValue], joined: ir.Table) -> Facts:
    """Both halves read the rows by themselves: shared, an engine would keep all of them in memory between two uses."""
    no_single, no_joined = (~false_if_null(ibis.and_(*_outbound(rows))) for rows in (calls, joined))
    return Facts(
        out=_described(calls.filter(*single, *_outbound(calls))).union(_described(joined.filter(*_outbound(joined)))),
        rest=_described(calls.filter(*single, no_single)).union(_described(joined.filter(no_joined))),
    )


def _outbound(rows: ir.Table) -> list[ir.BooleanValue]:
    """An outbound customer call that is no test (D2, D3)."""
    return [rows.direction == "out", rows.leg == "customer", ~false_if_null(rows.test)]


def _collapsed(rows: ir.Table, words: Sequence[str] = ()) -> ir.Table:
    """The representative row of each (source, call_key); delivered and answered when any of its customer rows is.

    `answered` is NULL where no customer row is answered and one does not tell. `purpose` is one of ``words``, that of
    the row, or any.
    """
    customer = _true(rows.leg == "customer")
    rows = rows.mutate(
        _customer=customer,
        _delivered=customer * _true(rows.delivered),
        _answered=customer * _true(rows.answered),
        _untold=customer * _true(rows.answered.isnull()),
    )
    call = ibis.window(group_by=[rows.source, rows.call_key])
    best = ibis.window(
        group_by=[rows.source, rows.call_key],
        order_by=[
            rows._customer.desc(),
            rows._delivered.desc(),
            # One leg knows the number that was shown, another only the caller it began with (FreeSWITCH, VICIdial).
            rows.display_confidence.cases(("good", 0), ("medium", 1), ("low", 2), else_=3),
            rows._answered.desc(),
            rows.start_ts,
            rows.call_id,
        ],
    )
    ranked = rows.mutate(
        _rank=ibis.row_number().over(best),
        _any_delivered=rows._delivered.max().over(call),
        _any_answered=rows._answered.max().over(call),
        _any_untold=rows._untold.max().over(call),
        _any_purpose=rows.purpose.max().over(call),
        _any_marketing=ibis.ifelse(match_marketing(rows.purpose, words), rows.purpose, None).max().over(call),
    )
    first = ranked.filter(ranked._rank == 0)
    return first.mutate(
        purpose=first._any_marketing.coalesce(first.purpose, first._any_purpose),
        delivered=first._any_delivered == 1,
        answered=ibis.cases((first._any_answered == 1, True), (first._any_untold == 0, False), else_=None),
    )


def _described(rows: ir.Table, also: Sequence[str] = ()) -> ir.Table:
    """The columns that counting needs, and more of the row."""
    out = rows.direction == "out"
    return rows.select(
        *also,
        "line_id",
        "team_id",
        "display",
        "delivered",
        "purpose",
        day=rows.start_ts.date(),
        shape=rows.display_shape,
        confidence=rows.display_confidence,
        kind=rows.agent_kind,
        answered=rows.delivered & rows.answered,
        answer_unknown=false_if_null(rows.delivered) & rows.answered.isnull(),
        test=out & (rows.leg == "customer") & rows.test,
        # A call of which only completing rows are there (a hang-up without its call).
        without_customer=out & (rows.leg == "event"),
        masked_callee=rows.callee_shape == Shape.MASKED.value,
    )


def false_if_null(condition: ir.BooleanColumn) -> ir.BooleanColumn:
    """False where it cannot be told."""
    return condition.fill_null(False)


def _true(condition: ir.BooleanColumn) -> ir.IntegerColumn:
    """1 where it holds, 0 where it does not or is unknown."""
    return false_if_null(condition).cast("int64")


def last_days(cube: ir.Table) -> ir.Table:
    """``key`` (the line as the calls name it), ``first`` and ``last`` day of an outbound customer call on it."""
    lines = cube.filter((cube.dim == "line") & cube.key.notnull())
    return lines.group_by("key").aggregate(first=lines.day.min(), last=lines.day.max())


def busiest_days(cube: ir.Table, first: date) -> ir.Table:
    """``key`` of a line, ``days`` with calls from ``first`` on, and the attempts on the ``busiest`` of them.

    The gate counts attempts too, whether or not they were delivered.
    """
    lines = cube.filter((cube.dim == "line") & cube.key.notnull() & (cube.day >= first))
    by_day = lines.group_by("key", "day").aggregate(calls=lines.outbound.sum().cast("int64"))
    return by_day.group_by("key").aggregate(days=by_day.count(), busiest=by_day.calls.max())


DIMENSIONS: Final = ("kind", "line", "team", "display")
TOTAL: Final = "total"

KEYS: Final = {
    "display": "int64",
    "shape": "string",
    "confidence": "string",
    "kind": "string",
    "line_id": "string",
    "team_id": "string",
}
MEASURES: Final = (
    "records", "outbound", "delivered", "answered", "answer_unknown", "tests", "without_customer", "masked_callee",
    "marketing", "unnamed",
)  # fmt: skip


@ibis.udf.agg.builtin(name="bit_or", signature=((dt.int64,), dt.int64))  # type: ignore[untyped-decorator]
def bit_or(bits: object) -> object:
    """The engines' own bit_or, under one name everywhere; Ibis has no rule for Spark's."""


def base(facts: Facts, words: Sequence[str], starts: Sequence[date] | None = None) -> ir.Table:
    """Calls counted by all keys at once, before any dimension table is joined: the joins then see far fewer rows.

    By day, or by slots: the first of the month, or a later day of ``starts`` in it. Between two such days nothing
    may change that counting asks for (window, validity of a root or of a line's team). Calls that are no outbound
    customer calls fold into one row a day or slot.
    """
    out = _slotted(facts.out, starts)
    rest = _slotted(facts.rest, starts)
    nothing = {name: ibis.null(kind) for name, kind in KEYS.items()}
    counted = rest.group_by("day").aggregate(**_counted(rest, words, outbound=False))
    wide = counted.mutate(**nothing).select("day", *KEYS, "day_bits", *MEASURES)
    every = out.group_by("day", *KEYS).aggregate(**_counted(out, words, outbound=True)).union(wide)
    # After counting, on few rows: a row that does not say is of no shape and no confidence.
    said = every.outbound > 0
    return every.mutate(
        shape=ibis.ifelse(said, every.shape.fill_null(Shape.NONE.value), every.shape),
        confidence=ibis.ifelse(said, every.confidence.fill_null("none"), every.confidence),
    )


def _slotted(calls: ir.Table, starts: Sequence[date] | None) -> ir.Table:
    calls = calls.mutate(bit=ibis.literal(1, "int64") << calls.day.day().cast("int64"))
    if starts is None:
        return calls
    slot = calls.day.truncate("M")
    for start in starts:
        if start.day != 1:  # month starts are slots anyway
            first = ibis.date(start.replace(day=1).isoformat())
            since = ibis.date(start.isoformat())
            slot = ibis.ifelse((calls.day >= since) & (calls.day.truncate("M") == first), since, slot)
    return calls.mutate(day=slot)


def _counted(calls: ir.Table, words: Sequence[str], *, outbound: bool) -> dict[str, ir.Value]:
    """The measures; the same aggregates in both halves, so that every engine gives them the same type."""
    counts = {
        "outbound": calls.count() if outbound else calls.count(where=ibis.literal(False)),
        "delivered": calls.count(where=calls.delivered & outbound),
        "answered": calls.count(where=calls.answered & outbound),
        "answer_unknown": calls.count(where=calls.answer_unknown & outbound),
        "tests": calls.count(where=calls.test),
        "without_customer": calls.count(where=calls.without_customer),
        "masked_callee": calls.count(where=calls.masked_callee & outbound),
        "marketing": calls.count(where=calls.delivered & outbound & match_marketing(calls.purpose, words)),
        "unnamed": calls.count(where=calls.delivered & outbound & (calls.purpose.fill_null("") == "")),
    }
    return {"day_bits": bit_or(calls.bit).cast("int64"), "records": calls.count(), **counts}


def match_marketing(purpose: ir.StringValue, words: Sequence[str]) -> ir.BooleanValue:
    """The query engine's side of `marketing.names_marketing`; ``words`` are case-folded."""
    text = purpose.fill_null("").lower()
    return ibis.or_(ibis.literal(False), *(text.contains(word) for word in words))


def leave_lazy(name: str, expression: ir.Table, *, few: bool = False) -> ir.Table:
    """An `Once` that computes where the expression is used."""
    del name, few
    return expression


def daily(  # noqa: PLR0917 -- the tables, and how they are counted
    facts: Facts,
    number_dim: ir.Table,
    line_dim: ir.Table,
    words: Sequence[str],
    starts: Sequence[date] | None = None,
    once: Once = leave_lazy,
) -> ir.Table:
    """The cube: day, dim, key, shape, display_class, confidence, day_bits and the measures.

    ``day_bits`` has bit n set when a call started on day n of the month (a slot never reaches over a month).
    ``words`` tell a purpose that is marketing.

    ``dim`` total: key NULL, split by shape and confidence. kind, line, team: key as written. display: key is
    the number as printed, with its shape. Days without outbound calls stand under total only.
    """
    # Every slice, and both joins within, ask for the counts by all keys; only these read the calls.
    few = starts is not None
    classed = with_display_class(once("base", base(facts, words, starts), few=few), number_dim)
    counted = once("counted", with_team(classed, line_dim), few=few)
    text = ibis.null("string")
    total = _slice(counted, TOTAL, text, shape=counted.shape, confidence=counted.confidence)
    real = counted.filter(counted.outbound > 0)
    parts = [
        _slice(real, "kind", real.kind, shape=text, confidence=text),
        _slice(real, "line", real.line_id, shape=text, confidence=text),
        _slice(real, "team", real.team, shape=text, confidence=text),
        _slice(real, "display", printed(real.display, real.shape), shape=real.shape, confidence=text),
    ]
    return total.union(*parts)


def printed(number: ir.IntegerValue, shape: ir.StringValue) -> ir.StringValue:
    """The displayed number as people write it: a landline has its 0 again."""
    digits = number.cast("string")
    return ibis.ifelse(shape == Shape.LANDLINE.value, ibis.literal("0") + digits, digits)


def _slice(counted: ir.Table, dim: str, key: ir.Value, *, shape: ir.Value, confidence: ir.Value) -> ir.Table:
    columns = ("day", "display_class", "day_bits", *MEASURES)
    rows = counted.select(*columns, dim=ibis.literal(dim), key=key, shape=shape, confidence=confidence)
    return rows.group_by("day", "dim", "key", "shape", "display_class", "confidence").aggregate(
        day_bits=bit_or(rows.day_bits).cast("int64"), **{name: rows[name].sum().cast("int64") for name in MEASURES}
    )


def latest(versions: ir.Table) -> ir.Table:
    """The newest version of each complaint of a dated table: its own dates say what held when."""
    order = [
        versions.valid_to.isnull().cast("int64").desc(),
        versions.valid_from.notnull().cast("int64").desc(),
        versions.valid_from.desc(),
        versions.valid_to.desc(),
    ]
    ranked = versions.mutate(rank=ibis.row_number().over(ibis.window(group_by=versions.complaint_id, order_by=order)))
    return ranked.filter(ranked.rank == 0).drop("rank")


def complaint_match(calls: ir.Table, complaint_fact: ir.Table, *, minutes: int, by_id: bool) -> ir.Table:
    """At most one call a complaint: complaint_id, how (id | ten_minutes | day), day, line_id, team_id, kind.

    ``minutes`` is the reach around the time that the complaint names, both ends included. ``by_id`` False leaves
    the recorded ids out where no complaint has one: it saves reading all call ids.
    """
    complaints = latest(complaint_fact).select(
        "complaint_id", "complainant", "complained", "call_ts", asked_call="call_id"
    )
    rows = good_rows(calls)
    rows = rows.filter(rows.direction == "out", rows.leg == "customer").select(
        "call_id", "callee", "display", "start_ts", "line_id", "team_id", kind="agent_kind"
    )
    near = complaints.inner_join(rows, [complaints.complainant == rows.callee, complaints.complained == rows.display])
    reach = ibis.interval(minutes=minutes)
    close = (near.start_ts >= near.call_ts - reach) & (near.start_ts <= near.call_ts + reach)
    near = near.filter(close | (near.start_ts.date() == near.call_ts.date()))
    matches = _candidates(near, ibis.ifelse(close, 1, 2))
    if by_id:
        by_call = complaints.filter(complaints.asked_call.notnull()).inner_join(
            rows, [complaints.asked_call == rows.call_id]
        )
        matches = matches.union(_candidates(by_call, ibis.literal(0)))
    best = ibis.window(
        group_by=matches.complaint_id, order_by=[matches.grade, matches.seconds, matches.start_ts, matches.call_id]
    )
    ranked = matches.mutate(rank=ibis.row_number().over(best))
    one = ranked.filter(ranked.rank == 0)
    how = ibis.cases((one.grade == 0, "id"), (one.grade == 1, "ten_minutes"), else_="day")
    return one.select("complaint_id", "line_id", "team_id", "kind", how=how, day=one.start_ts.date())


def _candidates(pairs: ir.Table, grade: ir.Value) -> ir.Table:
    away = (pairs.start_ts.epoch_seconds().cast("int64") - pairs.call_ts.epoch_seconds().cast("int64")).abs()
    columns = ("complaint_id", "call_id", "start_ts", "line_id", "team_id", "kind")
    return pairs.select(*columns, grade=grade.cast("int64"), seconds=away.fill_null(0))


TICKETS: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("complaint_id", "source")),
        *((name, MOMENT) for name in ("accepted_ts", "arrived_ts", "closed_ts", "reopened_ts")),
        *((name, pa.string()) for name in ("excluded_rate", "excluded_ticket", "kind", "how")),
        ("display", pa.int64()),
        ("accepted_day", pa.date32()),
        ("day", pa.date32()),
        ("line", pa.string()),
        ("team", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class ComplaintCounting:
    """What the rulebook says of complaints: ``sources`` of D2, ``reasons`` that exclude, ``minutes`` of the match."""

    sources: tuple[str, ...] = ("12321", "12300")
    reasons: tuple[str, ...] = ("not_accepted", "not_own_number", "duplicate", "not_a_call")
    minutes: int = 10


def tickets(
    complaint_fact: ir.Table,
    match: ir.Table,
    line_dim: ir.Table,
    counting: ComplaintCounting = ComplaintCounting(),
) -> ir.Table:
    """One row a complaint; `excluded_rate` is D2's (among its sources), `excluded_ticket` D4's (all sources)."""
    complaints = latest(complaint_fact)
    complaints = complaints.mutate(day=complaints.accepted_ts.date())
    # A recorded reason that the rulebook does not name excludes nothing.
    complaints = complaints.mutate(
        exclusion=ibis.ifelse(complaints.exclusion.isin(counting.reasons), complaints.exclusion, None)
    )
    twice = "duplicate" in counting.reasons
    counts = complaints.source.isin(counting.sources).fill_null(False)
    rate = _excluded(complaints.filter(counts), "excluded_rate", twice=twice)
    rest = _excluded(complaints.filter(~counts), "excluded_rest", twice=twice)
    joined = complaints.left_join(rate, "complaint_id").drop("complaint_id_right")
    joined = joined.left_join(rest, "complaint_id").drop("complaint_id_right")
    joined = joined.mutate(excluded_ticket=joined.excluded_rate.coalesce(joined.excluded_rest))
    matches = match.select("line_id", "team_id", "kind", "how", "day", match_id="complaint_id").rename(
        match_line="line_id", match_team="team_id", match_day="day"
    )
    joined = joined.left_join(matches, joined.complaint_id == matches.match_id)
    rows = joined.select(
        *TICKETS.names[:10],
        display=joined.complained,
        accepted_day=joined.day,
        day=joined.match_day.coalesce(joined.call_ts.date(), joined.day),
        line_id=joined.line_id.coalesce(joined.match_line),
        # The team named on the complaint, else that of the call; the line's own team comes last.
        team_id=joined.team_id.coalesce(joined.match_team),
    )
    return with_team(rows, line_dim).rename(line="line_id")


def _excluded(complaints: ir.Table, name: str, *, twice: bool) -> ir.Table:
    """complaint_id and the reason for which it does not count, NULL where it does."""
    if not twice:
        return complaints.select("complaint_id", **{name: complaints.exclusion})
    left = complaints.filter(complaints.exclusion.isnull())
    by_reference = _ranked(left, ["source", "reference"], "twice")
    once = by_reference.filter(by_reference.twice == 0)
    by_call = _ranked(once.mutate(call_day=once.call_ts.date()), ["complainant", "complained", "call_day"], "again")
    unique = by_call.filter(by_call.again == 0).select(kept_id="complaint_id")
    joined = complaints.left_join(unique, complaints.complaint_id == unique.kept_id)
    reason = ibis.cases(
        (joined.exclusion.notnull(), joined.exclusion),
        (joined.kept_id.isnull(), "duplicate"),
        else_=ibis.null("string"),
    )
    return joined.select("complaint_id", **{name: reason})


def _ranked(rows: ir.Table, keys: list[str], name: str) -> ir.Table:
    """0 for the first of equal keys, also for each row that lacks one of them: unknown is not equal."""
    complete = ibis.and_(*(rows[key].notnull() for key in keys))
    order = [rows.accepted_ts.isnull().cast("int64"), rows.accepted_ts, rows.complaint_id]
    rank = ibis.row_number().over(ibis.window(group_by=[rows[key] for key in keys], order_by=order))
    return rows.mutate(**{name: ibis.ifelse(complete, rank, 0)})


# Digests of the SQL that fills the two tables and of their columns; a test says what to write here after a change.
VERSION: Final = "37bea0f36a58"
TICKETS_VERSION: Final = "f0b9b309531b"


def daily_rollup(words: Sequence[str]) -> ByDay:
    """The cube by day; other words for marketing count it anew."""

    def build(tables: Mapping[str, ir.Table], days: Collection[date] | None, once: Once) -> ir.Table:
        calls = tables["calls"]
        counted = facts(calls, words) if days is None else facts_of_days(calls, days, words)
        return daily(counted, tables["number_dim"], tables["line_dim"], words, once=once)

    return ByDay(
        name="daily",
        schema=DAILY,
        version=f"{VERSION}, {','.join(words)}",
        dims=("number_dim", "line_dim"),
        build=build,
        spread=days_of_keys,
    )


DAILY: Final = pa.schema(
    [
        ("day", pa.date32()),
        *((name, pa.string()) for name in ("dim", "key", "shape", "display_class", "confidence")),
        *((name, pa.int64()) for name in ("day_bits", *MEASURES)),
    ]
)


def complaint_counting(rules: Rules) -> ComplaintCounting:
    """What a rulebook says of complaints."""
    return ComplaintCounting(
        sources=kinds_of(rules, "portrait.complaint_rate.sources"),
        reasons=kinds_of(rules, "portrait.complaint_rate.exclusions"),
        minutes=whole(rules.rule("portrait.complaint_rate.match_window").value),
    )


def tickets_rollup(counting: ComplaintCounting) -> WholeRollup:
    """The complaints with their calls; another reach, source or reason rebuilds the table."""

    def build(tables: Mapping[str, ir.Table]) -> ir.Table:
        complaints = tables["complaint_fact"]
        match = complaint_match(tables["calls"], complaints, minutes=counting.minutes, by_id=True)
        return tickets(complaints, match, tables["line_dim"], counting)

    return WholeRollup(
        name="tickets",
        schema=TICKETS,
        version=f"{TICKETS_VERSION}, {counting}",
        inputs=("calls", "complaint_fact", "line_dim"),
        build=build,
    )
