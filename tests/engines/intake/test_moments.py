"""Times as files write them, as wall time of Shanghai; what is no time is NULL."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from nianjian.engines.intake.sql import any_time, epoch_time, local_time, time_by_format


def read(expression: str, text: str | None) -> str | None:
    con = duckdb.connect()
    con.execute("set TimeZone = 'America/New_York'")
    ((value,),) = con.execute(f"select {expression} from (select ?::varchar as x)", [text]).fetchall()
    assert value is None or isinstance(value, datetime)
    return None if value is None else value.isoformat(sep=" ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01 08:00:00", "2026-03-01 08:00:00"),
        ("2026-03-01T08:00:00", "2026-03-01 08:00:00"),
        ("2026-03-01 08:00:00.25", "2026-03-01 08:00:00.250000"),
        ("2026/3/1 8:05:07", "2026-03-01 08:05:07"),
        ("2026/03/01 08:05", "2026-03-01 08:05:00"),
        ("2026-3-1 8:05:07", "2026-03-01 08:05:07"),
        ("2026年3月1日 08:05:07", "2026-03-01 08:05:07"),
        ("2026年03月01日08时05分07秒", "2026-03-01 08:05:07"),
        ("20260301080507", "2026-03-01 08:05:07"),
        ("2026-03-01T23:08:00Z", "2026-03-02 07:08:00"),
        ("2026-03-01T23:08:00+00:00", "2026-03-02 07:08:00"),
        ("2026-03-01 08:00+08", "2026-03-01 08:00:00"),
        ("2026-03-01", None),
        ("2026-02-30 00:00:00", None),
        ("2026-03-01 25:00:00", None),
        ("infinity", None),
        ("now", None),
        ("abc", None),
        (None, None),
    ],
)
def test_written_forms(text: str | None, expected: str | None) -> None:
    assert read(local_time("x", "Asia/Shanghai"), text) == expected
    assert read(any_time("x", "Asia/Shanghai"), text) == expected


def test_a_zone_moves_the_day() -> None:
    assert read(local_time("x", "UTC"), "2026-12-31 23:08:09") == "2027-01-01 07:08:09"
    assert read(local_time("x", "UTC"), "2026/12/31 16:00:00") == "2027-01-01 00:00:00"
    assert read(local_time("x", "UTC"), "2026-12-31 23:08:09+0800") == "2026-12-31 23:08:09"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1795561739", "2026-11-25 07:08:59"),
        ("1795561739.123456", "2026-11-25 07:08:59.123456"),
        ("1795561739123", "2026-11-25 07:08:59.123000"),
        ("1795561739123456", "2026-11-25 07:08:59.123456"),
        ("0", None),
        ("1.79E+09", None),
        ("-5", None),
    ],
)
def test_epochs_by_magnitude(text: str, expected: str | None) -> None:
    assert read(epoch_time("x"), text) == expected
    if text.isdigit() and len(text) > 9:
        assert read(any_time("x", "UTC"), text) == expected


def test_named_forms() -> None:
    assert read(time_by_format("x", "%d.%m.%Y %H:%M:%S", "UTC"), "01.03.2026 20:00:00") == "2026-03-02 04:00:00"
    assert read(time_by_format("x", "%d.%m.%Y %H:%M:%S%z", "UTC"), "01.03.2026 20:00:00+0800") == "2026-03-01 20:00:00"
    assert read(time_by_format("x", "epoch_ms", "UTC"), "1795561739123") == "2026-11-25 07:08:59.123000"
