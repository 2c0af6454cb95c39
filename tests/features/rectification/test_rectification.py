"""A case from the notice to its closing: location, isolation by two persons, figures, gaps, report, watch."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pypdfium2
import pytest
from tests.support import portrait_data as data
from tests.support.bad_channel import HEADER, PDF, TODAY, call, calls, complaints, stay
from tests.support.fixtures import Import
from tests.support.worlds import begin

from nianjian.doors.site.worker import Worker
from nianjian.engines.gate.snapshot.read import open_snapshot
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.rectification import measured_rows
from nianjian.engines.paper.words import words
from nianjian.features.approvals.operations import CarriedOut, approve, get_request
from nianjian.features.dial_policy import feed as gate_feed
from nianjian.features.dial_policy import operations as policy
from nianjian.features.rectification import evidence, operations, queries, reports, states, storage
from nianjian.features.rectification.documents import PendingOrder, StoredReport
from nianjian.features.rectification.operations import get_visible_case
from nianjian.features.rectification.storage import Notice, paper_content
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service
from nianjian.platform.registers import gate_policies as policies
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db

LATER = TODAY + timedelta(days=20)
AROUND = {"first": TODAY - timedelta(days=10), "last": TODAY + timedelta(days=10)}


@pytest.fixture
def world(demo: str, load: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Twenty complaints about L1, two about L2, and one unlucky one about the small L3: all before the isolation."""
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    stay(monkeypatch)
    monkeypatch.setenv("NIANJIAN_TODAY", LATER.isoformat())

    def fill() -> None:
        data.append(wiring.lake("demo"), calls(), "b0")
        load("lines", "线路编号,状态", ("L1", "在用"), ("L2", "在用"), ("L3", "在用"))
        load("complaints", HEADER, *complaints())

    begin("bad channel", tmp_path, fill)
    return demo


@pytest.fixture
def case(world: str, anna: Actor) -> str:
    document = operations.open_case(
        enterprise=world,
        notice=Notice(TODAY - timedelta(days=1), None, "浙通管改〔2026〕1号", ["历史投诉率偏高"]),
        paper=paper_content("通知书.pdf", PDF),
        actor=anna,
    )
    return document.id


def fails(code: str, act: Callable[[], object]) -> NianjianError:
    with pytest.raises(NianjianError) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def ask(actor: Actor, channel: str = "L1", key: str = "line", **more: Any) -> PendingOrder:
    terms = {"case": None, "cap": None, "reason": "投诉集中", "end": "投诉下降", **more}
    return operations.request_isolation(enterprise="demo", key=key, channel=channel, actor=actor, **terms)


def lift(actor: Actor, channel: str = "L1", key: str = "line") -> PendingOrder:
    return operations.request_lift(enterprise="demo", key=key, channel=channel, reason="已整改", actor=actor)


def isolated(case: str, anna: Actor, bo: Actor) -> CarriedOut:
    return approve(approval=ask(anna, case=case).approval, actor=bo)


def report(case: str, actor: Actor, form: str = "docx") -> StoredReport:
    with pytest.MonkeyPatch.context() as patch:  # counting anew is slow, and has tests of its own
        patch.setattr(evidence, "recount", lambda case, _step: case.measured)
        return reports.store_report(case=case, form=form, language="zh_Hans", actor=actor)


def test_a_printed_day_wins_and_a_case_has_one_entry_an_act(demo: str, anna: Actor, bo: Actor) -> None:
    document = operations.open_case(enterprise=demo, notice=Notice(date(2026, 4, 28)), paper=None, actor=anna)
    assert (str(document.due), str(document.target), document.provisional) == ("2026-05-14", "2026-05-12", False)
    assert document.due_at == "2026-05-14T17:00:00+08:00"
    plan = operations.open_case(enterprise=demo, notice=Notice(date(2026, 12, 28)), paper=None, actor=anna)
    assert (str(plan.due), plan.provisional) == ("2027-01-12", True)
    printed = operations.open_case(
        enterprise=demo, notice=Notice(date(2026, 12, 28), date(2027, 1, 6)), paper=None, actor=anna
    )
    assert (str(printed.due), str(printed.target), printed.provisional) == ("2027-01-06", "2027-01-06", False)
    early = Notice(date(2026, 4, 28), date(2026, 4, 27))
    fails(
        "rectify_due_before_receipt", lambda: operations.open_case(enterprise=demo, notice=early, paper=None, actor=bo)
    )
    assert [act.verb for act in acts(enterprise="demo", newest=3)] == ["rectify.opened"] * 3
    assert len(operations.list_cases(enterprise=demo, actor=bo)) == 3


def test_locate_names_the_bad_line_and_not_the_unlucky_one(case: str, anna: Actor) -> None:
    result = evidence.locate_cause(enterprise="", case=case, first=TODAY - timedelta(days=30), last=TODAY, actor=anna)
    lines = {one["key"]: one for one in result["dimensions"]["line"]["groups"]}
    assert result["named"] == [{"dimension": "line", "key": "L1"}]
    assert (lines["L1"]["complaints"], lines["L1"]["answered"]) == (20, 400)
    assert lines["L3"]["low_volume"]
    assert not lines["L3"]["named"]
    assert float(lines["L3"]["rate"]) > float(lines["L3"]["rest"]["rate"]) / 10
    assert result["dimensions"]["display"]["named"] == []
    assert all("*" in one["key"] for one in result["dimensions"]["complainant"]["groups"])
    query = {"enterprise": "demo", "first": None, "last": None, "page": 1, "actor": anna}
    rows = evidence.list_group_tickets(dimension="line", key="L1", **query)  # type: ignore[arg-type]
    assert len(rows.tickets) == 20
    own_ = evidence.list_group_tickets(dimension="complainant", key="13900000000", **query)  # type: ignore[arg-type]
    assert own_.tickets
    assert "13900000000" not in to_json(own_)
    first = result["dimensions"]["complainant"]["groups"][0]
    by_ref = evidence.list_group_tickets(dimension="complainant", key=first["ref"], **query)  # type: ignore[arg-type]
    assert (by_ref.key, len(by_ref.tickets)) == (first["key"], first["complaints"])
    assert {one["ref"] for one in result["dimensions"]["line"]["groups"]} == {None}
    fails("rectify_ref_unknown", lambda: evidence.list_group_tickets(dimension="complainant", key="ref:0", **query))  # type: ignore[arg-type]
    (recording,) = next(one.calls[0].recordings for one in rows.tickets if one.calls)
    assert re.fullmatch(r"139\*+\d+-\d+\.wav", recording), "by name alone, and the number in it masked"


def test_isolation_takes_two_persons_and_reaches_the_gate(case: str, anna: Actor, bo: Actor) -> None:
    order = ask(anna, case=case)
    assert (order.cap, policies.find_policy_in_force("demo", "channel", "L1")) == (30, None)
    assert get_request(approval=order.approval, actor=bo).asked["channel"] == "L1"
    fails("approval_pending", lambda: ask(bo))
    fails("approval_same_person", lambda: approve(approval=order.approval, actor=anna))
    approve(approval=order.approval, actor=bo)
    standing = policies.find_policy_in_force("demo", "channel", "L1")
    assert standing is not None
    assert standing.values == {"cap": 30, "white_list": True}
    fails("rectify_isolated_already", lambda: ask(bo))
    lifted = lift(bo)
    assert lifted.cap is None
    asked = get_request(approval=lifted.approval, actor=anna).asked
    assert (asked["reason"], asked["end"]) == ("已整改", "投诉下降"), "who agrees reads what it was to wait for"
    assert (asked["cap"], asked["cap_before"]) == (None, 30), "and that no cap comes back"
    fails("approval_same_person", lambda: approve(approval=lifted.approval, actor=bo))
    approve(approval=lifted.approval, actor=anna)
    detail = operations.get_case_detail(case=case, actor=bo)
    people = {one.step: (one.actor, one.actors) for one in detail.events}
    assert people.pop("isolated") == (str(bo), [str(anna), str(bo)])
    assert set(map(str, people.values())) == {str((str(anna), [str(anna)]))}
    orders = detail.orders
    assert [(one.kind, one.cap_before, one.cap) for one in orders] == [
        ("isolate", None, 30),
        ("lift", 30, None),
    ]
    standing = policies.find_policy_in_force("demo", "channel", "L1")
    assert standing is not None
    assert standing.values == {"cap": None, "white_list": False, "enforce": False}, "it only observed before"
    fails("rectify_not_isolated", lambda: lift(bo))
    assert operations.get_case_detail(case=case, actor=bo).state == "isolated"


def test_the_cap_of_before_is_the_gates_own_and_isolating_never_raises_it(world: str, anna: Actor, bo: Actor) -> None:
    def asked(channel: str, cap: int | None = None, key: str = "display") -> tuple[int | None, int]:
        order = queries.get_order_of_approval(ask(anna, channel, key, cap=cap).approval)
        return queries.find_cap_before(order), order.cap

    for name, cap in (("95013002", 100), ("95013003", 10)):
        policy.set_cap(enterprise=world, key="display", name=name, cap=cap, white_list=False, reason="自定", actor=bo)
    assert asked("95013001") == (None, 30), "the gate held it to no cap, whatever the rulebook calls usual"
    assert asked("95013002") == (100, 30)
    assert asked("95013003") == (10, 10)
    policy.set_cap(enterprise=world, name="L1", cap=None, enforce=True, reason="启用", actor=bo)
    assert asked("L1", key="line") == (300, 30), "enforced without a cap of its own: the rulebook's held"
    fails("rectify_cap_not_lower", lambda: asked("95013002", 100))
    for cap in (20, 31):
        fails("rectify_cap_not_lower", lambda cap=cap: asked("95013003", cap))


def test_a_displayed_number_is_one_channel_however_it_is_written(world: str, anna: Actor, bo: Actor) -> None:
    order = ask(anna, "+86 95013001", "display")
    assert order.channel == "95013001"
    approve(approval=order.approval, actor=bo)
    fails("rectify_isolated_already", lambda: ask(bo, "95013001", "display"))
    approve(approval=lift(bo, "0086-95013001", "display").approval, actor=anna)
    standing = policies.find_policy_in_force(world, "display", "95013001")
    assert standing is not None
    assert standing.values == {"cap": None, "white_list": False, "enforce": False, "uncapped": True}
    policy.set_cap(enterprise=world, key="channel", name="L1", uncapped=True, enforce=True, reason="自定", actor=anna)
    approve(approval=ask(anna).approval, actor=bo)
    approve(approval=lift(bo).approval, actor=anna)
    standing = policies.find_policy_in_force(world, "channel", "L1")
    assert standing is not None
    assert standing.values == {"cap": None, "white_list": False, "enforce": True, "uncapped": True}, "as it was"


COUNTED: dict[str, dict[str, Any]] = {}  # what the first of these equal worlds gave


def count_once(case: str, column: str, step: str, actor: Actor, count: Callable[[], dict[str, Any]]) -> None:
    """Locate or measure; in every world of this file alike, so that it is computed once and then only written."""
    if column not in COUNTED:
        COUNTED[column] = count()
        return
    row = get_visible_case(case, actor)
    storage.record_step(case=row, step=step, data={}, actor=actor, **{column: COUNTED[column]})


def ready(case: str, anna: Actor, bo: Actor) -> None:
    """Everything that the report needs."""
    days = {"first": TODAY - timedelta(days=30), "last": TODAY}
    count_once(
        case, "located", states.LOCATED, anna,
        lambda: evidence.locate_cause(enterprise="", case=case, actor=anna, **days),
    )  # fmt: skip
    isolated(case, anna, bo)
    count_once(
        case, "measured", states.MEASURED, anna, lambda: evidence.measure_figures(case=case, actor=anna, **AROUND)
    )
    number = operations.add_measure(
        enterprise="demo", case=case, text="每周抽查白名单", owner="王五", due=TODAY, every=7, actor=anna
    )
    operations.complete_measure(case=case, measure=number, day=TODAY, actor=anna)
    paper, about = (
        paper_content("测评报告.pdf", PDF + b"1"),
        {"issuer": "某测评中心", "number": "CP-1", "scope": "线路L1"},
    )
    dated = TODAY + timedelta(days=3)
    number = operations.add_paper(case=case, kind="test_report", paper=paper, actor=anna, **about, dated=dated).id
    operations.confirm_assessment(enterprise="demo", case=case, paper=number, actor=anna)


def test_figures_and_the_share_of_the_white_list_are_counted_by_one_method_before_and_since(
    case: str, load: Import, anna: Actor, bo: Actor
) -> None:
    def at(days: int, hour: int) -> str:
        return f"{datetime.combine(TODAY + timedelta(days=days), time(hour))}"

    # L1 calls 13900000000 to …039 at ten o'clock of the days -10, -6 and -2, and …500 to …539 of the days -8 and -4.
    load(
        "consents",
        "号码,用途,取得时间,到期时间,撤回时间",
        ("13900000000", "电话营销", at(-6, 9), at(-2, 9), ""),  # day -6 alone: expired an hour before day -2
        ("13900000001", "电话营销", at(-10, 11), "", at(-2, 11)),  # days -6 and -2: withdrawn an hour later
        ("13900000500", "客服", at(-30, 9), "", ""),  # days -8 and -4, and the first day since: any purpose
        ("13900000999", "电话营销", at(-30, 9), "", ""),  # L1 never calls it
    )
    fails("rectify_case_not_isolated", lambda: evidence.measure_figures(case=case, first=None, last=None, actor=anna))
    isolated(case, anna, bo)
    result = evidence.measure_figures(case=case, actor=anna, **AROUND)
    since = result["after"]
    assert [result["before"][name] for name in ("complaints", "answered", "rate_light")] == [23, 2500, "yellow"]
    assert [since[name] for name in ("complaints", "answered", "rate_light")] == [0, 2150, "green"]
    assert [result["before"]["channel"][name] for name in ("complaints", "most")] == [20, 40]
    assert since["channel"]["most"] == 5
    assert (result["over_cap"], result["that_day"]["before"], result["that_day"]["after"]) == ([], 0, 0)
    assert "white_list_share" not in result["before"]["channel"]  # the gate has no snapshot
    assert ["被叫有有效同意的呼叫占比", "–", "–"] in (measured_rows(result, words("zh")) or ())
    gate_feed.feed()
    result = evidence.measure_figures(case=case, actor=anna, **AROUND)
    before, after = (result[part]["channel"] for part in ("before", "after"))
    assert (before["white_listed"], before["callees_known"], before["white_list_share"]) == (5, 400, "1.2500")
    oracle = open_snapshot(gate_feed.snapshot_folder()).tenants["demo"]
    for channel, sides in ((before, range(-10, 0)), (after, range(1, 11))):
        rows = [row for row in calls() if row["line_id"] == "L1" and (row["start_ts"].date() - TODAY).days in sides]
        seconds = [(row["callee"], int(row["start_ts"].replace(tzinfo=clock.ZONE).timestamp())) for row in rows]
        assert channel["white_listed"] == sum(oracle.has_consent(*one, "") for one in seconds)
        assert channel["callees_known"] == len(rows)
    by_label = {row[0]: row[1:] for row in measured_rows(result, words("zh")) or ()}
    assert by_label["被叫有有效同意的呼叫占比"] == ["1.25 % (5 / 400)", "2.00 % (1 / 50)"]
    moment = datetime.combine(TODAY + timedelta(days=2), time(11))
    more = [call(900_000 + n, moment.date(), "L1", second=5000 + n) for n in range(26)]
    data.append(wiring.lake("demo"), more, "b1")
    result = {gap.code: gap for gap in evidence.check_gaps(case=case, actor=anna).gaps}
    assert "figures_changed" in result
    assert (result["off_white_list"].values, result["off_white_list"].blocks) == ({"count": 75, "of": 76}, False)
    result = evidence.measure_figures(case=case, actor=anna, **AROUND)
    assert result["over_cap"] == [[moment.date().isoformat(), 31]]


def test_no_isolation_is_enforced_while_the_gate_only_looks_on(case: str, anna: Actor, bo: Actor) -> None:
    def gaps_of_the_gate() -> set[str]:
        codes = {gap.code for gap in evidence.gaps_of_case(get_visible_case(case, anna), None)}
        return codes & {"gate_observing", "not_enforced"}

    isolated(case, anna, bo)
    assert gaps_of_the_gate() == set()
    for enforce, expected in ((False, {"gate_observing"}), (True, set[str]())):
        change = policy.set_mode(enterprise="demo", enforce=enforce, reason="试运行", actor=anna)
        approve(approval=str(change.approval), actor=bo)
        assert gaps_of_the_gate() == expected


def test_a_report_is_a_draft_until_the_loop_is_closed(case: str, anna: Actor, bo: Actor) -> None:
    open_gaps = {gap.code for gap in evidence.check_gaps(case=case, actor=anna).gaps}
    assert open_gaps == {"not_located", "not_isolated", "not_measured", "measures_missing", "test_report_missing"}
    fails("rectify_step_early", lambda: reports.submit(enterprise="demo", case=case, day=TODAY, actor=anna))
    draft = report(case, anna)
    assert draft.draft
    ready(case, anna, bo)
    assert evidence.check_gaps(case=case, actor=anna).gaps == []
    result = report(case, anna)
    assert not result.draft
    with zipfile.ZipFile(io.BytesIO(blobs.get(result.blob))) as book:
        text = book.read("word/document.xml").decode()
        pictures = [name for name in book.namelist() if name.endswith(".png")]
    for expected in ("L1", "23", "2,500", "浙通管改〔2026〕1号", "每周抽查白名单", "某测评中心", "Q0"):
        assert expected in text
    assert "{{" not in text
    assert "{%" not in text
    assert len(pictures) == 3  # two charts and the code
    paper = report(case, anna, "pdf")
    book = pypdfium2.PdfDocument(blobs.get(paper.blob))
    pdf_text = "".join(page.get_textpage().get_text_range() for page in book)
    assert "浙通管改" in pdf_text
    book.close()
    assert operations.get_case_detail(case=case, actor=anna).state == "reported"


def test_a_stopped_location_leaves_the_case_as_it_was(case: str, anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = reports.locate.enqueue(enterprise="demo", case=case, actor=anna)
    assert reports.locate.enqueue(enterprise="demo", case=case, actor=anna) == job
    seen = []
    real = service.progress

    def progress(**step: Any) -> bool:
        seen.append((step["done"], step["total"]))
        if len(seen) == 4:
            service.stop(job=job)
        return real(**step)

    monkeypatch.setattr(service, "progress", progress)
    monkeypatch.setattr("nianjian.doors.site.worker.PAUSE", 0)
    Worker("w1", Event()).step()
    job_value = queue.job(job)
    assert (job_value.state, operations.get_case_detail(case=case, actor=anna).located) == ("stopped", None)
    assert [done for done, _total in seen] == [0, 1, 2, 3]
    assert len({total for _done, total in seen}) == 1


def test_each_kind_of_work_counts_its_steps_and_a_case_closes_only_after_the_check(
    case: str, anna: Actor, bo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(case, anna, bo)
    monkeypatch.setattr("nianjian.doors.site.worker.PAUSE", 0)
    by_job = {}
    real = service.progress
    monkeypatch.setattr(service, "progress", lambda **step: (by_job.update({step["job"]: step}), real(**step))[1])
    of = {"enterprise": "demo", "case": case, "actor": anna}

    def done(job: str) -> queue.JobValue:
        assert Worker("w1", Event()).step()
        job_value = queue.job(job)
        assert (job_value.state, job_value.result["case"]) == ("done", case), job_value.error
        assert by_job[job]["done"] == by_job[job]["total"] - 1
        return job_value

    assert done(reports.count_figures.enqueue(**of)).kind == "rectify.measure"
    assert done(reports.check_gaps.enqueue(**of)).result["ready"] is True
    assert evidence.preview_gaps(case=case, actor=anna).ready
    report_job = done(reports.enqueue_report(case=case, form="docx", language="zh", actor=anna))
    body = reports.get_stored_report(case=case, job=report_job.id, actor=anna).content
    assert hashlib.sha256(body).hexdigest() == report_job.result["sha256"]
    assert evidence.preview_gaps(case=case, actor=anna).ready
    fails("rectify_step_early", lambda: reports.close(**of, check="已复核"))
    for day in (date(2020, 1, 1), TODAY - timedelta(days=1)):  # before the notice; before isolation and report
        fails("rectify_submitted_early", lambda day=day: reports.submit(**of, day=day))
    job_id = reports.submit.enqueue(**of, day=TODAY)
    assert reports.submit.enqueue(**of, day=TODAY) == job_id
    assert done(job_id).result["submitted_on"] == TODAY.isoformat()
    reminder = operations.get_case_detail(case=case, actor=anna).reminder
    assert reminder is not None
    assert reminder.day > TODAY
    later = datetime.combine(TODAY + timedelta(days=4), time(11))
    data.append(wiring.lake("demo"), [call(950_000 + n, later.date(), "L1", second=n) for n in range(40)], "b2")
    refused = fails("rectify_not_effective", lambda: reports.close(**of, check="已复核"))
    assert [one["code"] for one in refused.findings] == ["over_cap"]
    data.change(wiring.lake("demo"), add={}, remove=("b2",))
    closed = done(reports.close.enqueue(**of, check="复核")).result
    assert (closed["state"], closed["tasks"], closed["effective"]) == ("closed", 1, None)
    assert closed["after"]["days_unrecorded"], "days without calls prove nothing"
    more = {"text": "x", "owner": "y", "due": TODAY, "every": None}
    fails("rectify_closed", lambda: operations.add_measure(**of | {"actor": bo}, **more))
    (task,) = operations.update_routine(enterprise="demo", done=None, day=None, actor=bo)
    assert (task.text, task.every) == ("每周抽查白名单", 7)
    (task,) = operations.update_routine(enterprise="demo", done=task.id, day=TODAY, actor=bo)
    assert task.due == TODAY + timedelta(days=7)


def test_handing_in_counts_everything_once_more(case: str, anna: Actor, bo: Actor) -> None:
    ready(case, anna, bo)
    report(case, anna)
    more = [call(900_000 + n, TODAY + timedelta(days=2), "L1", second=5000 + n) for n in range(3)]
    data.append(wiring.lake("demo"), more, "b1")
    assert [gap.code for gap in evidence.gaps_of_case(get_visible_case(case, anna), None) if gap.blocks] == []
    reports.check_gaps.enqueue(enterprise="demo", case=case, actor=anna)
    assert Worker("w1", Event()).step()
    preview = evidence.preview_gaps(case=case, actor=anna)
    assert (preview.fresh, preview.ready, [gap.code for gap in preview.gaps]) == (True, False, ["figures_changed"])
    job = reports.submit.enqueue(enterprise="demo", case=case, day=TODAY, actor=anna)  # which counts nothing yet
    assert Worker("w1", Event()).step()
    assert queue.job(job).error["code"] == "rectify_gaps_open"
    assert operations.get_case_detail(case=case, actor=anna).submitted_on is None
    evidence.measure_figures(case=case, first=None, last=None, actor=anna)
    refused = fails("rectify_gaps_open", lambda: reports.submit(enterprise="demo", case=case, day=TODAY, actor=anna))
    assert [one["code"] for one in refused.findings] == ["report_outdated"]  # it tells the figures of before
    report(case, anna)
    (test,) = (one.id for one in operations.get_case_detail(case=case, actor=anna).papers if one.scope)
    operations.confirm_assessment(enterprise="demo", case=case, paper=test, actor=anna)
    refused = fails("rectify_gaps_open", lambda: reports.submit(enterprise="demo", case=case, day=TODAY, actor=anna))
    assert [one["code"] for one in refused.findings] == ["report_outdated"], "it tells the assessment of before"
    report(case, anna)
    assert reports.submit(enterprise="demo", case=case, day=TODAY, actor=anna).state == "submitted"
    operations.add_measure(
        enterprise="demo", case=case, text="再查一次", owner="王五", due=TODAY, every=None, actor=anna
    )
    preview = evidence.preview_gaps(case=case, actor=anna)
    assert (preview.fresh, preview.ready) == (False, False), "the check is over once the case changes"
    assert [gap.code for gap in preview.gaps] == ["measures_open"]
