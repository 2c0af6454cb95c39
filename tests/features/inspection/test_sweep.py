"""The sweep over events: against counting by hand, whatever the batches are; and when an agent is taken to be here."""

from contextlib import closing
from datetime import datetime, timedelta
from random import Random

import pyarrow as pa
import pytest

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.features.inspection import dialling

NINE = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- wall time
WORK = pa.schema(
    [(name, pa.string()) for name in ("team", "agent")]
    + [(name, pa.timestamp("us")) for name in ("begin", "seen", "end")]
)
CALLS = pa.schema(
    [(name, pa.string()) for name in ("team", "one", "source")]
    + [(name, pa.timestamp("us")) for name in ("start", "stops")]
    + [("owned", pa.bool_()), ("robot", pa.int64())]
)


def at(second: float) -> datetime:
    return NINE + timedelta(seconds=second)


def call(team: str, number: int, start: float, stops: float) -> dict[str, object]:
    name = f"c{number:03}"
    return {
        "team": team, "one": name, "source": "s", "start": at(start), "stops": at(stops), "owned": False, "robot": 0
    }  # fmt: skip


def stretch(team: str, agent: str, begin: float, end: float) -> dict[str, object]:
    return {"team": team, "agent": agent, "begin": at(begin), "seen": at(begin), "end": at(end)}


def events(calls: list[dict[str, object]], work: list[dict[str, object]]) -> pa.Table:
    with closing(DuckDBEngine()) as engine:
        table = engine.hold("c", pa.Table.from_pylist(calls, schema=CALLS))
        busy = engine.hold("w", pa.Table.from_pylist(work, schema=WORK))
        batches = list(engine.batches(dialling.build_events(table, busy)))
        return pa.Table.from_batches(batches)


def counted(calls: list[dict[str, object]], work: list[dict[str, object]]) -> dict[str, tuple[int, int]]:
    """Call -> (ringing, free), counted for each by itself; every agent is here all the time."""
    counts = {}
    for one in calls:
        now = one["start"]
        mine = [other for other in calls if other["team"] == one["team"]]
        ringing = sum(other["start"] <= now < max(other["stops"], other["start"]) for other in mine if other is not one)  # type: ignore[operator,type-var] # moments
        before = [row for row in work if row["team"] == one["team"]]
        busy = sum(row["begin"] < now < row["end"] for row in before)  # type: ignore[operator] # moments
        counts[str(one["one"])] = ringing + 1, len({row["agent"] for row in before}) - busy
    return counts


@pytest.mark.parametrize("seed", range(2))
def test_every_call_as_counted_by_hand_in_batches_of_any_size(seed: int) -> None:
    die = Random(seed)
    # every moment is its own, so that no order at equal moments is asked for
    moments = iter(die.sample(range(1, 20_000), 4_000))
    spans = [sorted((next(moments) / 10, next(moments) / 10)) for _ in range(300)]
    calls = [call(f"t{number % 3}", number, *span) for number, span in enumerate(spans)]
    work = []
    for number in range(9):
        ends = sorted(next(moments) / 10 for _ in range(12))
        work += [stretch(f"t{number % 3}", f"a{number}", *pair) for pair in zip(ends[::2], ends[1::2], strict=True)]
    table, want = events(calls, work), counted(calls, work)
    of = {team: [want[str(one["one"])] for one in calls if one["team"] == team] for team in ("t0", "t1", "t2")}
    widest = sorted((ringing - free for ringing, free in of["t1"] if ringing > free), reverse=True)[:5]
    for size in (1, 7, 10_000):
        swept = [
            (name, (int(ringing), int(free)))
            for one in dialling.sweep_calls(table.to_batches(max_chunksize=size))
            for name, ringing, free in zip(one.rows["one"].to_pylist(), one.ringing, one.free, strict=True)
        ]
        assert dict(swept) == want
        assert len(swept) == len(calls)
        by_hour = dialling.sweep_by_hour(table.to_batches(max_chunksize=size))
        for team, mine in of.items():
            assert by_hour[team, NINE] == {
                "over": sum(ringing > free for ringing, free in mine),
                "ringing": max(ringing for ringing, _ in mine),
                "widest": max(ringing - free for ringing, free in mine),
            }
        rows = dialling.find_clearest(
            table.to_batches(max_chunksize=size), {"t1": NINE, "t2": NINE + timedelta(hours=1)}, 5
        )
        assert [row["ringing"] - row["free"] for row in rows] == widest
        assert all((row["ringing"], row["free"]) == want[row["one"]] for row in rows)


def test_hours_part_where_the_clock_does() -> None:
    calls = [call("t", 0, 3599.999999, 3610), call("t", 1, 3600, 3610), call("t", 2, 7200, 7201)]
    by_hour = dialling.sweep_by_hour(events(calls, [stretch("t", "a", 0, 1)]).to_batches())
    assert {hour.hour: figures["ringing"] for (_, hour), figures in by_hour.items()} == {9: 1, 10: 2, 11: 1}


def test_an_agent_stays_through_a_pause_of_an_hour_and_not_a_second_longer() -> None:
    edge = dialling.EDGE.seconds
    for pause, here in ((3600, 1), (3601, 0)):
        work = [stretch("t", "a", 0, 100), stretch("t", "a", 100 + pause, 200 + pause)]
        between = call("t", 0, 100 + edge + 60, 100 + edge + 70)
        (one,) = dialling.sweep_calls(events([between], work).to_batches())
        assert int(one.free[0]) == here


def test_the_longest_of_overlapping_calls_says_how_long_an_agent_is_here() -> None:
    work = [stretch("t", "a", 0, 5000), stretch("t", "a", 10, 20), stretch("t", "a", 8000, 8010)]
    # the first call ends at 5000, so 8000 is within the pause, though the call before it ended at 20
    (one,) = dialling.sweep_calls(events([call("t", 0, 7000, 7001)], work).to_batches())
    assert int(one.free[0]) == 1


def test_nothing_to_sweep() -> None:
    assert dialling.sweep_by_hour([]) == {}
    assert dialling.sweep_by_hour(events([], [stretch("t", "a", 0, 1)]).to_batches()) == {}
