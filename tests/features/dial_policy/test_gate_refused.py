"""An enterprise that the gate cannot be told of is refused by itself: the others' snapshot goes on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from tests.support.fixtures import Import

from nianjian.engines.gate.decision import Refusal, decide
from nianjian.engines.gate.question import Request
from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot.read import Snapshot, open_snapshot
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dial_policy import decisions
from nianjian.features.dial_policy import feed as gate_feed
from nianjian.features.dial_policy import operations as gate_lists
from nianjian.features.dial_policy import operations as gate_policy
from nianjian.platform.accounts import service
from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers.overlays import Overlay
from nianjian.platform.registers.storage import import_sheet

NOON = datetime(2026, 11, 25, 12, tzinfo=clock.ZONE)
CALLEE = "13900139000"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIANJIAN_GATE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())  # a test's transaction is never over


@pytest.fixture
def both(demo: str, load: Import, operator: Actor, tmp_path: Path) -> tuple[str, str]:
    """Two enterprises whose calls may go."""
    service.add_enterprise(code="other", name="另一家", province="浙江", actor=operator)
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("码号,批准总位长,备案状态,备案日期,呼出权限\n95013,8,已备案,2024-02-01,是\n")
    lines = tmp_path / "lines.csv"
    lines.write_text("线路编号,状态\nL01,启用\n")
    for code in (demo, "other"):
        import_sheet(kind="numbers", path=numbers, enterprise=code, actor=operator)
        import_sheet(kind="lines", path=lines, enterprise=code, actor=operator)
    gate_feed.feed()
    return demo, "other"


def opened() -> Snapshot:
    return open_snapshot(gate_feed.root())


def allowed(code: str, purpose: str = "") -> bool:
    at = int(NOON.timestamp() * 1000)
    asked = Request(code, "95013001", CALLEE, "L01", "c1", at, purpose=purpose)
    return not isinstance(decide(asked, opened(), int(clock.now().timestamp() * 1000)), Refusal)


def break_rules(code: str) -> None:
    now = datetime.now(UTC)
    Overlay.objects.create(
        id="broken", key="gate.hours.service", value=["08:00"], enterprise=code, valid_from=now.date() - timedelta(1),
        reason="r", proposed_by="user:a", proposed_at=now, approval="x", approved_by="user:b", approved_at=now,
    )  # fmt: skip


def build(code: str, operator: Actor, tmp_path: Path, *numbers: str) -> Path:
    """The file of a built do-not-call list in the snapshot's folder."""
    path = tmp_path / "a.txt"
    path.write_text("\n".join(numbers))
    made = gate_lists.build_list(
        kind="do-not-call", path=path, enterprise=code, actor=operator, progress=lambda *_: None
    )
    return gate_feed.root() / form.LISTS / f"{made.sha256}.list"


def test_an_unreadable_overlay_refuses_its_enterprise_and_no_other(
    both: tuple[str, str], operator: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    broken, well = both
    assert allowed(broken)
    break_rules(broken)
    gate_policy.set_cap(enterprise=well, name="L01", cap=9, white_list=False, reason="r", actor=operator)
    fed = gate_feed.feed()
    assert {code: fault.code for code, fault in fed.refused.items()} == {broken: "gate_rule_unreadable"}
    assert not allowed(broken)
    assert not allowed(broken, "service")
    assert allowed(well)
    assert [cap.limit for cap in opened().tenants[well].policy.caps] == [9]
    assert opened().tenants[broken].problem == "gate_rule_unreadable"
    assert "cannot be told of demo" in caplog.text
    told = decisions.state(enterprise=broken, actor=operator)["snapshot"]
    assert (told["state"], told["problem"]["code"]) == ("untold", "gate_rule_unreadable")
    assert decisions.state(enterprise=well, actor=operator)["snapshot"]["state"] == "fresh"


def test_it_is_told_again_once_it_can_be_and_its_caps_went_on(both: tuple[str, str]) -> None:
    broken, _well = both
    before = opened().tenants[broken].policy
    break_rules(broken)
    gate_feed.feed()
    assert opened().tenants[broken].policy.caps == before.caps  # what was counted stays counted
    assert gate_feed.feed().new is False
    Overlay.objects.all().delete()
    assert gate_feed.feed().refused == {}
    assert allowed(broken)
    after = opened().tenants[broken].policy
    assert after.caps == before.caps
    assert after.version > before.version


def test_switches_that_let_calls_go_do_not_hold_for_it(both: tuple[str, str], anna: Actor, bo: Actor) -> None:
    waiting = gate_policy.set_fail_open(enterprise=both[0], purpose="service", on=True, reason="r", actor=anna)
    gate_policy.approve_change(str(waiting.approval), bo)
    assert opened().tenants[both[0]].policy.purposes["service"].fail_open
    break_rules(both[0])
    gate_feed.feed()
    assert not any(one.fail_open for one in opened().tenants[both[0]].policy.purposes.values())


def test_who_asks_for_it_alone_is_told_after_it_is_refused(both: tuple[str, str], operator: Actor) -> None:
    break_rules(both[0])
    with pytest.raises(NianjianError, match="gate_rule_unreadable"):
        gate_feed.feed(enterprise=both[0])
    assert not allowed(both[0])
    done = gate_policy.set_mode(enterprise=both[0], enforce=True, reason="r", actor=operator)
    assert done.told is False


def test_a_list_that_left_its_folder_comes_back_from_the_generation_in_force(
    both: tuple[str, str], operator: Actor, tmp_path: Path
) -> None:
    build(both[0], operator, tmp_path, CALLEE).unlink()
    assert gate_policy.set_cap(enterprise=both[0], name="L01", cap=7, white_list=False, reason="r", actor=operator).told
    assert not allowed(both[0])
    assert gate_feed.feed().refused == {}


@pytest.mark.parametrize("fed", ["demo", "other", None])
def test_a_list_that_is_nowhere_refuses_its_enterprise(
    both: tuple[str, str], operator: Actor, tmp_path: Path, fed: str | None
) -> None:
    place = build("demo", operator, tmp_path, "13500135000")
    assert allowed("demo")
    for path in (place, gate_feed.root() / form.CURRENT / "demo.do-not-call-built.list"):
        path.unlink()
    if fed == "demo":
        with pytest.raises(NianjianError, match="gate_list_missing"):
            gate_feed.feed(enterprise=fed)
    else:
        assert [one.code for one in gate_feed.feed(enterprise=fed).refused.values()] == ["gate_list_missing"]
    assert not allowed("demo")
    assert allowed("other")
    build("demo", operator, tmp_path, "13500135000")
    assert allowed("demo")


def purposes_described_anew(code: str) -> None:
    now = datetime.now(UTC)
    Overlay.objects.create(
        id="words", key="gate.purposes", value={"marketing": ["营销", "贷款"], "service": ["回访"]}, enterprise=code,
        valid_from=now.date() - timedelta(1), reason="r", proposed_by="user:a", proposed_at=now, approval="x",
        approved_by="user:b", approved_at=now,
    )  # fmt: skip


def test_a_built_list_whose_purposes_are_described_otherwise_now_is_not_gone_by(
    both: tuple[str, str], operator: Actor, tmp_path: Path
) -> None:
    build("other", operator, tmp_path, "13500135000")  # names no purpose
    rows = ("号码,范围", "13500135000,贷款", f"{CALLEE},营销")
    build("demo", operator, tmp_path, *rows)
    assert gate_feed.feed().refused == {}
    purposes_described_anew("demo")
    assert [one.code for one in gate_feed.feed().refused.values()] == ["gate_list_outdated"]
    assert not allowed("demo")
    assert allowed("other")
    build("demo", operator, tmp_path, *rows)
    assert gate_feed.feed().refused == {}
    assert allowed("demo", "回访")
    assert not allowed("demo", "营销")


def test_a_list_that_names_no_purpose_holds_whatever_they_are_called(
    both: tuple[str, str], operator: Actor, tmp_path: Path
) -> None:
    build("demo", operator, tmp_path, CALLEE)
    purposes_described_anew("demo")
    assert gate_feed.feed().refused == {}
    assert not allowed("demo")


def test_a_row_that_nobody_foresaw_is_named_by_its_kind(both: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def numbers(enterprise: str) -> list[object]:
        if enterprise == both[0]:
            raise ValueError(CALLEE)
        return []

    monkeypatch.setattr("nianjian.features.dial_policy.facts.numbers", numbers)
    fault = gate_feed.feed().refused[both[0]]
    assert (fault.code, fault.values) == ("gate_feed_fault", {"kind": "ValueError"})
    assert CALLEE not in json.dumps(gate_feed.find_published_policy(both[0]))
