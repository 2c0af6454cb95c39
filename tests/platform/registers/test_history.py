from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from nianjian.engines.kernel import clock
from nianjian.platform.registers import versions
from nianjian.platform.registers.models import Line, Number
from nianjian.platform.registers.queries import list_register
from nianjian.platform.registers.storage import ImportReceipt

pytestmark = pytest.mark.postgres

Import = Callable[..., ImportReceipt]
HEADER = "线路编号,团队"
DATED = "线路编号,团队,变更日期"


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    return lambda day: monkeypatch.setenv(clock.OVERRIDE, day.isoformat())


def _team(day: str) -> list[object]:
    return [row.team for row in versions.versions_on(Line, "demo", date.fromisoformat(day))]


def test_the_first_version_holds_since_ever(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    assert _team("2010-01-01") == _team("2030-01-01") == ["T1"]


def test_an_undated_change_holds_from_the_day_it_is_told(load: Import, on: Callable[[date], None]) -> None:
    later = clock.today() + timedelta(days=40)
    load("lines", HEADER, ("L1", "T1"), ("L2", "T9"))
    on(later)
    receipt = load("lines", HEADER, ("L1", "T2"), ("L2", "T9"))
    assert (receipt.rows["updated"], receipt.rows["unchanged"]) == (1, 1)
    assert _team((later - timedelta(days=1)).isoformat()) == ["T1", "T9"]
    assert _team(later.isoformat()) == ["T2", "T9"]
    assert [row["team"] for row in list_register(kind="lines", enterprise="demo").rows] == ["T2", "T9"]


def test_what_was_told_today_is_corrected_not_changed(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    load("lines", HEADER, ("L1", "T2"))
    assert _team("2010-01-01") == _team("2030-01-01") == ["T2"]


def test_a_change_holds_from_its_own_day(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    load("lines", DATED, ("L1", "T2", "2026-03-01"))
    load("lines", DATED, ("L1", "T3", "2026-06-01"))
    assert [_team(day) for day in ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01")] == [
        ["T1"],
        ["T2"],
        ["T2"],
        ["T3"],
    ]


def test_a_change_dated_before_the_last_one_takes_its_place(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    load("lines", DATED, ("L1", "T2", "2026-03-01"))
    load("lines", DATED, ("L1", "T3", "2026-06-01"))
    load("lines", DATED, ("L1", "T4", "2026-02-01"))
    assert [_team(day) for day in ("2026-01-31", "2026-02-01", "2026-03-01", "2027-01-01")] == [
        ["T1"],
        ["T4"],
        ["T4"],
        ["T4"],
    ]


def test_what_the_register_once_believed_can_be_asked(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    moment = Line.objects.get().recorded_at
    load("lines", HEADER, ("L1", "T2"))
    believed = versions.versions_on(Line, "demo", date(2026, 1, 1), known_at=moment)
    assert [row.team for row in believed] == ["T1"]


def test_a_number_without_a_day_of_change_is_corrected(load: Import, on: Callable[[date], None]) -> None:
    load("numbers", "码号,备案状态", ("95013", "未备案"))
    on(clock.today() + timedelta(days=400))
    load("numbers", "码号,备案状态", ("95013", "已备案"))
    [row] = versions.versions_on(Number, "demo", date(2020, 1, 1))
    assert row.filing == "filed"


def test_the_same_key_of_two_tenants_is_two_rows(load: Import, demo: str) -> None:
    from nianjian.platform.accounts import service  # noqa: PLC0415
    from nianjian.platform.accounts.query import Actor  # noqa: PLC0415

    load("lines", HEADER, ("L1", "T1"))
    service.add_enterprise(code="other", name="x", province="", actor=Actor("root"))
    assert list_register(kind="lines", enterprise="other").rows == []
    assert len(list_register(kind="lines", enterprise=demo).rows) == 1


def test_a_change_leaves_what_was_believed_before_it(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    moment = Line.objects.get().recorded_at
    load("lines", DATED, ("L1", "T2", "2026-03-01"))
    assert _team("2026-04-01") == ["T2"]
    before = versions.versions_on(Line, "demo", date(2026, 4, 1), known_at=moment)
    assert [row.team for row in before] == ["T1"]


def test_a_version_tells_who_wrote_it_and_from_what(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    load("lines", DATED, ("L1", "T2", "2026-03-01"))
    first, closed, second = Line.objects.order_by("pk")
    assert {row.recorded_by for row in (first, closed, second)} == {"os:root"}
    assert (first.replaces, closed.replaces, second.replaces) == (None, first.pk, first.pk)
    assert closed.valid_to == date(2026, 2, 28)
    assert first.superseded_at == closed.recorded_at == second.recorded_at
