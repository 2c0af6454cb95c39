"""Several months are read at once: each month is what it would be alone, and no sealed column is opened for nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.features.reconciliation.test_people_runs import T1, T2, L, W, Z
from tests.support.fixtures import Import

from nianjian.features.reconciliation import comparisons, operations
from nianjian.features.reconciliation.people import Tables
from nianjian.features.reconciliation.queries import DifferenceFilter
from nianjian.platform.accounts.query import Actor
from nianjian.platform.vault import keyring

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def spring(demo: str, load: Import, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of three seats one is closed on March's first day, one opens in March; one person leaves on March's first day."""
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-05-10")
    load(
        "seats",
        "坐席编号,类型,姓名,证件号,备案状态,备案日期,开通日期,停用日期",
        ("S1", "人工", "张三", Z, "已备案", "2025-01-01", "2025-01-01", ""),
        ("S2", "人工", "李四海", L, "已备案", "2025-01-01", "2025-01-01", "2026-03-01"),
        ("S3", "人工", "王五", W, "已备案", "2025-01-01", "2026-03-05", ""),
    )
    load(
        "staff",
        "工号,姓名,证件号,入职日期,离职日期",
        ("2", "李四海", L, "2025-01-01", "2026-03-01"),
        ("4", "陈静", T1, "2025-01-01", "2026-02-28"),
    )
    load(
        "social-insurance",
        "单位名称,姓名,社会保障号码,险种,费款所属期,状态",
        *(
            ("示例", name, who, kind, month, "已到账")
            for name, who in (("张三", Z), ("李四海", L), ("赵无座", T2))
            for kind in ("养老", "医疗")
            for month in ("202602", "202603")
        ),
    )
    load("wages", "收款人,账号尾号,金额,付款日期,摘要,所属月", ("张三", "1111", 6500, "2026-03-15", "工资", "202602"))
    return demo


def tables(*months: date) -> Tables:
    return Tables("demo", months, lag=1, unpaid=(), others=())


def test_a_month_of_a_span_is_what_it_is_alone(spring: str) -> None:
    span = tables(FEBRUARY, MARCH)
    assert {month: span.month(month) for month in (FEBRUARY, MARCH)} == {
        month: tables(month).month(month) for month in (FEBRUARY, MARCH)
    }
    seats = {month: sorted(one.seat_id for one in span.month(month).seats) for month in (FEBRUARY, MARCH)}
    assert seats == {FEBRUARY: ["S1", "S2"], MARCH: ["S1", "S3"]}  # closed on the first day: not in use in March
    staff = {month: sorted(str(one.staff_id) for one in span.month(month).staff) for month in (FEBRUARY, MARCH)}
    assert staff == {FEBRUARY: ["2", "4"], MARCH: ["2"]}  # the day on which one leaves is the last at work


def test_a_version_that_ended_within_a_month_does_not_hold_at_its_end(
    spring: str, load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(
        "seats",
        "坐席编号,类型,姓名,证件号,备案状态,备案日期,开通日期,变更日期",
        ("S1", "人工", "陈静", T1, "已备案", "2025-01-01", "2025-01-01", "2026-03-20"),
    )
    told = {month: {one.seat_id: one.person for one in tables(FEBRUARY, MARCH).month(month).seats}
            for month in (FEBRUARY, MARCH)}  # fmt: skip
    assert (told[FEBRUARY]["S1"], told[MARCH]["S1"]) == ("张三", "陈静")


def test_who_has_no_seat_keeps_the_name_of_the_contribution(spring: str, anna: Actor) -> None:
    told = comparisons.match_people(enterprise="demo", first=FEBRUARY, last=MARCH, actor=anna)
    rows = operations.list_differences(run=str(told["run"]), wanted=DifferenceFilter(), actor=anna)
    bare = [one for one in rows if "lacks_seat" in {one["result"], *one["reasons"]}]
    assert {(one["month"], one["about"]["name"]) for one in bare} == {
        ("2026-02", "赵**"), ("2026-03", "赵**"), ("2026-03", "李**"),
    }  # fmt: skip


def test_seats_are_opened_once_and_names_only_where_nobody_told_them(
    spring: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    whole = keyring.decrypt

    def counted(sealed: bytes, context: bytes) -> bytes:
        opened.append(context)
        return whole(sealed, context)

    monkeypatch.setattr(keyring, "decrypt", counted)
    span: Any = tables(FEBRUARY, MARCH)
    for month in (FEBRUARY, MARCH):
        span.month(month)
    count = {name: sum(one.decode().endswith(name) for one in opened) for name in
             ("seat.identity", "seat.person", "contribution.identity", "contribution.person")}  # fmt: skip
    assert count == {
        "seat.identity": 3, "seat.person": 3, "contribution.identity": 12, "contribution.person": 2,
    }  # fmt: skip
