"""How an item, a request and a package stand: whole tables, and that nothing unknown is ready or sent."""

from datetime import date, timedelta

import pytest

from nianjian.engines.paper.texts.dossier import ASKED
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.dossier.states import (
    ALLOWED,
    REQUESTS,
    Facts,
    MaterialState,
    Reply,
    RequestState,
    RoundAction,
    RoundState,
    Verdict,
    evaluate_material,
    evaluate_request,
    evaluate_round,
    is_late,
)

DAY = date(2027, 3, 1)
NEXT = DAY + timedelta(days=1)
BEFORE = DAY - timedelta(days=1)
GOOD = Verdict.READY


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (None, MaterialState.MISSING),
        (Facts(GOOD), MaterialState.TO_CONFIRM),
        (Facts(Verdict.NEEDS_PERSON), MaterialState.TO_CONFIRM),
        (Facts(Verdict.NOT_READY), MaterialState.NOT_READY),
        (Facts(Verdict.NOT_READY, confirmed=True), MaterialState.NOT_READY),
        (Facts(GOOD, confirmed=True), MaterialState.READY),
        (Facts(Verdict.NEEDS_PERSON, confirmed=True), MaterialState.READY),
        (Facts(GOOD, confirmed=True, returned=True), MaterialState.RETURNED),
        (Facts(GOOD, confirmed=True, valid_until=DAY), MaterialState.READY),
        (Facts(GOOD, confirmed=True, valid_until=BEFORE), MaterialState.EXPIRED),
        (Facts(GOOD, confirmed=True, effective_on=DAY), MaterialState.READY),
        (Facts(GOOD, confirmed=True, effective_on=NEXT), MaterialState.EXPIRED),
        (Facts(GOOD, valid_until=BEFORE), MaterialState.TO_CONFIRM),
    ],
)
def test_the_newest_version_decides(newest: Facts | None, expected: MaterialState) -> None:
    assert evaluate_material(newest, not_applicable=False, on=DAY) is expected
    assert evaluate_material(newest, not_applicable=True, on=DAY) is MaterialState.NOT_APPLICABLE


def test_every_answer_has_a_state() -> None:
    assert set(REQUESTS) == set(Reply)
    assert set(ALLOWED) == set(RoundState)


@pytest.mark.parametrize("reply", list(Reply))
def test_nothing_is_handed_in_before_a_package_went_out(reply: Reply) -> None:
    assert evaluate_request(reply, held=None) is not RequestState.SENT
    if reply is not Reply.NOTE:
        assert evaluate_request(reply, held=False) is RequestState.LEFT_OUT


@pytest.mark.parametrize(
    ("requests", "later", "passed", "expected"),
    [
        ([], False, False, RoundState.SUBMITTED),
        ([RequestState.OPEN], False, False, RoundState.RETURNED),
        ([RequestState.ANSWERED, RequestState.TO_CONFIRM], False, False, RoundState.RETURNED),
        ([RequestState.ANSWERED, RequestState.ANSWERED], False, False, RoundState.ANSWERED),
        ([RequestState.LEFT_OUT], True, False, RoundState.RESUBMITTED),
        ([], True, False, RoundState.RESUBMITTED),
        ([RequestState.OPEN], False, True, RoundState.PASSED),
    ],
)
def test_a_package_stands_as_its_requests_do(
    requests: list[RequestState], *, later: bool, passed: bool, expected: RoundState
) -> None:
    assert evaluate_round(requests, later=later, passed=passed) is expected


def test_a_package_that_is_over_takes_evidence_only() -> None:
    for over in (RoundState.RESUBMITTED, RoundState.PASSED):
        assert ALLOWED[over] == {RoundAction.PAPER}
    assert RoundAction.ANSWER not in ALLOWED[RoundState.SUBMITTED], "nothing was asked for"


def test_the_last_day_is_in_time() -> None:
    due, after = date(2026, 5, 14), date(2026, 5, 15)
    assert not is_late(due, sent_on=None, today=due)
    assert is_late(due, sent_on=None, today=after)
    assert not is_late(due, sent_on=due, today=after)
    assert is_late(due, sent_on=after, today=after)


def test_requests_are_told_with_words_of_their_own_not_those_of_calls() -> None:
    said = [words(CHINESE)(text) for text in (*ASKED.values(), "what they ask for")]
    assert said == ["未答复", "新文件未确认", "已答复", "已提交", "提交时缺少答复", "要求"]
