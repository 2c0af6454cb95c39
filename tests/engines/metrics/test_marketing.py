"""Which purposes are marketing: the query engine and Python read a text the same way."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.metrics.marketing import names_marketing, read_marketing_words
from nianjian.engines.metrics.tables import facts, match_marketing
from nianjian.engines.rules.rulebook import Rulebook

WORDS = read_marketing_words(Rulebook.on(date(2026, 12, 31)))
PIECES = st.sampled_from([*WORDS, "回访", "Market", "MARKETING", "Sales", "营", "销", " ", "%", "_", "'", "İ"])
PURPOSES = st.lists(st.none() | st.lists(PIECES, max_size=4).map("".join), min_size=1, max_size=40)


@settings(max_examples=20, deadline=None)
@given(purposes=PURPOSES)
def test_both_sides_agree(purposes: list[str | None]) -> None:
    engine = DuckDBEngine()
    try:
        rows = pa.table(
            {"place": pa.array(range(len(purposes)), pa.int64()), "purpose": pa.array(purposes, pa.string())}
        )
        table = engine.hold("purposes", rows)
        found = engine.rows(table.select("place", marketing=match_marketing(table.purpose, WORDS)).order_by("place"))
    finally:
        engine.close()
    assert [row["marketing"] for row in found] == [names_marketing(text, WORDS) for text in purposes]


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
        found = engine.rows(facts(calls, WORDS).out)
    finally:
        engine.close()
    assert [row["purpose"] for row in found] == ["营销"]
