"""Working days, the calendar of published and unpublished years, and the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianjian.engines.kernel import clock, workdays
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.states import State, overall_state, parse_state
from nianjian.engines.kernel.workdays import Calendar, Due

YEAR_2026 = Calendar(
    days_off=frozenset({date(2026, 5, day) for day in range(1, 6)}),
    extra_workdays=frozenset({date(2026, 5, 9)}),
    years=frozenset({2026}),
    fixed=frozenset({(1, 1)}),
)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def test_workdays_of_a_published_year() -> None:
    assert not YEAR_2026.is_workday(date(2026, 5, 1))
    assert YEAR_2026.is_workday(date(2026, 5, 9))
    assert not YEAR_2026.is_workday(date(2026, 5, 10))
    assert YEAR_2026.is_workday(date(2026, 1, 1)), "the notice decides, not the fixed holidays"


def test_an_unpublished_year_is_a_marked_guess() -> None:
    assert workdays.add_workdays(date(2026, 12, 30), 1, YEAR_2026) == Due(date(2026, 12, 31), provisional=False)
    assert workdays.add_workdays(date(2026, 12, 31), 1, YEAR_2026) == Due(date(2027, 1, 4), provisional=True)


def test_last_day_on_a_holiday_moves() -> None:
    assert workdays.next_workday(date(2026, 4, 30), YEAR_2026) == Due(date(2026, 4, 30), provisional=False)
    assert workdays.next_workday(date(2026, 5, 1), YEAR_2026) == Due(date(2026, 5, 6), provisional=False)
    assert workdays.next_workday(date(2027, 1, 1), YEAR_2026) == Due(date(2027, 1, 4), provisional=True)
    twelfth = Calendar(frozenset({date(2026, 12, 31)}), frozenset(), frozenset({2026}))
    assert workdays.next_workday(date(2026, 12, 31), twelfth) == Due(date(2027, 1, 1), provisional=True)


@given(DAYS, st.integers(0, 120))
def test_adding_one_more_is_later(start: date, count: int) -> None:
    now = workdays.add_workdays(start, count, YEAR_2026)
    more = workdays.add_workdays(start, count + 1, YEAR_2026)
    assert now.day < more.day
    assert now.provisional <= more.provisional


@given(DAYS, st.integers(1, 120))
def test_due_day_is_a_workday_and_counts_back(start: date, count: int) -> None:
    due = workdays.add_workdays(start, count, YEAR_2026).day
    assert YEAR_2026.is_workday(due)
    passed = (start + timedelta(days=number) for number in range(1, (due - start).days + 1))
    assert sum(map(YEAR_2026.is_workday, passed)) == count
    back = workdays.add_workdays(due, -count, YEAR_2026).day
    assert back <= start < due
    if YEAR_2026.is_workday(start):
        assert back == start


@given(DAYS, DAYS, st.integers(0, 60))
def test_a_later_receipt_is_never_due_earlier(one: date, two: date, count: int) -> None:
    if one <= two:
        first, second = (workdays.add_workdays(day, count, YEAR_2026).day for day in (one, two))
        assert first <= second


def test_a_newer_calendar_replaces_its_years_and_single_days() -> None:
    newer = Calendar(
        frozenset({date(2026, 12, 31), date(2027, 1, 1)}), frozenset({date(2027, 1, 3)}), frozenset({2027})
    )
    both = YEAR_2026.updated(newer)
    assert both.years == {2026, 2027}
    assert not both.is_workday(date(2026, 12, 31))
    assert not both.is_workday(date(2026, 5, 1))
    assert both.is_workday(date(2027, 1, 3))
    assert both.fixed == YEAR_2026.fixed
    again = both.updated(Calendar(frozenset(), frozenset(), frozenset({2026})))
    assert again.is_workday(date(2026, 5, 1))
    assert not again.is_workday(date(2027, 1, 1))


def test_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.OVERRIDE, raising=False)
    assert clock.now().utcoffset() == timedelta()
    assert abs((clock.today() - clock.now().date()).days) <= 1
    monkeypatch.setenv(clock.OVERRIDE, "2027-03-31")
    assert clock.today() == date(2027, 3, 31)
    monkeypatch.setenv(clock.OVERRIDE, "31.3.2027")
    with pytest.raises(NianjianError, match="today_unreadable"):
        clock.today()


# Months and days.

PERIODS_DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(PERIODS_DAYS, st.integers(-240, 240))
def test_months_added_and_taken_off(day: date, months: int) -> None:
    there = workdays.add_months(day, months)
    assert (there.year - day.year) * 12 + there.month - day.month == months
    back = workdays.add_months(there, -months)
    assert back <= day
    assert (day - back).days <= 3
    if day.day <= 28:
        assert back == day


@given(PERIODS_DAYS, PERIODS_DAYS, st.integers(-60, 60))
def test_months_keep_the_order_of_days(one: date, two: date, months: int) -> None:
    if one <= two:
        assert workdays.add_months(one, months) <= workdays.add_months(two, months)


def test_day_boundaries_lie_in_shanghai() -> None:
    late = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert workdays.day_of(late) == date(2027, 1, 1)
    assert workdays.day_of(late - timedelta(seconds=1)) == date(2026, 12, 31)


# The six states: the worst of the parts is that of the whole, and what records hold is read in today's codes.


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
