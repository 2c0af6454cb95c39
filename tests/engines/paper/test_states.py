"""The six states in words: each has a text and a badge, and a task is done, not passed."""

import pytest

from nianjian.engines.kernel.states import State
from nianjian.engines.paper.texts import platform
from nianjian.engines.paper.texts.season import task_state_text
from nianjian.engines.paper.words import CHINESE, words


def test_every_state_has_its_text_badge_and_style() -> None:
    assert (
        platform.STATES.keys()
        == platform.TASKS.keys()
        == platform.BADGES.keys()
        == platform.STYLES.keys()
        == set(State)
    )
    assert [state for state, badge in platform.BADGES.items() if badge == "good"] == [State.PASSED]


@pytest.mark.parametrize(
    ("status", "state", "text"),
    [
        ("passed", "done", "已完成"), ("not_proved", "open", "未证明"), ("overdue", "late", "已逾期"),
        ("not_applicable", "not_applicable", "不适用"), ("in_progress", "ahead", "未开始"),
    ],
)  # fmt: skip
def test_a_task_is_done_where_a_check_has_passed(status: str, state: str, text: str) -> None:
    assert task_state_text(state, status, words(CHINESE)) == text
