"""A drill from its beginning to its report: what was done in time passes, what nobody proved never does."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pypdfium2
import pytest
from django.db import transaction
from rich.console import Console
from tests.support.people import signed_in

from nianjian.doors.site.worker import KINDS
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import one_click, operations, queries
from nianjian.features.complaints.clocks import Clock, ClockLimit, ServiceLevels
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.states import Facts
from nianjian.features.inspection import drill
from nianjian.features.inspection.drill import Seen
from nianjian.features.inspection.operations.drill import report, run
from nianjian.features.inspection.terminal import drill as picture
from nianjian.features.season.operations import task_progress
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow, service
from nianjian.platform.jobs import query as queue
from nianjian.platform.rulebook.rulebooks import rulebook

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=clock.ZONE)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
TERMS = {
    Clock.RESPONSE: ClockLimit(2 * HOUR, timedelta(minutes=90)),
    Clock.CLOSE: ClockLimit(24 * HOUR, 20 * HOUR),
}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))


def test_what_can_begin_a_drill_is_offered_first(demo: str, operator: Actor) -> None:
    def forward() -> bool:
        page = signed_in("anna").get("/e/demo/inspection/drill/").content.decode()
        return '<option value="12321" selected>' in page

    assert forward(), "without an address nothing else can"
    one_click.open_door(enterprise=demo, number="95013", actor=operator)
    assert not forward()


def test_a_drill_from_the_complaint_to_its_report(demo: str, operator: Actor) -> None:
    client = signed_in("anna")
    place = "/e/demo/inspection/drill/"
    assert client.get(f"{place}report/").status_code == 404
    with pytest.raises(NianjianError, match="drill_no_door"):
        run.enqueue_drill(enterprise=demo, phone="", calls=0, actor=operator)
    one_click.open_door(enterprise=demo, number="95013", actor=operator)
    with pytest.raises(NianjianError, match="drill_calls_wrong"):
        run.enqueue_drill(enterprise=demo, phone="", calls=51, actor=operator)
    with pytest.raises(NianjianError, match="drill_unknown"):
        report.report(enterprise=demo, actor=operator)
    assert client.post(f"{place}run/", {"phone": "13800138000", "calls": "2"}).status_code == 302
    taken = service.take(worker="w", again=())
    assert taken is not None
    assert "13800138000" not in json.dumps(taken.payload)
    with transaction.atomic():
        made = KINDS[flow.DRILL].run(queue.job(taken.id), operator, lambda _note, _done, _total: None)
        service.finish(job=taken.id, worker="w", result=dict(made))
    ticket = str(made["drill"])
    row = queries.load_current_tickets(demo, [ticket])[ticket]
    assert (row.drill, row.source, row.complained, row.complainant) == (True, "one_click", "95013", "13800138000")

    told = report.report(enterprise=demo, actor=operator)
    assert {one["step"]: (one["state"], one["why"]) for one in told["steps"]} == {
        "arrived": ("passed", "one_click_opened"), "warned": ("unknown", "warning_not_due"),
        "responded": ("unknown", "running"), "called_back": ("unknown", "running"), "closed": ("unknown", "running"),
        "calls": ("unknown", "calls_no_way"),
    }  # fmt: skip
    assert told["state"] == "failed", "an empty firm fails checks"
    order = [one["state"] for one in told["mend"]]
    assert order == sorted(order), "failed comes first"
    assert len(order) == told["counts"]["failed"] + told["counts"]["unknown"]

    asked = task_progress.ProgressQuery(
        demo, 2026, clock.today(), clock.today(), rulebook(day=None, province=None, enterprise=demo), operator
    )
    assert not task_progress.collect_task_progress(asked, [])["drill"].complete
    operations.callback(enterprise=demo, complaint=ticket, result="已回访", actor=operator)
    operations.close(enterprise=demo, complaints=[ticket], result="演练完毕", actor=operator)
    assert task_progress.collect_task_progress(asked, [])["drill"].complete
    told = report.report(enterprise=demo, actor=operator, name=ticket)
    steps = {one["step"]: one for one in told["steps"]}
    for name in ("responded", "called_back", "closed"):
        assert (steps[name]["state"], steps[name]["by"]) == ("passed", str(operator))
        assert steps[name]["taken_s"] is not None
    assert (steps["responded"]["limit_s"], steps["closed"]["limit_s"]) == (7200, 86400)

    assert not queries.current_tickets(demo).exists(), "what is published leaves a drill out"
    page = client.get(place).content.decode()
    assert ticket in page
    assert "13800138000" not in page
    assert client.get(f"{place}?drill={'9' * 5000}").status_code == 404
    paper = client.get(f"{place}report/")
    with pypdfium2.PdfDocument(io.BytesIO(paper.content)) as document:
        text = "".join(one.get_textpage().get_text_bounded() for one in document)
    assert ticket in text.replace("\u200b", "").replace("\r\n", "")
    shown = Console(file=StringIO(), width=300)
    picture.report(told)(shown)
    assert isinstance(shown.file, StringIO)
    assert ticket in shown.file.getvalue()


def test_what_is_no_number_opens_no_drill(demo: str, operator: Actor) -> None:
    one_click.open_door(enterprise=demo, number="95013", actor=operator)
    with pytest.raises(NianjianError, match="drill_phone_wrong"):
        run.run(enterprise=demo, phone="x", calls=0, actor=operator)
    assert not Complaint.objects.exists()
    assert report.list_drills(enterprise=demo, actor=operator) == []


@dataclass(frozen=True)
class Case:
    """What was done how long after the arrival, and how the steps after it then stand."""

    now: timedelta
    states: str
    responded: timedelta | None = None
    closed: timedelta | None = None
    warned: timedelta | None = None
    calls: Mapping[str, int] = field(default_factory=dict)


LATE = SECOND + 24 * HOUR
CASES = (
    Case(30 * HOUR, "passed passed passed passed passed", 2 * HOUR, 24 * HOUR, 1.5 * HOUR, {"pass": 2}),
    Case(30 * HOUR, "failed failed failed failed failed", 2 * HOUR + SECOND, LATE, None, {"fail": 1}),
    Case(4 * HOUR, "unknown passed passed passed unknown", HOUR, 3 * HOUR, None, {"pass": 1, "unproved": 1}),
    Case(HOUR, "unknown unknown unknown unknown unknown"),
    Case(25 * HOUR, "failed failed failed failed unknown"),
)


@pytest.mark.parametrize("case", CASES)
def test_each_step_on_both_sides_of_its_limit(case: Case) -> None:
    def at(after: timedelta | None) -> datetime | None:
        return None if after is None else NOON + after

    facts = Facts(arrived=NOON, responded=at(case.responded), called_back=at(case.closed), closed=at(case.closed))
    promise = ServiceLevels((date(2000, 1, 1),), (TERMS,))
    held = Seen(facts, promise, at(case.warned), {"responded": "user:anna"}, case.calls, "calls_no_way")
    found = drill.steps(held, NOON + case.now)
    assert [one.state for one in found] == ["passed", *case.states.split()]
    counts = drill.count_states(one.state for one in found)
    assert drill.whole(counts) == next(one for one in ("failed", "unknown", "passed") if one in case.states)
