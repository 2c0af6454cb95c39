"""What a step would change (D5), computed before anybody takes it, and the advice that follows. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.definitions import closing_rate, number_consistency, seat_vacancy
from nianjian.engines.metrics.lights import Light, Verdict
from nianjian.engines.metrics.metric import Metric, acting, decimal_text, whole
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


def simulate(
    result: Result,
    *,
    open_seats: int = 0,
    cut_seats: int = 0,
    close_seats: int = 0,
    close_tickets: int = 0,
    close_unfiled: int = 0,
    file_seats: int = 0,
    move_line: str | None = None,
) -> Result:
    """The portrait as it would stand after these steps; the metrics touched lose their splits, twins and months.

    Raises NianjianError ``simulation_negative`` for a negative count, ``simulation_too_many`` (move, count, maximum)
    for more than there are, ``simulation_line_unknown`` for a line without delivered calls in the data year.
    """
    moves = {
        "open_seats": open_seats,
        "cut_seats": cut_seats,
        "close_seats": close_seats,
        "close_tickets": close_tickets,
        "close_unfiled": close_unfiled,
        "file_seats": file_seats,
    }
    for name, count in moves.items():
        if count < 0:
            raise NianjianError("simulation_negative", move=name, count=count)
    for name, maximum in maxima(result, open_seats, close_unfiled).items():
        if moves[name] > maximum:
            raise NianjianError("simulation_too_many", move=name, count=moves[name], maximum=maximum)
    changed: dict[str, Metric] = {}
    if open_seats or cut_seats or close_seats or close_unfiled or file_seats:
        seats = result.metric("seat_vacancy")
        filed = _settle_unfiled(seats, close_unfiled, file_seats)
        changed[seats.slug] = _change_seats(seats, filed, open_seats, cut_seats, close_seats)
    if close_tickets:
        tickets = result.metric("closing_rate")
        changed[tickets.slug] = _close_tickets(tickets, close_tickets)
    if move_line is not None:
        numbers = result.metric("number_consistency")
        changed[numbers.slug] = _move_line(numbers, move_line)
    told: dict[str, object] = {name: count for name, count in moves.items() if count}
    if move_line is not None:
        told["move_line"] = move_line
    return replace(
        result,
        metrics=tuple(changed.get(metric.slug, metric) for metric in result.metrics),
        advice=(),
        simulated={"moves": told, "warnings": list(MOVE_WARNINGS if move_line is not None else ())},
    )


def maxima(result: Result, open_seats: int = 0, close_unfiled: int = 0) -> dict[str, int]:
    """How much of each move there is room for: idle filed seats to open, filed ones to cut, opened ones to close.

    A seat that is open and not filed can be closed or filed, not both.
    """
    seats, tickets = result.metric("seat_vacancy"), result.metric("closing_rate")
    return {
        "open_seats": max(0, seats.count("filed") - seats.count("opened_and_filed")),
        "cut_seats": seats.count("filed"),
        "close_seats": seats.count("opened") + open_seats - close_unfiled,
        "close_tickets": tickets.count("tickets") - tickets.count("closed"),
        "close_unfiled": seats.count("unfiled_open"),
        "file_seats": max(0, seats.count("unfiled_open") - close_unfiled),
    }


def _settle_unfiled(metric: Metric, closed: int, filed: int) -> dict[str, int]:
    """Counts after seats that are open beyond the filing were closed or filed."""
    counts = {name: metric.count(name) for name in seat_vacancy.COUNTS}
    counts["unfiled_open"] -= closed + filed
    counts["opened"] -= closed
    counts["filed"] += filed
    counts["opened_and_filed"] += filed
    return counts


def _change_seats(metric: Metric, counts: dict[str, int], opened: int, cut: int, closed: int) -> Metric:
    """Open filed seats, cut idle seats out of the filing (opened ones when no idle one is left), close opened ones."""
    counts["opened"] += opened - closed
    both = counts["opened_and_filed"] + opened
    counts["opened_and_filed"] = max(0, both - closed)
    beyond = max(0, cut - max(0, counts["filed"] - counts["opened_and_filed"]))
    counts["filed"] -= cut
    counts["opened_and_filed"] -= min(beyond, counts["opened_and_filed"])
    counts["unfiled_open"] += beyond
    limit = metric.limit
    assert limit is not None  # noqa: S101 - D1 always has one
    attached = bool(metric.attachments)
    verdict = seat_vacancy.judge(counts, limit, attached=attached, beyond=metric.lights[0])
    if metric.internal is not None:
        strict = seat_vacancy.judge(counts, metric.internal, attached=attached, beyond=metric.lights[0])
        verdict = acting(verdict, strict, metric.internal)
    return _with_figures(metric, counts, verdict)


def _close_tickets(metric: Metric, count: int) -> Metric:
    tickets, closed = metric.count("tickets"), metric.count("closed") + count
    limit = metric.limit
    assert limit is not None  # noqa: S101 - D4 always has one
    verdict = closing_rate.judge({"tickets": tickets, "closed": closed}, limit)
    return _with_figures(metric, {**metric.components, "closed": closed, "open": tickets - closed}, verdict)


def _move_line(metric: Metric, line: str) -> Metric:
    """All delivered calls of a line shown with own filed numbers."""
    rows = [row for row in metric.splits.get("line", ()) if row["key"] == line]
    if not rows:
        raise NianjianError("simulation_line_unknown", line=line)
    counts = {name: metric.count(name.value) for name in NumberClass}
    for name in NumberClass:
        moved = whole(rows[0][name.value])
        counts[name] -= moved
        counts[NumberClass.OWN_SHORT] += moved
    (evasion, unknown), (evading, foreign) = metric.limits, metric.lights
    # Of what class the calls of unknown answer are is not known any more: they may be any.
    untold = {NumberClass.UNKNOWN: whole(metric.components.get(number_consistency.UNTOLD, 0))}
    verdict = number_consistency.judge(counts, evasion, unknown, evading, foreign, untold=untold)
    if metric.internal is not None:
        strict = number_consistency.judge(counts, metric.internal, unknown, evading, foreign, untold=untold)
        verdict = acting(verdict, strict, metric.internal)
    named: Mapping[str, object] = {name.value: count for name, count in counts.items()}
    return _with_figures(metric, {**metric.components, **named}, verdict)


def _with_figures(metric: Metric, components: Mapping[str, object], verdict: Verdict) -> Metric:
    """The metric with new figures; what cannot be known after the step is left out."""
    return replace(
        metric,
        components=components,
        verdict=verdict,
        twins={},
        splits={},
        months=(),
        trailing=None,
        lists={},
        statements={},
    )


LINES: Final = 10  # lines named in the advice, the largest share of landline and mobile calls first
CALM: Final = frozenset({Light.GREEN, Light.NA})


def advise(result: Result) -> list[dict[str, object]]:
    """Advice in the order of the guide: seats, lines, tickets."""
    return [*_advise_seats(result), *_advise_lines(result), *_advise_tickets(result)]


def _advise_seats(result: Result) -> list[dict[str, object]]:
    metric = result.metric("seat_vacancy")
    limit = metric.limit
    filed, opened = metric.count("filed"), metric.count("opened_and_filed")
    found: list[dict[str, object]] = []
    if limit is None or not filed:
        return found
    if more := lights.seats_to_open(filed=filed, opened=opened, limit=limit):
        found.append(_step("open_seats", metric.slug, more, simulate(result, open_seats=more)))
        less = lights.seats_to_cut(filed=filed, opened=opened, limit=limit)
        found.append(_step("cut_seats", metric.slug, less, simulate(result, cut_seats=less)))
    if beyond := metric.count("unfiled_open"):
        found.append(_step("close_unfiled", metric.slug, beyond, simulate(result, close_unfiled=beyond)))
        found.append(_step("file_seats", metric.slug, beyond, simulate(result, file_seats=beyond)))
    if stopped := metric.lists.get("stopped_seats", ()):
        count = len(stopped)
        step = _step("cut_stopped_seats", metric.slug, count, simulate(result, cut_seats=count))
        found.append({**step, "seats": list(stopped)})
    if metric.count("opened"):
        # "Take stopped seats off line" lifts the rate unless the filing is cut too: both effects, before anything else.
        alone = simulate(result, close_seats=1)
        both = simulate(result, close_seats=1, cut_seats=1)
        step = _step("close_idle_seat", metric.slug, 1, alone)
        found.append({**step, "with_cut": _effect(both, metric.slug)})
    return found


def _advise_lines(result: Result) -> list[dict[str, object]]:
    metric = result.metric("number_consistency")
    evasion = [flag for flag in metric.verdict.flags if flag.code == "evasion"]
    if not evasion or evasion[0].light in CALM:
        return []

    def plain(row: object) -> int:
        assert isinstance(row, dict)  # noqa: S101 - rows of our own making
        return whole(row[NumberClass.LANDLINE.value]) + whole(row[NumberClass.MOBILE.value])

    rows = [row for row in metric.splits.get("line", ()) if row["key"] is not None and plain(row)]
    rows.sort(key=lambda row: (-plain(row), str(row["key"])))
    found = []
    for row in rows[:LINES]:
        after = simulate(result, move_line=str(row["key"]))
        step = _step("move_line", metric.slug, plain(row), after)
        found.append({**step, "line": row["key"], "warnings": after.simulated["warnings"]})
    return found


def _advise_tickets(result: Result) -> list[dict[str, object]]:
    metric = result.metric("closing_rate")
    waiting = metric.lists.get("open_tickets", ())
    limit = metric.limit
    if limit is None or not waiting:
        return []
    need = lights.tickets_to_close(closed=metric.count("closed"), tickets=metric.count("tickets"), limit=limit)
    count = need or len(waiting)
    step = _step("close_tickets", metric.slug, count, simulate(result, close_tickets=count))
    return [{**step, "tickets": list(waiting), "warnings": ["needs_result_and_callback"]}]


def _step(code: str, slug: str, count: int, after: Result) -> dict[str, object]:
    return {"code": code, "metric": slug, "count": count, **_effect(after, slug)}


def _effect(after: Result, slug: str) -> dict[str, object]:
    """What the metric and the whole would be."""
    metric = after.metric(slug)
    return {
        "light": metric.verdict.light.value,
        "value": decimal_text(metric.verdict.value, metric.card.unit),
        "overall": after.light.value,
    }
