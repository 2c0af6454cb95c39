from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import schema
from nianjian.engines.lake.tables import Lake
from nianjian.features.complaints import publishing as complaints
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.models import Head
from nianjian.platform.registers import attachments, versions
from nianjian.platform.registers import publish as registers
from nianjian.platform.registers.attachments import attach
from nianjian.platform.registers.models import Line, Number
from nianjian.platform.registers.queries import list_register
from nianjian.platform.registers.storage import ImportReceipt
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.postgres

Import = Callable[..., ImportReceipt]
HEADER = "线路编号,团队"
DATED = "线路编号,团队,变更日期"


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    return lambda day: monkeypatch.setenv(clock.OVERRIDE, day.isoformat())


def _team(day: str) -> list[object]:
    return [row.team for row in versions.versions_on(Line, "demo", date.fromisoformat(day))]


def test_an_undated_change_holds_from_the_day_it_is_told(load: Import, on: Callable[[date], None]) -> None:
    later = clock.today() + timedelta(days=40)
    load("lines", HEADER, ("L1", "T1"), ("L2", "T9"))
    on(later)
    receipt = load("lines", HEADER, ("L1", "T2"), ("L2", "T9"))
    assert (receipt.rows["updated"], receipt.rows["unchanged"]) == (1, 1)
    assert _team((later - timedelta(days=1)).isoformat()) == ["T1", "T9"]
    assert _team(later.isoformat()) == ["T2", "T9"]
    assert [row["team"] for row in list_register(kind="lines", enterprise="demo").rows] == ["T2", "T9"]


def test_the_first_version_holds_since_ever_and_what_was_told_today_is_corrected(load: Import) -> None:
    for team in ("T1", "T2"):
        load("lines", HEADER, ("L1", team))
        assert _team("2010-01-01") == _team("2030-01-01") == [team]


def test_a_change_holds_from_its_own_day(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    load("lines", DATED, ("L1", "T2", "2026-03-01"))
    load("lines", DATED, ("L1", "T3", "2026-06-01"))
    days = ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2027-01-01")
    assert [_team(day) for day in days] == [["T1"]] * 3 + [["T2"]] * 2 + [["T3"]] * 2
    load("lines", DATED, ("L1", "T4", "2026-02-01"))
    assert [_team(day) for day in days] == [["T1"]] + [["T4"]] * 6, "one dated before the last takes its place"


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


def test_a_version_tells_who_wrote_it_and_from_what(load: Import) -> None:
    load("lines", HEADER, ("L1", "T1"))
    load("lines", DATED, ("L1", "T2", "2026-03-01"))
    first, closed, second = Line.objects.order_by("pk")
    assert {row.recorded_by for row in (first, closed, second)} == {"os:root"}
    assert (first.replaces, closed.replaces, second.replaces) == (None, first.pk, first.pk)
    assert closed.valid_to == date(2026, 2, 28)
    assert first.superseded_at == closed.recorded_at == second.recorded_at


NUMBER = "码号,批准总位长,备案状态,备案日期,有效期起,有效期止,呼出权限"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"), "demo")


def _publish(lake: Lake) -> dict[str, int]:
    registers.publish_registers(lake, "demo")
    complaints.publish_tickets(lake, "demo")
    return lake.snapshot()


def _rows(lake: Lake, table: str) -> list[dict[str, object]]:
    data = ds.dataset(lake.files(table), schema=schema.SCHEMAS[table]).to_table()
    return [dict(row) for row in data.to_pylist()]


def _spans(lake: Lake) -> list[tuple[object, ...]]:
    names = ("total_length", "filed", "valid_from", "valid_to")
    spans = [tuple(row[name] for name in names) for row in _rows(lake, "number_dim")]
    return sorted(spans, key=lambda span: str(span[2] or ""))


def test_an_empty_register_makes_empty_tables_of_the_right_shape(demo: str, lake: Lake) -> None:
    assert sorted(_publish(lake)) == ["attachment_fact", "complaint_fact", "line_dim", "number_dim", "seat_dim"]
    assert _rows(lake, "number_dim") == []


def test_a_number_is_filed_between_its_days_both_included(load: Import, lake: Lake) -> None:
    load("numbers", NUMBER, ("95013", "8", "已备案", "2025-12-31", "2025-01-01", "2026-12-31", "是"))
    _publish(lake)
    assert _spans(lake) == [
        (8, False, None, date(2025, 12, 30)),
        (8, True, date(2025, 12, 31), date(2026, 12, 31)),
        (8, False, date(2027, 1, 1), None),
    ]


def test_a_number_filed_on_new_year_is_not_filed_the_day_before(load: Import, lake: Lake) -> None:
    load("numbers", NUMBER, ("95013", "", "已备案", "2026-01-01", "", "", "是"))
    _publish(lake)
    assert _spans(lake) == [(5, False, None, date(2025, 12, 31)), (5, True, date(2026, 1, 1), None)]


def test_a_number_without_filing_or_permission_is_known_but_never_filed(load: Import, lake: Lake) -> None:
    rows = [
        ("未备案", "2025-01-01", "", "", "是"),
        ("已注销", "2025-01-01", "", "", "是"),
        ("", "2025-01-01", "", "", "是"),
        ("已备案", "2025-01-01", "", "", "否"),
        ("已备案", "2025-01-01", "", "", ""),
        ("已备案", "2027-01-01", "2025-01-01", "2026-12-31", "是"),
    ]
    load("numbers", NUMBER, *((f"9501{place}", "8", *row) for place, row in enumerate(rows)))
    _publish(lake)
    assert _spans(lake) == [(8, False, None, None)] * len(rows)


@pytest.mark.parametrize(
    ("days", "spans"),
    [
        (("2025-01-01", ""), [(8, False, None, date(2024, 12, 31)), (8, True, date(2025, 1, 1), None)]),
        (("", "2026-06-30"), [(8, None, None, date(2026, 6, 30)), (8, False, date(2026, 7, 1), None)]),
    ],
    ids=["from its validity", "neither filed nor unfiled"],
)
def test_a_number_filed_on_an_unknown_day_is_warned_of(
    load: Import, lake: Lake, days: tuple[str, str], spans: list[tuple[object, ...]]
) -> None:
    receipt = load("numbers", NUMBER, ("95013", "8", "已备案", "", *days, "是"))
    assert [one.code for one in receipt.warnings] == ["filing_day_unknown"]
    _publish(lake)
    assert _spans(lake) == spans


def test_a_change_that_says_its_day_says_since_when(load: Import, lake: Lake) -> None:
    load("numbers", f"{NUMBER},变更日期", ("95013", "8", "未备案", "", "", "", "是", ""))
    load("numbers", f"{NUMBER},变更日期", ("95013", "8", "已备案", "", "", "", "是", "2026-03-01"))
    _publish(lake)
    assert _spans(lake) == [(8, False, None, date(2026, 2, 28)), (8, True, date(2026, 3, 1), None)]


def test_a_permission_taken_away_ends_the_span(load: Import, lake: Lake) -> None:
    load("numbers", f"{NUMBER},变更日期", ("95013", "8", "已备案", "2025-01-01", "", "", "是", ""))
    load("numbers", f"{NUMBER},变更日期", ("95013", "8", "已备案", "2025-01-01", "", "", "否", "2026-07-01"))
    _publish(lake)
    assert _spans(lake) == [
        (8, False, None, date(2024, 12, 31)),
        (8, True, date(2025, 1, 1), date(2026, 6, 30)),
        (8, False, date(2026, 7, 1), None),
    ]


def test_unchanged_facts_make_no_commit_and_the_order_of_import_does_not_matter(
    load: Import, lake: Lake, tmp_path: Path
) -> None:
    rows = [("L1", "T1"), ("L2", "T2"), ("L3", "T1")]
    load("lines", "线路编号,团队", *rows)
    first = _publish(lake)
    load("lines", "线路编号,团队", *reversed(rows))
    assert _publish(lake) == first
    load("lines", "线路编号,团队", ("L3", "T9"))
    assert _publish(lake) == first | {"line_dim": first["line_dim"] + 1}
    expected = [("L1", "T1"), ("L2", "T2"), ("L3", "T9")]
    assert [(row["line_id"], row["team_id"]) for row in _rows(lake, "line_dim")] == expected


def test_a_line_that_names_its_team_is_led_to_the_teams_id(load: Import, lake: Lake) -> None:
    load("teams", "团队编号,名称", ("T1", "外包一队"))
    load("lines", "线路编号,团队", ("L1", "外包一队"), ("L2", "T1"), ("L3", "无名队"))
    _publish(lake)
    assert [row["team_id"] for row in _rows(lake, "line_dim")] == ["T1", "T1", "无名队"]


def test_a_seat_is_published_with_its_days(load: Import, lake: Lake) -> None:
    header = "坐席编号,类型,备案状态,备案日期,备案注销日期,开通日期,停用日期"
    load("seats", header, ("S1", "机器人", "已注销", "2025-01-02", "2026-02-03", "2025-03-04", "2026-05-06"))
    _publish(lake)
    assert _rows(lake, "seat_dim") == [
        {
            "seat_id": "S1", "kind": "robot", "filing": "cancelled", "filed_on": date(2025, 1, 2),
            "cancelled_on": date(2026, 2, 3), "opened_on": date(2025, 3, 4), "closed_on": date(2026, 5, 6),
            "valid_from": None, "valid_to": None,
        }
    ]  # fmt: skip


def test_a_complaint_is_published_with_its_numbers_and_a_drill_is_not(load: Import, lake: Lake) -> None:
    header = "编号,来源,上级单号,受理时间,投诉人号码,被投诉号码,来电时间,排除原因,结案时间,演练"
    load(
        "complaints",
        header,
        (
            "C1", "12321", "R1", "2026-03-01 09:30", "138 0013 8000", "+8695013001", "2026-02-28", "重复", "2026-03-02",
            "",
        ),
        ("C2", "12300", "", "2026-03-01 23:59:59", "138****8000", "0571-87654321", "", "", "", "否"),
        ("C3", "12300", "", "2026-03-01 23:59:59", "", "", "", "", "", "是"),
    )  # fmt: skip
    _publish(lake)
    one, two = _rows(lake, "complaint_fact")
    columns = ("complaint_id", "source", "reference", "exclusion")
    assert [one[name] for name in columns] == ["C1", "12321", "R1", "duplicate"]
    assert (one["complainant"], one["complained"]) == (13800138000, 95013001)
    assert (one["accepted_ts"], one["closed_ts"]) == (datetime(2026, 3, 1, 9, 30), datetime(2026, 3, 2))  # noqa: DTZ001
    assert (two["complainant"], two["complained"], two["exclusion"]) == (None, 57187654321, None)


def test_an_attachment_is_sealed_recorded_once_and_published(
    demo: str, operator: Actor, lake: Lake, tmp_path: Path
) -> None:
    path = tmp_path / "协议.pdf"
    path.write_bytes(b"%PDF agreement")
    for kind in ("外包协议", "outsourcing_agreement"):
        attach(enterprise=demo, metric="seat_vacancy", year=2026, kind=kind, path=path, actor=operator)
    [attachment] = attachments.list_attachments(demo, year=2026)
    assert attachment.content() == b"%PDF agreement"
    _publish(lake)
    [row] = _rows(lake, "attachment_fact")
    assert (row["metric"], row["data_year"], row["kind"], row["name"], row["sha256"]) == (
        "seat_vacancy", 2026, "outsourcing_agreement", "协议.pdf", attachment.sha256,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "kind", "content", "code"),
    [
        ("seat_vacancy", "贺卡", b"x", "attachment_kind_unknown"),
        ("complaint_rate", "外包协议", b"x", "attachment_metric_wrong"),
        ("seat_vacancy", "外包协议", b"", "file_empty"),
        ("seat_vacancy", "外包协议", None, "file_missing"),
    ],
)
def test_an_attachment_that_explains_nothing_is_refused(  # noqa: PLR0917 -- one case
    demo: str, operator: Actor, tmp_path: Path, metric: str, kind: str, content: bytes | None, code: str
) -> None:
    path = tmp_path / "a.pdf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NianjianError, match=code):
        attach(enterprise=demo, metric=metric, year=2026, kind=kind, path=path, actor=operator)
    assert not attachments.list_attachments(demo)


def test_an_attachment_that_cannot_be_audited_leaves_no_file(demo: str, operator: Actor, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF agreement")
    before = list(blobs.blobs())
    Head.objects.all().delete()  # no entry can be written
    with pytest.raises(Head.DoesNotExist):
        attach(enterprise=demo, metric="seat_vacancy", year=2026, kind="外包协议", path=path, actor=operator)
    assert not attachments.list_attachments(demo)
    assert list(blobs.blobs()) == before
