"""What is a default and a setting is read from the rulebook; a rule with one reading takes no overlay."""

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import portrait_data as data
from tests.support import portrait_oracle as oracle
from tests.support import portrait_verdicts as verdicts

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics import lights, revive
from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.lights import Light, Limit, Verdict
from nianjian.engines.metrics.metric import decimal_text, figures, number_text
from nianjian.engines.metrics.result import snapshot_sha256
from nianjian.engines.metrics.run import default_day, run
from nianjian.engines.metrics.simulate import Moves, simulate
from nianjian.engines.rules.overlay_values import fit_value
from nianjian.engines.rules.rulebook import LIMITS, Rulebook

END = date(2026, 12, 31)
Rows = dict[str, list[data.Row]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Rows]:
    tables = data.everything(11, calls_count=400, complaints_count=120, seats_count=40)
    lake = Lake(str(tmp_path_factory.mktemp("lake")), "E1")
    data.write(lake, tables)
    return lake, tables


@pytest.fixture(scope="module")
def evading(tmp_path_factory: pytest.TempPathFactory, world: tuple[Lake, Rows]) -> Lake:
    """The same with every call from a mobile number, no seat opened, and one plan that explains the vacancy."""
    _, tables = world
    lake = Lake(str(tmp_path_factory.mktemp("evading")), "E1")
    calls = [{**one, "display": 13800138000, "display_shape": "mobile"} for one in tables["calls"]]
    seats = [{**one, "filing": "filed", "filed_on": date(2025, 1, 1), "opened_on": None} for one in tables["seat_dim"]]
    papers = [{"data_year": 2026, "metric": "seat_vacancy", "kind": "expansion_plan"}]
    data.write(lake, {**tables, "calls": calls, "seat_dim": seats, "attachment_fact": papers})
    return lake


def book(**values: object) -> Rulebook:
    overlays = [
        {"key": f"portrait.{key.replace('__', '.')}", "value": value, "valid_from": "2026-01-01", "reason": "test"}
        for key, value in values.items()
    ]
    return Rulebook.on(END, overlays=overlays)


def ruled(**values: str) -> Rulebook:
    """A rulebook whose own rules say so, without an overlay: a later version of the guide."""
    plain = Rulebook.on(END)
    for key, value in values.items():
        rule = plain.rule(f"portrait.{key.replace('__', '.')}")
        plain = plain.with_rule(replace(rule, value=fit_value(rule, value)))
    return plain


MADE: dict[tuple[str, str, bool], dict[str, Any]] = {}


def portrait(lake: Lake, rulebook: Rulebook, *, raw: bool = False) -> dict[str, Any]:
    """Each once: nobody changes what it is given."""
    key = str(lake.folder), rulebook.sha256, raw
    if key not in MADE:
        with closing(DuckDBEngine()) as engine:
            result = run(lake=lake, engine=engine, rulebook=rulebook, enterprise="E1", year=2026, raw=raw)
        MADE[key] = result.as_dict()
    return MADE[key]


def plain(lake: Lake) -> dict[str, Any]:
    """By the guide's own values: what most tests hold another portrait against."""
    return portrait(lake, book())


def metric(document: dict[str, Any], slug: str) -> dict[str, Any]:
    return next(one for one in document["metrics"] if one["slug"] == slug)


def calls_of_the_year(tables: Rows) -> list[data.Row]:
    return [call for call in oracle.outbound(tables) if call["day"].year == 2026]


OTHER_VALUES = {  # plainly different from the guide's, and valid
    "seat_vacancy.limit": "0.01", "seat_vacancy.attachments": '["anti_harassment_plan"]',
    "seat_vacancy.over_filed_light": "green", "complaint_rate.limit": "0.9", "complaint_rate.denominator": "delivered",
    "complaint_rate.sources": '["enterprise"]', "complaint_rate.exclusions": "[]",
    "complaint_rate.attachments": '["expansion_plan"]', "complaint_rate.low_volume": "1",
    "complaint_rate.match_window": "1440", "number_consistency.evasion_limit": "0.01",
    "number_consistency.evasion_light": "green", "number_consistency.other_short_light": "green",
    "number_consistency.unknown_limit": "0.99", "number_consistency.denominator": "answered",
    "closing_rate.limit": "0.01", "closing_rate.on_time": "1", "basis": "filing",
}  # fmt: skip
CONFIRMED = {"quiet_days"}  # what two persons say of days without calls: it is to act on the first light


def settable() -> set[str]:
    rules = Rulebook.on(END).rules("portrait.")
    return {rule.key.removeprefix("portrait.") for rule in rules if rule.settable}


def first_lights(document: dict[str, Any]) -> object:
    figures = ("slug", "numerator", "denominator", "value", "light", "bounds", "limit")
    return document["light"], document["period"]["as_of"], document["missing"], [
        [
            [one[name] for name in figures],
            [flag for flag in one["flags"] if flag["light"] != "green"],
            one["twins"].get("evasion"),
        ]
        for one in document["metrics"]
    ]  # fmt: skip


def test_every_rule_that_can_be_set_is_tried() -> None:
    assert settable() == OTHER_VALUES.keys() | CONFIRMED


def rounds() -> list[tuple[str, ...]]:
    """One value of each metric at a time, for no metric knows of another; those that give a second light first."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for key in sorted(OTHER_VALUES):
        groups.setdefault((f"portrait.{key}" in LIMITS, key.partition(".")[0]), []).append(key)
    return [
        tuple(filter(None, row))
        for own in (True, False)
        for row in zip_longest(*(keys for (gives, _), keys in groups.items() if gives is own))
    ]


@pytest.mark.parametrize("keys", rounds(), ids=lambda keys: keys[0])
def test_what_an_enterprise_sets_gives_a_second_light_and_moves_no_first_one(
    world: tuple[Lake, Rows], evading: Lake, keys: tuple[str, ...]
) -> None:
    values = {key.replace(".", "__"): OTHER_VALUES[key] for key in keys}
    own = {key.partition(".")[0]: f"portrait.{key}" for key in keys if f"portrait.{key}" in LIMITS}
    if "complaint_rate.exclusions" in keys:  # they are no tickets, either
        own["closing_rate"] = own["complaint_rate"]
    for lake in (world[0], evading):
        changed = portrait(lake, book(**values))
        assert first_lights(changed) == first_lights(plain(lake))
        assert ("own_light" in changed) is bool(own)
        if own:
            metrics = [{name: value for name, value in one.items() if name != "own"} for one in changed["metrics"]]
            assert metrics == plain(lake)["metrics"]
    changed = portrait(world[0], book(**values))
    by_rule = {slug: metric(portrait(world[0], ruled(**values)), slug)["light"] for slug in own}
    by_slug = {one["slug"]: (one["own"]["light"], one["own"]["rules"]) for one in changed["metrics"] if "own" in one}
    assert by_slug == {slug: (by_rule[slug], [key]) for slug, key in own.items()}
    overlaid = {one["key"]: one["overlay"] for one in changed["rules"] if one.get("overlay")}
    assert {key: overlaid[key]["beside"] for key in own.values()} == dict.fromkeys(own.values(), True)
    if {"complaint_rate.denominator", "complaint_rate.sources"} & set(keys):
        assert portrait(world[0], book(**values), raw=True) == changed


def test_no_complaint_by_own_sources_is_green_only_beside_the_guides_light(tmp_path: Path) -> None:
    tables = data.everything(11, complaints_count=60)
    complaint = next(one for one in tables["complaint_fact"] if one["source"] == "12321" and not one["exclusion"])
    lake = Lake(str(tmp_path), "E1")
    data.write(lake, {**tables, "complaint_fact": [{**complaint, "accepted_ts": datetime(2026, 3, 5, 10)}]})  # noqa: DTZ001 -- wall time
    rate = metric(portrait(lake, book(complaint_rate__sources='["enterprise"]')), "complaint_rate")
    assert (rate["numerator"], rate["light"] == "green", rate["own"]["light"]) == (1, False, "green")


COUNTED_OTHERWISE = ruled(complaint_rate__denominator="delivered", number_consistency__denominator="answered")


def test_complaints_of_delivered_calls(world: tuple[Lake, Rows]) -> None:
    lake, tables = world
    calls = calls_of_the_year(tables)
    answered, delivered = sum(c["answered"] for c in calls), sum(c["delivered"] for c in calls)
    assert 0 < answered < delivered
    rate = metric(portrait(lake, COUNTED_OTHERWISE), "complaint_rate")
    assert rate["denominator"] == delivered
    assert rate["twins"]["answered"]["denominator"] == answered
    assert sum(row["denominator"] for row in rate["months"]) == delivered
    for rows in rate["splits"].values():
        assert sum(row["denominator"] for row in rows) == delivered


def test_sources_and_exclusions(world: tuple[Lake, Rows]) -> None:
    lake, tables = world
    complaints = [c for c in oracle.complaints(tables) if c["day"] is not None and c["day"].year == 2026]
    changed = ruled(complaint_rate__sources='["12300", "enterprise"]', complaint_rate__exclusions="[]")
    document = portrait(lake, changed)
    components = metric(document, "complaint_rate")["components"]
    by_source = {name: sum(c["source"] == name for c in complaints) for name in ("12300", "enterprise")}
    assert all(by_source.values())
    assert {name: components[f"complaints_{name}"] for name in by_source} == by_source
    assert components["complaints"] == sum(by_source.values())
    assert components["excluded"] == {}
    assert metric(document, "closing_rate")["components"]["tickets"] == len(complaints)
    only = metric(portrait(lake, ruled(complaint_rate__exclusions='["duplicate"]')), "complaint_rate")["components"]
    assert set(only["excluded"]) == {"duplicate"}


def test_numbers_of_answered_calls(world: tuple[Lake, Rows]) -> None:
    lake, tables = world
    answered = [call for call in calls_of_the_year(tables) if call["delivered"] and call["answered"]]
    untold = [call for call in calls_of_the_year(tables) if call["untold"]]
    assert untold
    consistency = metric(portrait(lake, COUNTED_OTHERWISE), "number_consistency")
    assert consistency["denominator"] == consistency["components"]["answered"] == len(answered)
    assert consistency["components"]["answer_unknown"] == len(untold)
    assert {flag["code"]: flag["count"] for flag in consistency["flags"]}["answer_unknown"] == len(untold)
    assert consistency["components"]["landline"] == sum(call["class"] == "landline" for call in answered)
    assert sum(row["denominator"] for row in consistency["months"]) == len(answered)


@pytest.mark.parametrize(("text", "day"), [("09-30", date(2026, 9, 30)), ("02-30", date(2026, 2, 28))])
def test_as_of_day(text: str, day: date) -> None:
    assert default_day(ruled(as_of=text), 2026) == day


@pytest.mark.parametrize(
    ("limit", "opened", "lights"), [("0.20", 75, ("green", "yellow")), ("0.40", 65, ("yellow", "green"))]
)
def test_an_own_limit_gives_a_second_light(tmp_path: Path, limit: str, opened: int, lights: tuple[str, str]) -> None:
    """100 seats are filed; a stricter limit and a looser one change nothing of the guide's light."""
    day = date(2025, 1, 1)
    seat = {"kind": "human", "filing": "filed", "filed_on": day}
    seats = [{**seat, "seat_id": f"s{n}", "opened_on": day if n < opened else None} for n in range(100)]
    lake = Lake(str(tmp_path), "E1")
    data.write(lake, {**data.everything(11), "seat_dim": seats, "attachment_fact": []})
    document = portrait(lake, book(seat_vacancy__limit=limit))
    vacancy = metric(document, "seat_vacancy")
    assert ((vacancy["light"], vacancy["own"]["light"]), vacancy["limit"]) == (lights, "30.0000")
    assert vacancy["own"]["limit"] == f"{limit[2:]}.0000"
    rule = next(one for one in document["rules"] if one["key"] == "portrait.seat_vacancy.limit")
    assert (rule["value"], rule["level"], rule["overlay"]["value"]) == ("0.30", "guide", limit)
    assert revive.result(document).as_dict() == document
    moved = simulate(revive.result(document), Moves(open_seats=5)).metric("seat_vacancy")
    assert (moved.verdict.light.value, moved.own.light.value if moved.own else None) == ("green", "green")


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("windows", '["months"]', "overlay_rule_reference"),
        ("zero_denominator", "zero", "overlay_rule_reference"),
        ("complaint_rate__dated_by", "closed", "overlay_rule_reference"),
        ("as_of", "01-31", "overlay_rule_fixed"),
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


# What the tables of `tests/rules` and the oracle of verdicts leave out.

VACANCY = Limit(Decimal("0.30"), ">")
EVASION = Limit(Decimal("0.70"), ">=")
UNKNOWN = Limit(Decimal("0.01"), ">")


def test_seat_twin_and_attachment() -> None:
    """Unfiled open seats do not hide idle filed ones; an attachment explains the yellow only."""
    verdict = lights.seat_vacancy(filed=100, opened=75, opened_and_filed=60, unfiled_open=15, limit=VACANCY)
    assert [(f.code, f.light) for f in verdict.flags] == [("over_limit", Light.YELLOW), ("unfiled_open", Light.RED)]
    assert verdict.light is Light.RED
    explained = lights.seat_vacancy(
        filed=100, opened=60, opened_and_filed=60, unfiled_open=0, limit=VACANCY, attached=True
    )
    assert explained.light is Light.YELLOW_EXPLAINED
    assert explained.attachment_needed


@pytest.mark.parametrize(
    ("untold", "light"),
    [
        ({}, "green"),
        ({NumberClass.OWN_SHORT: 500}, "green"),
        ({NumberClass.LANDLINE: 1666}, "green"),
        ({NumberClass.LANDLINE: 1667}, "insufficient"),  # with all of them 1,867 of 2,667: over 70 %
        ({NumberClass.OTHER_SHORT: 1}, "insufficient"),
        ({NumberClass.UNKNOWN: 200}, "insufficient"),
    ],
)
def test_calls_of_unknown_answer_never_leave_a_light_that_they_could_change(
    untold: dict[NumberClass, int], light: str
) -> None:
    counts = {NumberClass.OWN_SHORT: 800, NumberClass.LANDLINE: 200}
    verdict = lights.number_consistency(counts=counts, evasion=EVASION, unknown=UNKNOWN, untold=untold)
    assert (verdict.numerator, verdict.denominator, verdict.light) == (800, 1000, light)
    assert [flag.count for flag in verdict.flags if flag.code == "answer_unknown"] == [*untold.values()]


def test_calls_of_unknown_answer_may_lift_a_red_light_which_is_then_unknown() -> None:
    counts = {NumberClass.OWN_SHORT: 20, NumberClass.LANDLINE: 80}
    verdict = lights.number_consistency(
        counts=counts, evasion=EVASION, unknown=UNKNOWN, untold={NumberClass.OWN_SHORT: 900}
    )
    assert verdict.light == "insufficient"
    assert verdict.bounds == (Fraction(20, 100), Fraction(920, 1000))


def test_worst_first() -> None:
    assert lights.worst([Light.GREEN, Light.NA, Light.YELLOW]) is Light.YELLOW
    assert lights.worst([Light.YELLOW, Light.INSUFFICIENT]) is Light.INSUFFICIENT
    assert lights.overall([Light.NA, Light.NA]) is Light.INSUFFICIENT
    assert lights.overall([Light.NA, Light.YELLOW_EXPLAINED, Light.GREEN]) is Light.YELLOW_EXPLAINED


# How figures are printed, and what windows a portrait looks at.


@pytest.mark.parametrize(
    ("share", "unit", "text"),
    [
        (Fraction(31, 100), "%", "31.0000"),
        (Fraction(-2, 50), "%", "-4.0000"),
        (Fraction(1, 9_999), "‱", "1.0001"),
        (Fraction(97_996, 100_000), "%", "97.9960"),
        (Fraction(1, 3), "%", "33.3333"),
        (Fraction(2, 3), "%", "66.6667"),
        (Fraction(-1, 10**9), "%", "0.0000"),
        (Fraction(0), "‱", "0.0000"),
        (None, "%", None),
    ],
)
def test_decimal_text(share: Fraction | None, unit: str, text: str | None) -> None:
    assert decimal_text(share, unit) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (57187654321, "057187654321"),
        (1062345678, "01062345678"),
        (13800138000, "13800138000"),
        (95013, "95013"),
        (4001234567, "4001234567"),
        (9521234567, "9521234567"),
        (None, None),
    ],
)
def test_number_text(number: int | None, text: str | None) -> None:
    assert number_text(number, {}) == text


def test_number_text_follows_the_calls() -> None:
    assert number_text(9521234567, {"9521234567": "09521234567"}) == "09521234567"


def test_windows() -> None:
    frame = Frame(2026, date(2026, 12, 31))
    assert (frame.trailing.first, frame.trailing.end) == (date(2026, 1, 1), date(2027, 1, 1))
    assert frame.trailing == frame.period
    mid = Frame(2026, date(2026, 12, 31), today=date(2026, 11, 25))
    assert (mid.trailing.first, mid.trailing.end) == (date(2025, 11, 26), date(2026, 11, 26))
    assert mid.month_ends[-1] == date(2026, 10, 31)
    leap = Frame(2024, date(2024, 2, 28))
    assert leap.trailing.first == date(2023, 3, 1)


def test_snapshot_sha256_does_not_depend_on_order() -> None:
    assert snapshot_sha256({"a": 1, "b": 2}) == snapshot_sha256({"b": 2, "a": 1})
    assert snapshot_sha256({"a": 1}) != snapshot_sha256({"a": 2})


# A portrait can be computed again from the tables as they stood then: to the byte, whatever was written since.


def test_an_earlier_snapshot_gives_the_earlier_portrait(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    data.write(lake, data.everything(5))
    options = {"lake": lake, "rulebook": Rulebook.on(date(2026, 12, 31)), "enterprise": "E1", "year": 2026}
    engine = DuckDBEngine()
    try:
        before = run(**options, engine=engine)
        data.change(lake, add={"later": data.calls(Random(5), 40, first=100_000)}, remove=())
        lake.replace("number_dim", data.arrow("number_dim", data.number_dim(Random(6))), digest="later")
        lake.replace("seat_dim", data.arrow("seat_dim", data.seat_dim(Random(7), 30)), digest="later")
        after = run(**options, engine=engine)
        assert after.as_json() != before.as_json()
        assert run(**options, engine=engine, snapshot=before.snapshot).as_json() == before.as_json()
    finally:
        engine.close()


# Every verdict from counts equals the one that is found by trying all ways to settle what is unknown.

few = st.integers(0, 6)
some = st.integers(0, 120)


def told(verdict: Verdict, unit: str) -> dict[str, Any]:
    low, high = verdict.bounds or (None, None)
    return {
        **figures(verdict, unit),
        "bounds": {"low": decimal_text(low, unit), "high": decimal_text(high, unit)},
        "flags": {flag.code: flag.count for flag in verdict.flags},
    }


@given(filed=some, idle=some, beyond=few, unknown=few, opened=few, attached=st.booleans())
def test_seats(*, filed: int, idle: int, beyond: int, unknown: int, opened: int, attached: bool) -> None:
    both, opened = max(0, filed - idle), min(opened, unknown)
    counts = Counter(
        filed=filed,
        opened=both + beyond + opened,
        opened_and_filed=both,
        unfiled_open=beyond,
        unknown_filing=unknown,
        unknown_filing_open=opened,
    )
    verdict = lights.seat_vacancy(
        filed=filed,
        opened=counts["opened"],
        opened_and_filed=both,
        unfiled_open=beyond,
        limit=Limit(Decimal("0.30"), ">"),
        unknown=unknown,
        unknown_open=opened,
        attached=attached,
    )
    light = verdicts.seat_light(counts, attached=attached)
    assert told(verdict, "%") == {
        **verdicts.figures(filed - counts["opened"], filed, "%", light),
        "bounds": verdicts.seat_bounds(counts),
        "flags": verdicts.seat_flags(counts),
    }


@given(
    complaints=few,
    calls=st.sampled_from([0, 1, 9_998, 9_999, 10_000, 19_999, 20_000, 29_990, 49_999]),
    untold=st.sampled_from([0, 0, 1, 2, 40]),
    undated=st.integers(0, 2),
    attached=st.booleans(),
)
def test_complaints(*, complaints: int, calls: int, untold: int, undated: int, attached: bool) -> None:
    verdict = lights.complaint_rate(
        complaints=complaints,
        answered=calls,
        limit=Limit(Decimal("0.0001"), ">"),
        low_volume=10_000,
        undated=undated,
        unknown=untold,
        attached=attached,
    )
    light = verdicts.rate_light(complaints, calls, untold=untold, undated=undated, attached=attached)
    assert told(verdict, "‱") == {
        **verdicts.figures(complaints, calls, "‱", light),
        "bounds": verdicts.span(verdicts.rate_ways(complaints, calls, untold, undated), "‱"),
        "flags": verdicts.rate_flags(complaints, calls, untold, undated),
    }


@given(own=some, land=some, mobile=some, foreign=st.sampled_from([0, 0, 0, 1]), other=few, dark=st.integers(0, 3))
def test_numbers(*, own: int, land: int, mobile: int, foreign: int, other: int, dark: int) -> None:
    counts = Counter(own_short=own, landline=land, mobile=mobile, other_short=foreign, other=other, unknown=dark)
    verdict = lights.number_consistency(
        counts={NumberClass(name): count for name, count in counts.items()},
        evasion=Limit(Decimal("0.70"), ">="),
        unknown=Limit(Decimal("0.01"), ">"),
    )
    total = counts.total()
    assert told(verdict, "%") == {
        **verdicts.figures(own, total, "%", verdicts.number_light(counts)),
        "bounds": verdicts.span([(own + d, total) for d in range(dark + 1)], "%"),
        "flags": verdicts.number_flags(counts),
    }
    for flag in verdict.flags:
        if flag.code == "evasion" and flag.bounds is not None:
            bounds = {"low": decimal_text(flag.bounds[0], "%"), "high": decimal_text(flag.bounds[1], "%")}
            assert (flag.light.value, bounds) == (verdicts.evasion(counts)["light"], verdicts.evasion(counts)["bounds"])


@given(tickets=some, waiting=few, shut=few, unsure=few)
def test_closing(*, tickets: int, waiting: int, shut: int, unsure: int) -> None:
    done = max(0, tickets - waiting)
    verdict = lights.closing_rate(
        closed=done, tickets=tickets, limit=Limit(Decimal("0.98"), ">="), undated_closed=shut, undated_open=unsure
    )
    assert told(verdict, "%") == {
        **verdicts.figures(done, tickets, "%", verdicts.closing_light(done, tickets, shut, unsure)),
        "bounds": verdicts.span(verdicts.closing_ways(done, tickets, shut, unsure), "%"),
        "flags": verdicts.closing_flags(done, tickets, shut + unsure),
    }
