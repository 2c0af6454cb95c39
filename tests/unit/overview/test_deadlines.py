"""The next day of each deadline, out of the rulebook."""

from __future__ import annotations

from datetime import date

import pytest

from nianjian.flows.overview.deadlines import upcoming
from nianjian.rules.rulebook import Rulebook


def _days(today: date, province: str | None = None) -> list[tuple[str, str, int]]:
    found = upcoming(Rulebook.on(today, province), today)
    return [(one.rule.key, one.day.isoformat(), one.days) for one in found.deadlines]


def test_the_earliest_comes_first_and_tells_what_it_rests_on() -> None:
    today = date(2026, 11, 25)
    found = upcoming(Rulebook.on(today, "北京"), today)
    assert found.earliest is not None
    assert (found.earliest.rule.key, found.earliest.rule.level) == ("deadline.licence.legal", "law")
    assert "第三十五条" in found.earliest.rule.citation
    assert (found.earliest.day, found.earliest.days) == (date(2027, 3, 31), 126)
    assert found.start == date(2026, 12, 31), "three months before, by the end of the month"
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


def test_a_date_printed_on_a_notice_counts_where_and_while_it_holds() -> None:
    assert _days(date(2025, 2, 1), "重庆")[0] == ("deadline.licence.noticed", "2025-03-31", 58)
    assert "deadline.licence.noticed" not in [key for key, *_ in _days(date(2025, 2, 1), "北京")]
    assert "deadline.licence.noticed" not in [key for key, *_ in _days(date(2025, 4, 1), "重庆")], (
        "2026 is not its year"
    )


def test_an_entry_that_opens_is_no_deadline() -> None:
    assert "deadline.guide.entry_test" not in [key for key, *_ in _days(date(2027, 1, 1))]


def test_an_overlay_moves_the_day_and_a_leap_day_is_one() -> None:
    overlay = {"key": "deadline.licence.legal", "value": "02-29", "valid_from": "2026-01-01"}
    for today, day in ((date(2027, 1, 10), date(2027, 2, 28)), (date(2028, 1, 10), date(2028, 2, 29))):
        found = upcoming(Rulebook.on(today, overlays=[overlay]), today)
        assert found.earliest is not None
        assert found.earliest.day == day
