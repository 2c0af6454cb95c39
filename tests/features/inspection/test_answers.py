"""Each answer card on both sides of its limit, and the words for every one."""

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
import pytest
from tests.support.claims import is_sentence_of

from nianjian.engines.kernel.claims import REFUSED, RELEASED, UNKNOWN, Claim
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS
from nianjian.engines.paper.texts import inspection as texts
from nianjian.engines.paper.texts.claims import CARDS, CLAIMS
from nianjian.engines.paper.words import ENGLISH, words
from nianjian.features.complaints.clocks import TicketCounts, build_in_time_claim
from nianjian.features.inspection import claims
from nianjian.features.inspection.claims import RobotFigures

ROBOTS = RobotFigures(seats=2, filed=2, calls=9, answered=5, intents=5, asked=3, put_through=3, in_time=3, item=True)
TICKETS = TicketCounts(
    tickets=10,
    response_late=0,
    close_late=0,
    undecided=1,
    no_arrival=0,
    response_95=120,
    close_95=1440,
    response_limit=120,
    close_limit=1440,
)
LIGHTS = {"complaint_rate": "green", "closing_rate": "green"}
NO_PREDICTIVE = claims.absence("predictive", "not_found", {})
LOGS = {"calls": "ok", "system": "ok"}

CASES: list[tuple[Claim, str, list[str]]] = [
    (claims.own_numbers(10_000, 10_000, {}), RELEASED, []),
    (claims.own_numbers(10_000, 9_999, {}), REFUSED, ["other_numbers_shown"]),  # 99.99 %
    (claims.own_numbers(10_000, 9_999, {"unknown": 1}), UNKNOWN, ["display_unknown"]),
    (claims.own_numbers(10_000, 9_998, {"unknown": 1}), REFUSED, ["other_numbers_shown", "display_unknown"]),
    (claims.own_numbers(10_000, 10_000, {}, unrecorded=3), UNKNOWN, ["calls_missing"]),
    (claims.own_numbers(0, 0, {}), UNKNOWN, ["no_calls"]),
    (claims.own_numbers(None, 0, {}), UNKNOWN, ["no_calls"]),
    (claims.robot_abilities(ROBOTS), RELEASED, []),
    (claims.robot_abilities(replace(ROBOTS, item=None)), RELEASED, []),
    (claims.robot_abilities(replace(ROBOTS, filed=1)), REFUSED, ["robot_seats_unfiled"]),
    (claims.robot_abilities(replace(ROBOTS, item=False)), REFUSED, ["algorithm_form_missing"]),
    (claims.robot_abilities(replace(ROBOTS, in_time=2)), REFUSED, ["transfers_slow"]),
    (claims.robot_abilities(replace(ROBOTS, intents=0)), UNKNOWN, ["intents_unproved"]),
    (claims.robot_abilities(replace(ROBOTS, intents=4)), UNKNOWN, ["intents_incomplete"]),
    (claims.robot_abilities(replace(ROBOTS, asked=0, in_time=0)), UNKNOWN, ["transfers_unproved"]),
    (
        claims.robot_abilities(replace(ROBOTS, seats=0, filed=0)),
        REFUSED,
        ["no_robot_seats"],
    ),  # robots call all the same
    (claims.robot_abilities(replace(ROBOTS, seats=0, filed=0, calls=0)), UNKNOWN, ["no_robot_seats"]),
    (build_in_time_claim(TICKETS), RELEASED, []),
    (build_in_time_claim(replace(TICKETS, response_late=1)), REFUSED, ["responses_late"]),
    (build_in_time_claim(replace(TICKETS, close_late=1)), REFUSED, ["closes_late"]),
    (build_in_time_claim(replace(TICKETS, no_arrival=1)), UNKNOWN, ["arrival_unknown"]),
    (build_in_time_claim(replace(TICKETS, tickets=0)), UNKNOWN, ["no_tickets"]),
    (build_in_time_claim(replace(TICKETS, tickets=1)), UNKNOWN, ["tickets_running"]),
    (claims.absence("ai_outbound", "not_found", {"seats": 0, "robot_calls": 0}), RELEASED, []),
    (claims.absence("ai_outbound", "found", {"seats": 1, "robot_calls": 0}), REFUSED, ["ai_outbound_found"]),
    (claims.absence("ai_outbound", "unknown", {"seats": 0, "robot_calls": 0}), UNKNOWN, ["ai_outbound_untold"]),
    (claims.absence("predictive", "not_found", {"calls": 9, "over": 0}), RELEASED, []),
    (claims.absence("predictive", "found", {"calls": 9, "over": 9}), REFUSED, ["predictive_found"]),
    (claims.absence("predictive", "unknown", {"calls": 0, "over": 0}), UNKNOWN, ["predictive_untold"]),
    (claims.one_click(2, 2, 2, 0), RELEASED, []),
    (claims.one_click(2, 1, 2, 0), REFUSED, ["doors_dead"]),
    (claims.one_click(3, 2, 2, 0, untried=1), UNKNOWN, ["doors_untried"]),
    (claims.one_click(2, 2, 3, 1), REFUSED, ["numbers_without_door"]),
    (claims.one_click(0, 0, 3, 3), REFUSED, ["no_doors"]),
    (claims.one_click(2, 2, 0, 0), UNKNOWN, ["no_numbers"]),
    (claims.logs(LOGS), RELEASED, []),
    (claims.logs(LOGS | {"calls": "gap"}), REFUSED, ["log_calls"]),
    (claims.logs(LOGS | {"calls": "too_short"}), REFUSED, ["log_calls"]),
    (claims.logs(LOGS | {"calls": "unknown"}), UNKNOWN, ["log_calls"]),
    (claims.logs({}), UNKNOWN, ["logs_untold"]),
    (claims.number_filing(3, 3, "passed"), RELEASED, []),
    (claims.number_filing(3, 2, "passed"), REFUSED, ["numbers_unfiled"]),
    (claims.number_filing(3, 3, "failed"), REFUSED, ["numbers_differ"]),
    (claims.number_filing(3, 3, "insufficient"), UNKNOWN, ["numbers_not_compared"]),
    (claims.number_filing(3, 3, None), UNKNOWN, ["numbers_not_compared"]),
    (claims.number_filing(0, 0, "passed"), UNKNOWN, ["no_numbers"]),
    (claims.number_filing(3, 3, "passed", recent=False), UNKNOWN, ["numbers_compared_long_ago"]),
    (claims.number_use(9, 0, 0), RELEASED, []),
    (claims.number_use(9, 1, 0), REFUSED, ["other_gateway"]),
    (claims.number_use(9, 0, 1), UNKNOWN, ["gateway_untold"]),
    (claims.number_use(0, 0, 0), UNKNOWN, ["no_calls"]),
    (claims.resources(2, 0, 0, 0, listed_teams=2), RELEASED, []),
    (claims.resources(2, 0, 1, 0, listed_teams=2), REFUSED, ["lines_unregistered"]),
    (claims.resources(2, 1, 0, 1, listed_teams=2), UNKNOWN, ["lines_without_carrier", "teams_without_agreement"]),
    (claims.resources(2, 0, 0, 0, listed_teams=0), UNKNOWN, ["no_teams"]),
    (claims.resources(0, 0, 0, 0, listed_teams=2), UNKNOWN, ["no_lines"]),
    (claims.resources(2, 0, 0, 0, 9, listed_teams=2), UNKNOWN, ["lines_untold"]),
    (claims.conduct(LIGHTS, NO_PREDICTIVE), RELEASED, []),
    (claims.conduct(LIGHTS | {"complaint_rate": "yellow"}, NO_PREDICTIVE), REFUSED, ["light_complaint_rate"]),
    (claims.conduct(LIGHTS | {"closing_rate": "insufficient"}, NO_PREDICTIVE), UNKNOWN, ["light_closing_rate"]),
    (claims.conduct(LIGHTS, claims.absence("predictive", "found", {})), REFUSED, ["predictive_found"]),
    (claims.conduct(LIGHTS, claims.absence("predictive", "unknown", {})), UNKNOWN, ["predictive_untold"]),
    (claims.absence("predictive", "not_found", {}, declared=False), RELEASED, []),
    (claims.absence("predictive", "not_found", {}, declared=True), UNKNOWN, ["stated_otherwise"]),
    (claims.absence("predictive", "unknown", {}, declared=False), UNKNOWN, ["predictive_untold"]),
    (claims.absence("ai_outbound", "found", {}, declared=True), REFUSED, ["ai_outbound_found"]),
    (claims.absence("ai_outbound", "found", {}, declared=False), REFUSED, ["ai_outbound_found", "statement_refuted"]),
    (claims.one_click(0, 0, 3, 3, declared=True), UNKNOWN, ["doors_elsewhere"]),
    (claims.one_click(0, 0, 3, 3, declared=False), REFUSED, ["no_doors"]),
    (claims.one_click(2, 2, 2, 0, declared=False), UNKNOWN, ["stated_otherwise"]),
    (claims.control("fresh", 9, 9, enforced=True, answers=True), RELEASED, []),
    (claims.control("fresh", 9, 8, enforced=True, answers=True), REFUSED, ["calls_past_gate"]),
    (claims.control("alarm", 9, 9, enforced=True, answers=True), REFUSED, ["gate_stale"]),
    (claims.control("missing", 9, 9, enforced=False, answers=True), REFUSED, ["gate_missing"]),
    (claims.control("fresh", 9, 9, enforced=False, answers=True), REFUSED, ["gate_looks_on"]),
    (claims.control("fresh", 9, 9, enforced=True, answers=False), UNKNOWN, ["gate_silent"]),
    (claims.control("fresh", None, 0, enforced=True, answers=True), UNKNOWN, ["gate_unasked"]),
    (claims.consent(5, 5), RELEASED, []),
    (claims.consent(5, 4), REFUSED, ["consents_unproved"]),
    (claims.consent(0, 0), UNKNOWN, ["no_consents"]),
]


@pytest.mark.parametrize(
    ("card", "state", "lacks"), CASES, ids=[f"{one.id}-{state}-{n}" for n, (one, state, _) in enumerate(CASES)]
)
def test_a_sentence_is_released_only_while_its_proof_holds(card: Claim, state: str, lacks: list[str]) -> None:
    assert (card.state, [one.code for one in card.lacks]) == (state, lacks)
    _ = words(ENGLISH)
    document = {
        "card": card.id,
        "state": card.state,
        "figures": dict(card.figures),
        "lacks": [{"code": one.code, "known": one.known, "count": one.count} for one in card.lacks],
        "from": "2026-01-01",
    }
    said = texts.format_answer(document, "2026-10-01", _)
    assert is_sentence_of(card.id, said) is (state == RELEASED)
    assert "{" not in said
    assert bool(texts.answer_steps(document, _)) is (state != RELEASED)
    assert len(texts.answer_lacks(document, _)) == len(lacks)
    assert len(texts.answer_figures(document, _)) == len(card.figures)


def test_every_card_is_tested_on_both_sides() -> None:
    seen = {(one.id, state == RELEASED) for one, state, _ in CASES}
    assert seen == {(card, side) for card in claims.CARDS for side in (True, False)}
    assert set(texts.CARDS) == {name for name, one in CLAIMS.items() if CARDS in one.where} == set(claims.CARDS)
    assert set(texts.LACKS) == set(texts.STEPS)


def test_every_call_that_was_dialled_is_held_against_the_gate() -> None:
    usual = {"part": "2026-03", "direction": "out", "leg": "customer", "delivered": False, "test": False}
    calls: list[dict[str, object]] = [
        {"result": "answered", "delivered": True}, {"result": "failed"}, {"result": None, "delivered": None},
        {"result": "blocked"}, {"result": "failed", "direction": "in"}, {"result": "failed", "part": "rejected"},
    ]  # fmt: skip
    rows = [usual | {"start_ts": datetime(2026, 3, 2, 9), "call_id": str(n)} | one for n, one in enumerate(calls)]  # noqa: DTZ001 -- wall time, as the lake has it
    with closing(DuckDBEngine()) as engine:
        table = engine.hold("calls", pa.Table.from_pylist(rows, schema=CALLS))
        day = date(2026, 3, 2)
        (row,) = engine.rows(claims.count_by_day(claims.select_dialled(table, day, day)))
    assert row == {"day": day, "calls": 3}, "delivered or not; what was blocked never left"
