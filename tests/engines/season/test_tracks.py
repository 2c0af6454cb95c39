"""Where a report stands from day to day, who must report, and what is said then."""

from __future__ import annotations

from datetime import date

import pytest

from nianjian.engines.kernel.workdays import Season
from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import (
    Licence,
    Risk,
    TrackState,
    build_tracks,
    list_reporting,
    list_risks,
    of_season,
    track_state,
)

FOUND = of_season(Rulebook.on(date(2027, 1, 1)), 2027, builtin())
SHUT = date(2027, 4, 30)


@pytest.mark.parametrize(
    ("today", "filed_on", "expected"),
    [
        (date(2026, 10, 1), None, TrackState.ON_TIME),
        (date(2027, 3, 31), None, TrackState.ON_TIME),
        (date(2027, 4, 1), None, TrackState.LATE),
        (date(2027, 3, 31), date(2027, 3, 31), TrackState.FILED),
        (date(2027, 7, 1), date(2027, 3, 31), TrackState.FILED),
        (date(2027, 4, 1), date(2027, 4, 1), TrackState.FILED_LATE),
        (date(2027, 3, 1), date(2027, 3, 2), TrackState.ON_TIME),  # looked at from the day before
        (date(2027, 4, 1), date(2027, 4, 2), TrackState.LATE),
    ],
)
def test_the_last_day_is_in_time(today: date, filed_on: date | None, expected: TrackState) -> None:
    found = build_tracks([Season("A", 2026)], FOUND, {("A", "licence"): filed_on} if filed_on else {}, today)
    assert [one.track for one in found] == ["licence", "code_number"]
    assert found[0].state is expected
    assert found[0].open is (expected in {TrackState.ON_TIME, TrackState.LATE})


def test_without_a_day_nobody_can_say() -> None:
    assert track_state(None, None, date(2027, 5, 1)) is TrackState.UNDATED
    assert track_state(None, date(2027, 4, 1), date(2027, 5, 1)) is TrackState.FILED


@pytest.mark.parametrize(
    ("issued", "until", "reports"),
    [
        (date(2026, 12, 31), None, True),
        (date(2027, 1, 1), None, False),  # next year
        (None, None, True),
        (date(2020, 1, 1), date(2027, 1, 1), True),  # lapses while reports are taken
        (date(2020, 1, 1), date(2026, 12, 31), False),
    ],
)
def test_who_must_report(issued: date | None, until: date | None, *, reports: bool) -> None:
    assert bool(list_reporting([Licence("A", issued, until)], 2026)) is reports


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 3, 31), []),
        (date(2027, 4, 1), [Risk.LATE_REPORT, Risk.BAD_LIST]),
        (date(2027, 4, 30), [Risk.LATE_REPORT, Risk.BAD_LIST]),
        (date(2027, 5, 1), [Risk.SYSTEM_CLOSED, Risk.LATE_REPORT, Risk.BAD_LIST]),
    ],
)
def test_what_is_said(today: date, expected: list[Risk]) -> None:
    found = build_tracks([Season("A", 2026)], FOUND, {}, today)
    assert list_risks(found, SHUT, today, conflict=False, provisional=False, licences=True) == expected
    filed = build_tracks([Season("A", 2026)], FOUND, {("A", "licence"): date(2027, 3, 1)}, today)
    late = [Risk.LATE_REPORT] if today > date(2027, 3, 31) else []
    assert list_risks(filed, SHUT, today, conflict=False, provisional=False, licences=True) == late
    told = list_risks(filed, None, today, conflict=True, provisional=True, licences=False)
    assert told[-3:] == [Risk.NO_LICENCE, Risk.CONFLICT, Risk.PROVISIONAL]
