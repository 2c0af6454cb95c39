"""States of tickets and clocks, and their words."""

from datetime import datetime, timedelta

import pytest

from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.paper.texts import complaints
from nianjian.features.complaints.clocks import Clock, Hand
from nianjian.features.complaints.matching import LINKS, Confidence
from nianjian.features.complaints.states import ALLOWED, Facts, State, TicketAction, find_refusal, state_of

NOON = datetime(2026, 3, 2, 12, tzinfo=ZONE)
LATER, BEFORE = NOON + timedelta(hours=1), NOON - timedelta(seconds=1)
EARLY = "complaint_moment_too_early"
TABLE = {
    State.NEW: "acknowledge respond callback exclude assign attach",
    State.RESPONDED: "callback exclude assign attach",
    State.CALLED_BACK: "callback close exclude assign attach",
    State.CLOSED: "unclose reopen exclude attach",
    State.REOPENED: "callback exclude assign attach",
    State.EXCLUDED: "readmit attach",
}


def test_these_acts_and_no_others_are_open() -> None:
    assert {one: {act.value for act in ALLOWED[one]} for one in State} == {
        one: set(acts.split()) for one, acts in TABLE.items()
    }


def test_what_happens_at_one_moment() -> None:
    assert state_of(Facts(NOON, NOON, NOON, closed=NOON, reopened=NOON)) is State.CLOSED
    assert state_of(Facts(NOON, NOON, NOON, closed=NOON, reopened=LATER)) is State.REOPENED

    facts = Facts(NOON, NOON, LATER, closed=NOON, reopened=LATER)
    assert state_of(facts) is State.CALLED_BACK
    assert find_refusal(facts, TicketAction.CLOSE, LATER) is None

    for called_back in (BEFORE, NOON, None):
        facts = Facts(BEFORE, BEFORE, called_back, closed=NOON, reopened=LATER)
        assert find_refusal(facts, TicketAction.CLOSE, LATER) == "complaint_callback_old"


def test_as_it_stood_at_a_moment_that_moment_is_known() -> None:
    facts = Facts(NOON, NOON, LATER, closed=LATER)
    assert facts.at(NOON) == Facts(NOON, NOON)
    assert facts.at(LATER) == facts
    assert facts.at(BEFORE) == Facts(NOON)


@pytest.mark.parametrize(
    ("facts", "act", "at", "expected"),
    [
        (Facts(NOON), TicketAction.RESPOND, NOON, None),
        (Facts(NOON), TicketAction.RESPOND, BEFORE, EARLY),
        (Facts(NOON, LATER), TicketAction.CALL_BACK, LATER, None),
        (Facts(NOON, LATER), TicketAction.CALL_BACK, NOON, EARLY),
        (Facts(BEFORE, BEFORE, NOON), TicketAction.CLOSE, NOON, None),
        (Facts(BEFORE, BEFORE, NOON), TicketAction.CLOSE, BEFORE, EARLY),
        (Facts(BEFORE, BEFORE, LATER, closed=BEFORE, reopened=NOON), TicketAction.CLOSE, NOON, EARLY),
        (Facts(BEFORE, BEFORE, NOON, closed=BEFORE, reopened=NOON), TicketAction.CLOSE, NOON, None),
        (Facts(NOON, NOON, NOON, closed=NOON), TicketAction.REOPEN, NOON, EARLY),
        (Facts(NOON, NOON, NOON, closed=NOON), TicketAction.REOPEN, LATER, None),
    ],
)
def test_nothing_happens_before_what_it_follows(
    facts: Facts, act: TicketAction, at: datetime, expected: str | None
) -> None:
    assert find_refusal(facts, act, at) == expected


def test_every_code_has_its_word() -> None:
    assert set(complaints.STATES) == {one.value for one in State}
    assert set(complaints.HANDS) == {one.value for one in Hand}
    assert set(complaints.CLOCKS) == {one.value for one in Clock}
    assert {one.value for one in TicketAction} <= set(complaints.ACTS)
    assert set(complaints.CONFIDENCE) == {one.value for one in Confidence}
    assert set(complaints.LINKS) == {*LINKS, ""}
