"""What a step would change (D5), computed before anybody takes it, and the advice that follows. Nothing here writes."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.definitions import closing_rate, complaint_rate, number_consistency, seat_vacancy
from nianjian.engines.metrics.frame import DAY, Basis, Frame
from nianjian.engines.metrics.lights import Light, Limit, Verdict
from nianjian.engines.metrics.metric import Metric, SecondLight, decimal_text, flag_stricter, whole
from nianjian.engines.metrics.result import Result

# 工信部信管〔2020〕81号: no commercial marketing by call centres, access numbers in principle inbound only.
# The gates are those of domain D5; a flow may act only when each is answered.
MOVE_WARNINGS: Final = (
    "order_81_no_marketing",
    "needs_outbound_permission",
    "needs_purpose_filed",
    "needs_commitment_letter",
    "needs_consent",
)
ISOLATION_WARNINGS: Final = ("isolation_keeps_accepted",)


@dataclass(frozen=True, slots=True)
class Moves:
    """The steps: how many seats and tickets, and the line whose calls display an own filed number.

    ``exclude_complaints``: how many counted ones prove not to count; ``without_line``: the complaint rate as if this
    line had neither calls nor complaints in the data year.
    """

    open_seats: int = 0
    cut_seats: int = 0
    close_seats: int = 0
    close_tickets: int = 0
    close_unfiled: int = 0
    file_seats: int = 0
    move_line: str | None = None
    exclude_complaints: int = 0
    without_line: str | None = None


def simulate(result: Result, moves: Moves) -> Result:
    """The portrait as it would stand after these steps; the metrics touched lose their splits, twins and months.

    Raises NianjianError ``simulation_negative`` for a negative count, ``simulation_too_many`` (move, count, maximum)
    for more than there are, ``simulation_line_unknown`` for a line without delivered calls in the data year (of
    ``without_line`` one without calls and complaints).
    """
    taken = {name: value for name, value in asdict(moves).items() if value not in {0, None}}
    counts = {name: value for name, value in taken.items() if name not in {"move_line", "without_line"}}
    for name, count in counts.items():
        if count < 0:
            raise NianjianError("simulation_negative", move=name, count=count)
    for name, maximum in maxima(result, moves.open_seats, moves.close_unfiled, moves.without_line).items():
        if counts.get(name, 0) > maximum:
            raise NianjianError("simulation_too_many", move=name, count=counts[name], maximum=maximum)
    changed: dict[str, Metric] = {}
    if counts.keys() - {"close_tickets", "exclude_complaints"}:
        changed["seat_vacancy"] = _change_seats(result.metric("seat_vacancy"), moves)
    if moves.close_tickets:
        changed["closing_rate"] = _close_tickets(result.metric("closing_rate"), moves.close_tickets)
    if moves.move_line is not None:
        changed["number_consistency"] = _move_line(result.metric("number_consistency"), moves.move_line)
    if moves.exclude_complaints or moves.without_line is not None:
        changed["complaint_rate"] = _change_complaints(result, moves)
    warnings = [
        *(MOVE_WARNINGS if moves.move_line is not None else ()),
        *(ISOLATION_WARNINGS if moves.without_line is not None else ()),
    ]
    return replace(
        result,
        metrics=tuple(changed.get(metric.slug, metric) for metric in result.metrics),
        advice=(),
        simulated={"moves": taken, "warnings": warnings},
    )


def maxima(
    result: Result, open_seats: int = 0, close_unfiled: int = 0, without_line: str | None = None
) -> dict[str, int]:
    """How much of each move there is room for: idle filed seats to open, filed ones to cut, opened ones to close.

    A seat that is open and not filed can be closed or filed, not both.
    """
    seats, tickets = result.metric("seat_vacancy"), result.metric("closing_rate")
    complaints = result.metric("complaint_rate")
    gone = 0 if without_line is None else whole(_row_of_line(complaints, without_line)["numerator"])
    return {
        "open_seats": max(0, seats.count("filed") - seats.count("opened_and_filed")),
        "cut_seats": seats.count("filed"),
        "close_seats": seats.count("opened") + open_seats - close_unfiled,
        "close_tickets": tickets.count("tickets") - tickets.count("closed"),
        "close_unfiled": seats.count("unfiled_open"),
        "file_seats": max(0, seats.count("unfiled_open") - close_unfiled),
        "exclude_complaints": complaints.count("complaints") - gone,
    }


def needs(result: Result) -> dict[str, int]:
    """How much of each move alone makes its metric green; only those that are needed and do."""
    seats, tickets, complaints = map(result.metric, ("seat_vacancy", "closing_rate", "complaint_rate"))
    counts: dict[str, int] = {}
    if seats.limit is not None:
        filed, opened = seats.count("filed"), seats.count("opened_and_filed")
        counts["open_seats"] = lights.seats_to_open(filed=filed, opened=opened, limit=seats.limit)
        counts["cut_seats"] = lights.seats_to_cut(filed=filed, opened=opened, limit=seats.limit)
    if tickets.limit is not None:
        counts["close_tickets"] = lights.tickets_to_close(
            closed=tickets.count("closed"), tickets=tickets.count("tickets"), limit=tickets.limit
        )
    if complaints.limit is not None:
        allowed = lights.allowance(complaints.verdict.denominator, complaints.limit)
        counts["exclude_complaints"] = complaints.verdict.numerator - allowed
    room = maxima(result)
    return {
        name: count for name, count in counts.items() if 0 < count <= room[name] and _is_enough(result, name, count)
    }


MOVED: Final = {"close_tickets": "closing_rate", "exclude_complaints": "complaint_rate"}


def _is_enough(result: Result, move: str, count: int) -> bool:
    """Whether nothing else keeps the metric from green, a filing that is not known or nothing left to count."""
    taken: dict[str, Any] = {move: count}
    after = simulate(result, Moves(**taken))
    return after.metric(MOVED.get(move, "seat_vacancy")).verdict.light is Light.GREEN


def _row_of_line(metric: Metric, line: str) -> Mapping[str, object]:
    """A line's row; NianjianError ``simulation_line_unknown`` where it has none."""
    for row in metric.splits.get("line", ()):
        if row["key"] == line:
            return row
    raise NianjianError("simulation_line_unknown", line=line)


def _change_complaints(result: Result, moves: Moves) -> Metric:
    """Leave out a line with its calls and complaints, and complaints that prove not to count."""
    metric = result.metric("complaint_rate")
    base = "delivered" if "answered" in metric.twins else "answered"  # the twin is of the other calls
    row = {} if moves.without_line is None else _row_of_line(metric, moves.without_line)
    gone = {base: whole(row.get("denominator", 0))}
    gone |= {name: whole(row.get(name, 0)) for name in ("delivered", complaint_rate.UNTOLD)}
    calls = {name: metric.count(name) - gone.get(name, 0) for name in complaint_rate.MEASURES}
    complaints = metric.count("complaints") - whole(row.get("numerator", 0)) - moves.exclude_complaints
    least = next((whole(rule["value"]) for rule in result.rules if rule["key"] == complaint_rate.CARD.rules[2]), 0)

    def judge(limit: Limit) -> Verdict:
        return lights.complaint_rate(
            complaints=complaints,
            answered=calls[base],
            undated=metric.count("undated"),
            unknown=calls[complaint_rate.UNTOLD] if base == "answered" else 0,
            limit=limit,
            low_volume=least,
            attached=bool(metric.attachments),
        )

    allowed = 0 if metric.limit is None else lights.allowance(calls[base], metric.limit)
    others = {name: value for name, value in metric.components.items() if not name.startswith("complaints_")}
    counted = {"complaints": complaints, **calls, "allowance": allowed, "headroom": allowed - complaints}
    return _judged(metric, {**others, **counted}, judge, metric.limit)


def _change_seats(metric: Metric, moves: Moves) -> Metric:
    """Settle seats open beyond the filing; open filed seats, cut idle ones out of the filing, close opened ones.

    Opened seats are cut where no idle one is left.
    """
    counts = {name: metric.count(name) for name in seat_vacancy.COUNTS}
    counts["unfiled_open"] -= moves.close_unfiled + moves.file_seats
    counts["opened"] += moves.open_seats - moves.close_seats - moves.close_unfiled
    counts["filed"] += moves.file_seats
    both = counts["opened_and_filed"] + moves.file_seats + moves.open_seats
    counts["opened_and_filed"] = max(0, both - moves.close_seats)
    beyond = max(0, moves.cut_seats - max(0, counts["filed"] - counts["opened_and_filed"]))
    counts["filed"] -= moves.cut_seats
    counts["opened_and_filed"] -= min(beyond, counts["opened_and_filed"])
    counts["unfiled_open"] += beyond

    def judge(limit: Limit) -> Verdict:
        return seat_vacancy.judge(counts, limit, attached=bool(metric.attachments), beyond=metric.lights[0])

    return _judged(metric, counts, judge, metric.limit)


def _close_tickets(metric: Metric, count: int) -> Metric:
    counts = {"tickets": metric.count("tickets"), "closed": metric.count("closed") + count}
    components = {**metric.components, **counts, "open": counts["tickets"] - counts["closed"]}
    return _judged(metric, components, lambda limit: closing_rate.judge(counts, limit), metric.limit)


def _move_line(metric: Metric, line: str) -> Metric:
    """All delivered calls of a line shown with own filed numbers."""
    row = _row_of_line(metric, line)
    counts = {name: metric.count(name.value) for name in NumberClass}
    for name in NumberClass:
        moved = whole(row[name.value])
        counts[name] -= moved
        counts[NumberClass.OWN_SHORT] += moved
    (evasion, unknown), (evading, foreign) = metric.limits, metric.lights
    # Of what class the calls of unknown answer are is not known any more: they may be any.
    untold = {NumberClass.UNKNOWN: whole(metric.components.get(number_consistency.UNTOLD, 0))}

    def judge(limit: Limit) -> Verdict:
        return lights.number_consistency(
            counts=counts, evasion=limit, unknown=unknown, evading=evading, foreign_shown=foreign, untold=untold
        )

    by_class = {name.value: count for name, count in counts.items()}
    return _judged(metric, {**metric.components, **by_class}, judge, evasion)


def _judged(
    metric: Metric, components: Mapping[str, object], judge: Callable[[Limit], Verdict], limit: Limit | None
) -> Metric:
    """The metric with new figures, by the guide's limit and the enterprise's own; the unknowable is left out."""
    assert limit is not None  # noqa: S101 - D1, D2 and D4 always have one
    verdict, internal, own = judge(limit), metric.internal, metric.own
    if internal is not None and internal.limit is not None:
        verdict, light = flag_stricter(verdict, judge(internal.limit), internal.limit)
        internal = SecondLight(light, internal.limit)
    if own is not None:
        own = None if own.limit is None else replace(own, light=judge(own.limit).light)
    rest: dict[str, Any] = {"twins": {}, "splits": {}, "months": (), "trailing": None, "lists": {}, "statements": {}}
    return replace(metric, components=components, verdict=verdict, internal=internal, own=own, **rest)


LINES: Final = 10  # lines named in the advice, the largest share of landline and mobile calls first
CALM: Final = frozenset({Light.GREEN, Light.NA})


def advise(result: Result, *, today: date | None = None, until: date | None = None) -> list[dict[str, object]]:
    """Advice in the order of the guide: seats, lines, tickets; each step with its ``last_day``, None: not known.

    Only what can still change this portrait. Seats and tickets of a day that is over stand, so do the calls of a year
    that is over. ``today`` None: the as-of day. ``until``: the last day on which a report can be filed.
    """
    frame, day = result.frame, today or result.frame.as_of
    year_end = frame.period.end - DAY
    state = _last_day(frame, day, until)
    steps = [(step, state) for step in _advise_seats(result)]
    steps += [(step, year_end) for step in _advise_lines(result)]
    steps += [(step, state) for step in _advise_tickets(result)]
    return [
        {**step, "last_day": None if last is None else last.isoformat()}
        for step, last in steps
        if last is None or day <= last
    ]


def _last_day(frame: Frame, today: date, until: date | None) -> date | None:
    """The last day on which seats and tickets can still change the portrait; a day before ``today``: none is left."""
    if frame.basis is Basis.WITHIN_YEAR and frame.as_of >= today:
        return frame.period.end - DAY  # the year's portrait moves on with the days
    if frame.basis is Basis.FILING and frame.as_of == today:
        return until
    return frame.as_of


def _advise_seats(result: Result) -> list[dict[str, object]]:
    metric = result.metric("seat_vacancy")
    limit = metric.limit
    filed, opened = metric.count("filed"), metric.count("opened_and_filed")
    steps: list[dict[str, object]] = []
    if limit is None or not filed:
        return steps
    if more := lights.seats_to_open(filed=filed, opened=opened, limit=limit):
        steps.append(_step(result, "open_seats", metric.slug, more, Moves(open_seats=more)))
        less = lights.seats_to_cut(filed=filed, opened=opened, limit=limit)
        steps.append(_step(result, "cut_seats", metric.slug, less, Moves(cut_seats=less)))
    if beyond := metric.count("unfiled_open"):
        steps.append(_step(result, "close_unfiled", metric.slug, beyond, Moves(close_unfiled=beyond)))
        steps.append(_step(result, "file_seats", metric.slug, beyond, Moves(file_seats=beyond)))
    if stopped := list(metric.lists.get("stopped_seats", ())):
        step = _step(result, "cut_stopped_seats", metric.slug, len(stopped), Moves(cut_seats=len(stopped)))
        steps.append({**step, "seats": stopped})
    if metric.count("opened"):
        # "Take stopped seats off line" lifts the rate unless the filing is cut too: both effects, before anything else.
        step = _step(result, "close_idle_seat", metric.slug, 1, Moves(close_seats=1))
        steps.append({**step, "with_cut": _effect(result, metric.slug, Moves(close_seats=1, cut_seats=1))})
    return steps


def _advise_lines(result: Result) -> list[dict[str, object]]:
    metric = result.metric("number_consistency")
    evasion = [flag for flag in metric.verdict.flags if flag.code == "evasion"]
    if not evasion or evasion[0].light in CALM:
        return []
    plain = {
        str(row["key"]): whole(row[NumberClass.LANDLINE.value]) + whole(row[NumberClass.MOBILE.value])
        for row in metric.splits.get("line", ())
        if row["key"] is not None
    }
    return [
        {
            **_step(result, "move_line", metric.slug, plain[line], Moves(move_line=line)),
            "line": line,
            "warnings": list(MOVE_WARNINGS),
        }
        for line in sorted(filter(plain.get, plain), key=lambda line: (-plain[line], line))[:LINES]
    ]


def _advise_tickets(result: Result) -> list[dict[str, object]]:
    metric = result.metric("closing_rate")
    waiting = metric.lists.get("open_tickets", ())
    limit = metric.limit
    if limit is None or not waiting:
        return []
    need = lights.tickets_to_close(closed=metric.count("closed"), tickets=metric.count("tickets"), limit=limit)
    count = need or len(waiting)
    step = _step(result, "close_tickets", metric.slug, count, Moves(close_tickets=count))
    return [{**step, "tickets": list(waiting), "warnings": ["needs_result_and_callback"]}]


def _step(result: Result, code: str, slug: str, count: int, moves: Moves) -> dict[str, object]:
    return {"code": code, "metric": slug, "count": count, **_effect(result, slug, moves)}


def _effect(result: Result, slug: str, moves: Moves) -> dict[str, object]:
    """What the metric and the whole would be."""
    after = simulate(result, moves)
    metric = after.metric(slug)
    return {
        "light": metric.verdict.light.value,
        "value": decimal_text(metric.verdict.value, metric.card.unit),
        "overall": after.light.value,
    }
