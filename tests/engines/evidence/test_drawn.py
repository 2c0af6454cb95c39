"""Which calls are drawn: by their digest with the seed and by nothing else, the same on every engine."""

from __future__ import annotations

import hashlib
import random
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from nianjian.engines.evidence import recordings
from nianjian.engines.evidence.recordings import Draw
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS

FIRST, LAST = date(2026, 8, 2), date(2026, 8, 9)
USUAL = {"part": "2026-08", "direction": "out", "leg": "customer", "delivered": True, "answered": True, "test": False}
NAMED = '{"录音":"a.wav"}'
OTHERS: tuple[dict[str, Any], ...] = (
    {"answered": False}, {"direction": "in"}, {"test": True}, {"part": "rejected"}, {"leg": "agent"}, {"extra": None},
    {"extra": '{"录音":""}'},
)  # fmt: skip


def rows() -> list[dict[str, Any]]:
    chance = random.Random(11)
    found = [
        USUAL | {
            "source": chance.choice(["a", "b"]), "call_id": f"c{number // 2}", "extra": NAMED, "file": "f",
            "line": number, "start_ts": datetime(2026, 8, 1) + timedelta(minutes=67 * number),  # noqa: DTZ001 -- wall time
        } | (chance.choice(OTHERS) if chance.random() < 0.3 else {})
        for number in range(240)
    ]  # fmt: skip
    chance.shuffle(found)
    return found


def expected(given: list[dict[str, Any]], seed: str, count: int) -> list[tuple[date, str]]:
    days: dict[date, list[tuple[str, str]]] = {}
    for one in given:
        day = one["start_ts"].date()
        if FIRST <= day <= LAST and one["extra"] == NAMED and all(one[key] == value for key, value in USUAL.items()):
            digest = hashlib.sha256(f"{seed} {one['source']} {one['call_id']}".encode()).hexdigest()
            days.setdefault(day, []).append((digest, f"{one['call_id']}"))
    return [(day, key) for day, some in sorted(days.items()) for _digest, key in sorted(some)[:count]]


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_draw_is_that_of_the_digests(count: int) -> None:
    given = rows()
    with closing(DuckDBEngine()) as engine:
        calls = engine.hold("calls", pa.Table.from_pylist(given, schema=CALLS))
        for seed in ("0123456789abcdef", "fedcba9876543210"):
            draw = Draw(FIRST, LAST, seed, count)
            known = sorted({str(row["call_id"]) for row in engine.rows(recordings.draw_ids(calls, draw))})
            found = engine.rows(recordings.draw_sample(calls, draw, known))
            assert [(one["day"], one["call_id"]) for one in found] == expected(given, seed, count)
            assert all(one["extra"] == NAMED for one in found)
    assert expected(given, "0123456789abcdef", 1) != expected(given, "fedcba9876543210", 1)


def test_nothing_is_drawn_of_nothing() -> None:
    with closing(DuckDBEngine()) as engine:
        calls = engine.hold("calls", CALLS.empty_table())
        assert engine.rows(recordings.draw_ids(calls, Draw(FIRST, LAST, "s", 1))) == []
        assert engine.rows(recordings.draw_sample(calls, Draw(FIRST, LAST, "s", 1), [])) == []
