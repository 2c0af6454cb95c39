"""One portrait run: pin the versions, get the cube (rollup or rows), ask every metric; how far records are trusted."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.metadata import version
from types import MappingProxyType
from typing import Final, cast

import ibis.expr.types as ir
import pyarrow as pa

from nianjian.engines.lake import rollups
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import MOMENT, SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.definitions import METRICS
from nianjian.engines.metrics.frame import DAY, Frame, Window
from nianjian.engines.metrics.lights import Light
from nianjian.engines.metrics.marketing import (
    NOTHING_REGISTERED,
    SERVICE,
    MarketingCalls,
    MarketingRegister,
    judge_marketing,
    list_missing_answers,
    read_marketing_words,
)
from nianjian.engines.metrics.metric import (
    Definition,
    Metric,
    Rows,
    Rules,
    Stricter,
    Tables,
    decimal_text,
    summed,
    unprove,
    watched,
    whole,
    with_own_light,
)
from nianjian.engines.metrics.result import Result, rules_to_document
from nianjian.engines.metrics.simulate import advise
from nianjian.engines.metrics.tables import (
    REJECTED,
    ComplaintCounting,
    bit_or,
    complaint_counting,
    complaint_match,
    daily,
    daily_rollup,
    facts,
    facts_of_window,
    false_if_null,
    match_marketing,
    scanner_calls,
    tickets,
    tickets_rollup,
)
from nianjian.engines.rules.quiet_days import QuietDays, read_quiet_days
from nianjian.engines.rules.rulebook import LIMITS, Rulebook

ALL: Final = "all"  # every import of the enterprise that is in force
YEAR: Final = "data_year"
CONFIDENCES: Final = ("good", "medium", "low", "none")
MEASURES: Final = ("records", "outbound", "delivered", "answered", "tests", "without_customer", "masked_callee")
UNTOLD: Final = "answer_unknown"  # delivered calls of which nothing tells whether they were answered


def quality_questions(tables: Tables, calls: ir.Table, frame: Frame) -> dict[str, ir.Table]:
    """Calls of the data year by shape, confidence and month; rows in and out of quarantine; complaints by match."""
    cube, period = tables.cube, frame.period
    year = cube.filter(cube.dim == "total", cube.day >= period.first, cube.day < period.end)
    counted = year.group_by("shape", "confidence", month=year.day.month().cast("int64")).aggregate(
        day_bits=bit_or(year.day_bits).cast("int64"),
        **{name: year[name].sum().cast("int64") for name in (*MEASURES, UNTOLD)},
    )
    good = calls.filter(calls.part != REJECTED)
    refused = calls.filter(calls.part == REJECTED)
    ticket_rows = tables.tickets
    ticket_rows = ticket_rows.filter(ticket_rows.accepted_day >= period.first, ticket_rows.accepted_day < period.end)
    return {
        "calls": counted,
        "rows": good.aggregate(rows=good.count()),
        "rejected": refused.group_by("reason").aggregate(rows=refused.count()),
        "complaints": ticket_rows.group_by("how", "source").aggregate(complaints=ticket_rows.count()),
        "scanners": scanner_calls(calls, period.first, period.end - DAY),
    }


def judge_quality(rows: Mapping[str, Rows], frame: Frame, over: date | None, quiet: QuietDays) -> dict[str, object]:
    """The quality block of the JSON answer; shares in per cent with 4 decimals, None where nothing was counted.

    Days without records are looked for on every day of the data year up to ``over``, the last one that has ended (None:
    the year has): the calls of the whole year are counted, whichever day seats and tickets are looked at. ``quiet``:
    days whose reason is confirmed.
    """
    counted = rows["calls"]
    loaded = summed(rows["rows"], "rows")
    reasons = {str(row["reason"]): whole(row["rows"]) for row in rows["rejected"]}
    rejected = sum(reasons.values())
    delivered, untold = summed(counted, "delivered"), summed(counted, UNTOLD)
    scanners = summed(rows["scanners"], "scanners")
    confidence: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    for row in counted:
        if row["shape"] is not None:
            confidence[str(row["confidence"])] += whole(row["delivered"])
            shapes[str(row["shape"])] += whole(row["delivered"])
    last = frame.period.end - DAY
    last = last if over is None else min(last, over)
    silent = _silent_days(counted, frame, last)
    unexplained = [day for day in silent if day not in quiet]
    return {
        "rows": {
            "period": ALL,  # a rejected row may have no day that could be read
            "loaded": loaded,
            "rejected": rejected,
            "rejected_share": _percent(rejected, loaded + rejected),
            "reasons": dict(sorted(reasons.items())),
            "id_conflict": reasons.get("id_conflict", 0),
        },
        "calls": {
            "period": YEAR,
            **{name: summed(counted, name) for name in MEASURES},
            "undelivered": summed(counted, "outbound") - delivered,
            **({"scanners": scanners} if scanners else {}),
        },
        UNTOLD: {"count": untold, "share": _percent(untold, delivered)},
        "display_confidence": {
            name: {"count": confidence[name], "share": _percent(confidence[name], delivered)} for name in CONFIDENCES
        },
        "display_shapes": {name: count for name, count in sorted(shapes.items()) if count},
        "zero_lost": shapes["zero_lost"],
        "days_without_records": {
            "count": len(silent),
            "ranges": _ranges(silent),
            "unconfirmed": {"count": len(unexplained), "ranges": _ranges(unexplained)},
            "until": last.isoformat(),
        },
        "complaints_matched": _matched(rows["complaints"]),
    }


def _matched(rows: Rows) -> dict[str, object]:
    how: Counter[str] = Counter()
    for row in rows:
        how["unmatched" if row["how"] is None else str(row["how"])] += whole(row["complaints"])
    total = how.total()
    matched = total - how["unmatched"]
    return {
        "complaints": total,
        "matched": matched,
        "share": _percent(matched, total),
        "by": {name: how[name] for name in ("id", "ten_minutes", "day")},
    }


def _silent_days(rows: Rows, frame: Frame, last: date) -> list[date]:
    """Days of the data year without a call of any direction, up to ``last``."""
    bits: Counter[int] = Counter()
    for row in rows:
        if whole(row["records"]):
            bits[whole(row["month"])] |= whole(row["day_bits"])
    days = (frame.period.first + DAY * step for step in range((last - frame.period.first).days + 1))
    return [day for day in days if not bits[day.month] >> day.day & 1]


def _ranges(days: list[date]) -> list[dict[str, str]]:
    """Neighbouring days as from-to pairs, both included."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][1] == DAY:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return [{"from": first.isoformat(), "to": last.isoformat()} for first, last in spans]


def _percent(part: int, total: int) -> str | None:
    return decimal_text(Fraction(part, total), "%") if total else None


AS_OF: Final = "portrait.as_of"
QUIET: Final = "portrait.quiet_days"
NOTHING_DECLARED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({})


def run(  # noqa: PLR0913 -- one argument a choice
    *,
    lake: Lake,
    engine: Engine,
    rulebook: Rulebook,
    enterprise: str,
    year: int,
    as_of: date | None = None,
    province: str | None = None,
    today: date | None = None,
    raw: bool = False,
    snapshot: Mapping[str, int] | None = None,
    watch: Decimal | None = None,
    over: date | None = None,
    until: date | None = None,
    declared: Mapping[str, Mapping[str, str]] = NOTHING_DECLARED,
    registered: MarketingRegister = NOTHING_REGISTERED,
) -> Result:
    """The portrait of data year ``year``.

    ``as_of`` defaults to the day that the rulebook names; ``today`` asks for the second value. Both say when seats and
    tickets are looked at: complaint rate and number consistency count the year's calls and complaints, also those after
    the as-of day. ``over`` is the last day that has ended: no later one lacks records (None: the year has ended).
    ``raw`` counts from the rows instead of the rollups; the result is the same. Otherwise the rollups are
    brought up to date first, which writes them under the lake's lock.
    ``until``: the last day on which a report of the year can be filed, for the advice; None: not known.
    ``watch``: the licence is watched, and limits at this share of the guide's give a second light (`metric.watched`).
    ``declared``: metric -> who declared it not applicable, on which day, the reason. It acts where nothing was counted;
    where something was, a warning says that it does not.
    ``registered``: what registers and people say of marketing.
    ``snapshot`` (that of an earlier result) computes it again from the tables as they stood then, always from rows.
    """
    frame = Frame(year=year, as_of=as_of or default_day(rulebook, year), today=today)
    counting, own_counting = map(complaint_counting, (rulebook.with_guide_limits(), rulebook))
    words = read_marketing_words(rulebook) if registered.words is None else registered.words
    with lake.lock():  # calls, facts and rollups of one moment
        derived = None
        if not raw and snapshot is None:
            derived = tuple(
                rollups.current(lake, engine, rollup) for rollup in (daily_rollup(words), tickets_rollup(counting))
            )
        pinned = lake.snapshot() if snapshot is None else snapshot
        versions = {name: number for name, number in pinned.items() if name in SCHEMAS}
        dated = {
            name: engine.table(name, lake.files(name, versions[name]) if name in versions else [], schema)
            for name, schema in SCHEMAS.items()
        }
    since = None if registered.decision is None else registered.decision.decided_on + DAY
    cube, ticket_rows = derived or _derive(engine, dated, frame, counting, words, since)
    tables = Tables(cube=cube, seats=dated["seat_dim"], tickets=ticket_rows)
    own = tables if own_counting == counting else replace(tables, tickets=tickets_rollup(own_counting).build(dated))
    attached = _attachments(engine, dated["attachment_fact"], year)
    metrics = tuple(_answered(engine, one, (tables, own), frame, rulebook, attached, watch) for one in METRICS)
    metrics = _doubt_silence(tuple(_declare(metric, declared) for metric in metrics))
    quiet = read_quiet_days(cast("Mapping[str, object]", rulebook.value(QUIET)))
    quality = judge_quality(
        _run_questions(engine, quality_questions(tables, dated["calls"], frame)), frame, over, quiet
    )
    calls = _count_marketing(engine, cube, frame, since)
    calls = _count_unconsented(engine, dated["calls"], registered, words, frame, calls)
    marketing = judge_marketing(calls, registered, rulebook, min(frame.as_of, over or frame.as_of))
    result = Result(
        enterprise=enterprise,
        province=province,
        frame=frame,
        rulebook={"id": rulebook.id, "version": rulebook.version, "sha256": rulebook.sha256},
        snapshot=versions,
        code=version("nianjian"),
        metrics=metrics,
        quality=quality,
        missing=(*_missing(engine, dated, metrics, quality), *list_missing_answers(marketing)),
        marketing=marketing,
        warnings=_ignored_declarations(metrics, declared),
        rules=rules_to_document(rulebook),
    )
    return replace(result, advice=advise(result, today=None if over is None else over + DAY, until=until))


def _answered(  # noqa: PLR0917 -- one step of `run`, over its own values
    engine: Engine,
    definition: Definition,
    tables: tuple[Tables, Tables],
    frame: Frame,
    rules: Rulebook,
    attached: Mapping[str, set[str]],
    watch: Decimal | None,
) -> Metric:
    """One metric by the guide; by the enterprise's own limits and definitions, and watched, judged again.

    ``tables``: those of the guide, and those by the enterprise's own definitions.
    """
    guide, own = rules.with_guide_limits(), LIMITS & rules.before.keys()
    rows = _run_questions(engine, definition.questions(tables[0], frame, guide))
    papers = attached.get(definition.card.slug, set())
    metric = definition.answer(rows, frame, guide, papers)
    if own.intersection(definition.card.rules):
        own_rows = _run_questions(engine, definition.questions(tables[1], frame, rules))
        metric = with_own_light(metric, definition.answer(own_rows, frame, rules, papers), own)
    if watch is None:
        return metric
    return watched(metric, definition.answer(rows, frame, Stricter(guide, watch), papers))


def _declare(metric: Metric, declared: Mapping[str, Mapping[str, str]]) -> Metric:
    """The metric with who declared it not applicable, where nothing was counted."""
    return replace(metric, declared=declared.get(metric.slug)) if metric.verdict.light is Light.NA else metric


def _doubt_silence(metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    """No complaint rate is green because nobody registered a complaint: nothing tells that none came.

    A ticket of the year, an excluded one too, or a person's declaration for the closing rate does.
    """
    silent = any(
        metric.slug == CLOSING and metric.verdict.light is Light.NA and metric.declared is None for metric in metrics
    )
    return tuple(unprove(metric) if silent and metric.slug == COMPLAINTS else metric for metric in metrics)


def default_day(rules: Rules, year: int) -> date:
    """The last as-of day of a year that the rulebook names, MM-DD; the last of its month where that is shorter."""
    month, day = (int(part) for part in str(rules.rule(AS_OF).value).split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


# Metric -> table and register without which it says nothing.
COMPLAINTS: Final = "complaint_rate"
CLOSING: Final = "closing_rate"
REGISTERS: Final = {"seat_vacancy": ("seat_dim", "seats"), CLOSING: ("complaint_fact", "complaints")}


def _missing(
    engine: Engine, dated: Mapping[str, ir.Table], metrics: tuple[Metric, ...], quality: Mapping[str, object]
) -> tuple[dict[str, object], ...]:
    """What keeps the whole from green: registers of which a metric counts nothing, days without a reason."""
    entries: list[dict[str, object]] = []
    for metric in metrics:
        table, register = REGISTERS.get(metric.slug, ("", ""))
        if table and metric.verdict.light is Light.NA and metric.declared is None:
            rows = engine.rows(dated[table].aggregate(rows=dated[table].count()))
            code = "nothing_counted" if summed(rows, "rows") else "register_empty"
            entries.append({"code": code, "metric": metric.slug, "register": register})
    days = cast("Mapping[str, Mapping[str, object]]", quality["days_without_records"])["unconfirmed"]
    if days["count"]:
        entries.append({"code": "days_without_records", **days})
    return tuple(entries)


def _ignored_declarations(metrics: tuple[Metric, ...], declared: Mapping[str, object]) -> tuple[dict[str, object], ...]:
    """Declarations of metrics of which something was counted: they do not act."""
    return tuple(
        {"code": "declaration_ignored", "metric": metric.slug, "light": metric.verdict.light.value}
        for metric in metrics
        if metric.slug in declared and metric.declared is None
    )


def _run_questions(engine: Engine, questions: Mapping[str, ir.Table]) -> dict[str, Rows]:
    return {name: engine.rows(expression) for name, expression in questions.items()}


def _count_marketing(engine: Engine, cube: ir.Table, frame: Frame, since: date | None) -> MarketingCalls:
    """Delivered calls of the data year by purpose; those after the decision also beyond the year, up to the as-of day.

    ``since``: the day after that of the decision, None: without one all of the year.
    """
    cube = cube.filter(cube.dim == "total", cube.day >= frame.period.first, cube.day < frame.span.end)
    inside = cube.day < frame.period.end
    later = inside if since is None else cube.day >= since
    names = ("delivered", "marketing", "unnamed")
    sums = {name: cube[name].sum(where=inside).cast("int64") for name in names}
    after = {"after": "marketing", "unnamed_after": "unnamed", "records_after": "records"}
    sums |= {name: cube[measure].sum(where=later).cast("int64") for name, measure in after.items()}
    (row,) = engine.rows(cube.aggregate(**sums))
    return MarketingCalls(**{name: whole(row[name]) for name in sums})


def _count_unconsented(  # noqa: PLR0917 -- one step of `run`, over its own values
    engine: Engine,
    table: ir.Table,
    registered: MarketingRegister,
    words: tuple[str, ...],
    frame: Frame,
    calls: MarketingCalls,
) -> MarketingCalls:
    """The counts with those marketing calls to cover for which no consent held when they began."""
    decision = registered.decision
    if decision is None or decision.kind != SERVICE or not calls.to_cover:
        return calls
    days = Window(decision.decided_on + DAY, frame.span.end) if calls.after else frame.period
    rows = facts_of_window(table, days.first, days.end - DAY, ("callee", "start_ts"), words)
    rows = rows.filter(false_if_null(rows.delivered), match_marketing(rows.purpose, words)).select("callee", "start_ts")
    types = {"number": pa.int64(), "first": MOMENT, "end": MOMENT}
    spans = {
        name: pa.array([getattr(span, name) for span in registered.consented], kind) for name, kind in types.items()
    }
    consents = engine.hold("consented", pa.table(spans))
    joined = rows.join(consents, rows.callee == consents.number)
    covered = joined.filter(joined.start_ts >= joined.first, joined.start_ts < joined.end)
    return replace(calls, unconsented=calls.to_cover - summed(engine.rows(covered.aggregate(n=covered.count())), "n"))


def _derive(  # noqa: PLR0917 -- one step of `run`, over its own values
    engine: Engine,
    dated: Mapping[str, ir.Table],
    frame: Frame,
    counting: ComplaintCounting,
    words: tuple[str, ...],
    since: date | None,
) -> tuple[ir.Table, ir.Table]:
    """Cube and tickets straight from the rows, computed once and held in memory; a stretch begins on ``since``."""
    changes = _changes(engine, dated["number_dim"]) | _changes(engine, dated["line_dim"])
    starts = frame.slots(changes if since is None else changes | {since})
    counted = facts(dated["calls"], words, first=frame.span.first, last=frame.span.end - DAY)
    cube = daily(counted, dated["number_dim"], dated["line_dim"], words, starts, engine.once)
    complaints = dated["complaint_fact"]
    by_id = whole(engine.rows(complaints.aggregate(ids=complaints.call_id.count()))[0]["ids"]) > 0
    match = complaint_match(dated["calls"], complaints, minutes=counting.minutes, by_id=by_id)
    matched = tickets(complaints, match, dated["line_dim"], counting)
    return engine.hold("cube_now", engine.arrow(cube)), engine.hold("tickets_now", engine.arrow(matched))


def _changes(engine: Engine, dim: ir.Table) -> set[date]:
    """The days on which a row of a dated table begins to hold or holds no longer."""
    days: set[date] = set()
    for row in engine.rows(dim.select("valid_from", "valid_to").distinct()):
        first, last = row["valid_from"], row["valid_to"]
        if isinstance(first, date):
            days.add(first)
        if isinstance(last, date) and last < date.max:
            days.add(last + DAY)
    return days


def _attachments(engine: Engine, table: ir.Table, year: int) -> dict[str, set[str]]:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for row in engine.rows(table.filter(table.data_year == year).select("metric", "kind").distinct()):
        kinds[str(row["metric"])].add(str(row["kind"]))
    return kinds
