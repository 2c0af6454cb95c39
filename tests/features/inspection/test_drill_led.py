"""A drill that is led: how it comes in, who plays, what is thrown in, its timeline, history and debrief."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from tests.support.people import signed_in

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import one_click, operations, queries
from nianjian.features.complaints.models import Complaint
from nianjian.features.inspection.operations.drill import report, run, timeline
from nianjian.features.inspection.operations.drill.script import Planned
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Role
from nianjian.platform.accounts.service import add_user

pytestmark = pytest.mark.django_db
FORWARD = Planned("12321", {"responded": 1, "called_back": 2, "closed": 3}, {"agent": "anna"}, ["second_call"])


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))


def _lines(enterprise: str, operator: Actor, drill: str = "") -> dict[str, dict[str, Any]]:
    told = report.report(enterprise=enterprise, actor=operator, name=drill)
    return {one["what"]: one for one in told["timeline"]}


def test_a_forward_needs_no_address_and_counts_nowhere(demo: str, operator: Actor) -> None:
    signed_in("anna")
    drill = run.run(enterprise=demo, phone="13800138000", calls=0, planned=FORWARD, actor=operator)["drill"]
    row = queries.load_current_tickets(demo, [drill])[drill]
    assert (row.source, row.drill, row.complainant) == ("12321", True, "13800138000")
    assert not queries.current_tickets(demo).exists()
    told = report.report(enterprise=demo, actor=operator)
    assert (told["steps"][0]["why"], told["steps"][0]["by"]) == ("forward_opened", str(operator))
    found = _lines(demo, operator)
    assert [(one, line["due_s"]) for one, line in found.items()] == [
        ("arrived", 0), ("responded", 60), ("called_back", 120), ("closed", 180), ("second_call", 300),
    ]  # fmt: skip
    assert (found["responded"]["player"], found["closed"]["player"]) == ("anna", None)
    assert found["arrived"]["state"] == "done"


def test_injects_are_noted_once_and_in_order(demo: str, operator: Actor) -> None:
    signed_in("anna")
    drill = run.run(enterprise=demo, calls=0, planned=FORWARD, actor=operator)["drill"]

    def inject(what: str, act: str, of: str = drill) -> None:
        timeline.inject(enterprise=demo, drill=of, what=what, act=act, actor=operator)

    for what, act, of, code in (
        ("second_call", "handled", drill, "drill_inject_refused"),
        ("nothing", "given", drill, "drill_inject_unknown"),
        ("second_call", "x", drill, "drill_inject_unknown"),
        ("second_call", "given", "9" * 5000, "drill_unknown"),
    ):
        with pytest.raises(NianjianError, match=code):
            inject(what, act, of)
    assert _lines(demo, operator)["second_call"]["state"] == "waiting"
    inject("second_call", "given")
    assert _lines(demo, operator)["second_call"]["state"] == "running"
    inject("second_call", "handled")
    found = _lines(demo, operator)["second_call"]
    assert (found["state"], found["by"]) == ("done", str(operator))
    assert found["ended_at"] is not None
    with pytest.raises(NianjianError, match="drill_inject_refused"):
        inject("second_call", "given")
    inject("media", "given")
    assert "media" in _lines(demo, operator), "what was not planned may be thrown in, too"
    other = run.run(enterprise=demo, calls=0, planned=FORWARD, actor=operator)["drill"]
    assert _lines(demo, operator, other)["second_call"]["state"] == "waiting", "each drill has its own"


@pytest.mark.parametrize(
    ("planned", "code"),
    [
        (Planned("fax"), "drill_source_unknown"),
        (Planned("12321", {"responded": 30, "called_back": 20}), "drill_minutes_wrong"),
        (Planned("12321", {"responded": 0}), "drill_minutes_wrong"),
        (Planned("12321", {"closed": 1441}), "drill_minutes_wrong"),
        (Planned("12321", {"warned": 5}), "drill_minutes_wrong"),
        (Planned("12321", {}, {"agent": "nobody"}), "drill_player_unknown"),
        (Planned("12321", {}, {"agent": "vera"}), "drill_player_unknown"),  # she may only read
        (Planned("12321", {}, {"facilitator": "anna"}), "drill_player_unknown"),
        (Planned("12321", {}, {}, ["x"]), "drill_inject_unknown"),
        (Planned(), "drill_no_door"),
    ],
)
def test_what_cannot_be_held_begins_nothing(demo: str, operator: Actor, planned: Planned, code: str) -> None:
    signed_in("anna")
    add_user(name="vera", role=Role.AUDITOR, enterprises=[demo], actor=operator)
    for begin in (run.enqueue_drill, run.run):
        with pytest.raises(NianjianError, match=code):
            begin(enterprise=demo, phone="", calls=0, planned=planned, actor=operator)
    assert not Complaint.objects.exists()


def test_the_screen_looks_again_until_the_ticket_is_closed(demo: str, operator: Actor) -> None:
    client = signed_in("anna")
    add_user(name="vera", role=Role.AUDITOR, enterprises=[demo], actor=operator)
    drill = run.run(enterprise=demo, phone="13800138000", calls=0, planned=FORWARD, actor=operator)["drill"]
    place = f"/e/demo/inspection/drill/{drill}/"
    shown = client.get(f"{place}screen/").content.decode()
    assert f'hx-get="{place}lines/"' in shown
    assert 'hx-trigger="every 5s"' in shown
    assert "13800138000" not in shown
    assert "second_call" in shown
    reader = signed_in("vera")
    assert "<form" not in reader.get(f"{place}lines/").content.decode()
    assert reader.post(f"{place}inject/", {"what": "second_call", "act": "given"}).status_code == 403
    assert client.post(f"{place}inject/", {"what": "second_call", "act": "given"}).status_code == 302
    assert "second_call" in client.get(f"{place}lines/").content.decode()
    assert client.post(f"{place}inject/", {"what": "second_call", "act": "given"}).status_code == 409
    operations.callback(enterprise=demo, complaint=drill, result="已回访", actor=operator)
    operations.close(enterprise=demo, complaints=[drill], result="演练完毕", actor=operator)
    assert "hx-get" not in client.get(f"{place}lines/").content.decode()
    assert client.get("/e/demo/inspection/drill/nothing/screen/").status_code == 404
    assert client.get(f"/e/demo/inspection/drill/{'9' * 5000}/lines/").status_code == 404


def test_history_trend_and_debrief(demo: str, operator: Actor) -> None:
    client = signed_in("anna")
    one_click.open_door(enterprise=demo, number="95013", actor=operator)
    first = run.run(enterprise=demo, calls=0, actor=operator)["drill"]
    front = "/e/demo/inspection/drill/"
    assert "<svg" not in client.get(front).content.decode().split("<main")[1], "one drill has no trend"
    operations.callback(enterprise=demo, complaint=first, result="已回访", actor=operator)
    operations.close(enterprise=demo, complaints=[first], result="演练完毕", actor=operator)
    second = run.run(enterprise=demo, calls=0, planned=FORWARD, actor=operator)["drill"]
    newest, oldest = report.list_drills(enterprise=demo, actor=operator)
    assert (newest["drill"], newest["responded_s"], newest["closed_s"]) == (second, None, None)
    assert oldest["drill"] == first
    assert oldest["responded_s"] is not None
    assert oldest["responded_s"] <= oldest["closed_s"]
    assert "<svg" not in client.get(front).content.decode().split("<main")[1], "nothing was done in the second one yet"
    operations.respond(enterprise=demo, complaints=[second], actor=operator)
    shown = client.get(front).content.decode()
    assert "<svg" in shown.split("<main")[1]
    assert f"{front}{second}/screen/" in shown
    timeline.inject(enterprise=demo, drill=second, what="second_call", act="given", actor=operator)
    _name, paper = report.paper(enterprise=demo, actor=operator, language="en", name=second)
    with pypdfium2.PdfDocument(io.BytesIO(paper)) as document:
        text = "".join(one.get_textpage().get_text_bounded() for one in document)
    assert "Timeline" in text
    assert "calls again" in text.replace("\r\n", " ")
