"""The next day of each deadline, out of the rulebook."""

from dataclasses import replace
from datetime import date

import pytest

from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.rulebook.deadlines import upcoming


def _days(today: date, province: str | None = None) -> list[tuple[str, str, int]]:
    calendar = upcoming(Rulebook.on(today, province), today, builtin())
    return [(one.rule.key, one.day.isoformat(), one.days) for one in calendar.deadlines]


def test_the_earliest_comes_first_and_tells_what_it_rests_on() -> None:
    today = date(2026, 11, 25)
    calendar = upcoming(Rulebook.on(today, "北京"), today, builtin())
    assert calendar.earliest is not None
    assert (calendar.earliest.rule.key, calendar.earliest.rule.level) == ("deadline.licence.legal", "law")
    assert "第三十五条" in calendar.earliest.rule.citation
    assert (calendar.earliest.day, calendar.earliest.days) == (date(2027, 3, 31), 126)
    assert calendar.start == date(2026, 12, 31), "three months before, by the end of the month"
    assert _days(today) == [
        ("deadline.licence.legal", "2027-03-31", 126),
        ("deadline.code_number.legal", "2027-03-31", 126),
        ("deadline.guide.close", "2027-04-30", 156),
        ("deadline.guide.official", "2027-06-30", 217),
    ]


@pytest.mark.parametrize(
    ("today", "first", "days"),
    [
        (date(2027, 3, 30), "deadline.licence.legal", 1),
        (date(2027, 3, 31), "deadline.licence.legal", 0),  # the day ends at 24:00
        (date(2027, 4, 1), "deadline.guide.close", 29),
        (date(2027, 7, 1), "deadline.licence.legal", 274),
    ],
)
def test_the_last_day_is_in_time(today: date, first: str, days: int) -> None:
    assert _days(today)[0][::2] == (first, days)


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2024, 3, 30), 2),
        (date(2024, 3, 31), 1),  # a Sunday
        (date(2024, 4, 1), 0),  # the Monday to which the law moves it (民法典 203)
        (date(2024, 4, 2), 363),  # to Monday 31 March 2025
    ],
)
def test_the_law_moves_its_day_off_a_sunday_and_nothing_else(today: date, days: int) -> None:
    by_key = {one.rule.key: one for one in upcoming(Rulebook.on(today), today, builtin()).deadlines}
    law, close = by_key["deadline.licence.legal"], by_key["deadline.guide.close"]
    moved = date(2024, 4, 1) if days < 3 else None
    assert (law.days, law.moved) == (days, moved)
    assert law.day == (date(2024, 3, 31) if moved else date(2025, 3, 31))
    assert (close.day, close.last, close.moved) == (date(2024, 4, 30), date(2024, 4, 30), None)
    notice = by_key["deadline.code_number.legal"]
    assert notice.day == (date(2024, 3, 31) if today <= date(2024, 3, 31) else date(2025, 3, 31)), (
        "a notice's day stays"
    )


def test_a_day_that_moves_into_the_next_year_is_not_over_before_it() -> None:
    today = date(2023, 1, 3)  # 31 December 2022 is a Saturday, New Year's holiday lasts until 2 January
    book = Rulebook.on(today)
    law = replace(book.in_force["deadline.licence.legal"], value="12-31")
    moved = replace(book, in_force={**book.in_force, law.key: law})
    deadline = next(one for one in upcoming(moved, today, builtin()).deadlines if one.rule.key == law.key)
    assert (deadline.day, deadline.last, deadline.days) == (date(2022, 12, 31), today, 0)


def test_a_date_printed_on_a_notice_counts_where_and_while_it_holds() -> None:
    assert _days(date(2025, 2, 1), "重庆")[0] == ("deadline.licence.noticed", "2025-03-31", 58)
    assert "deadline.licence.noticed" not in [key for key, *_ in _days(date(2025, 2, 1), "北京")]
    assert "deadline.licence.noticed" not in [key for key, *_ in _days(date(2025, 4, 1), "重庆")], (
        "2026 is not its year"
    )
    assert "deadline.guide.entry_test" not in [key for key, *_ in _days(date(2027, 1, 1))]


def test_an_overlay_moves_the_day_and_a_leap_day_is_one() -> None:
    overlay = {"key": "deadline.licence.legal", "value": "02-29", "valid_from": "2026-01-01"}
    for today, day in ((date(2027, 1, 10), date(2027, 2, 28)), (date(2028, 1, 10), date(2028, 2, 29))):
        calendar = upcoming(Rulebook.on(today, overlays=[overlay]), today, builtin())
        assert calendar.earliest is not None
        assert calendar.earliest.day == day
