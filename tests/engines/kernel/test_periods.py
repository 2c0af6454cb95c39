"""Months and days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nianjian.engines.kernel import workdays

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(DAYS, st.integers(-240, 240))
def test_months_added_and_taken_off(day: date, months: int) -> None:
    there = workdays.add_months(day, months)
    assert (there.year - day.year) * 12 + there.month - day.month == months
    back = workdays.add_months(there, -months)
    assert back <= day
    assert (day - back).days <= 3
    if day.day <= 28:
        assert back == day


@given(DAYS, DAYS, st.integers(-60, 60))
def test_months_keep_the_order_of_days(one: date, two: date, months: int) -> None:
    if one <= two:
        assert workdays.add_months(one, months) <= workdays.add_months(two, months)


def test_day_boundaries_lie_in_shanghai() -> None:
    late = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert workdays.day_of(late) == date(2027, 1, 1)
    assert workdays.day_of(late - timedelta(seconds=1)) == date(2026, 12, 31)
