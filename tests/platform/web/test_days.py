"""Days as people type them."""

from datetime import date

import pytest
from django.test import Client

from nianjian.platform.web.days import read_day, read_moment
from nianjian.platform.web.forms import DayField, MomentField

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-25", "2026-11-25"), ("2025/1/9", "2025-01-09"), ("20261125", "2026-11-25"), ("11-24", "2026-11-24"),
        ("11月24日", "2026-11-24"), ("2025年10月19日", "2025-10-19"), ("２０２６－１１－２５", "2026-11-25"),
        (" 今天 ", "2026-11-25"), ("明天", "2026-11-26"), ("昨天", "2026-11-24"), ("Yesterday", "2026-11-24"),
        ("", None), ("2026-02-30", None), ("13-01", None), ("长期", None), ("25", None),
    ],
)  # fmt: skip
def test_a_day_is_read(text: str, day: str | None) -> None:
    read = read_day(text, TODAY)
    assert (read and read.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("昨天 15:20", "2026-11-24T15:20:00"), ("11月25日9：05", "2026-11-25T09:05:00"),
        ("9:05", "2026-11-25T09:05:00"),
        ("2026-11-25T09:05:07", "2026-11-25T09:05:07"), ("2026-11-25", "2026-11-25T00:00:00"),
        ("2026-11-25 25:00", None), ("2026-11-25T09:05:07+02:00", None), ("", None),
    ],
)  # fmt: skip
def test_a_moment_is_read(text: str, moment: str | None) -> None:
    read = read_moment(text, TODAY)
    assert (read and read.isoformat()) == moment


@pytest.mark.django_db
def test_fields_take_them_and_the_page_says_what_it_understood(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")
    day, moment = DayField(), MomentField()
    assert day.clean(day.widget.value_from_datadict({"day": "昨天"}, {}, "day")) == date(2026, 11, 24)
    assert f"{moment.clean(moment.widget.value_from_datadict({'at': '昨天 15:20'}, {}, 'at')):%d %H:%M}" == "24 15:20"
    assert site.get("/day", {"until": "11-28"}).content.decode() == "2026年11月28日 周六 非工作日"
    assert site.get("/day", {"at": "昨天 15:20"}).content.decode() == "2026年11月24日 周二 15:20"
    assert "2026-11-25" in site.get("/day", {"at": "长期"}).content.decode()
    assert not site.get("/day", {"at": ""}).content
