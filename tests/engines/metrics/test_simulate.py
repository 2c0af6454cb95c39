"""D5 on a real small portrait: what a step changes is computed, and advice names its effect."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.support import portrait_data as data

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.definitions import seat_vacancy
from nianjian.engines.metrics.result import Result
from nianjian.engines.metrics.run import run
from nianjian.engines.metrics.simulate import MOVE_WARNINGS, Moves, advise, maxima, needs, simulate
from nianjian.engines.rules.rulebook import Rulebook

MORNING = data.TURN.replace(month=3, day=9, hour=10)


def call(number: int, line: str, display: int, shape: str) -> data.Row:
    return {
        "source": "generic", "call_id": f"c{number}", "direction": "out", "leg": "customer", "display": display,
        "display_shape": shape, "display_confidence": "good", "start_ts": MORNING, "delivered": True,
        "answered": True, "test": False, "line_id": line, "part": "2026-03", "line": number,
    }  # fmt: skip


def seat(number: int, *, opened: bool, closed: date | None = None) -> data.Row:
    day = date(2025, 1, 1)
    state = {"seat_id": f"s{number:03}", "kind": "human", "filing": "filed", "filed_on": day, "closed_on": closed}
    return state | {"opened_on": day if opened else None}


def ticket(number: int, *, closed: bool) -> data.Row:
    moment = MORNING + timedelta(hours=number)
    return {
        "complaint_id": f"q{number:02}", "source": "enterprise", "accepted_ts": moment, "arrived_ts": moment,
        "closed_ts": moment + timedelta(hours=24) if closed else None,
    }  # fmt: skip


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    """100 seats filed, 60 opened of which 5 stopped in March; 30 of 40 calls show a landline, all on line L1."""
    lake = Lake(str(tmp_path_factory.mktemp("lake")), "E1")
    calls = [call(n, "L1", 57187654321, "landline") for n in range(30)]
    calls += [call(n, "L2", 95013, "short") for n in range(30, 40)]
    tables = {
        "calls": calls,
        "number_dim": [{"root": 95013, "root_length": 5, "total_length": 5, "filed": True}],
        "seat_dim": [seat(n, opened=n < 60, closed=date(2026, 3, 1) if n < 5 else None) for n in range(100)],
        "complaint_fact": [ticket(n, closed=n >= 3) for n in range(50)],
    }
    data.write(lake, tables)
    engine = DuckDBEngine()
    book = Rulebook.on(date(2026, 12, 31))
    yield run(lake=lake, engine=engine, rulebook=book, enterprise="E1", year=2026)
    engine.close()


def test_lights_and_advice(portrait: Result) -> None:
    lights = {metric.slug: metric.verdict.light for metric in portrait.metrics}
    assert lights == {
        "seat_vacancy": "yellow", "complaint_rate": "green", "number_consistency": "red", "closing_rate": "yellow",
    }  # fmt: skip
    steps = {(step["code"], step["count"]): step for step in portrait.advice}
    assert steps["open_seats", 15]["light"] == "green"
    assert steps["cut_seats", 22]["light"] == "green"
    assert steps["cut_seats", 22]["value"] == "29.4872"
    assert steps["cut_stopped_seats", 45]["seats"][:6] == ["s000", "s001", "s002", "s003", "s004", "s060"]
    assert steps["close_idle_seat", 1]["value"] == "46.0000"
    assert steps["close_idle_seat", 1]["with_cut"]["value"] == "45.4545"
    assert steps["move_line", 30]["line"] == "L1"
    assert steps["move_line", 30]["light"] == "green"
    assert steps["move_line", 30]["warnings"] == list(MOVE_WARNINGS)
    assert steps["close_tickets", 2]["tickets"] == ["q00", "q01", "q02"]
    assert steps["close_tickets", 2]["light"] == "green"


def test_one_step_less_is_not_enough(portrait: Result) -> None:
    assert simulate(portrait, Moves(open_seats=14)).metric("seat_vacancy").verdict.light == "yellow"
    assert simulate(portrait, Moves(cut_seats=21)).metric("seat_vacancy").verdict.light == "yellow"
    assert simulate(portrait, Moves(close_tickets=1)).metric("closing_rate").verdict.light == "yellow"


def test_steps_together_and_their_record(portrait: Result) -> None:
    after = simulate(portrait, Moves(open_seats=15, close_tickets=2, move_line="L1"))
    assert after.light == "insufficient"  # a step brings no records of the days that have none
    assert replace(after, missing=()).light == "green"
    assert after.simulated["moves"] == {"open_seats": 15, "close_tickets": 2, "move_line": "L1"}
    assert portrait.light == "red"
    assert "simulated" not in portrait.as_dict()


def test_cutting_opened_seats_leaves_them_unfiled(portrait: Result) -> None:
    seats = simulate(portrait, Moves(cut_seats=46)).metric("seat_vacancy")
    assert (seats.count("filed"), seats.count("unfiled_open")) == (54, 1)
    assert seats.verdict.light == "red"


def test_wrong_moves_have_codes(portrait: Result) -> None:
    with pytest.raises(NianjianError) as unknown:
        simulate(portrait, Moves(move_line="L9"))
    assert unknown.value.code == "simulation_line_unknown"
    with pytest.raises(NianjianError) as negative:
        simulate(portrait, Moves(open_seats=-1))
    assert negative.value.code == "simulation_negative"


@pytest.mark.parametrize(
    ("move", "maximum"), [("open_seats", 45), ("cut_seats", 100), ("close_seats", 55), ("close_tickets", 3)]
)
def test_more_than_there_is_is_refused_with_the_maximum(portrait: Result, move: str, maximum: int) -> None:
    assert simulate(portrait, Moves(**{move: maximum})).simulated["moves"] == {move: maximum}
    with pytest.raises(NianjianError) as raised:
        simulate(portrait, Moves(**{move: maximum + 1}))
    assert raised.value.code == "simulation_too_many"
    assert raised.value.values == {"move": move, "count": maximum + 1, "maximum": maximum}


def test_seats_opened_in_the_same_step_can_be_closed_again(portrait: Result) -> None:
    assert simulate(portrait, Moves(open_seats=5, close_seats=60)).metric("seat_vacancy").count("opened") == 0


def _with_unfiled(portrait: Result, opened: int) -> Result:
    """Seats open without being filed, beside the others."""
    seats = portrait.metric("seat_vacancy")
    counts = {name: seats.count(name) for name in seat_vacancy.COUNTS}
    counts |= {"opened": counts["opened"] + opened, "unfiled_open": opened}
    verdict = seat_vacancy.judge(counts, seats.limit)
    changed = replace(seats, components=counts, verdict=verdict)
    return replace(portrait, metrics=tuple(changed if one is seats else one for one in portrait.metrics))


def test_seats_open_beyond_the_filing_are_closed_or_filed(portrait: Result) -> None:
    red = _with_unfiled(portrait, 60)
    assert red.metric("seat_vacancy").verdict.light == "red"
    assert {flag.code for flag in red.metric("seat_vacancy").verdict.flags} >= {"unfiled_open", "over_filed"}
    assert [maxima(red)[step] for step in ("close_unfiled", "file_seats")] == [60, 60]
    closed = simulate(red, Moves(close_unfiled=60)).metric("seat_vacancy")
    assert dict(closed.components) == dict(portrait.metric("seat_vacancy").components)
    assert closed.verdict.light == portrait.metric("seat_vacancy").verdict.light
    filed = simulate(red, Moves(file_seats=60)).metric("seat_vacancy")
    assert [filed.count(name) for name in ("filed", "opened", "opened_and_filed", "unfiled_open")] == [160, 115, 115, 0]
    assert filed.verdict.light == "green"
    some = simulate(red, Moves(close_unfiled=40, file_seats=19)).metric("seat_vacancy")
    assert (some.count("unfiled_open"), some.verdict.light) == (1, "red"), "one is one too many"
    with pytest.raises(NianjianError, match="simulation_too_many"):
        simulate(red, Moves(close_unfiled=40, file_seats=21))
    steps = {step["code"]: step for step in advise(red)}
    assert (steps["file_seats"]["count"], steps["file_seats"]["light"]) == (60, "green")
    assert (steps["close_unfiled"]["count"], steps["close_unfiled"]["light"]) == (60, "yellow")
    assert "close_unfiled" not in {step["code"] for step in advise(portrait)}


@pytest.fixture(scope="module")
def complained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    """Four complaints of 40 answered calls: two of line L1 with its 30 calls, one of L2 with its 10, one of no line."""
    lake = Lake(str(tmp_path_factory.mktemp("complained")), "E1")
    facts = [
        ticket(n, closed=True) | {"source": "12321", "line_id": line} for n, line in enumerate(("L1", "L1", "L2", None))
    ]
    calls = [call(n, "L1" if n < 30 else "L2", 95013, "short") for n in range(40)]
    data.write(lake, {"calls": calls, "complaint_fact": facts})
    engine = DuckDBEngine()
    yield run(lake=lake, engine=engine, rulebook=Rulebook.on(date(2026, 12, 31)), enterprise="E1", year=2026)
    engine.close()


@pytest.mark.parametrize(
    ("moves", "rate", "light"),
    [
        (Moves(exclude_complaints=3), (1, 40), "yellow"),
        (Moves(exclude_complaints=4), (0, 40), "green"),
        (Moves(without_line="L1"), (2, 10), "yellow"),
        (Moves(without_line="L1", exclude_complaints=2), (0, 10), "green"),
    ],
)
def test_complaints_are_left_out_one_by_one_and_with_their_line(
    complained: Result, moves: Moves, rate: tuple[int, int], light: str
) -> None:
    after = simulate(complained, moves)
    metric = after.metric("complaint_rate")
    assert (metric.verdict.numerator, metric.verdict.denominator, metric.verdict.light) == (*rate, light)
    parts = metric.components
    assert (parts["complaints"], parts["answered"], parts["allowance"], parts["headroom"]) == (*rate, 0, -rate[0])
    assert after.simulated["warnings"] == (["isolation_keeps_accepted"] if moves.without_line else [])


def _with_seats(result: Result, **counts: int) -> Result:
    """The same with other counts of seats."""
    metrics = [
        replace(one, components={**one.components, **counts}) if one.slug == "seat_vacancy" else one
        for one in result.metrics
    ]
    return replace(result, metrics=tuple(metrics))


def test_what_is_needed_is_what_turns_the_light_and_no_more(complained: Result, portrait: Result) -> None:
    assert needs(complained)["exclude_complaints"] == 4
    assert needs(portrait) == {"open_seats": 15, "cut_seats": 22, "close_tickets": 2}
    assert not needs(_with_seats(portrait, opened_and_filed=0)).keys() & {"cut_seats"}, (
        "nothing would be filed any more"
    )
    doubted = needs(_with_seats(portrait, unknown_filing=30))
    assert not doubted.keys() & {"open_seats", "cut_seats"}, "what is not known keeps it from green"
    with pytest.raises(NianjianError) as raised:
        simulate(complained, Moves(without_line="L1", exclude_complaints=3))
    assert raised.value.values == {"move": "exclude_complaints", "count": 3, "maximum": 2}
    with pytest.raises(NianjianError) as unknown:
        simulate(complained, Moves(without_line="L9"))
    assert unknown.value.code == "simulation_line_unknown"
