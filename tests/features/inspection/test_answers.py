"""Each answer card on both sides of its limit, and the words for every one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nianjian.engines.kernel.claims import REFUSED, RELEASED, UNKNOWN, Claim
from nianjian.engines.paper.texts.inspection import answers as texts
from nianjian.engines.paper.words import ENGLISH, words
from nianjian.features.complaints.clocks import TicketCounts, build_in_time_claim
from nianjian.features.inspection import cards, readiness
from nianjian.features.inspection.cards import Robots
from nianjian.features.inspection.readiness import Check

ROBOTS = Robots(seats=2, filed=2, calls=9, answered=5, intents=5, asked=3, put_through=3, in_time=3, item=True)
TICKETS = TicketCounts(
    tickets=10, response_late=0, close_late=0, undecided=1, no_arrival=0, response_95=120, close_95=1440
)
LIGHTS = {"complaint_rate": "green", "closing_rate": "green"}
LOGS = {"calls": "ok", "system": "ok"}

CASES: list[tuple[Claim, str, list[str]]] = [
    (cards.own_numbers(10_000, 10_000, {}), RELEASED, []),
    (cards.own_numbers(10_000, 9_999, {}), REFUSED, ["other_numbers_shown"]),  # 99.99 %
    (cards.own_numbers(0, 0, {}), UNKNOWN, ["no_calls"]),
    (cards.own_numbers(None, 0, {}), UNKNOWN, ["no_calls"]),
    (cards.robot_abilities(ROBOTS), RELEASED, []),
    (cards.robot_abilities(replace(ROBOTS, item=None)), RELEASED, []),
    (cards.robot_abilities(replace(ROBOTS, filed=1)), REFUSED, ["robot_seats_unfiled"]),
    (cards.robot_abilities(replace(ROBOTS, item=False)), REFUSED, ["algorithm_form_missing"]),
    (cards.robot_abilities(replace(ROBOTS, in_time=2)), REFUSED, ["transfers_slow"]),
    (cards.robot_abilities(replace(ROBOTS, intents=0)), UNKNOWN, ["intents_unproved"]),
    (cards.robot_abilities(replace(ROBOTS, intents=4)), UNKNOWN, ["intents_incomplete"]),
    (cards.robot_abilities(replace(ROBOTS, asked=0, in_time=0)), UNKNOWN, ["transfers_unproved"]),
    (
        cards.robot_abilities(replace(ROBOTS, seats=0, filed=0)),
        REFUSED,
        ["no_robot_seats"],
    ),  # robots call all the same
    (cards.robot_abilities(replace(ROBOTS, seats=0, filed=0, calls=0)), UNKNOWN, ["no_robot_seats"]),
    (build_in_time_claim(TICKETS), RELEASED, []),
    (build_in_time_claim(replace(TICKETS, response_late=1)), REFUSED, ["responses_late"]),
    (build_in_time_claim(replace(TICKETS, close_late=1)), REFUSED, ["closes_late"]),
    (build_in_time_claim(replace(TICKETS, no_arrival=1)), UNKNOWN, ["arrival_unknown"]),
    (build_in_time_claim(replace(TICKETS, tickets=0)), UNKNOWN, ["no_tickets"]),
    (build_in_time_claim(replace(TICKETS, tickets=1)), UNKNOWN, ["tickets_running"]),
    (cards.absent("ai_outbound", "not_found", {"seats": 0, "robot_calls": 0}), RELEASED, []),
    (cards.absent("ai_outbound", "found", {"seats": 1, "robot_calls": 0}), REFUSED, ["ai_outbound_found"]),
    (cards.absent("ai_outbound", "unknown", {"seats": 0, "robot_calls": 0}), UNKNOWN, ["ai_outbound_untold"]),
    (cards.absent("predictive", "not_found", {"calls": 9, "over": 0}), RELEASED, []),
    (cards.absent("predictive", "found", {"calls": 9, "over": 9}), REFUSED, ["predictive_found"]),
    (cards.absent("predictive", "unknown", {"calls": 0, "over": 0}), UNKNOWN, ["predictive_untold"]),
    (cards.one_click(2, 2, 2, 0), RELEASED, []),
    (cards.one_click(2, 1, 2, 0), REFUSED, ["doors_dead"]),
    (cards.one_click(3, 2, 2, 0, untried=1), UNKNOWN, ["doors_untried"]),
    (cards.one_click(2, 2, 3, 1), REFUSED, ["numbers_without_door"]),
    (cards.one_click(0, 0, 3, 3), REFUSED, ["no_doors"]),
    (cards.logs_kept(LOGS), RELEASED, []),
    (cards.logs_kept(LOGS | {"calls": "gap"}), REFUSED, ["log_calls"]),
    (cards.logs_kept(LOGS | {"calls": "too_short"}), REFUSED, ["log_calls"]),
    (cards.logs_kept(LOGS | {"calls": "unknown"}), UNKNOWN, ["log_calls"]),
    (cards.logs_kept({}), UNKNOWN, ["logs_untold"]),
    (cards.number_filing(3, 3, "passed"), RELEASED, []),
    (cards.number_filing(3, 2, "passed"), REFUSED, ["numbers_unfiled"]),
    (cards.number_filing(3, 3, "failed"), REFUSED, ["numbers_differ"]),
    (cards.number_filing(3, 3, "insufficient"), UNKNOWN, ["numbers_not_compared"]),
    (cards.number_filing(3, 3, None), UNKNOWN, ["numbers_not_compared"]),
    (cards.number_filing(0, 0, "passed"), UNKNOWN, ["no_numbers"]),
    (cards.number_use(9, 0, 0), RELEASED, []),
    (cards.number_use(9, 1, 0), REFUSED, ["other_gateway"]),
    (cards.number_use(9, 0, 1), UNKNOWN, ["gateway_untold"]),
    (cards.number_use(0, 0, 0), UNKNOWN, ["no_calls"]),
    (cards.resources(2, 0, 0, 0), RELEASED, []),
    (cards.resources(2, 0, 1, 0), REFUSED, ["lines_unregistered"]),
    (cards.resources(2, 1, 0, 1), UNKNOWN, ["lines_without_carrier", "teams_without_agreement"]),
    (cards.resources(0, 0, 0, 0), UNKNOWN, ["no_lines"]),
    (cards.conduct(LIGHTS, "not_found"), RELEASED, []),
    (cards.conduct(LIGHTS | {"complaint_rate": "yellow"}, "not_found"), REFUSED, ["light_complaint_rate"]),
    (cards.conduct(LIGHTS | {"closing_rate": "insufficient"}, "not_found"), UNKNOWN, ["light_closing_rate"]),
    (cards.conduct(LIGHTS, "found"), REFUSED, ["predictive_found"]),
    (cards.conduct(LIGHTS, "unknown"), UNKNOWN, ["predictive_untold"]),
    (cards.control("fresh", enforced=True, answers=True, decisions=True), RELEASED, []),
    (cards.control("alarm", enforced=True, answers=True, decisions=True), REFUSED, ["gate_stale"]),
    (cards.control("missing", enforced=False, answers=True, decisions=True), REFUSED, ["gate_missing"]),
    (cards.control("fresh", enforced=False, answers=True, decisions=True), REFUSED, ["gate_looks_on"]),
    (cards.control("fresh", enforced=True, answers=False, decisions=True), UNKNOWN, ["gate_silent"]),
    (cards.control("fresh", enforced=True, answers=True, decisions=False), UNKNOWN, ["gate_unasked"]),
    (cards.consent(5, 5), RELEASED, []),
    (cards.consent(5, 4), REFUSED, ["consents_unproved"]),
    (cards.consent(0, 0), UNKNOWN, ["no_consents"]),
]


@pytest.mark.parametrize(
    ("card", "state", "lacks"), CASES, ids=[f"{one.id}-{state}-{n}" for n, (one, state, _) in enumerate(CASES)]
)
def test_a_sentence_is_released_only_while_its_proof_holds(card: Claim, state: str, lacks: list[str]) -> None:
    assert (card.state, [one.code for one in card.lacks]) == (state, lacks)
    _ = words(ENGLISH)
    told = {
        "card": card.id,
        "state": card.state,
        "figures": dict(card.figures),
        "lacks": [{"code": one.code, "count": one.count} for one in card.lacks],
    }
    said = texts.format_answer(told, _)
    assert (said == texts.SENTENCES[card.id]) is (state == RELEASED)
    assert "{" not in said
    assert bool(texts.steps(told, _)) is (state != RELEASED)
    assert len(texts.lacks(told, _)) == len(lacks)
    assert len(texts.figures(told, _)) == len(card.figures)


def test_every_card_is_tested_on_both_sides() -> None:
    seen = {(one.id, state == RELEASED) for one, state, _ in CASES}
    assert seen == {(card, side) for card in cards.CARDS for side in (True, False)}
    assert set(texts.CARDS) == set(texts.SENTENCES) == set(texts.INSTEAD) == set(cards.CARDS)
    assert set(texts.LACKS) == set(texts.STEPS)


def test_what_is_unknown_is_not_passed() -> None:
    checks = [
        Check(str(n), readiness.PEOPLE if n else readiness.SYSTEM, "S2", state, "")
        for n, state in enumerate(("passed", "unknown", "passed"))
    ]
    assert readiness.share(checks) == (2, 3)
    assert readiness.share(checks, readiness.PEOPLE) == (1, 2)
    assert readiness.state(checks) == readiness.UNKNOWN
    assert readiness.state(checks[:1]) == readiness.PASSED
    assert readiness.state([]) == readiness.UNKNOWN
    assert readiness.state([*checks, Check("x", readiness.SYSTEM, "S5", "failed", "")]) == readiness.FAILED
