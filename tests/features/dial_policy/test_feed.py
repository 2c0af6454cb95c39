"""Policies, lists and registers become the snapshot that the gate reads."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from tests.support.fixtures import Import

from nianjian.engines.gate.decision import Refusal, decide
from nianjian.engines.gate.question import Request
from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot.read import Snapshot, open_snapshot
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.approvals import operations
from nianjian.features.dial_policy import decisions
from nianjian.features.dial_policy import feed as gate_feed
from nianjian.features.dial_policy import operations as gate_policy
from nianjian.features.dial_policy.decisions import Question
from nianjian.features.dial_policy.operations import GateChannel, ObservingLine
from nianjian.features.portrait import line_usage, portraits
from nianjian.platform.accounts import service
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals.storage import list_approvals
from nianjian.platform.audit.models import Entry
from nianjian.platform.registers import gate_policies as policies
from nianjian.platform.registers import models
from nianjian.platform.registers.overlays import Overlay
from nianjian.platform.registers.storage import import_sheet

pytestmark = pytest.mark.postgres
CALLEE = "13900139000"
NOON = datetime(2026, 11, 25, 12, tzinfo=clock.ZONE)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIANJIAN_GATE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())  # a test's transaction is never over


@pytest.fixture
def house(demo: str, load: Import) -> str:
    """An enterprise with a filed number and two lines."""
    numbers = "码号,批准总位长,用途,有效期止,备案状态,备案日期,呼出权限"
    load("numbers", numbers, ("95013", "8", "外呼营销、售后回访", "2028-12-31", "已备案", "2024-02-01", "是"))
    load("teams", "团队编号,名称", ("T01", "外包一队"))
    load("lines", "线路编号,团队,状态", ("L01", "T01", "启用"), ("L02", "外包一队", "启用"))
    return demo


def asked(operator: Actor, **changes: Any) -> str:
    fields = {"enterprise": "demo", "display": "95013001", "callee": CALLEE, "channel": "L01", "at": NOON, **changes}
    return str(decisions.check_call(question=Question(**fields), actor=operator)["reason"])


def opened() -> Snapshot:
    return open_snapshot(gate_feed.snapshot_folder())


def caps() -> dict[str, tuple[int, int]]:
    return {cap.only: (cap.limit, cap.epoch) for cap in opened().tenants["demo"].policy.caps}


def set_cap(actor: Actor, cap: int | None, *, isolated: bool = False, **more: Any) -> gate_policy.GateChange:
    return gate_policy.set_cap(
        enterprise="demo", name=more.pop("name", "L01"), cap=cap, white_list=isolated, reason="试", actor=actor, **more
    )


def test_the_registers_decide(house: str, load: Import, operator: Actor) -> None:
    assert asked(operator) == "allow"
    assert asked(operator, display="95014001") == "number-unknown"
    assert asked(operator, channel="L03") == "no-channel"
    assert asked(operator, purpose="营销") == "no-consent"
    header = "号码,用途,取得时间,到期时间,撤回时间"
    load("consents", header, (CALLEE, "电话营销", "2026-01-05 10:00:00", "2027-01-05 00:00:00", ""))
    assert asked(operator, purpose="营销") == "allow"
    load("consents", header, (CALLEE, "电话营销", "2026-01-05 10:00:00", "2027-01-05 00:00:00", "2026-11-25 11:59:59"))
    assert asked(operator, purpose="营销") == "no-consent"
    assert asked(operator, purpose="营销", at=NOON - timedelta(hours=2)) == "allow"  # it was not withdrawn yet
    load("do-not-call", "号码,来源,登记时间,范围", (CALLEE, "客户", "2026-11-01 00:00:00", "营销"))
    assert asked(operator, purpose="营销") == "do-not-call"
    assert asked(operator, purpose="售后回访") == "allow"
    load("lines", "线路编号,状态,停用日期", ("L01", "停用", "2026-11-25"))
    assert asked(operator) == "no-channel"
    assert asked(operator, purpose="售后回访", at=NOON - timedelta(days=1)) == "allow"
    team = {line.name: line.team for line in gate_policy.summarize_policy(enterprise=house, actor=operator).channels}
    assert team == {"L01": "T01", "L02": "T01"}  # the name leads to the id


def test_numbers_of_people_stand_only_in_the_lists(house: str, load: Import, operator: Actor) -> None:
    load("consents", "号码,用途", (CALLEE, "贷款"))
    assert asked(operator, purpose="贷款") == "number-wrong-purpose"
    load("numbers", "码号,用途", ("95013", "贷款咨询"))
    assert asked(operator, purpose="贷款") == "allow"  # nobody described it: the very words count
    assert asked(operator, purpose="借款") == "number-wrong-purpose"
    folder = gate_feed.snapshot_folder() / form.CURRENT
    assert CALLEE not in "".join(path.read_text("utf-8") for path in folder.glob("*.json"))
    assert all(
        path.stat().st_mode & 0o077 == 0 for path in (gate_feed.snapshot_folder(), gate_feed.snapshot_folder().parent)
    )


def test_nothing_new_makes_no_generation(house: str, load: Import) -> None:
    first = gate_feed.feed()
    assert (first.generation, first.new) == (1, True)
    assert [gate_feed.feed().new for _ in range(2)] == [False, False]
    load("do-not-call", "号码", (CALLEE,))
    assert gate_feed.feed(lists=False).new is False  # lists wait for the clock
    second = gate_feed.feed()
    assert (second.generation, second.new, second.entries["do-not-call"]) == (2, True, 1)
    models.DoNotCall.objects.all().delete()  # as an erasure does
    assert gate_feed.feed().entries["do-not-call"] == 0


def test_a_cap_acts_at_once_and_its_epoch_grows(house: str, operator: Actor) -> None:
    gate_feed.feed()
    before = caps()
    assert before["L01"][0] == before["L02"][0] == 300
    assert set_cap(operator, 100).state == "set"
    assert caps()["L01"] == (100, pytest.approx(before["L01"][1], abs=60))
    assert caps()["L01"][1] > before["L01"][1]
    assert caps()["L02"] == before["L02"]
    seen = caps()["L01"][1]
    set_cap(operator, None)
    assert caps()["L01"][0] == 300
    assert caps()["L01"][1] > seen
    with pytest.raises(NianjianError, match="gate_policy_same"):
        set_cap(operator, None)
    with pytest.raises(NianjianError, match="gate_channel_unknown"):
        set_cap(operator, 1, name="L09")
    with pytest.raises(NianjianError, match="gate_cap_wrong"):
        set_cap(operator, 2**40)
    entries = [entry.data for entry in Entry.objects.filter(verb="gate.policy").order_by("seq")]
    assert len(entries) == 2
    assert '"cap":100' in entries[0]


def observing() -> set[str]:
    return {name for name, line in opened().tenants["demo"].lines.items() if line.channel.observing}


def looks_on_at_unknown_lines() -> bool:
    return opened().tenants["demo"].observes_unknown


def test_a_new_line_observes_until_a_person_switches_enforcing_on(
    house: str, load: Import, anna: Actor, bo: Actor
) -> None:
    gate_feed.feed()
    assert (observing(), looks_on_at_unknown_lines()) == ({"L01", "L02"}, True)
    set_cap(anna, 30)
    assert observing() == {"L01", "L02"}, "a cap alone refuses nothing yet"
    assert set_cap(anna, 30, enforce=True).state == "set"
    assert (observing(), looks_on_at_unknown_lines()) == ({"L02"}, False)
    assert set_cap(anna, 40).values == {"cap": 40, "white_list": False, "enforce": True}, "it stays on"
    waiting = set_cap(anna, 40, enforce=False)
    assert (waiting.state, observing()) == ("pending", {"L02"})
    operations.approve(approval=str(waiting.approval), actor=bo)
    assert (observing(), looks_on_at_unknown_lines()) == ({"L01", "L02"}, True)
    for key, name in (("display", "95013001"), ("team", "T01")):
        for change in ({"enforce": False}, {"uncapped": True}):
            with pytest.raises(NianjianError, match="gate_only_lines"):
                set_cap(anna, None, key=key, name=name, **change)
    set_cap(anna, None, enforce=True, uncapped=True)
    assert "L01" not in caps()
    load("lines", "线路编号,状态,停用日期", ("L01", "停用", "2026-11-25"))
    gate_feed.feed()
    assert not looks_on_at_unknown_lines(), "an enforced line that stops gives no other one free"


def test_lines_of_an_upgraded_home_go_on_refusing(house: str, operator: Actor, anna: Actor, bo: Actor) -> None:
    set_cap(operator, 100)
    waiting = set_cap(anna, 50, isolated=True, name="L02")
    upgrade = import_module("nianjian.platform.registers.migrations.0012_lines_enforced")
    upgrade.enforce_known_lines(apps, None)
    gate_feed.feed()
    assert observing() == set()
    assert {name: limit for name, (limit, _epoch) in caps().items()} == {"L01": 100, "L02": 300}
    operations.approve(approval=str(waiting.approval), actor=bo)
    assert caps()["L02"][0] == 50, "what waited for a second person can still be approved"


def test_a_cap_is_proposed_from_a_lines_own_calls(house: str, operator: Actor) -> None:
    calls = {"L01": {"days": 28, "busiest": 260, "whole": True}}
    portraits.store_beside(house, line_usage.FILE, {"counted": "2026-11-25", "last": {}, "calls": calls})
    assert gate_policy.list_observing_lines(enterprise=house, actor=operator) == [
        ObservingLine("L01", cap=260, days=28, whole=True),
        ObservingLine("L02", cap=None, days=0, whole=False),
    ]


def test_an_isolated_channel_takes_two_persons(house: str, load: Import, anna: Actor, bo: Actor) -> None:
    load("consents", "号码,用途", ("13800138000", "回访"))
    gate_feed.feed()
    waiting = set_cap(anna, None, isolated=True)
    assert waiting.state == "pending"
    assert caps()["L01"][0] == 300
    with pytest.raises(NianjianError, match="approval_pending"):
        set_cap(anna, 20, isolated=True)
    with pytest.raises(NianjianError, match="approval_same_person"):
        operations.approve(approval=str(waiting.approval), actor=anna)
    done = operations.approve(approval=str(waiting.approval), actor=bo)
    assert done["values"] == {"cap": None, "white_list": True}
    assert caps()["L01"][0] == 30
    assert asked(anna) == "not-on-white-list"
    assert asked(anna, callee="13800138000") == "allow"
    assert asked(anna, channel="L02") == "allow"
    for change in (
        lambda: set_cap(anna, 300),
        lambda: gate_policy.set_mode(enterprise="demo", enforce=False, reason="", actor=anna),
        lambda: gate_policy.set_fail_open(enterprise="demo", purpose="service", on=True, reason="", actor=anna),
        lambda: gate_policy.choose_limits(
            enterprise="demo", rule="frequency.tencent_tccc", on=True, reason="", actor=anna
        ),
    ):
        assert change().state == "pending"
    assert caps()["L01"][0] == 30
    lifting = next(
        one for one in list_approvals() if one.state == "pending" and policies.get_proposal(one.subject).name == "L01"
    )
    asking = operations.get_request(approval=lifting.id, actor=bo)["asked"]
    assert isinstance(asking, dict)
    assert asking["before"] == {"cap": None, "white_list": True}
    operations.approve(approval=lifting.id, actor=bo)
    assert caps()["L01"][0] == 300
    assert asked(anna) == "allow"
    waiting = set_cap(anna, None, isolated=True)
    set_cap(anna, 50)
    with pytest.raises(NianjianError, match="approval_subject_changed"):  # void once something else holds
        operations.approve(approval=str(waiting.approval), actor=bo)


def test_a_team_and_a_display_number_are_isolated_too(house: str, anna: Actor, bo: Actor) -> None:
    for key, name in (("team", "T01"), ("display", "+86 95013001")):
        waiting = set_cap(anna, 10, isolated=True, key=key, name=name)
        operations.approve(approval=str(waiting.approval), actor=bo)
        assert asked(anna) == "not-on-white-list"
        assert asked(anna, channel="L02", display="95013002") == ("not-on-white-list" if key == "team" else "allow")
        lifting = set_cap(anna, None, key=key, name=name)
        operations.approve(approval=str(lifting.approval), actor=bo)
        assert asked(anna) == "allow"


def test_no_import_takes_a_line_out_of_its_teams_isolation(house: str, load: Import, anna: Actor, bo: Actor) -> None:
    waiting = set_cap(anna, 10, isolated=True, key="team", name="T01")
    operations.approve(approval=str(waiting.approval), actor=bo)
    load("teams", "团队编号,名称", ("T02", "自营"))
    load("lines", "线路编号,团队,状态", ("L01", "T02", "启用"))  # one person
    waiting = set_cap(anna, 8, isolated=True, key="team", name="T01")  # two persons lower it and lift nothing
    operations.approve(approval=str(waiting.approval), actor=bo)
    policy = gate_policy.summarize_policy(enterprise="demo", actor=anna)
    line = GateChannel("L01", "T01", isolated=True, observing=True)
    assert policy.channels[0] == line, "the line counts under the team's cap, too"
    decision = decisions.check_call(question=Question("demo", "95013001", CALLEE, "L01", at=NOON), actor=anna)
    assert (decision["allow"], decision["reason"]) == (False, "not-on-white-list")
    lifting = set_cap(anna, None, key="team", name="T01")
    operations.approve(approval=str(lifting.approval), actor=bo)
    policy = gate_policy.summarize_policy(enterprise="demo", actor=anna)
    assert policy.channels[0] == replace(line, team="T02", isolated=False)


def test_an_order_approved_elsewhere_is_carried_out(house: str, bo: Actor, operator: Actor) -> None:
    order: dict[str, Any] = {
        "enterprise": house,
        "key": "channel",
        "name": "L01",
        "values": {"cap": 30, "white_list": True},
    }
    for _ in range(2):
        gate_policy.apply_approved_cap(**order, reason="整改", approval="A1", requester="user:anna", actor=bo)
    assert caps()["L01"][0] == 30
    assert asked(operator) == "not-on-white-list"
    assert Entry.objects.filter(verb="gate.policy").count() == 1
    (setting,) = gate_policy.list_history(enterprise=house, actor=operator, most=9)
    assert setting.by == "user:anna + user:bo", "who asked and who approved are two names"


def test_switches_and_vendors_rules_reach_the_gate(house: str, anna: Actor, operator: Actor) -> None:
    looking_on = gate_policy.set_mode(enterprise=house, enforce=False, reason="试运行", actor=operator)
    assert looking_on.state == "pending"  # every call would go
    operations.approve(approval=str(looking_on.approval), actor=anna)
    waiting = gate_policy.set_fail_open(enterprise=house, purpose="service", on=True, reason="", actor=operator)
    assert waiting.state == "pending"  # calls go unasked: never one person's own choice
    assert gate_policy.summarize_policy(enterprise=house, actor=anna).enforce is False
    operations.approve(approval=str(waiting.approval), actor=anna)
    gate_policy.choose_limits(enterprise=house, rule="frequency.aliyun_vms", on=True, reason="", actor=operator)
    tenant = opened().tenants[house]
    assert not tenant.policy.enforce
    assert [name for name, one in tenant.policy.purposes.items() if one.fail_open] == ["service"]
    chosen = [cap for cap in tenant.policy.caps if cap.rule == "frequency.aliyun_vms"]
    assert [(cap.key, cap.semantics, cap.limit) for cap in chosen] == [
        ("callee", "anchored 60s", 1),
        ("callee", "anchored 3600s", 5),
        ("callee", "anchored 86400s", 20),
    ]
    assert len({cap.name for cap in tenant.policy.caps}) == len(tenant.policy.caps)
    for rule in ("frequency.meters", "frequency.nothing", "portrait.watch_factor"):
        with pytest.raises(NianjianError, match="gate_choice_unknown"):
            gate_policy.choose_limits(enterprise=house, rule=rule, on=True, reason="", actor=operator)
    with pytest.raises(NianjianError, match="gate_purpose_unknown"):
        gate_policy.set_fail_open(enterprise=house, purpose="x", on=True, reason="", actor=operator)
    assert (
        gate_policy.set_fail_open(enterprise=house, purpose="service", on=False, reason="", actor=anna).state == "set"
    )
    assert not any(one.fail_open for one in opened().tenants[house].policy.purposes.values())
    history = [
        (one.key, one.name, one.values) for one in gate_policy.list_history(enterprise=house, actor=anna, most=9)
    ]
    assert history[:2] == [("purpose", "service", {"fail_open": False}), ("rule", "frequency.aliyun_vms", {"on": True})]
    assert len(history) == 4


def overlaid(key: str, value: object, code: str = "demo") -> None:
    now = datetime.now(UTC)
    Overlay.objects.create(
        id=key, key=key, value=value, enterprise=code, valid_from=now.date() - timedelta(days=2), reason="r",
        proposed_by="user:a", proposed_at=now, approval="x", approved_by="user:b", approved_at=now,
    )  # fmt: skip


def test_overlays_of_the_rulebook_act(house: str, operator: Actor) -> None:
    overlaid("rectification.frequency.before", 200)
    overlaid("gate.purposes.unnamed", "marketing")
    overlaid("gate.hours.marketing", [["22:00", "02:00"]])
    gate_feed.feed()
    assert caps()["L02"][0] == 200
    assert asked(operator) == "hours"
    assert asked(operator, at=NOON + timedelta(hours=11)) == "no-consent"
    overlaid("gate.hours.service", ["08:00"])
    assert gate_feed.feed().refused[house].code == "gate_rule_unreadable"


@pytest.mark.parametrize("how", ["utf-8", "gb18030", "gz"])
def test_a_long_list_comes_from_a_file(how: str, house: str, operator: Actor, tmp_path: Path) -> None:
    rows = ["号码,用途,取得方式,取得时间,到期时间,撤回时间,凭证"]
    rows += [f"1380013{one:04},营销,网页,2026-01-05 10:00:00,2027-01-05,,P{one}" for one in range(20)]
    rows += [
        "057188880000,营销,电话,2026/1/5 8:30,,,",
        "13700137000,营销,网页,2026-01-05 10:00:00,2027-01-05,2026-11-25 11:00:00,",
        "1.38E+10,营销,,,,,",
        "13600136000,营销,,不知道,,,",
        "13500135000,回访,,,,,",
    ]
    content = ("\n".join(rows) + "\n").encode("gb18030" if how == "gb18030" else "utf-8")
    path = tmp_path / ("a.csv.gz" if how == "gz" else "a.csv")
    path.write_bytes(gzip.compress(content) if how == "gz" else content)
    receipt = gate_policy.build_list(kind="consents", path=path, enterprise=house, actor=operator)
    assert (receipt.rows, receipt.entries, receipt.rejected, receipt.lines) == (25, 23, 2, (24, 25))
    for number, expected in (
        ("13800130007", "allow"),
        ("057188880000", "allow"),
        ("13700137000", "no-consent"),
        ("13600136000", "no-consent"),
        ("13500135000", "no-consent"),
        ("13900139000", "no-consent"),
    ):
        assert asked(operator, purpose="营销", callee=number) == expected
    data = Entry.objects.get(verb="gate.list").data
    assert receipt.sha256 in data
    assert receipt.file_sha256 in data


def test_a_bare_column_of_numbers_is_a_list(house: str, operator: Actor, load: Import, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{CALLEE}\n{CALLEE}\nabc\n13800138000")
    receipt = gate_policy.build_list(kind="do-not-call", path=path, enterprise=house, actor=operator)
    assert (receipt.rows, receipt.entries, receipt.rejected, receipt.lines) == (4, 2, 1, (3,))
    assert asked(operator) == "do-not-call"
    load("do-not-call", "号码", ("13500135000",))
    assert asked(operator, callee="13500135000") == "do-not-call"
    assert asked(operator, callee="13800138000") == "do-not-call"
    path.write_text("号码\n")
    gate_policy.build_list(kind="do-not-call", path=path, enterprise=house, actor=operator)
    assert asked(operator) == "allow"
    path.write_text("姓名\n张三\n")
    with pytest.raises(NianjianError, match="header_missing"):
        gate_policy.build_list(kind="do-not-call", path=path, enterprise=house, actor=operator)
    with pytest.raises(NianjianError, match="gate_list_kind_unknown"):
        gate_policy.build_list(kind="x", path=path, enterprise=house, actor=operator)


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


def allowed(code: str, purpose: str = "") -> bool:
    at = int(NOON.timestamp() * 1000)
    request = Request(code, "95013001", CALLEE, "L01", "c1", at, purpose=purpose)
    return not isinstance(decide(request, opened(), int(clock.now().timestamp() * 1000)), Refusal)


def break_rules(code: str) -> None:
    overlaid("gate.hours.service", ["08:00"], code)


def build(code: str, operator: Actor, tmp_path: Path, *numbers: str) -> Path:
    """The file of a built do-not-call list in the snapshot's folder."""
    path = tmp_path / "a.txt"
    path.write_text("\n".join(numbers))
    result = gate_policy.build_list(kind="do-not-call", path=path, enterprise=code, actor=operator)
    return gate_feed.snapshot_folder() / form.LISTS / f"{result.sha256}.list"


def test_an_unreadable_overlay_refuses_its_enterprise_and_no_other_until_it_can_be_read(
    both: tuple[str, str], anna: Actor, bo: Actor, operator: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    broken, well = both
    assert allowed(broken)
    waiting = gate_policy.set_fail_open(enterprise=broken, purpose="service", on=True, reason="r", actor=anna)
    gate_policy.approve_change(str(waiting.approval), bo)
    files = {code: one.sha256 for code, one in opened().manifest.tenants.items()}
    before = opened().tenants[broken].policy
    assert before.purposes["service"].fail_open
    break_rules(broken)
    gate_policy.set_cap(enterprise=well, name="L01", cap=9, white_list=False, reason="r", actor=operator)
    after = {code: one.sha256 for code, one in opened().manifest.tenants.items()}
    assert (after[broken] == files[broken], after[well] == files[well]) == (True, False), "the other stays as it is"
    fed = gate_feed.feed()
    assert {code: fault.code for code, fault in fed.refused.items()} == {broken: "gate_rule_unreadable"}
    assert not allowed(broken)
    assert not allowed(broken, "service")
    assert allowed(well)
    assert [cap.limit for cap in opened().tenants[well].policy.caps] == [9]
    assert opened().tenants[broken].problem == "gate_rule_unreadable"
    assert "cannot be told of demo" in caplog.text
    snapshot = decisions.get_state(enterprise=broken, actor=operator).snapshot
    assert snapshot.problem is not None
    assert (snapshot.state, snapshot.problem["code"]) == ("untold", "gate_rule_unreadable")
    assert decisions.get_state(enterprise=well, actor=operator).snapshot.state == "fresh"
    policy = opened().tenants[broken].policy
    assert policy.caps == before.caps  # what was counted stays counted
    assert not any(one.fail_open for one in policy.purposes.values()), "switches that let calls go do not hold"
    assert gate_feed.feed().new is False
    with pytest.raises(NianjianError, match="gate_rule_unreadable"):
        gate_feed.feed(enterprise=broken)
    assert gate_policy.set_mode(enterprise=broken, enforce=True, reason="r", actor=operator).told is False
    Overlay.objects.all().delete()
    assert gate_feed.feed().refused == {}
    assert allowed(broken)
    after_all = opened().tenants[broken].policy
    assert after_all.caps == before.caps
    assert after_all.version > before.version


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
    for path in (place, gate_feed.snapshot_folder() / form.CURRENT / "demo.do-not-call-built.list"):
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
    overlaid("gate.purposes", {"marketing": ["营销", "贷款"], "service": ["回访"]}, code)


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
    Overlay.objects.all().delete()
    build("demo", operator, tmp_path, CALLEE)
    purposes_described_anew("demo")
    assert gate_feed.feed().refused == {}, "one that names no purpose holds whatever they are called"
    assert not allowed("demo")


def test_a_row_that_nobody_foresaw_is_named_by_its_kind(both: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def numbers(enterprise: str) -> list[object]:
        if enterprise == both[0]:
            raise ValueError(CALLEE)
        return []

    monkeypatch.setattr("nianjian.features.dial_policy.facts.list_numbers", numbers)
    fault = gate_feed.feed().refused[both[0]]
    assert (fault.code, fault.values) == ("gate_feed_fault", {"kind": "ValueError"})
    assert CALLEE not in json.dumps(gate_feed.find_published_policy(both[0]))
