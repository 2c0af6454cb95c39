"""Periods, months and hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianjian.kernel import periods
from nianjian.kernel.periods import Month, Period

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def test_data_year_is_half_open() -> None:
    year = periods.data_year(2026)
    assert date(2026, 1, 1) in year
    assert date(2026, 12, 31) in year
    assert date(2027, 1, 1) not in year
    assert datetime(2026, 5, 1) not in year  # noqa: DTZ001 - zone-less on purpose
    assert year.days == 365


def test_season_is_filed_in_the_year_after() -> None:
    assert periods.Season("浙B2-20080101", 2026).filed_in == 2027


def test_trailing_twelve_months_at_the_end_of_the_year_are_the_year() -> None:
    assert periods.trailing_months(date(2026, 12, 31), 12) == periods.data_year(2026)
    assert periods.trailing_months(date(2024, 2, 29), 12) == Period(date(2023, 3, 1), date(2024, 3, 1))


def test_months_of_a_period() -> None:
    months = periods.months_of(Period(date(2026, 11, 30), date(2027, 2, 1)))
    assert [str(month) for month in months] == ["2026-11", "2026-12", "2027-01"]
    assert periods.months_of(Period(date(2026, 1, 1), date(2026, 1, 1))) == ()
    assert Month(2026, 2).period == Period(date(2026, 2, 1), date(2026, 3, 1))


@pytest.mark.parametrize("text", ["2026-03", "202603"])
def test_month_text(text: str) -> None:
    assert Month.parse(text) == Month(2026, 3)


@pytest.mark.parametrize("text", ["2026-13", "2026", "March"])
def test_month_text_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Month.parse(text)


@given(DAYS, st.integers(-240, 240))
def test_months_added_and_taken_off(day: date, months: int) -> None:
    there = periods.add_months(day, months)
    assert Month.of(there) == Month.of(day).plus(months)
    back = periods.add_months(there, -months)
    assert back <= day
    assert (day - back).days <= 3
    if day.day <= 28:
        assert back == day


@given(DAYS, DAYS, st.integers(-60, 60))
def test_months_keep_the_order_of_days(one: date, two: date, months: int) -> None:
    if one <= two:
        assert periods.add_months(one, months) <= periods.add_months(two, months)


def test_run_counts_back_from_the_latest_paid_month() -> None:
    paid = [Month(2026, 10), Month(2026, 12), Month(2027, 1), Month(2027, 2)]
    assert periods.run_before(paid, date(2027, 2, 20)) == 2
    assert periods.run_before(paid, date(2026, 10, 1)) == 0


def test_day_boundaries_lie_in_shanghai() -> None:
    late = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert periods.day_of(late) == date(2027, 1, 1)
    assert periods.day_of(late - timedelta(seconds=1)) == date(2026, 12, 31)
    assert not periods.in_time(late, date(2026, 12, 31))
    assert periods.end_of(date(2026, 12, 31)).isoformat() == "2027-01-01T00:00:00"
    assert periods.hours_after(late, 8) - late == timedelta(hours=8)


def test_stands_from_its_first_day_to_the_day_before_cancelling() -> None:
    first, last = date(2026, 1, 1), date(2026, 6, 30)
    assert periods.stands(first, since=first, ended=last)
    assert not periods.stands(last, since=first, ended=last)
    assert periods.stands(last, since=first, ended=None)
    assert not periods.stands(first, since=None, ended=None)
