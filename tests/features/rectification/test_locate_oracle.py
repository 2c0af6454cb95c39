"""A location equals a slow plain-Python oracle on random small lakes, its test exact fractions."""

from datetime import date
from fractions import Fraction
from math import comb
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import portrait_data as data
from tests.support import portrait_oracle as oracle

from nianjian.engines.lake import rollups
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.channels import Tail, holm, upper_tail
from nianjian.engines.metrics.frame import Window
from nianjian.engines.metrics.tables import ComplaintCounting, daily_rollup, tickets_rollup
from nianjian.features.rectification import location

DAYS = Window(date(2026, 1, 1), date(2027, 1, 1))
TERMS = location.LocationTerms(("12321", "12300"), Fraction(1, 20), 2, 10)


def located(folder: Path, tables: dict[str, list[data.Row]]) -> dict[str, location.Location]:
    lake = Lake(str(folder), "E1")
    data.write(lake, tables)
    engine = DuckDBEngine()
    try:
        cube = rollups.current(lake, engine, daily_rollup(()))
        tickets = rollups.current(lake, engine, tickets_rollup(ComplaintCounting()))
        dated = {name: engine.table(name, lake.files(name), schema) for name, schema in SCHEMAS.items()}
        counted = location.select_counted_tickets(tickets, dated["complaint_fact"], DAYS, TERMS.sources)
        rows = {name: engine.rows(query) for name, query in location.location_questions(cube, counted, DAYS).items()}
        callees = [int(str(row["key"])) for row in rows["complainant"] if row["key"] is not None]
        rows["calls_to"] = engine.rows(location.count_calls_to(dated["calls"], callees, DAYS))
        return location.rank_groups(rows, TERMS)
    finally:
        engine.close()


def chance(count: int, total: int, own: int, others: int) -> Fraction:
    share = Fraction(own, own + others)
    return sum(
        (comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(count, total + 1)), start=Fraction(0)
    )


def expected_names(groups: dict[Any, int], answered: dict[Any, int]) -> set[Any]:
    """Holm, step by step, over the chance of every channel that has answered calls."""
    calls, complaints = sum(answered.values()), sum(groups.get(key, 0) for key in answered)
    chances = {
        key: chance(groups.get(key, 0), complaints, own, calls - own)
        if calls > own and Fraction(groups.get(key, 0), own) > Fraction(complaints - groups.get(key, 0), calls - own)
        else Fraction(1)
        for key, own in answered.items()
    }
    keys: set[Any] = set()
    for place, key in enumerate(sorted(chances, key=lambda one: chances[one])):
        if chances[key] > TERMS.level / (len(answered) - place):
            break
        keys.add(key)
    return keys


@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000))
def test_a_location_equals_the_oracle(seed: int) -> None:
    tables = data.everything(seed, calls_count=90, complaints_count=40)
    with TemporaryDirectory() as folder:
        locations = located(Path(folder), tables)
    calls = [call for call in oracle.outbound(tables) if call["day"] in DAYS]
    complaints = [
        one
        for one in oracle.complaints(tables)
        if one["ticket"] is None and one["source"] in TERMS.sources and one["day"] in DAYS
    ]
    by = {
        "line": (oracle.grouped(complaints, lambda one: one["line"]), oracle.grouped(calls, lambda one: one["line"])),
        "team": (oracle.grouped(complaints, lambda one: one["team"]), oracle.grouped(calls, lambda one: one["team"])),
        "display": (
            oracle.grouped_by_number(complaints, calls),
            oracle.grouped(calls, lambda one: one["display"]),
        ),
    }
    for dimension, (tickets, calls_of) in by.items():
        location = locations[dimension]
        counts = {key: len(rows) for key, rows in tickets.items()}
        answered = {key: sum(row["answered"] for row in rows) for key, rows in calls_of.items()}
        assert {group.key: group.complaints for group in location.groups} == counts
        assert [group.complaints for group in location.groups] == sorted(counts.values(), reverse=True)
        for group in location.groups:
            assert group.answered == answered.get(group.key, 0)
            assert group.delivered == sum(row["delivered"] for row in calls_of.get(group.key, ()))
            assert group.low_volume == (group.key is not None and group.answered < TERMS.low_volume)
        compared = {key: count for key, count in answered.items() if key is not None and count}
        assert location.tests == len(compared)
        assert {group.key for group in location.named} == expected_names(counts, compared)
    people = oracle.grouped(complaints, lambda one: one["complainant"])
    told_of = {group.key: group for group in locations["complainant"].groups}
    assert {key: len(rows) for key, rows in people.items()} == {
        None if key is None else int(key): group.complaints for key, group in told_of.items()
    }
    assert not locations["complainant"].named
    reached = [one for one in oracle.calls_of(tables["calls"]) if one["start_ts"].date() in DAYS]
    for key, group in told_of.items():
        mine = [
            one
            for one in reached
            if key is not None
            and one["callee"] == int(key)
            and (one["direction"], one["leg"]) == ("out", "customer")
            and one["test"] is not True
        ]
        assert group.delivered == sum(one["delivered"] is True for one in mine)
        assert group.answered == sum(one["delivered"] is True and one["answered"] is True for one in mine)


@given(st.integers(0, 25), st.integers(0, 25), st.integers(0, 40), st.integers(0, 40))
def test_the_tail_is_exact(found: int, more: int, own: int, others: int) -> None:
    if not own + others:
        others = 1
    tail = upper_tail(found, found + more, own, others)
    assert Fraction(tail.top, tail.bottom) == chance(found, found + more, own, others)


@given(st.lists(st.fractions(0, 1), max_size=8), st.integers(0, 4))
def test_holm_names_what_the_step_down_rule_names(chances: list[Fraction], others: int) -> None:
    tails = {place: Tail(one.numerator, one.denominator) for place, one in enumerate(chances)}
    tests, level, keys = len(chances) + others, Fraction(1, 10), set()
    for place, (key, one) in enumerate(sorted(enumerate(chances), key=lambda pair: pair[1])):
        if one * (tests - place) > level:
            break
        keys.add(key)
    assert {chances[key] for key in holm(tails, tests, level)} == {chances[key] for key in keys}
    assert len(holm(tails, tests, level)) == len(keys)
