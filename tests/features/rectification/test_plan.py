"""Days and steps of a case."""

from datetime import date, datetime

import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.rectification import states
from nianjian.features.rectification.states import plan_case, plan_reminder

BOOK, CALENDAR = Rulebook.on(date(2026, 12, 31)), builtin()


def test_the_last_day_ends_with_the_office() -> None:
    days = plan_case(date(2026, 9, 24), None, BOOK, CALENDAR)
    assert days.due_at == datetime(2026, 10, 15, 17, tzinfo=clock.ZONE)


def test_a_printed_day_wins_even_where_the_calendar_is_not_known() -> None:
    days = plan_case(date(2027, 2, 1), date(2027, 3, 1), BOOK, CALENDAR)
    assert (days.due.day, days.provisional, days.printed) == (date(2027, 3, 1), False, True)
    assert days.target.provisional
    assert days.target.day < days.due.day
    tight = plan_case(date(2026, 5, 6), date(2026, 5, 8), BOOK, CALENDAR)
    assert tight.target.day == tight.due.day == date(2026, 5, 8)


def test_the_reminder_is_counted_from_the_submission() -> None:
    assert plan_reminder(date(2026, 4, 28), BOOK, CALENDAR).day == date(2026, 5, 21)
    assert plan_reminder(date(2026, 12, 20), BOOK, CALENDAR).provisional


def test_locating_and_isolating_come_in_either_order() -> None:
    states.check_step("R1", states.ISOLATED, {states.OPENED})
    states.check_step("R1", states.LOCATED, {states.OPENED, states.ISOLATED})
    assert states.state_of({states.OPENED, states.ISOLATED}) == states.ISOLATED
    assert states.state_of({states.OPENED, states.LOCATED, states.ISOLATED, "paper_added"}) == states.ISOLATED


@pytest.mark.parametrize(
    ("step", "done", "code"),
    [
        (states.REPORTED, {states.OPENED, states.LOCATED, states.ISOLATED}, "rectify_step_early"),
        (states.SUBMITTED, {states.OPENED, states.MEASURED}, "rectify_step_early"),
        (states.CLOSED, {states.OPENED, states.REPORTED}, "rectify_step_early"),
        (states.LOCATED, set(states.STEPS), "rectify_closed"),
    ],
)
def test_no_step_is_done_before_its_time(step: str, done: set[str], code: str) -> None:
    with pytest.raises(NianjianError) as told:
        states.check_step("R1", step, done)
    assert told.value.code == code
