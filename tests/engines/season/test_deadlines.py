"""The days of a season, against the tables of the domain reference."""

from __future__ import annotations

from datetime import date

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Season
from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import (
    Deadline,
    Kind,
    NoticeDeadline,
    closing,
    conflicts,
    deciding,
    earliest,
    of_season,
    plan_start,
    season_day,
    shuts,
)

CALENDAR = builtin()


def _season(year: int, province: str | None = None, **overlaid: str) -> tuple[Rulebook, tuple[Deadline, ...]]:
    overlays = [{"key": key.replace("__", "."), "value": value} for key, value in overlaid.items()]
    book = Rulebook.on(season_day(date(year, 11, 26), year + 1), province, overlays=overlays)
    return book, of_season(book, year + 1, CALENDAR)


def test_the_days_of_data_year_2026() -> None:
    book, found = _season(2026)
    told = [
        (one.day.isoformat(), one.day.strftime("%a"), one.template, one.track, one.kind, one.level) for one in found
    ]
    assert told == [
        ("2027-01-01", "Fri", "legal", "licence", Kind.OPENS, "law"),
        ("2027-03-15", "Mon", "guide", "licence", Kind.OPENS, "guide"),
        ("2027-03-31", "Wed", "legal", "licence", Kind.CLOSES, "law"),
        ("2027-03-31", "Wed", "legal_code_number", "code_number", Kind.CLOSES, "notice"),
        ("2027-04-30", "Fri", "guide", "licence", Kind.CLOSES, "guide"),
        ("2027-06-30", "Wed", "guide", "licence", Kind.CLOSES, "guide"),
    ]
    assert all(one.citation for one in found)
    first = earliest(found)
    assert "第三十五条" in first.citation
    assert plan_start(book, found) == date(2026, 12, 31), "three months before, by the rule of month ends"
    shut = shuts(book, 2027)
    assert shut[0] == date(2027, 4, 30)
    assert [[one.day.month for one in few] for few in conflicts(found)] == [[3, 4, 6]]


@pytest.mark.parametrize(
    ("year", "province", "track", "day", "template"),
    [
        (2026, None, "licence", date(2027, 3, 31), "legal"),
        (2026, None, "code_number", date(2027, 3, 31), "legal_code_number"),
        (2024, "重庆", "licence", date(2025, 3, 31), "notice"),
        (2024, "北京", "licence", date(2025, 3, 31), "legal"),
        (2017, "广东", "licence", date(2018, 3, 31), "legal"),
    ],
)
def test_the_deciding_day(year: int, province: str | None, track: str, day: date, template: str) -> None:
    _book, found = _season(year, province)
    one = deciding(found, track)
    assert (one.day, one.template) == (day, template)


def test_a_notice_of_a_province_opens_later() -> None:
    opens = {
        where: min(one.day for one in _season(2024, where)[1] if one.kind is Kind.OPENS) for where in ("重庆", "北京")
    }
    assert opens == {"重庆": date(2025, 1, 10), "北京": date(2025, 1, 1)}


def test_a_term_of_the_law_moves_off_a_holiday_and_a_printed_day_does_not() -> None:
    known = {one.template: one.last for one in closing(_season(2023)[1]) if one.day == date(2024, 3, 31)}
    assert known["legal"].day == date(2024, 4, 1), "31 March 2024 is a Sunday"
    assert not known["legal"].provisional
    assert known["legal_code_number"].day == date(2024, 3, 31)
    assert {one.last.provisional for one in closing(_season(2026)[1]) if one.template == "legal"} == {True}


def test_a_day_printed_on_the_own_notice_wins_over_the_templates() -> None:
    book = Rulebook.on(date(2027, 1, 1))
    for day in (date(2027, 2, 26), date(2027, 4, 15)):
        found = of_season(book, 2027, CALENDAR, [NoticeDeadline("licence", day, "粤通知〔2027〕1号")])
        one = deciding(found, "licence")
        assert (one.day, one.citation, one.printed) == (day, "粤通知〔2027〕1号", True)
        first = earliest(found)
        assert first.day == min(day, date(2027, 3, 31)), "the other report keeps its own day"


def test_an_overlay_of_the_guide_alone() -> None:
    only = '[{"name": "指南", "code": "guide", "track": "licence", "rules": ["deadline.guide.close"]}]'
    _book, found = _season(2026, deadline__templates=only)
    first = earliest(found)
    assert first.day == date(2027, 4, 30)
    assert deciding(found, "code_number") is None


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 26), date(2027, 1, 1)),
        (date(2027, 2, 3), date(2027, 2, 3)),
        (date(2028, 2, 3), date(2027, 12, 31)),
    ],
)
def test_the_rulebook_of_a_season(today: date, day: date) -> None:
    assert season_day(today, 2027) == day


def test_a_season_beyond_the_calendar_is_refused() -> None:
    for year in (1900, 2199):
        with pytest.raises(NianjianError, match="season_year_wrong"):
            Season("", year)
    assert (Season("A", 2026).filed_in, Season("A", 2026).year_end) == (2027, date(2026, 12, 31))
