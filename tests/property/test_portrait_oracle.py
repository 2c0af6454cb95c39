"""The portrait equals a slow plain-Python oracle on random small lakes: every metric, split, month, window."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import portrait_data as data
from tests.support import portrait_oracle as oracle

from nianjian.lake.duckdb_engine import DuckDBEngine
from nianjian.lake.tables import Lake
from nianjian.portrait.run import run
from nianjian.rules.rulebook import Rulebook

PERIOD = (date(2026, 1, 1), date(2027, 1, 1))
BOOK = Rulebook.on(date(2026, 12, 31))


def portrait(folder: Path, tables: dict[str, list[data.Row]], as_of: date, today: date | None) -> dict[str, Any]:
    lake = Lake(str(folder), "E1")
    data.write(lake, tables)
    engine = DuckDBEngine()
    try:
        asked = {"lake": lake, "engine": engine, "rulebook": BOOK, "enterprise": "E1", "year": 2026}
        rows = run(**asked, as_of=as_of, today=today, raw=True)
        kept = run(**asked, as_of=as_of, today=today)
        assert rows.as_json() == kept.as_json()
        return rows.as_dict()
    finally:
        engine.close()


def check_seats(metric: dict[str, Any], tables: dict[str, list[data.Row]], as_of: date) -> None:
    rows = tables["seat_dim"]
    explained = any(a["metric"] == "seat_vacancy" and a["data_year"] == 2026 for a in tables["attachment_fact"])
    found = oracle.seats(rows, as_of)
    assert metric["components"] == dict(found)
    assert (metric["numerator"], metric["denominator"]) == (found["filed"] - found["opened"], found["filed"])
    assert metric["light"] == oracle.seat_light(found, attached=explained)
    for row in metric["splits"]["kind"]:
        part = oracle.seats([seat for seat in rows if seat["kind"] == row["key"]], as_of)
        assert {name: row[name] for name in part} == dict(part)
        assert row["light"] == oracle.seat_light(part, attached=explained)
    for row in metric["months"]:
        part = oracle.seats(rows, date.fromisoformat(row["as_of"]))
        assert {name: row[name] for name in part} == dict(part)


def check_rate(metric: dict[str, Any], tables: dict[str, list[data.Row]], trailing: tuple[date, date]) -> None:
    calls = oracle.outbound(tables)
    told = [c for c in oracle.complaints(tables) if c["source"] in {"12321", "12300"}]
    explained = any(a["metric"] == "complaint_rate" and a["data_year"] == 2026 for a in tables["attachment_fact"])

    def inside(window: tuple[date, date], rows: list[data.Row]) -> list[data.Row]:
        return [row for row in rows if row["day"] is not None and window[0] <= row["day"] < window[1]]

    year, accepted = inside(PERIOD, calls), inside(PERIOD, told)
    kept = [c for c in accepted if c["rate"] is None]
    answered, delivered = sum(c["answered"] for c in year), sum(c["delivered"] for c in year)
    undated = sum(c["day"] is None and c["rate"] is None for c in told)
    assert metric["components"] == {
        "complaints_12321": sum(c["source"] == "12321" for c in kept),
        "complaints_12300": sum(c["source"] == "12300" for c in kept),
        "complaints": len(kept),
        "answered": answered,
        "delivered": delivered,
        "excluded": dict(Counter(c["rate"] for c in accepted if c["rate"] is not None)),
        "undated": undated,
        "allowance": answered // 10_000,
        "headroom": answered // 10_000 - len(kept),
    }
    light = oracle.rate_light(len(kept), answered, attached=explained)
    if undated and oracle.rate_light(len(kept) + undated, answered, attached=explained) != light:
        light = "insufficient"
    assert metric["light"] == light
    assert metric["twins"]["attempts"]["denominator"] == delivered
    for window, row in [
        *((_month(row["month"]), row) for row in metric["months"]),
        (trailing, metric["trailing"]),
    ]:
        count = sum(c["rate"] is None for c in inside(window, told))
        of_window = inside(window, calls)
        assert row["numerator"] == count
        assert row["denominator"] == sum(c["answered"] for c in of_window)
        assert row["delivered"] == sum(c["delivered"] for c in of_window)
        assert row["light"] == oracle.rate_light(row["numerator"], row["denominator"], attached=explained)
    for dim in ("kind", "line", "team", "display"):
        key = "digits" if dim == "display" else dim
        of_calls, of_told = oracle.grouped(year, lambda r, k=key: r[k]), oracle.grouped(kept, lambda r, k=key: r[k])
        expected = {
            name: (
                len(of_told[name]),
                sum(c["answered"] for c in of_calls[name]),
                sum(c["delivered"] for c in of_calls[name]),
            )
            for name in {*of_calls, *of_told}
        }
        found: dict[Any, tuple[int, int, int]] = {}
        for row in metric["splits"][dim]:
            name = int(row["key"]) if dim == "display" and row["key"] else row["key"]
            add = (row["numerator"], row["denominator"], row["delivered"])
            found[name] = tuple(map(sum, zip(found.get(name, (0, 0, 0)), add, strict=True)))  # type: ignore[assignment]
            assert row["low_volume"] == (row["denominator"] < 10_000)
        assert found == expected, dim


def check_numbers(metric: dict[str, Any], tables: dict[str, list[data.Row]], trailing: tuple[date, date]) -> None:
    calls = [call for call in oracle.outbound(tables) if call["delivered"]]

    def counts(rows: list[data.Row]) -> Counter[str]:
        return Counter(row["class"] for row in rows)

    def inside(window: tuple[date, date]) -> list[data.Row]:
        return [row for row in calls if window[0] <= row["day"] < window[1]]

    year = inside(PERIOD)
    found = counts(year)
    assert metric["components"] == {**{name: found[name] for name in oracle.CLASSES}, "delivered": len(year)}
    assert metric["light"] == oracle.number_light(found)
    assert metric["statements"]["all_calls_show_own_numbers"] == (0 < len(year) == found["own_short"])
    cells = [(inside(_month(row["month"])), row) for row in metric["months"]] + [(inside(trailing), metric["trailing"])]
    for dim in ("kind", "line", "team", "display"):
        groups = oracle.grouped(year, lambda r, k=dim: r[k])
        assert {row["key"] for row in metric["splits"][dim]} == set(groups), dim
        cells += [(groups[row["key"]], row) for row in metric["splits"][dim]]
    for rows, row in cells:
        part = counts(rows)
        assert {name: row[name] for name in oracle.CLASSES} == {name: part[name] for name in oracle.CLASSES}
        assert row["light"] == oracle.number_light(part)


def check_closing(
    metric: dict[str, Any], tables: dict[str, list[data.Row]], as_of: date, trailing: tuple[date, date]
) -> None:
    told = oracle.complaints(tables)
    counted = [c for c in told if c["ticket"] is None]
    gone = [c for c in told if c["ticket"] is not None and c["day"] is not None]

    def inside(window: tuple[date, date]) -> list[data.Row]:
        return [c for c in counted if c["day"] is not None and window[0] <= c["day"] < window[1] and c["day"] <= as_of]

    year = inside(PERIOD)
    done, undated = sum(oracle.closed(c, as_of) for c in year), [c for c in counted if c["day"] is None]
    assert metric["components"] == {
        "tickets": len(year),
        "closed": done,
        "on_time": sum(oracle.on_time(c, as_of) for c in year),
        "open": len(year) - done,
        "excluded": dict(Counter(c["ticket"] for c in gone if PERIOD[0] <= c["day"] < PERIOD[1] and c["day"] <= as_of)),
        "undated": len(undated),
        "undated_arrival": sum(c["arrived_ts"] is None and oracle.closed(c, as_of) for c in year),
    }
    light = oracle.closing_light(done, len(year))
    shut = sum(oracle.closed(c, as_of) for c in undated)
    extremes = {
        oracle.closing_light(done + shut, len(year) + shut),
        oracle.closing_light(done, len(year) + len(undated) - shut),
    }
    assert metric["light"] == (light if extremes == {light} else "insufficient")
    cells = [(inside(_month(row["month"])), row) for row in metric["months"]] + [(inside(trailing), metric["trailing"])]
    for dim in ("source", "kind", "line", "team", "display"):
        key = "digits" if dim == "display" else dim
        groups = oracle.grouped(year, lambda r, k=key: r[k])
        found = [
            (int(row["key"]) if key == "digits" and row["key"] else row["key"], row) for row in metric["splits"][dim]
        ]
        assert {name for name, _row in found} == set(groups), dim
        cells += [(groups[name], row) for name, row in found]
    for rows, row in cells:
        shut = sum(oracle.closed(c, as_of) for c in rows)
        assert (row["numerator"], row["denominator"]) == (shut, len(rows))
        assert row["on_time"] == sum(oracle.on_time(c, as_of) for c in rows)
        assert row["light"] == oracle.closing_light(shut, len(rows))


def check_quality(found: dict[str, Any], tables: dict[str, list[data.Row]], last: date) -> None:
    rows = tables["calls"]
    rejected = Counter(row["reason"] for row in rows if row["part"] == "rejected")
    assert found["rows"]["rejected"] == rejected.total()
    assert found["rows"]["reasons"] == dict(rejected)
    assert found["rows"]["loaded"] == len(rows) - rejected.total()
    days = {call["start_ts"].date() for call in oracle.calls_of(rows)}
    year = [PERIOD[0] + timedelta(days=n) for n in range((last - PERIOD[0]).days + 1)]
    assert found["days_without_records"]["count"] == sum(day not in days for day in year)
    told = [c for c in oracle.complaints(tables) if c["day"] is not None and c["day"].year == 2026]
    assert found["complaints_matched"]["complaints"] == len(told)
    assert found["complaints_matched"]["matched"] == sum(c["how"] is not None for c in told)


def check_values(metrics: list[dict[str, Any]]) -> None:
    """The printed value is the exact rate, rounded to four decimals of its unit."""
    for metric in metrics:
        for row in [metric, *metric["months"], *(r for rows in metric["splits"].values() for r in rows)]:
            exact = oracle.share(row["numerator"], row["denominator"])
            if exact is None:
                assert row["value"] is None
            else:
                scale = {"%": 100, "‱": 10_000}[metric["unit"]]
                assert abs(exact * scale - Fraction(row["value"])) <= Fraction(1, 20_000)


def _month(name: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{name}-01")
    return first, (first + timedelta(days=32)).replace(day=1)


def compare(folder: Path, seed: int) -> None:
    tables = data.everything(seed)
    as_of = (date(2026, 12, 31), date(2026, 6, 30), date(2027, 1, 2), date(2026, 10, 16))[seed % 4]
    today = (None, date(2026, 10, 17), date(2027, 3, 1))[seed % 3]
    found = portrait(folder, tables, as_of, today)
    last = as_of if today is None else min(as_of, today)
    trailing = ((last + timedelta(days=1)).replace(year=(last + timedelta(days=1)).year - 1), last + timedelta(days=1))
    metrics = {metric["slug"]: metric for metric in found["metrics"]}
    check_seats(metrics["seat_vacancy"], tables, as_of)
    check_rate(metrics["complaint_rate"], tables, trailing)
    check_numbers(metrics["number_consistency"], tables, trailing)
    check_closing(metrics["closing_rate"], tables, as_of, trailing)
    check_quality(found["quality"], tables, min(last, date(2026, 12, 31)))
    check_values(found["metrics"])
    lights = oracle.worst(metric["light"] for metric in found["metrics"])
    assert found["light"] == ("insufficient" if lights == "na" else lights)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_portrait_equals_oracle(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    compare(tmp_path_factory.mktemp("lake"), seed)


@pytest.mark.long
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_portrait_equals_oracle_often(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    compare(tmp_path_factory.mktemp("lake"), seed)
