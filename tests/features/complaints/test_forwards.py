"""Forward lists under whatever headers: idempotent by reference, nothing cleared, unknown columns kept."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
import xlsxwriter
import yaml

from nianjian.doors.site.worker import AGAIN, KINDS, Worker
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import forwards, queries
from nianjian.features.complaints import operations as flows
from nianjian.features.complaints.forwards import ForwardReceipt, SheetMapping, import_forwards
from nianjian.features.complaints.models import Complaint, Warned
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import service as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.sheet_reader import Line, Table

pytestmark = pytest.mark.postgres

Sheet = Callable[..., Path]
HEADER = "举报编号,举报手机,对方号码,来电日期,不良类型,举报描述,所属省份,办结情况"
MAPPING = """
source: "12321"
columns:
  reference: 举报编号
  complainant: 举报手机
  被投诉号码: 对方号码
  called_at: 来电日期
  category: 不良类型
  content: 举报描述
formats: {called_at: "%Y%m%d%H%M%S"}
values: {category: {"01": 营销骚扰}}
"""
ROW = ("A1", "13800138000", "95013001", "20260301101500", "01", "天天打来", "浙江", "")
ARRIVED = datetime(2026, 3, 2, 9, tzinfo=ZONE)
Load = Callable[..., ForwardReceipt]


@pytest.fixture
def lists(demo: str, operator: Actor, sheet: Sheet, tmp_path: Path) -> Load:
    def run(
        *rows: tuple[str, ...],
        header: str = HEADER,
        mapping: str = MAPPING,
        path: Path | None = None,
        progress: Progress = silent,
        arrived: datetime = ARRIVED,
    ) -> ForwardReceipt:
        chosen = tmp_path / "mapping.yaml"
        chosen.write_text(mapping, encoding="utf-8")
        file = path or sheet(header, *rows)
        return import_forwards(
            enterprise=demo, path=file, mapping_file=chosen, arrived=arrived, actor=operator, progress=progress
        )

    return run


def _row(key: str = "12321-A1") -> Complaint:
    return queries.current_tickets("demo").get(key=key)


def test_a_list_opens_tickets_with_their_clock(lists: Load) -> None:
    receipt = lists(ROW)
    assert (receipt.rows["added"], receipt.tickets, receipt.extra_columns) == (
        1,
        ["12321-A1"],
        ["所属省份", "办结情况"],
    )
    row = _row()
    assert (row.source, row.reference, row.complainant, row.complained) == ("12321", "A1", "13800138000", "95013001")
    assert (row.category, row.content, json.loads(row.extra or "")) == ("营销骚扰", "天天打来", {"所属省份": "浙江"})
    assert row.called_at == datetime(2026, 3, 1, 10, 15, tzinfo=ZONE)
    assert row.arrived_at == row.accepted_at == ARRIVED


def test_a_list_that_comes_today_alerts_of_what_is_new_in_it(lists: Load) -> None:
    lists(ROW)
    assert not Warned.objects.exists(), "it came long ago"
    lists(ROW, ("A2", *ROW[1:]), arrived=clock.now())
    assert list(Warned.objects.values_list("key", "clock")) == [("12321-A2", "arrival")]
    lists(("A2", *ROW[1:]), arrived=clock.now())
    assert Warned.objects.count() == 1


def test_the_same_list_again_changes_nothing(lists: Load, operator: Actor) -> None:
    lists(ROW)
    flows.callback(enterprise="demo", complaint="12321-A1", result="满意", actor=operator)
    flows.close(enterprise="demo", complaints=["12321-A1"], result="致歉", actor=operator)
    before = Complaint.objects.count()
    again = lists(ROW, ("A2", *ROW[1:]))
    assert (again.rows["added"], again.rows["unchanged"], again.rows["updated"]) == (1, 1, 0)
    assert Complaint.objects.count() == before + 1
    assert _row().closed_at is not None
    assert len(list(acts(verb="complaints.import"))) == 2


def test_what_was_not_known_is_filled_and_what_differs_is_told(lists: Load) -> None:
    lists((ROW[0], "", *ROW[2:5], "", *ROW[6:]))
    receipt = lists((ROW[0], ROW[1], "95013002", *ROW[3:]))
    assert (receipt.rows["updated"], receipt.differing) == (1, {"12321-A1": ["complained"]})
    assert (_row().complainant, _row().content, _row().complained) == ("13800138000", "天天打来", "95013001")


def test_a_ticket_that_was_opened_by_hand_is_found_by_its_reference(lists: Load, operator: Actor) -> None:
    texts = {"ticket_id": "TS-1", "source": "12321", "reference": "A1", "arrived_at": "2026-03-01 08:00:00"}
    flows.open_ticket(enterprise="demo", texts=texts, actor=operator)
    assert lists(ROW).tickets == ["TS-1"]
    assert _row("TS-1").arrived_at == datetime(2026, 3, 1, 8, tzinfo=ZONE), "a clock that runs keeps its start"


def test_a_bad_cell_keeps_the_whole_list_out(lists: Load) -> None:
    receipt = lists(ROW, ("A2", ROW[1], ROW[2], "昨天", *ROW[4:]), ("", *ROW[1:]))
    assert (receipt.rows["rejected"], receipt.rows["added"]) == (2, 0)
    assert [(one.line, one.column) for one in receipt.errors] == [(3, "来电日期"), (4, "举报编号")]
    assert not queries.current_tickets("demo").exists()


def test_a_workbook_with_a_title_and_a_column_for_the_source(lists: Load, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("转办")
        page.write_row(0, 0, ["工信部转办清单"])
        page.write_row(1, 0, ["流水", "渠道", "主叫", "受理日期"])
        page.write_row(2, 0, ["B7", "申诉中心", "95013001", "2026-03-01 08:00:00"])
        page.write_row(3, 0, ["B7", "举报中心", "95013001", "2026-03-01 08:00:00"])
    mapping = """
columns: {reference: 流水, source: 渠道, complained: 主叫}
values: {source: {申诉中心: "12300", 举报中心: "12321"}}
"""
    assert lists(path=path, mapping=mapping).tickets == ["12300-B7", "12321-B7"]
    assert _row("12300-B7").accepted_at == datetime(2026, 3, 1, 8, tzinfo=ZONE), (
        "a header that we know needs no mapping"
    )


def test_a_formula_whose_value_was_never_saved_is_named(lists: Load, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("转办")
        page.write_row(0, 0, ["流水", "主叫"])
        page.write_row(1, 0, ["B7", "95013001"])
        page.write_row(2, 0, ["B8"])
        page.write_formula(2, 1, '="95013"&"002"', None, "")
    receipt = lists(path=path, mapping="source: '12321'\ncolumns: {reference: 流水, complained: 主叫}")
    assert [(one.line, one.code) for one in receipt.errors] == [(3, "formula_unsaved")]
    assert (receipt.rows["rejected"], receipt.rows["added"]) == (1, 0)


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        ("columns: {reference: 举报编号}", "source"),
        ("source: 火星", "source: 火星"),
        ("source: '12321'\ncolumns: {closed_at: 办结}", "closed_at"),
        ("source: '12321'\nwhat: 1", "what"),
        ("source: '12321'\nformats: {category: '%Y'}", "formats: category"),
        ("- 1", "[1]"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_named(lists: Load, mapping: str, key: str) -> None:
    with pytest.raises(NianjianError) as error:
        lists(ROW, mapping=mapping)
    values: dict[str, Any] = dict(error.value.values)
    assert (error.value.code, values["key"]) == ("mapping_invalid", key)


def test_a_list_without_its_reference_is_refused(lists: Load) -> None:
    with pytest.raises(NianjianError) as error:
        lists(("13800138000",), header="举报手机")
    assert error.value.code == "header_missing"


def test_a_list_that_is_stopped_on_the_way_leaves_no_ticket(lists: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwards, "CHUNK", 2)
    rows = [(f"A{number}", *ROW[1:]) for number in range(5)]
    seen: list[tuple[int, int]] = []

    def told(_name: str, done: int, total: int) -> None:
        seen.append((done, total))
        if done == 4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        lists(*rows, progress=told)
    assert seen == [(0, 0), (0, 5), (2, 5), (4, 5)]
    assert not Complaint.objects.exists()
    assert not list(acts(verb="complaints.import"))
    assert lists(*rows).rows["added"] == 5


def test_a_list_whose_worker_died_behind_the_commit_tells_what_that_one_did(demo: str, operator: Actor) -> None:
    def taken(worker: str) -> None:
        job = queue.take(worker=worker, again=AGAIN)
        assert job
        KINDS[job.kind].run(job, operator, silent)

    content = f"{HEADER}\n{','.join(ROW)}\n".encode()
    mapping = forwards.check_mapping(yaml.safe_load(MAPPING), "mapping.yaml")
    for added in (1, 0):
        forwards.enqueue_import(
            enterprise=demo,
            name="a.csv",
            content=content,
            mapping=mapping,
            arrived=ARRIVED,
            language="en",
            actor=operator,
        )
        taken("dead")
        Job.objects.filter(state=Job.RUNNING).update(beat_at=clock.now() - 2 * queue.SILENT)
        assert Worker("next", Event()).step()
        job = Job.objects.latest("created_at")
        assert (job.attempts, job.state) == (2, Job.DONE)
        assert (job.result["rows"]["added"], job.result["rows"]["unchanged"]) == (added, 1 - added)


def test_an_offset_counts_where_moments_may_have_one() -> None:
    """Forward lists are in Beijing time whatever they say; a bill's offset moves its calls."""
    table = cast("Table", SimpleNamespace(columns={0: SimpleNamespace(field="start", choices=())}))
    mapping = SheetMapping(formats={"start": "%Y-%m-%d %H:%M:%S %z"})
    line = Line(2, ["2026-03-01 20:00:00 +0000"])
    read = [forwards.reread_line(line, table, mapping, zoned=zoned).cells[0] for zoned in (False, True)]
    assert list(map(str, read)) == ["2026-03-01 20:00:00", "2026-03-01 20:00:00+00:00"]
