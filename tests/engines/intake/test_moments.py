"""Times as files write them, as wall time of Shanghai; what is no time is NULL."""

from __future__ import annotations

import duckdb
import pytest

from nianjian.engines.intake.sql import any_time, epoch_time, local_time, time_by_format


def read(expression: str, *texts: str | None) -> list[str | None]:
    con = duckdb.connect()
    con.execute("set TimeZone = 'America/New_York'")
    rows = con.execute(f"select {expression} from (select unnest(?::varchar[]) as x)", [list(texts)]).fetchall()
    return [None if value is None else value.isoformat(sep=" ") for (value,) in rows]


def test_written_forms() -> None:
    forms = {
        "2026-03-01 08:00:00": "2026-03-01 08:00:00", "2026-03-01T08:00:00": "2026-03-01 08:00:00",
        "2026-03-01 08:00:00.25": "2026-03-01 08:00:00.250000", "2026/3/1 8:05:07": "2026-03-01 08:05:07",
        "2026/03/01 08:05": "2026-03-01 08:05:00", "2026-3-1 8:05:07": "2026-03-01 08:05:07",
        "2026年3月1日 08:05:07": "2026-03-01 08:05:07", "2026年03月01日08时05分07秒": "2026-03-01 08:05:07",
        "20260301080507": "2026-03-01 08:05:07", "2026-03-01T23:08:00Z": "2026-03-02 07:08:00",
        "2026-03-01T23:08:00+00:00": "2026-03-02 07:08:00", "2026-03-01 08:00+08": "2026-03-01 08:00:00",
        **dict.fromkeys(
            ("2026-03-01", "2026-02-30 00:00:00", "2026-03-01 25:00:00", "infinity", "now", "abc", None)
        ),
    }  # fmt: skip
    for expression in (local_time("x", "Asia/Shanghai"), any_time("x", "Asia/Shanghai")):
        assert dict(zip(forms, read(expression, *forms), strict=True)) == forms


def test_a_zone_moves_the_day() -> None:
    given = ("2026-12-31 23:08:09", "2026/12/31 16:00:00", "2026-12-31 23:08:09+0800")
    assert read(local_time("x", "UTC"), *given) == ["2027-01-01 07:08:09", "2027-01-01 00:00:00", "2026-12-31 23:08:09"]


def test_epochs_by_magnitude() -> None:
    epochs = {
        "1795561739": "2026-11-25 07:08:59", "1795561739.123456": "2026-11-25 07:08:59.123456",
        "1795561739123": "2026-11-25 07:08:59.123000", "1795561739123456": "2026-11-25 07:08:59.123456",
    }  # fmt: skip
    none = dict.fromkeys(("0", "1.79E+09", "-5"))
    assert dict(zip([*epochs, *none], read(epoch_time("x"), *epochs, *none), strict=True)) == epochs | none
    assert read(any_time("x", "UTC"), *epochs) == list(epochs.values())


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%d.%m.%Y %H:%M:%S", "01.03.2026 20:00:00", "2026-03-02 04:00:00"),
        ("%d.%m.%Y %H:%M:%S%z", "01.03.2026 20:00:00+0800", "2026-03-01 20:00:00"),
        ("epoch_ms", "1795561739123", "2026-11-25 07:08:59.123000"),
    ],
)
def test_named_forms(form: str, text: str, expected: str) -> None:
    assert read(time_by_format("x", form, "UTC"), text) == [expected]
