"""The portrait equals a slow plain-Python oracle on random small lakes.

Compared are every metric with its bounds, flags and twins, every row of every split, every month and window.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import portrait_data as data
from tests.support import portrait_oracle as oracle
from tests.support import portrait_verdicts as verdicts

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.run import run
from nianjian.engines.rules.rulebook import Rulebook

Json = dict[str, Any]
Tables = dict[str, list[data.Row]]
Window = tuple[date, date]

PERIOD = (date(2026, 1, 1), date(2027, 1, 1))
BOOK = Rulebook.on(date(2026, 12, 31))
SOAK = os.environ.get("SOAK") == "1"
FIGURES = ("numerator", "denominator", "value", "light")


def portrait(folder: Path, tables: Tables, as_of: date, today: date | None) -> Json:
    lake = Lake(str(folder), "E1")
    data.write(lake, tables)
    engine = DuckDBEngine()
    try:
        options = {"lake": lake, "engine": engine, "rulebook": BOOK, "enterprise": "E1", "year": 2026}
        rows = run(**options, as_of=as_of, today=today, raw=True)
        cached = run(**options, as_of=as_of, today=today)
        assert rows.as_json() == cached.as_json()
        return rows.as_dict()
    finally:
        engine.close()


def headline(metric: Json) -> Json:
    return {name: metric[name] for name in FIGURES}


def flags(metric: Json) -> dict[str, int]:
    return {flag["code"]: flag["count"] for flag in metric["flags"]}


def by_key(rows: list[Json], size: str) -> dict[Any, Json]:
    """Rows of a split by their key; each key once, the largest row first, equal ones by key, no key last."""
    assert rows == sorted(rows, key=lambda row: (-row[size], row["key"] is None, str(row["key"])))
    result = {row["key"]: {name: value for name, value in row.items() if name != "key"} for row in rows}
    assert len(result) == len(rows)
    return result


def inside(window: Window, rows: Iterable[data.Row]) -> list[data.Row]:
    return [row for row in rows if row["day"] is not None and window[0] <= row["day"] < window[1]]


def windows(metric: Json, trailing: Window) -> list[tuple[Window, Json]]:
    """Each month's row and the trailing one, without what names them."""
    assert [row["month"] for row in metric["months"]] == [f"2026-{number:02}" for number in range(1, 13)]
    assert (metric["trailing"]["from"], metric["trailing"]["to"]) == tuple(day.isoformat() for day in trailing)
    rows = [(_month(row["month"]), row) for row in metric["months"]] + [(trailing, metric["trailing"])]
    return [(window, {k: v for k, v in row.items() if k not in {"month", "from", "to"}}) for window, row in rows]


def attached(tables: Tables, metric: str) -> bool:
    return any(a["metric"] == metric and a["data_year"] == 2026 for a in tables["attachment_fact"])


def check_seats(metric: Json, tables: Tables, as_of: date, today: date | None) -> None:
    rows, explained = tables["seat_dim"], attached(tables, "seat_vacancy")

    def told(counts: Counter[str]) -> Json:
        light = verdicts.seat_light(counts, attached=explained)
        return verdicts.figures(counts["filed"] - counts["opened"], counts["filed"], "%", light)

    counts = oracle.seats(rows, as_of)
    assert metric["components"] == dict(counts)
    assert headline(metric) == told(counts)
    assert metric["bounds"] == verdicts.seat_bounds(counts)
    assert flags(metric) == verdicts.seat_flags(counts)
    filed, idle = counts["filed"], counts["filed"] - counts["opened_and_filed"]
    light = "na" if not filed else "yellow" if 10 * idle > 3 * filed else "green"
    twins: Json = {"conservative": verdicts.figures(idle, filed, "%", light)}
    if today is not None:
        then = oracle.seats(rows, today)
        twins["today"] = {"as_of": today.isoformat(), **told(then), "components": dict(then)}
    assert metric["twins"] == twins
    kinds = {kind: oracle.seats(part, as_of) for kind, part in oracle.grouped(rows, lambda r: r["kind"]).items()}
    assert by_key(metric["splits"]["kind"], "filed") == {kind: {**told(part), **part} for kind, part in kinds.items()}
    for row in metric["months"]:
        part = oracle.seats(rows, date.fromisoformat(row["as_of"]))
        assert row == {"month": row["month"], "as_of": row["as_of"], **told(part), **part}
    last = as_of if today is None else min(as_of, today)
    ends = [end - timedelta(days=1) for _, end in (_month(f"2026-{number:02}") for number in range(1, 13))]
    assert [row["as_of"] for row in metric["months"]] == [day.isoformat() for day in ends if day <= last]


def check_rate(metric: Json, tables: Tables, trailing: Window, *, silent: bool) -> None:
    """``silent``: no ticket of the year counts, so nothing tells that no complaint came."""
    calls = oracle.outbound(tables)
    official = [c for c in oracle.complaints(tables) if c["source"] in {"12321", "12300"}]
    explained = attached(tables, "complaint_rate")
    year, accepted = inside(PERIOD, calls), inside(PERIOD, official)
    counted = [c for c in accepted if c["rate"] is None]
    answered, delivered, untold = (sum(c[name] for c in year) for name in ("answered", "delivered", "untold"))
    undated = sum(c["day"] is None and c["rate"] is None for c in official)
    assert metric["components"] == {
        "complaints_12321": sum(c["source"] == "12321" for c in counted),
        "complaints_12300": sum(c["source"] == "12300" for c in counted),
        "complaints": len(counted),
        "answered": answered,
        "delivered": delivered,
        "answer_unknown": untold,
        "excluded": dict(Counter(c["rate"] for c in accepted if c["rate"] is not None)),
        "undated": undated,
        "allowance": answered // 10_000,
        "headroom": answered // 10_000 - len(counted),
    }
    light = verdicts.rate_light(len(counted), answered, untold=untold, undated=undated, attached=explained)
    doubted = silent and light == "green" and not metric["components"]["excluded"]
    headlined = verdicts.figures(len(counted), answered, "‱", "insufficient" if doubted else light)
    assert headline(metric) == headlined
    assert metric["bounds"] == verdicts.span(verdicts.rate_ways(len(counted), answered, untold, undated), "‱")
    marks = {"nothing_registered": 0} if doubted else {}
    assert flags(metric) == {**verdicts.rate_flags(len(counted), answered, untold, undated), **marks}
    light = verdicts.rate_light(len(counted), delivered, undated=undated, attached=explained)
    assert metric["twins"] == {"attempts": verdicts.figures(len(counted), delivered, "‱", light)}

    def cell(complaints: list[data.Row], of: list[data.Row]) -> Json:
        counts = {name: sum(c[name] for c in of) for name in ("answered", "delivered", "untold")}
        light = verdicts.rate_light(len(complaints), counts["answered"], untold=counts["untold"], attached=explained)
        figures = verdicts.figures(len(complaints), counts["answered"], "‱", light)
        return {**figures, "delivered": counts["delivered"], "answer_unknown": counts["untold"]}

    for window, row in windows(metric, trailing):
        assert row == cell([c for c in inside(window, official) if c["rate"] is None], inside(window, calls))
    for dim in ("kind", "line", "team", "display"):
        of_calls = oracle.grouped(year, lambda r, k=dim: r[k])
        of_told = (
            oracle.grouped_by_number(counted, year)
            if dim == "display"
            else oracle.grouped(counted, lambda r, k=dim: r[k])
        )
        expected = {name: cell(of_told.get(name, []), of_calls.get(name, [])) for name in {*of_calls, *of_told}}
        assert by_key(metric["splits"][dim], "numerator") == {
            name: {**row, "low_volume": row["denominator"] < 10_000} for name, row in expected.items()
        }, dim


def check_numbers(metric: Json, tables: Tables, trailing: Window) -> None:
    calls = [call for call in oracle.outbound(tables) if call["delivered"]]

    def counts(rows: list[data.Row]) -> Counter[str]:
        return Counter(row["class"] for row in rows)

    def cell(rows: list[data.Row]) -> Json:
        part = counts(rows)
        entry = verdicts.figures(part["own_short"], len(rows), "%", verdicts.number_light(part))
        return {**entry, **{name: part[name] for name in verdicts.CLASSES}}

    year = inside(PERIOD, calls)
    totals = counts(year)
    assert metric["components"] == {**{name: totals[name] for name in verdicts.CLASSES}, "delivered": len(year)}
    assert {**headline(metric), **{name: totals[name] for name in verdicts.CLASSES}} == cell(year)
    own = totals["own_short"]
    assert metric["bounds"] == verdicts.span([(own + d, len(year)) for d in range(totals["unknown"] + 1)], "%")
    assert flags(metric) == verdicts.number_flags(totals)
    assert metric["twins"] == {"evasion": verdicts.evasion(totals)}
    if year:
        entry = next(flag for flag in metric["flags"] if flag["code"] == "evasion")
        assert {name: entry[name] for name in ("value", "light", "bounds")}.items() <= verdicts.evasion(totals).items()
    assert metric["statements"]["all_calls_show_own_numbers"] == (0 < len(year) == own)
    for window, row in windows(metric, trailing):
        assert row == cell(inside(window, calls))
    for dim in ("kind", "line", "team", "display"):
        groups = oracle.grouped(year, lambda r, k=dim: r[k])
        assert by_key(metric["splits"][dim], "denominator") == {name: cell(part) for name, part in groups.items()}, dim


def check_closing(metric: Json, tables: Tables, as_of: date, today: date | None, trailing: Window) -> None:
    complaints = oracle.complaints(tables)
    counted = [c for c in complaints if c["ticket"] is None]
    gone = [c for c in inside(PERIOD, complaints) if c["ticket"] is not None and c["day"] <= as_of]
    undated = [c for c in counted if c["day"] is None]

    def judged(rows: list[data.Row], day: date, open_days: list[data.Row]) -> Json:
        done, shut = sum(oracle.closed(c, day) for c in rows), sum(oracle.closed(c, as_of) for c in open_days)
        light = verdicts.closing_light(done, len(rows), shut, len(open_days) - shut)
        return verdicts.figures(done, len(rows), "%", light)

    def cell(rows: list[data.Row]) -> Json:
        return {**judged(rows, as_of, []), "on_time": sum(oracle.on_time(c, as_of) for c in rows)}

    year = [c for c in inside(PERIOD, counted) if c["day"] <= as_of]
    done, on_time = sum(oracle.closed(c, as_of) for c in year), sum(oracle.on_time(c, as_of) for c in year)
    assert metric["components"] == {
        "tickets": len(year),
        "closed": done,
        "on_time": on_time,
        "open": len(year) - done,
        "excluded": dict(Counter(c["ticket"] for c in gone)),
        "undated": len(undated),
        "undated_arrival": sum(c["arrived_ts"] is None and oracle.closed(c, as_of) for c in year),
    }
    assert headline(metric) == judged(year, as_of, undated)
    shut = sum(oracle.closed(c, as_of) for c in undated)
    assert metric["bounds"] == verdicts.span(verdicts.closing_ways(done, len(year), shut, len(undated) - shut), "%")
    assert flags(metric) == verdicts.closing_flags(done, len(year), len(undated))
    timely = verdicts.figures(on_time, len(year), "%", "")
    twins: Json = {"on_time": {name: timely[name] for name in FIGURES[:3]}}
    if today is not None:
        then = [c for c in inside(PERIOD, counted) if c["day"] <= today]
        twins["today"] = {"as_of": today.isoformat(), **judged(then, today, undated)}
    assert metric["twins"] == twins
    for window, row in windows(metric, trailing):
        assert row == cell([c for c in inside(window, counted) if c["day"] <= as_of])
    for dim in ("source", "kind", "line", "team", "display"):
        groups = oracle.grouped_by_number(year) if dim == "display" else oracle.grouped(year, lambda r, k=dim: r[k])
        assert by_key(metric["splits"][dim], "denominator") == {name: cell(part) for name, part in groups.items()}, dim


def check_quality(quality: Json, tables: Tables, last: date) -> None:
    rows = tables["calls"]
    rejected = Counter(row["reason"] for row in rows if row["part"] == "rejected")
    assert quality["rows"]["rejected"] == rejected.total()
    assert quality["rows"]["reasons"] == dict(rejected)
    assert quality["rows"]["loaded"] == len(rows) - rejected.total()
    days = {call["start_ts"].date() for call in oracle.calls_of(rows)}
    year = [PERIOD[0] + timedelta(days=n) for n in range((last - PERIOD[0]).days + 1)]
    assert quality["days_without_records"]["count"] == sum(day not in days for day in year)
    calls = [call for call in inside(PERIOD, oracle.outbound(tables)) if call["delivered"]]
    untold = sum(call["untold"] for call in calls)
    assert quality["answer_unknown"] == {"count": untold, "share": verdicts.text(untold, len(calls), "%")}
    sure = Counter(call["confidence"] or "none" for call in calls)
    assert quality["display_confidence"] == {
        name: {"count": sure[name], "share": verdicts.text(sure[name], len(calls), "%")}
        for name in ("good", "medium", "low", "none")
    }
    assert quality["display_shapes"] == dict(Counter(call["shape"] or "none" for call in calls))
    complaints = inside(PERIOD, oracle.complaints(tables))
    how = Counter(c["how"] for c in complaints)
    matched = len(complaints) - how[None]
    assert quality["complaints_matched"] == {
        "complaints": len(complaints),
        "matched": matched,
        "share": verdicts.text(matched, len(complaints), "%"),
        "by": {name: how[name] for name in ("id", "ten_minutes", "day")},
    }


def _month(name: str) -> Window:
    first = date.fromisoformat(f"{name}-01")
    return first, (first + timedelta(days=32)).replace(day=1)


def _missing(result: Json, tables: Tables) -> list[str]:
    lights = {metric["slug"]: metric["light"] for metric in result["metrics"]}
    needed = {"seat_vacancy": "seat_dim", "closing_rate": "complaint_fact"}
    codes = {slug: "nothing_counted" if tables[table] else "register_empty" for slug, table in needed.items()}
    empty = [code for slug, code in codes.items() if lights[slug] == "na"]
    return [*empty, *["days_without_records"][: result["quality"]["days_without_records"]["count"]]]


def compare(folder: Path, tables: Tables, as_of: date, today: date | None) -> None:
    result = portrait(folder, tables, as_of, today)
    last = as_of if today is None else min(as_of, today)
    trailing = ((last + timedelta(days=1)).replace(year=(last + timedelta(days=1)).year - 1), last + timedelta(days=1))
    metrics: Mapping[str, Json] = {metric["slug"]: metric for metric in result["metrics"]}
    check_seats(metrics["seat_vacancy"], tables, as_of, today)
    check_rate(metrics["complaint_rate"], tables, trailing, silent=metrics["closing_rate"]["light"] == "na")
    check_numbers(metrics["number_consistency"], tables, trailing)
    check_closing(metrics["closing_rate"], tables, as_of, today, trailing)
    check_quality(result["quality"], tables, date(2026, 12, 31))  # whatever the as-of day: all calls of the year count
    lights = verdicts.worst(metric["light"] for metric in result["metrics"])
    calm = {"na", "green", "yellow_explained"} if result["missing"] else {"na"}
    assert result["light"] == ("insufficient" if lights in calm else lights)
    assert [one["code"] for one in result["missing"]] == _missing(result, tables)


def compare_seed(folder: Path, seed: int) -> None:
    as_of = (date(2026, 12, 31), date(2026, 6, 30), date(2027, 1, 2), date(2026, 10, 16))[seed % 4]
    today = (None, date(2026, 10, 17), date(2027, 3, 1))[seed % 3]
    compare(folder, data.everything(seed), as_of, today)


def test_portrait_equals_oracle(tmp_path: Path) -> None:
    compare_seed(tmp_path, 11)


@pytest.mark.long
@settings(max_examples=120 if SOAK else 25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_portrait_equals_oracle_often(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    compare_seed(tmp_path_factory.mktemp("lake"), seed)
