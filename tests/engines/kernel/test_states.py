"""The six states: the worst of the parts is that of the whole, and what records hold is read in today's codes."""

from __future__ import annotations

import pytest

from nianjian.engines.kernel.states import State, overall_state, parse_state


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], State.NOT_PROVED), (["passed"], State.PASSED), (["passed", "not_applicable"], State.PASSED),
        (["not_applicable"], State.NOT_APPLICABLE), (["passed", "in_progress"], State.IN_PROGRESS),
        (["in_progress", "not_proved", "passed"], State.NOT_PROVED), (["not_proved", "overdue"], State.OVERDUE),
        (["overdue", "failed", "not_proved"], State.FAILED),
    ],
)  # fmt: skip
def test_a_whole_is_as_bad_as_its_worst_part(parts: list[str], whole: State) -> None:
    assert overall_state(parts) is whole


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("pass", State.PASSED), ("fail", State.FAILED), ("unproved", State.NOT_PROVED),
        ("unknown", State.NOT_PROVED), ("insufficient", State.NOT_PROVED), ("overdue", State.OVERDUE),
    ],
)  # fmt: skip
def test_a_record_is_read_in_the_codes_of_today(code: str, state: State) -> None:
    assert parse_state(code) is state


def test_what_never_was_a_state_is_refused() -> None:
    with pytest.raises(ValueError, match="green"):
        parse_state("green")
