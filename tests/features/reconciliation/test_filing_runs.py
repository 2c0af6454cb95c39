"""A comparison with the number-resource system from the register to the kept run, and what is done about it."""

import io
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import openpyxl
import pytest
from tests.support.fixtures import Import, Sheet
from tests.support.people import signed_in
from tests.support.written import overlay

from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.season import task_reason
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.reconciliation import comparisons, operations, storage
from nianjian.features.reconciliation.documents import FilingComparison, ReconcileDifference
from nianjian.features.reconciliation.models import Difference, Run
from nianjian.features.reconciliation.queries import DifferenceFilter, list_unsettled_runs
from nianjian.features.season.documents import SeasonTask
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.query import Actor, actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.models import Job
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

HEADER = "码号,批准总位长,使用主体,备案状态,备案日期,联系人,变更日期"
THEIRS = "码号,批准总位长,使用主体,备案状态,备案日期,联系人"
A = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-01-20")


@pytest.fixture
def export(demo: str, load: Import, sheet: Sheet) -> Path:
    """Ours: two alike, one changed on 2026-12-15, one of our own; theirs has one more."""
    load(
        "numbers",
        HEADER,
        ("95013", 8, "示例", "已备案", "2024-02-01", "张三", ""),
        ("95014", 8, "示例新名", "已备案", "2024-02-01", "张三", "2026-12-15"),
        ("95015", 8, "示例", "已备案", "2024-02-01", "张三", ""),
        ("95018", 8, "示例", "已备案", "2027-01-01", "张三", ""),  # filed a day too late for the base
    )
    return sheet(
        THEIRS,
        ("95013", 8, "示例", "已备案", "2024-02-01", "张三"),
        ("95014", 8, "示例旧名", "已备案", "2024-02-01", "李四"),
        ("95016", 8, "示例", "已备案", "2024-02-01", "张三"),
        name="export.csv",
    )


def made(export: Path, who: Actor) -> FilingComparison:
    return comparisons.compare_filing(enterprise="demo", kind="numbers", path=export, actor=who)


def listed(run: str, who: Actor) -> dict[str | None, ReconcileDifference]:
    rows = operations.list_differences(run=run, filters=DifferenceFilter(), actor=who)
    return {one.about["key"]: one for one in rows}


def test_a_run_is_kept_with_its_differences_masked_and_audited(export: Path, anna: Actor) -> None:
    data = made(export, anna)
    assert data.as_of == date(2026, 12, 31)  # the base day of the season that is filed next
    assert data.counts == {"same": 1, "only_ours": 1, "only_theirs": 1, "field_differs": 1}
    assert (data.open, data.verdict) == (3, "failed")
    (run,) = Run.objects.all()
    rows = listed(run.pk, anna)
    assert set(rows) == {"95014/8", "95015/8", "95016/8"}
    fields = rows["95014/8"].fields
    assert fields["holder"] == {"ours": "示例新名", "theirs": "示例旧名"}
    assert fields["contact"] == {"ours": "张*", "theirs": "李*"}
    stored = Difference.objects.filter(key="95014/8").extra(select={"raw": "fields"}).values_list("raw", flat=True)
    assert "李四" not in str(list(stored))
    (entry,) = [one for one in acts() if one.verb == "reconcile.run"]
    assert "李四" not in str(entry.data)


def test_ten_working_days_after_the_change_or_after_the_day_it_was_found(export: Path, anna: Actor) -> None:
    rows = listed(made(export, anna).run, anna)
    changed, other = rows["95014/8"], rows["95015/8"]
    # the 16th to 18th, 21st to 25th, 28th and 29th: ten working days
    assert (changed.changed_on, changed.due, changed.late) == (date(2026, 12, 15), date(2026, 12, 29), True)
    assert (other.changed_on, other.provisional, other.late) == (None, True, False)  # 2027 has no notice yet
    assert other.due == date(2027, 2, 3)


def test_what_becomes_of_a_difference(export: Path, anna: Actor) -> None:
    run = made(export, anna).run
    ids = list(Difference.objects.order_by("pk").values_list("pk", flat=True))
    with pytest.raises(NianjianError, match="reconcile_said_missing"):
        operations.settle_difference(run=run, difference=ids[0], state="explained", said={"owner": "王五"}, actor=anna)
    with pytest.raises(NianjianError, match="reconcile_state_unknown"):
        operations.settle_difference(run=run, difference=ids[0], state="gone", said={}, actor=anna)
    for one in ids[:2]:
        said = {"owner": "王五", "cause": "系统更新晚", "action": "已提交变更"}
        operations.settle_difference(run=run, difference=one, state="settled", said=said, actor=anna)
    now = operations.get_run(run=run, actor=anna)
    assert (now.open, now.verdict) == (1, "failed")
    difference = operations.settle_difference(
        run=run, difference=ids[2], state="explained", said={"owner": "王五", "cause": "晚报"}, actor=anna
    )
    assert (difference.state, difference.decided_by) == ("explained", "user:anna")
    document = operations.get_run(run=run, actor=anna)
    assert (document.verdict, document.states) == ("passed", {"open": 0, "explained": 1, "settled": 2})
    last = next(one for one in acts() if one.verb == "reconcile.settle")
    assert last.data["fields"] == ["owner", "cause"]
    assert "晚报" not in str(last.data)


def test_what_was_explained_stays_so_and_what_was_settled_but_is_there_is_open_again(export: Path, anna: Actor) -> None:
    run = made(export, anna).run
    said = {"owner": "王五", "cause": "晚报", "action": "已提交"}
    by_key = {one.key: one.pk for one in Difference.objects.all()}
    operations.settle_difference(run=run, difference=by_key["95014/8"], state="explained", said=said, actor=anna)
    operations.settle_difference(run=run, difference=by_key["95015/8"], state="settled", said=said, actor=anna)
    again = made(export, anna).run
    rows = {one.key: one for one in Difference.objects.filter(run=again)}
    states = {key: one.state for key, one in rows.items()}
    assert states == {"95014/8": "explained", "95015/8": "open", "95016/8": "open"}
    assert (rows["95015/8"].owner, rows["95016/8"].owner) == ("王五", None)
    export.write_text(export.read_text().replace("示例旧名", "又一名"))
    third = made(export, anna).run
    assert Difference.objects.get(run=third, key="95014/8").state == "open"  # it is another difference now


def test_an_allowance_of_the_enterprises_own_stands_beside_the_guides_which_decides(export: Path, anna: Actor) -> None:
    overlay("deadline.guide.consistency.open_differences", 3, date(2027, 1, 1))
    data = made(export, anna)
    verdicts = {name: getattr(data, name) for name in ("open", "verdict", "allowed", "own_verdict", "own_allowed")}
    assert verdicts == {"open": 3, "verdict": "failed", "allowed": 0, "own_verdict": "passed", "own_allowed": 3}
    season = summarize_season(enterprise="demo", year=2026, today=clock.today(), actor=anna)
    task = next(one for one in season.tasks if one.task == "filed_base")
    assert (task.finished, task.steps.done) == (False, 0)
    assert task_reason(task.figures, words(CHINESE)) == "指南允许的未处理差异为0条，以此判定；企业自设为3条"
    page = signed_in("anna").get(f"/e/demo/reconcile/{data.run}/").content.decode()
    assert "指南0条，以此判定；企业自设3条：通过" in page


def test_a_comparison_as_at_a_day_to_come_closes_no_task(
    demo: str, load: Import, sheet: Sheet, anna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made in October as at 31 December; in January nothing is compared yet."""
    load("numbers", HEADER, ("95013", 8, "示例", "已备案", "2024-02-01", "张三", "2024-02-01"))
    same = sheet(THEIRS, ("95013", 8, "示例", "已备案", "2024-02-01", "张三"), name="same.csv")

    def task() -> SeasonTask:
        season = summarize_season(enterprise="demo", year=2026, today=clock.today(), actor=anna)
        return next(one for one in season.tasks if one.task == "filed_base")

    monkeypatch.setenv("NIANJIAN_TODAY", "2026-10-16")
    data = made(same, anna)
    assert (data.as_of, data.verdict) == (date(2026, 12, 31), "passed")
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-01-20")
    assert task().steps.done == 0
    assert task_reason(task().figures, words(CHINESE)) == "比对基准日当时尚未到来；该日之后须重新比对"
    made(same, anna)
    assert (task().steps.done, task_reason(task().figures, words(CHINESE))) == (1, "")


def test_what_was_entered_since_the_comparison_opens_its_tasks_again(
    demo: str, load: Import, sheet: Sheet, anna: Actor
) -> None:
    """A number of the base is compared anew for both tasks; one that was filed after the base day for today's alone."""
    load("numbers", HEADER, ("95013", 8, "示例", "已备案", "2024-02-01", "张三", "2024-02-01"))
    rows = [("95013", 8, "示例", "已备案", "2024-02-01", "张三")]

    def compare() -> None:
        for day in (A, clock.today()):
            same = sheet(THEIRS, *rows, name="same.csv")
            comparisons.compare_filing(enterprise="demo", kind="numbers", path=same, as_of=day, actor=anna)

    def passed() -> list[int]:
        season = summarize_season(enterprise="demo", year=2026, today=clock.today(), actor=anna)
        tasks = {one.task: one for one in season.tasks}
        stale = {words(CHINESE)("the register was changed since it was compared; compare again"), ""}
        assert {task_reason(tasks[name].figures, words(CHINESE)) for name in ("consistency", "filed_base")} <= stale
        return [tasks[name].steps.done for name in ("consistency", "filed_base")]

    compare()
    assert passed() == [1, 1]
    load("numbers", HEADER, ("95188", 8, "示例", "已备案", "2027-01-10", "张三", ""))
    assert passed() == [0, 1]
    load("numbers", HEADER, ("95188", 8, "示例", "已备案", "2026-12-30", "张三", ""))
    assert passed() == [0, 0]
    rows.append(("95188", 8, "示例", "已备案", "2026-12-30", "张三"))
    compare()
    assert passed() == [1, 1]
    load("numbers", HEADER, ("95013", 8, "示例", "已备案", "2024-02-01", "李四", "2027-01-15"))
    assert passed() == [0, 1], "a change that holds since January leaves 31 December as it was compared"


def test_nothing_compared_or_unclear_is_never_passed(demo: str, load: Import, sheet: Sheet, anna: Actor) -> None:
    empty = sheet(THEIRS, name="empty.csv")
    assert made(empty, anna).verdict == "not_proved"
    load("numbers", HEADER, ("95013", 8, "示例", "已备案", "", "张三", ""))
    same = sheet(THEIRS, ("95013", 8, "示例", "已备案", "", "张三"), name="same.csv")
    data = made(same, anna)
    assert (data.counts["same"], data.open, data.unclear) == (1, 0, 1)
    assert data.verdict == "not_proved"


def test_what_the_export_leaves_blank_is_named_and_never_passed(
    demo: str, load: Import, sheet: Sheet, anna: Actor
) -> None:
    load("numbers", HEADER, ("95013", 8, "示例", "已备案", "2024-02-01", "张三", ""))
    data = made(sheet(THEIRS, ("95013", 8, "示例", "已备案", "2024-02-01", ""), name="blank.csv"), anna)
    assert (data.counts["same"], data.open, data.unclear) == (1, 0, 1)
    assert (data.verdict, data.figures["blank"]) == ("not_proved", {"contact": 1})
    without = THEIRS.removesuffix(",联系人")
    data = made(sheet(without, ("95013", 8, "示例", "已备案", "2024-02-01"), name="without.csv"), anna)
    assert (data.verdict, data.figures["blank"]) == (
        "passed",
        {},
    )  # a column that is not there is not compared, and named


def test_the_correction_sheet_has_what_is_to_be_filed(export: Path, anna: Actor) -> None:
    run = made(export, anna).run
    name, content = operations.build_correction_sheet(run=run, language="zh_Hans", actor=anna)
    assert name.endswith(".xlsx")
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    lines = [[cell or "" for cell in row] for row in page.iter_rows(min_row=2, values_only=True)]
    assert [line[:2] for line in lines] == [["码号", "95014/8"]] * 2 + [["码号", "95015/8"], ["码号", "95016/8"]]
    assert ["使用主体", "示例新名", "示例旧名"] in [line[3:6] for line in lines]
    assert "李四" not in str(lines)
    assert operations.build_correction_sheet(run=run, language="zh_Hans", actor=anna)[1] == content
    assert [one.verb for one in acts()].count("reconcile.sheet") == 2


def test_in_full_only_with_an_entry(export: Path, anna: Actor, operator: Actor) -> None:
    run = made(export, anna).run
    one = Difference.objects.get(key="95014/8")
    tester = actor("tess", add_user(name="tess", role="tester", enterprises=["demo"], actor=operator))
    with pytest.raises(NianjianError, match="role_missing"):
        operations.reveal_values(run=run, difference=one.pk, actor=tester)
    full = operations.reveal_values(run=run, difference=one.pk, actor=anna)
    assert full.values["fields"]["contact"] == {"ours": "张三", "theirs": "李四"}
    assert [act.verb for act in acts()].count("reconcile.reveal") == 1


def test_a_run_of_another_enterprise_does_not_exist(export: Path, anna: Actor, operator: Actor) -> None:
    add_enterprise(code="other", name="别家", province="北京", actor=operator)
    stranger = actor("zoe", add_user(name="zoe", role="compliance_lead", enterprises=["other"], actor=operator))
    run = made(export, anna).run
    with pytest.raises(NianjianError, match="reconcile_run_unknown"):
        operations.get_run(run=run, actor=stranger)
    with pytest.raises(NianjianError, match="role_missing"):
        made(export, stranger)


def test_as_work_the_sealed_file_goes_with_the_job(
    export: Path, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export, and a bill of which the records know no call."""
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "home"))
    of: dict[str, Any] = {"enterprise": "demo", "mapping": None, "actor": anna}
    bill = partial(operations.enqueue_bill, **of, first=None, last=None, carrier="", together=True)
    with pytest.raises(NianjianError, match="file_empty"):
        bill(name="b.csv", content=b"")
    jobs = (
        (operations.enqueue_filing(**of, kind="numbers", name="../e.csv", content=export.read_bytes(), as_of=A),
         {"open": 3}),
        (bill(name="../b.csv", content="账期,通话数\n2026-12,8\n".encode()),
         {"counts": {"same": 0, "parted": 1}, "file": "b.csv", "verdict": "failed"}),
    )  # fmt: skip
    assert len(list(blobs.blobs())) == 2
    for job, expected in jobs:
        assert Worker("w", Event()).step()
        stored = Job.objects.get(pk=job)
        assert (stored.state, {name: stored.result[name] for name in expected}) == ("done", expected)
        assert "rows" not in stored.result
        assert operations.FILE_FIELD not in stored.payload
    assert list(blobs.blobs()) == []


SPAN = ("2026-03-01", "2026-03-31")
#: Runs from the oldest to the newest: kind, first and last day, carrier (None: no bill), sources, and where an open
#: difference lies (month, or day of the key); which runs still count.
REPEATED = [
    ([("lines", None, "2026-12-31", "", "", "")] * 2, [1]),
    ([("lines", None, "2026-12-31", "", "", ""), ("lines", None, "2027-02-10", "", "", "")], [1]),
    # its day was not asked again
    ([("lines", None, "2026-12-31", "", "", ""), ("lines", None, "2026-10-31", "", "", "")], [1, 0]),
    ([("lines", None, "2026-12-31", "", "", ""), ("seats", None, "2026-12-31", "", "", "")], [1, 0]),
    ([("people", "2026-01-01", "2026-09-30", None, "", "2026-02"),
      ("people", "2026-10-01", "2026-10-31", None, "", "2026-10")], [1, 0]),
    ([("people", "2026-01-01", "2026-09-30", None, "", "2026-02"),
      ("people", "2026-02-01", "2026-10-20", None, "", "2026-10")], [1]),
    ([("sources", "2026-10-01", "2026-10-30", None, "ab", "2026-10-15"),
      ("sources", "2026-10-02", "2026-10-31", None, "abc", "")], []),
    ([("sources", "2026-10-01", "2026-10-30", None, "ab", "2026-10-01"),
      ("sources", "2026-10-02", "2026-10-31", None, "ab", "")], [0]),
    ([("sources", *SPAN, None, "ab", "2026-03-09"), ("sources", *SPAN, None, "a", "")], [0]),  # one alone is no two
    ([("sources", *SPAN, "甲", "ab", "2026-03-09"), ("sources", *SPAN, "乙", "ab", "2026-03-09")], [1, 0]),
    ([("sources", *SPAN, "{}", "ab", "2026-03-09"), ("sources", *SPAN, None, "ab", "2026-03-09")], [1, 0]),
]  # fmt: skip
Made = tuple[str, str | None, str, str | None, str, str]


@pytest.mark.parametrize(("runs", "left"), REPEATED)
def test_a_difference_waits_until_its_days_are_compared_again(anna: Actor, runs: list[Made], left: list[int]) -> None:
    stored = []
    for number, (kind, first, last, carrier, sides, place) in enumerate(runs):
        file = None if carrier is None else f"{number}.csv"
        details = {"carrier": carrier, "sources": list(sides)} if kind == "sources" else {}
        days = {"first": first and date.fromisoformat(first), "as_of": date.fromisoformat(last)}
        run = Run(enterprise_id="demo", kind=kind, file=file, counts={}, told=details, **days)
        month = place if kind == "people" else ""
        states = {"A": "open", "B": "open", "C": "explained"} if place or kind != "sources" else {}
        differences = [
            Difference(key=f"{place}|{key}", month=month, result="parted", label="{}", state=state)
            for key, state in states.items()
        ]
        stored.append(storage.store_run(run=run, differences=differences, actor=anna))
    assert list_unsettled_runs("demo") == [(stored[number], 2) for number in left]
    kinds = {runs[number][0] for number in left}
    assert {run.kind for kind in kinds for run, _count in list_unsettled_runs("demo", kind)} == kinds
