"""What is a default and a setting is read from the rulebook; a rule with one reading takes no overlay."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.support import portrait_data as data
from tests.support import portrait_oracle as oracle

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.run import run
from nianjian.engines.metrics.simulate import Moves, simulate
from nianjian.engines.rules.overlay_values import fit_value
from nianjian.engines.rules.rulebook import Rulebook

END = date(2026, 12, 31)
Rows = dict[str, list[data.Row]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Rows]:
    tables = data.everything(11, calls_count=400, complaints_count=120, seats_count=40)
    lake = Lake(str(tmp_path_factory.mktemp("lake")), "E1")
    data.write(lake, tables)
    return lake, tables


def book(**values: object) -> Rulebook:
    given = [
        {"key": f"portrait.{key.replace('__', '.')}", "value": value, "valid_from": "2026-01-01", "reason": "test"}
        for key, value in values.items()
    ]
    return Rulebook.on(END, overlays=given)


def ruled(**values: str) -> Rulebook:
    """A rulebook whose own rules say so, without an overlay: a later version of the guide."""
    plain = Rulebook.on(END)
    for key, value in values.items():
        rule = plain.rule(f"portrait.{key.replace('__', '.')}")
        plain = plain.with_rule(replace(rule, value=fit_value(rule, value)))
    return plain


def portrait(lake: Lake, rulebook: Rulebook, as_of: date | None = END, *, raw: bool = False) -> dict[str, Any]:
    with closing(DuckDBEngine()) as engine:
        return run(
            lake=lake, engine=engine, rulebook=rulebook, enterprise="E1", year=2026, as_of=as_of, raw=raw
        ).as_dict()


def metric(told: dict[str, Any], slug: str) -> dict[str, Any]:
    return next(one for one in told["metrics"] if one["slug"] == slug)


def calls_of_the_year(tables: Rows) -> list[data.Row]:
    return [call for call in oracle.outbound(tables) if call["day"].year == 2026]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("complaint_rate__denominator", "delivered"),
        ("complaint_rate__sources", '["enterprise"]'),
        ("complaint_rate__attachments", '["expansion_plan"]'),
        ("complaint_rate__exclusions", "[]"),
        ("number_consistency__denominator", "answered"),
    ],
)
def test_an_own_definition_gives_a_second_light_and_changes_nothing_of_the_first(
    world: tuple[Lake, Rows], key: str, value: str
) -> None:
    lake, _ = world
    plain, changed = portrait(lake, book()), portrait(lake, book(**{key: value}))
    assert portrait(lake, book(**{key: value}), raw=True) == changed
    slug = key.partition("__")[0]
    told = metric(changed, slug)
    by_rule = metric(portrait(lake, ruled(**{key: value})), slug)
    assert told["own"]["light"] == by_rule["light"]
    assert told.pop("own")["rules"] == [f"portrait.{key.replace('__', '.')}"]
    assert told == metric(plain, slug)
    rule = next(one for one in changed["rules"] if one["key"] == f"portrait.{key.replace('__', '.')}")
    assert (rule["overlay"]["value"], rule["overlay"]["beside"]) == (value, True)


def test_no_complaint_by_own_sources_is_green_only_beside_the_guides_light(tmp_path: Path) -> None:
    tables = data.everything(11, complaints_count=60)
    told = next(one for one in tables["complaint_fact"] if one["source"] == "12321" and not one["exclusion"])
    lake = Lake(str(tmp_path), "E1")
    data.write(lake, {**tables, "complaint_fact": [{**told, "accepted_ts": datetime(2026, 3, 5, 10)}]})  # noqa: DTZ001 -- wall time
    found = metric(portrait(lake, book(complaint_rate__sources='["enterprise"]')), "complaint_rate")
    assert (found["numerator"], found["light"] == "green", found["own"]["light"]) == (1, False, "green")


def test_complaints_of_delivered_calls(world: tuple[Lake, Rows]) -> None:
    lake, tables = world
    calls = calls_of_the_year(tables)
    answered, delivered = sum(c["answered"] for c in calls), sum(c["delivered"] for c in calls)
    assert 0 < answered < delivered
    found = metric(portrait(lake, ruled(complaint_rate__denominator="delivered")), "complaint_rate")
    assert found["denominator"] == delivered
    assert found["twins"]["answered"]["denominator"] == answered
    assert sum(row["denominator"] for row in found["months"]) == delivered
    for rows in found["splits"].values():
        assert sum(row["denominator"] for row in rows) == delivered


def test_sources_and_exclusions(world: tuple[Lake, Rows]) -> None:
    lake, tables = world
    told = [c for c in oracle.complaints(tables) if c["day"] is not None and c["day"].year == 2026]
    changed = ruled(complaint_rate__sources='["12300", "enterprise"]', complaint_rate__exclusions="[]")
    kept = portrait(lake, changed)
    assert portrait(lake, changed, raw=True) == kept
    found = metric(kept, "complaint_rate")["components"]
    by_source = {name: sum(c["source"] == name for c in told) for name in ("12300", "enterprise")}
    assert all(by_source.values())
    assert {name: found[f"complaints_{name}"] for name in by_source} == by_source
    assert found["complaints"] == sum(by_source.values())
    assert found["excluded"] == {}
    assert metric(kept, "closing_rate")["components"]["tickets"] == len(told)
    only = metric(portrait(lake, ruled(complaint_rate__exclusions='["duplicate"]')), "complaint_rate")["components"]
    assert set(only["excluded"]) == {"duplicate"}


def test_numbers_of_answered_calls(world: tuple[Lake, Rows]) -> None:
    lake, tables = world
    answered = [call for call in calls_of_the_year(tables) if call["delivered"] and call["answered"]]
    untold = [call for call in calls_of_the_year(tables) if call["untold"]]
    assert untold
    found = metric(portrait(lake, ruled(number_consistency__denominator="answered")), "number_consistency")
    assert found["denominator"] == found["components"]["answered"] == len(answered)
    assert found["components"]["answer_unknown"] == len(untold)
    assert {flag["code"]: flag["count"] for flag in found["flags"]}["answer_unknown"] == len(untold)
    assert found["components"]["landline"] == sum(call["class"] == "landline" for call in answered)
    assert sum(row["denominator"] for row in found["months"]) == len(answered)


@pytest.mark.parametrize(("text", "day"), [("09-30", "2026-09-30"), ("02-30", "2026-02-28")])
def test_as_of_day(world: tuple[Lake, Rows], text: str, day: str) -> None:
    told = portrait(world[0], book(as_of=text), as_of=None)
    assert told["period"]["as_of"] == day


def test_own_lights_stand_beside_the_guides(world: tuple[Lake, Rows]) -> None:
    lake, _ = world
    plain = portrait(lake, book())
    changed = portrait(
        lake,
        book(
            number_consistency__evasion_light="yellow",
            number_consistency__other_short_light="yellow",
            seat_vacancy__over_filed_light="yellow",
        ),
    )
    for slug in ("number_consistency", "seat_vacancy"):
        usual, told = metric(plain, slug), metric(changed, slug)
        own = told.pop("own")
        assert told == usual
        assert usual["light"] == "red"
        assert own["light"] in {"yellow", "insufficient"}
    assert changed["light"] == plain["light"] == "red"
    assert changed["own_light"] in {"yellow", "insufficient"}
    assert "own_light" not in plain


@pytest.mark.parametrize(
    ("limit", "opened", "lights"), [("0.20", 75, ("green", "yellow")), ("0.40", 65, ("yellow", "green"))]
)
def test_an_own_limit_gives_a_second_light(tmp_path: Path, limit: str, opened: int, lights: tuple[str, str]) -> None:
    """100 seats are filed; a stricter limit and a looser one change nothing of the guide's light."""
    day = date(2025, 1, 1)
    seats = [
        {
            "seat_id": f"s{n}",
            "kind": "human",
            "filing": "filed",
            "filed_on": day,
            "opened_on": day if n < opened else None,
        }
        for n in range(100)
    ]
    lake = Lake(str(tmp_path), "E1")
    data.write(lake, {**data.everything(11), "seat_dim": seats, "attachment_fact": []})
    told = portrait(lake, book(seat_vacancy__limit=limit))
    vacancy = metric(told, "seat_vacancy")
    assert ((vacancy["light"], vacancy["own"]["light"]), vacancy["limit"]) == (lights, "30.0000")
    assert vacancy["own"]["limit"] == f"{limit[2:]}.0000"
    rule = next(one for one in told["rules"] if one["key"] == "portrait.seat_vacancy.limit")
    assert (rule["value"], rule["level"], rule["overlay"]["value"]) == ("0.30", "guide", limit)
    assert revive.result(told).as_dict() == told
    moved = simulate(revive.result(told), Moves(open_seats=5)).metric("seat_vacancy")
    assert (moved.verdict.light.value, moved.own.light.value if moved.own else None) == ("green", "green")


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("windows", '["months"]', "overlay_rule_reference"),
        ("zero_denominator", "zero", "overlay_rule_reference"),
        ("complaint_rate__dated_by", "closed", "overlay_rule_reference"),
        ("complaint_rate__sources", '["12345"]', "overlay_value_wrong"),
        ("complaint_rate__sources", "[]", "overlay_value_wrong"),
        ("complaint_rate__exclusions", '["unfounded"]', "overlay_value_wrong"),
        ("complaint_rate__denominator", "seats", "overlay_value_wrong"),
    ],
)
def test_refused(key: str, value: str, code: str) -> None:
    with pytest.raises(NianjianError) as refused:
        book(**{key: value})
    assert refused.value.code == code
