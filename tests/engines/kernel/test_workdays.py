"""Working days, the calendar of published and unpublished years, and the clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianjian.engines.kernel import clock, workdays
from nianjian.engines.kernel.errors import NianjianError
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
