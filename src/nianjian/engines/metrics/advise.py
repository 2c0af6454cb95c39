"""D5 advice: steps worth taking, each with its effect computed first. Nothing is done by itself."""

from __future__ import annotations

from typing import Final

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.lights import Light
from nianjian.engines.metrics.metric import decimal_text, whole
from nianjian.engines.metrics.result import Result
from nianjian.engines.metrics.simulate import simulate

LINES: Final = 10  # lines named in the advice, the largest share of landline and mobile calls first
CALM: Final = frozenset({Light.GREEN, Light.NA})


def advise(result: Result) -> list[dict[str, object]]:
    """Advice in the order of the guide: seats, lines, tickets."""
    return [*_seats(result), *_lines(result), *_tickets(result)]


def _seats(result: Result) -> list[dict[str, object]]:
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


def _lines(result: Result) -> list[dict[str, object]]:
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


def _tickets(result: Result) -> list[dict[str, object]]:
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
