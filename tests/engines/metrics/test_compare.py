"""What changed between two portraits, and which of the things they are made of changed with it."""

import copy
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.metrics.compare import compare
from nianjian.engines.metrics.marketing import names_marketing, read_marketing_words
from nianjian.engines.metrics.tables import facts, match_marketing
from nianjian.engines.paper.explanations import comparison_view
from nianjian.engines.paper.people import mask_moves
from nianjian.engines.paper.words import words
from nianjian.engines.rules.rulebook import Rulebook

ENGLISH = words("en")


@pytest.fixture
def before(sample: dict[str, Any]) -> dict[str, Any]:
    return sample


@pytest.fixture
def after(before: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(before)


def metric(document: dict[str, Any], slug: str) -> dict[str, Any]:
    return next(one for one in document["metrics"] if one["slug"] == slug)


def test_equal_portraits_differ_in_nothing(before: dict[str, Any], after: dict[str, Any]) -> None:
    diff = compare(before, after)
    assert diff["same"]
    assert diff["causes"] == []
    assert diff["rules"] == diff["tables"] == []
    for one in diff["metrics"]:
        assert one["changed"] == one["bounds"] == {}
        assert one["components"] == one["excluded"] == one["flags"] == one["months"] == []
        assert one["splits"] == {}
    said = comparison_view(diff, "en", ENGLISH)
    assert said["causes"] == ["Nothing that the portrait is computed from changed between the two."]
    assert all(one["same"] for one in said["metrics"])


def test_components_and_reasons_tell_the_difference(before: dict[str, Any], after: dict[str, Any]) -> None:
    parts = metric(after, "complaint_rate")["components"]
    parts["complaints_12321"] += 3
    parts["excluded"] = {"duplicate": 2}
    entry = metric(compare(before, after), "complaint_rate")
    was = metric(before, "complaint_rate")["components"]["complaints_12321"]
    assert entry["components"] == [{"code": "complaints_12321", "before": was, "after": was + 3, "delta": 3}]
    assert entry["excluded"] == [
        {"code": "not_a_call", "before": 1, "after": 0, "delta": -1},
        {"code": "duplicate", "before": 0, "after": 2, "delta": 2},
    ]


def test_flags_come_go_and_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    vacancy = metric(after, "seat_vacancy")
    (over,) = vacancy["flags"]
    over["count"] += 1
    vacancy["flags"].append({"code": "unfiled_open", "light": "red", "count": 4})
    entry = metric(compare(before, after), "seat_vacancy")
    assert [(one["code"], one["before"] is None, one["after"] is None) for one in entry["flags"]] == [
        ("over_limit", False, False), ("unfiled_open", True, False),
    ]  # fmt: skip
    back = metric(compare(after, before), "seat_vacancy")
    assert [one["after"] is None for one in back["flags"]] == [False, True]
    said = comparison_view(compare(before, after), "en", ENGLISH)["metrics"][0]
    assert said["flags"] == ["over the limit: 40 → 41", "new: opened seats that are not filed (4)"]


def test_rules_that_differ_say_who_changed_them(before: dict[str, Any], after: dict[str, Any]) -> None:
    after["rulebook"]["sha256"] = "1" * 64
    rule = next(one for one in after["rules"] if one["key"] == "portrait.closing_rate.limit")
    overlay = {"who": "user:anna + user:bo", "when": "2026-11-01T00:00:00+00:00", "reason": "省局要求"}
    rule |= {"value": "0.99", "level": "internal", "overlay": overlay}
    gone = after["rules"].pop(0)
    diff = compare(before, after)
    assert diff["causes"] == ["rules"]
    changed = {one["key"]: one for one in diff["rules"]}
    assert set(changed) == {"portrait.closing_rate.limit", gone["key"]}
    assert changed[gone["key"]]["after"] is None
    limit = changed["portrait.closing_rate.limit"]
    assert (limit["before"]["value"], limit["after"]["value"]) == ("0.98", "0.99")
    said = {one["key"]: one for one in comparison_view(diff, "en", ENGLISH)["rules"]}["portrait.closing_rate.limit"]
    assert said["values"] == ["≥ 98 %", "≥ 99 %"]
    assert said["changed"] == "changed by anna + bo on 2026-11-01: 省局要求"


def test_a_title_worded_anew_is_no_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    after["rules"][0]["title_zh"] = "别的说法"
    assert compare(before, after)["rules"] == []


def test_a_portrait_without_rules_tells_that_it_cannot_tell(before: dict[str, Any], after: dict[str, Any]) -> None:
    del after["rules"]
    after["rulebook"]["sha256"] = "1" * 64
    diff = compare(before, after)
    assert diff["rules_told"] is False
    assert diff["rules"] == []
    assert diff["causes"] == ["rules"]


def test_data_settings_and_program_are_causes(before: dict[str, Any], after: dict[str, Any]) -> None:
    after["snapshot"] |= {"calls": 99, "attachment_fact": 0}
    after["period"]["as_of"] = "2026-06-30"
    after["province"] = "浙江"
    after["code"] = {"version": "9.9"}
    diff = compare(before, after)
    assert diff["causes"] == ["data", "settings", "program"]
    assert diff["tables"] == [
        {"table": "attachment_fact", "before": None, "after": 0},
        {"table": "calls", "before": before["snapshot"]["calls"], "after": 99},
    ]
    assert diff["settings"] == {"province": [None, "浙江"], "as_of": ["2026-12-31", "2026-06-30"]}


def test_papers_and_a_metric_that_one_side_lacks(before: dict[str, Any], after: dict[str, Any]) -> None:
    vacancy = metric(after, "seat_vacancy")
    vacancy["attachments"] = ["expansion_plan"]
    vacancy["light"] = "yellow_explained"
    after["metrics"] = [one for one in after["metrics"] if one["slug"] != "closing_rate"]
    diff = compare(before, after)
    assert metric(diff, "seat_vacancy")["attachments"] == {"added": ["expansion_plan"], "removed": []}
    assert metric(diff, "closing_rate")["light"][1] is None
    said = comparison_view(diff, "en", ENGLISH)["metrics"]
    assert said[0]["papers"] == ["attached: expansion plan"]
    assert said[-1]["value"][1] == "–"


def test_rows_of_a_split_that_moved_most_come_first_and_masked(before: dict[str, Any], after: dict[str, Any]) -> None:
    rows = metric(after, "number_consistency")["splits"]["display"]
    for place, row in enumerate(rows):
        row["numerator"] += place + 1
    diff = compare(before, after)
    moved = metric(diff, "number_consistency")["splits"]["display"]
    assert [row["move"] for row in moved] == sorted((row["move"] for row in moved), reverse=True)
    masked = mask_moves(diff, before, after)
    keys = [row["key"] for row in metric(masked, "number_consistency")["splits"]["display"]]
    assert "138****8000" in keys
    assert "13800138000" not in keys
    assert "95013" in keys


def test_months_that_moved_are_named(before: dict[str, Any], after: dict[str, Any]) -> None:
    month = metric(after, "closing_rate")["months"][2]
    month["numerator"] -= 1
    assert [row["key"] for row in metric(compare(before, after), "closing_rate")["months"]] == ["2026-03"]


# Which purposes are marketing: the query engine and Python read a text the same way.

WORDS = read_marketing_words(Rulebook.on(date(2026, 12, 31)))
PIECES = st.sampled_from([*WORDS, "回访", "Market", "MARKETING", "Sales", "营", "销", " ", "%", "_", "'", "İ"])
PURPOSES = st.lists(st.none() | st.lists(PIECES, max_size=4).map("".join), min_size=1, max_size=40)


@settings(max_examples=20)
@given(purposes=PURPOSES)
def test_both_sides_agree(purposes: list[str | None]) -> None:
    engine = DuckDBEngine()
    try:
        rows = pa.table(
            {"place": pa.array(range(len(purposes)), pa.int64()), "purpose": pa.array(purposes, pa.string())}
        )
        table = engine.hold("purposes", rows)
        results = engine.rows(table.select("place", marketing=match_marketing(table.purpose, WORDS)).order_by("place"))
    finally:
        engine.close()
    assert [row["marketing"] for row in results] == [names_marketing(text, WORDS) for text in purposes]


def test_an_overlay_adds_words_and_takes_none_away() -> None:
    value = {"marketing": ["促销"], "service": ["回访"]}
    overlay = {"key": "gate.purposes", "value": value, "enterprise": "demo", "valid_from": "2026-01-01"}
    book = Rulebook.on(date(2026, 12, 31), enterprise="demo", overlays=[overlay])
    assert set(read_marketing_words(book)) == {*WORDS, "促销"}


def test_a_call_is_marketing_if_any_leg_names_it() -> None:
    leg = {
        "part": "2026-03", "source": "s", "call_key": "k", "direction": "out", "leg": "customer", "test": False,
        "delivered": True, "start_ts": datetime(2026, 3, 2, 10),  # noqa: DTZ001 -- a wall time of the lake
    }  # fmt: skip
    legs = [
        {**leg, "call_id": str(place), "purpose": text} for place, text in enumerate(("客服", "营销", None, "通知"))
    ]
    engine = DuckDBEngine()
    try:
        calls = engine.hold("legs", pa.Table.from_pylist(legs, schema=SCHEMAS["calls"]))
        results = engine.rows(facts(calls, WORDS).out)
    finally:
        engine.close()
    assert [row["purpose"] for row in results] == ["营销"]
