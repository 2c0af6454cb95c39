"""How a package that was handed in stands: a whole table, and that an answer counts once it went out."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from nianjian.engines.paper.texts.dossier.rounds import ASKED
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.dossier.rounds.states import (
    ALLOWED,
    REQUESTS,
    Act,
    Reply,
    RequestState,
    State,
    evaluate_request,
    late,
    state,
)


def test_every_answer_has_a_state() -> None:
    assert set(REQUESTS) == set(product(Reply, (None, False, True)))
    assert set(ALLOWED) == set(State)


@pytest.mark.parametrize("reply", list(Reply))
def test_nothing_is_handed_in_before_a_package_went_out(reply: Reply) -> None:
    assert evaluate_request(reply, held=None) is not RequestState.SENT
    if reply is not Reply.NOTE:
        assert evaluate_request(reply, held=False) is RequestState.LEFT_OUT


@pytest.mark.parametrize(
    ("requests", "later", "passed", "expected"),
    [
        ([], False, False, State.SUBMITTED),
        ([RequestState.OPEN], False, False, State.RETURNED),
        ([RequestState.ANSWERED, RequestState.TO_CONFIRM], False, False, State.RETURNED),
        ([RequestState.ANSWERED, RequestState.ANSWERED], False, False, State.ANSWERED),
        ([RequestState.LEFT_OUT], True, False, State.RESUBMITTED),
        ([], True, False, State.RESUBMITTED),
        ([RequestState.OPEN], False, True, State.PASSED),
    ],
)
def test_a_package_stands_as_its_requests_do(
    requests: list[RequestState], *, later: bool, passed: bool, expected: State
) -> None:
    assert state(requests, later=later, passed=passed) is expected


def test_a_package_that_is_over_takes_evidence_only() -> None:
    for over in (State.RESUBMITTED, State.PASSED):
        assert ALLOWED[over] == {Act.PAPER}
    assert Act.ANSWER not in ALLOWED[State.SUBMITTED], "nothing was asked for"


def test_the_last_day_is_in_time() -> None:
    due, after = date(2026, 5, 14), date(2026, 5, 15)
    assert not late(due, sent_on=None, today=due)
    assert late(due, sent_on=None, today=after)
    assert not late(due, sent_on=due, today=after)
    assert late(due, sent_on=after, today=after)


def test_requests_are_told_with_words_of_their_own_not_those_of_calls() -> None:
    said = [words(CHINESE)(text) for text in (*ASKED.values(), "what they ask for")]
    assert said == ["未答复", "新文件未确认", "已答复", "已递交", "递交时缺少答复", "要求"]
