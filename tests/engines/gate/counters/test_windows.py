"""Days begin at midnight in Shanghai, whatever the machine's zone; windows end where the arithmetic says."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.support.gate_store import per_day

from nianjian.engines.gate.counters import meters
from nianjian.engines.kernel.clock import ZONE


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-01T23:59:59.999", "2026-03-01"),
        ("2026-03-02T00:00:00.000", "2026-03-02"),
        ("2026-12-31T23:59:59.999", "2026-12-31"),
        ("2027-01-01T00:00:00.000", "2027-01-01"),
        ("2028-02-29T12:00:00.000", "2028-02-29"),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(moment: str, day: str) -> None:
    assert meters.day_name(meters.day_number(at(moment))) == day


def test_eight_in_the_morning_by_shanghai_is_no_border() -> None:
    assert meters.day_number(at("2026-03-02T07:59:59")) == meters.day_number(at("2026-03-02T08:00:01"))
    assert meters.day_number(at("2026-03-01T16:00:00", "UTC")) == meters.day_number(at("2026-03-02T00:00:00"))


def test_no_day_since_1992_is_longer_or_shorter_than_another() -> None:
    """The fixed offset holds as long as the zone's own table has no summer time."""
    for year in range(1992, 2035):
        for month in range(1, 13):
            moment = datetime(year, month, 1, tzinfo=ZONE)
            number = meters.day_number(int(moment.timestamp() * 1000))
            assert meters.day_name(number) == moment.date().isoformat()
            assert meters.day_end(number - 1) == int(moment.timestamp() * 1000)


def test_seconds_are_never_too_early() -> None:
    assert [meters.whole_seconds(moment) for moment in (1000, 1001, 1999, 2000)] == [1, 2, 2, 2]


@pytest.mark.parametrize(("limit", "block"), [(300, 10), (30, 1), (31, 1), (60, 2), (1, 1), (0, 1), (5000, 50)])
def test_blocks_are_small_where_every_token_counts(limit: int, block: int) -> None:
    assert meters.token_block(per_day(limit)) == block
