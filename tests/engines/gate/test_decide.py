"""The decision: its order, its edges, a question's moment, and that it never grows laxer with another block."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import gate

from nianjian.engines.gate import decision, question
from nianjian.engines.gate.decision import CLOCK_REASON, DAY, RULES, Refusal, decide, fails_open
from nianjian.engines.gate.decision_journal import Decision
from nianjian.engines.gate.policy import Slot
from nianjian.engines.gate.question import REASONS, Request, Verdict
from nianjian.engines.gate.replay import decide_again
from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot import write
from nianjian.engines.gate.snapshot.lists import OPEN
from nianjian.engines.gate.snapshot.read import Snapshot, open_snapshot
from nianjian.engines.rules.rulebook import Rulebook

SECOND = gate.NOON // 1000
TODAY = (SECOND + 28_800) // DAY
NUMBER = {"root": "95013", "length": 8, "filed": True, "outbound": True}


def opened(folder: Path, **changes: Any) -> Snapshot:
    gate.snapshot(folder, gate.tenant(**changes))
    return open_snapshot(folder)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return opened(tmp_path_factory.mktemp("snapshot"))


def reason(request: Request, snapshot: Snapshot) -> str:
    result = decide(request, snapshot, gate.NOON)
    return result.reason if isinstance(result, Refusal) else "slots"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "slots"),
        ({"display": "+86 95013001"}, "slots"),
        ({"display": "9501300"}, "number-unknown"),
        ({"display": "095013001"}, "slots"),  # a stray 0 before a short number
        ({"display": "13800138000"}, "number-unknown"),
        ({"display": ""}, "number-unknown"),
        ({"enterprise": "other"}, "number-unknown"),
        ({"channel": "L09"}, "no-channel"),
        ({"channel": ""}, "no-channel"),
        ({"callee": "anonymous"}, "callee-unreadable"),
        ({"callee": "1.38E+10"}, "callee-unreadable"),
        ({"callee": "57188888888"}, "callee-unreadable"),  # the 0 of the area code is lost
        ({"callee": gate.REFUSED}, "do-not-call"),
        ({"callee": f"17951{gate.REFUSED}"}, "callee-unreadable"),  # behind a dial prefix no list would find it
        ({"callee": f"9{gate.REFUSED}"}, "callee-unreadable"),
        ({"callee": "62345678"}, "callee-unreadable"),  # without its area code
        ({"callee": "10086"}, "slots"),
        ({"callee": "110"}, "slots"),
        ({"callee": f"0086{gate.REFUSED}"}, "do-not-call"),
        ({"purpose": "marketing"}, "no-consent"),
        ({"purpose": "电话营销"}, "no-consent"),
        ({"purpose": "marketing", "callee": gate.CONSENTED}, "slots"),
        ({"purpose": "售后回访"}, "slots"),
        ({"purpose": "催收"}, "number-wrong-purpose"),
        ({"channel": "L02"}, "not-on-white-list"),
        ({"channel": "L02", "callee": gate.CONSENTED}, "slots"),
        ({"channel": "L02", "callee": gate.CONSENTED, "purpose": "回访"}, "slots"),  # whatever was consented to
    ],
)
def test_each_reason(changes: dict[str, str], expected: str, snapshot: Snapshot) -> None:
    assert reason(gate.request(**changes), snapshot) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"filed": False}, "number-unknown"),
        ({"filed_on": TODAY}, "slots"),
        ({"filed_on": TODAY + 1}, "number-unknown"),
        ({"last": TODAY - 1}, "number-unknown"),
        ({"first": TODAY + 1}, "number-unknown"),
        ({"until": TODAY}, "slots"),  # the last valid day is included
        ({"until": TODAY - 1}, "number-expired"),
        ({"since": TODAY}, "slots"),  # and so is the first
        ({"since": TODAY + 1}, "number-expired"),
        ({"outbound": False}, "number-not-outbound"),
        ({"outbound": False, "until": TODAY - 1}, "number-expired"),
        ({"purpose": "客服"}, "number-wrong-purpose"),
        ({"length": 9}, "number-unknown"),
    ],
)
def test_a_number_is_filed_valid_permitted_and_right(row: dict[str, Any], expected: str, tmp_path: Path) -> None:
    snapshot = opened(tmp_path, numbers=[{**NUMBER, **row}])
    assert reason(gate.request(purpose="marketing", callee=gate.CONSENTED), snapshot) == expected


def test_the_longest_root_decides(tmp_path: Path) -> None:
    snapshot = opened(tmp_path, numbers=[NUMBER, {**NUMBER, "root": "950130", "outbound": False}])
    assert reason(gate.request(), snapshot) == "number-not-outbound"


def test_a_landline_of_ningxia_is_no_own_number(tmp_path: Path) -> None:
    snapshot = opened(tmp_path, numbers=[{**NUMBER, "root": "9521", "length": 10}])
    assert reason(gate.request(display="9521388812"), snapshot) == "slots"
    assert reason(gate.request(display="09521388812"), snapshot) == "number-unknown"


def test_a_number_that_was_filed_for_nothing_is_an_open_question(tmp_path: Path) -> None:
    strict = opened(tmp_path, numbers=[NUMBER], unfiled_purpose="refuse")
    assert reason(gate.request(), strict) == "number-wrong-purpose"


def test_hours_have_an_end_and_name_the_next_opening(snapshot: Snapshot) -> None:
    midnight = SECOND - 12 * 3600
    fields = {"purpose": "marketing", "callee": gate.CONSENTED}
    for at, expected in ((8 * 3600 - 1, 8), (8 * 3600, None), (21 * 3600 - 1, None), (21 * 3600, 32)):
        result = decide(gate.request(**fields, at=(midnight + at) * 1000), snapshot, gate.NOON)
        if expected is None:
            assert isinstance(result, tuple)
        else:
            assert result == Refusal("hours", "gate.hours.marketing", midnight + expected * 3600)


def test_hours_that_never_begin_name_no_opening(tmp_path: Path) -> None:
    purposes = [{**one, "hours": [[600, 600]]} for one in gate.tenant()["purposes"]]
    result = decide(gate.request(), opened(tmp_path, purposes=purposes), gate.NOON)
    assert isinstance(result, Refusal)
    assert (result.reason, result.retry_at) == ("hours", None)


def test_a_channel_has_its_days(tmp_path: Path) -> None:
    line = {"name": "L01", "team": "", "isolated": False}
    for days, expected in (([[None, TODAY]], "slots"), ([[None, TODAY - 1]], "no-channel"), ([], "no-channel")):
        assert reason(gate.request(), opened(tmp_path, channels=[{**line, "days": days}])) == expected


def test_consent_ends_at_its_moment_and_the_register_beats_a_built_list(tmp_path: Path) -> None:
    def lists(register: list[tuple[str, int, int, int]], built: list[tuple[str, int, int, int]]) -> Snapshot:
        with write.snapshot_lock(tmp_path):
            entry = gate.listed(tmp_path, form.CONSENTS, register, ("", "marketing", "service"))
            other = gate.listed(tmp_path, form.CONSENTS, built, ("", "marketing", "service"))
            other = form.ListEntry(other.kind, True, other.sha256, other.size, other.entries, other.purposes)  # noqa: FBT003
            write.write_snapshot(
                tmp_path,
                form.Manifest(0, SECOND, 900, 86_400),
                {"acme": write.TenantFiles(gate.tenant(), [entry, other])},
            )
        return open_snapshot(tmp_path)

    request = gate.request(purpose="marketing")
    always = [(gate.CALLEE, 0, OPEN, 1)]
    assert reason(request, lists([(gate.CALLEE, 0, SECOND + 1, 1)], [])) == "slots"
    assert reason(request, lists([(gate.CALLEE, 0, SECOND, 1)], [])) == "no-consent"  # withdrawn this second
    assert reason(request, lists([(gate.CALLEE, SECOND + 1, OPEN, 1)], [])) == "no-consent"
    assert reason(request, lists([(gate.CALLEE, 0, OPEN, 2)], [])) == "no-consent"  # to something else
    assert reason(request, lists([(gate.CALLEE, 0, OPEN, 0)], [])) == "no-consent"  # to nobody knows what
    assert reason(request, lists([], always)) == "slots"
    assert reason(request, lists([(gate.CALLEE, 0, SECOND, 1)], always)) == "no-consent"
    assert reason(request, lists([(gate.CALLEE, 0, SECOND, 2)], always)) == "slots"
    assert reason(gate.request(channel="L02"), lists([(gate.CALLEE, 0, SECOND, 1)], always)) == "not-on-white-list"


def test_a_refusal_may_concern_one_purpose(tmp_path: Path) -> None:
    with write.snapshot_lock(tmp_path):
        entry = gate.listed(tmp_path, form.DO_NOT_CALL, [(gate.CALLEE, 0, OPEN, 1)], ("", "marketing"))
        write.write_snapshot(
            tmp_path, form.Manifest(0, SECOND, 900, 86_400), {"acme": write.TenantFiles(gate.tenant(), [entry])}
        )
    snapshot = open_snapshot(tmp_path)
    assert reason(gate.request(purpose="回访"), snapshot) == "slots"
    assert reason(gate.request(purpose="营销"), snapshot) == "do-not-call"
    assert reason(gate.request(), snapshot) == "do-not-call"  # whatever it is for, the strict reading


def test_an_isolated_display_number_takes_white_listed_callees_only(tmp_path: Path) -> None:
    snapshot = opened(tmp_path, isolated_displays=["95013001"])
    assert reason(gate.request(), snapshot) == "not-on-white-list"
    assert reason(gate.request(display="+8695013001", callee=gate.CONSENTED), snapshot) == "slots"
    assert reason(gate.request(display="95013002"), snapshot) == "slots"


def test_a_team_that_only_the_switch_names_is_isolated_too(tmp_path: Path) -> None:
    channels = [{"name": "L01", "team": "", "isolated": False, "days": [[None, None]]}]
    snapshot = opened(tmp_path, channels=channels, isolated_teams=["T09"])
    assert reason(gate.request(team="T09"), snapshot) == "not-on-white-list"
    assert reason(gate.request(team="T09", callee=gate.CONSENTED), snapshot) == "slots"
    assert reason(gate.request(team="T08"), snapshot) == "slots"


def test_slots_come_in_the_order_of_the_policy(tmp_path: Path) -> None:
    more = {"window": "sliding", "limit": 3, "rule": "frequency.tencent_tccc", "seconds": 300}
    keys = ("callee", "caller_callee", "display", "team", "purpose")
    caps = [{"name": f"b.{key}", "key": key, **more} for key in keys]
    base = gate.tenant()["caps"]
    snapshot = opened(tmp_path, caps=[*base, *caps, {"name": "only", "key": "team", "only": "T02", **more}])
    slots = decide(gate.request(callee="0086 138 0013 8000", display="+8695013001"), snapshot, gate.NOON)
    assert isinstance(slots, tuple)
    assert [(slot.cap.name, slot.value) for slot in slots] == [
        ("channel-day.L01", "L01"),
        ("b.callee", "13800138000"),
        ("b.caller_callee", "95013001>13800138000"),
        ("b.display", "95013001"),
        ("b.team", "T01"),
        ("b.purpose", "unnamed"),
    ]


def test_a_stale_snapshot_decides_nothing(snapshot: Snapshot, tmp_path: Path) -> None:
    late = gate.NOON + 86_401_000
    assert decide(gate.request(), snapshot, late) == Refusal("gate-unavailable", "gate.snapshot.deny")
    assert isinstance(decide(gate.request(), snapshot, late - 1000), tuple)
    purposes = [gate.purpose("unnamed", fail_open=True), gate.purpose("other")]
    switched = opened(tmp_path, purposes=purposes)
    assert decide(gate.request(), switched, late) == Refusal("gate-unavailable", "gate.snapshot.deny", fail_open=True)
    assert fails_open(gate.request(), switched)
    assert not fails_open(gate.request(purpose="x"), switched)


def test_every_refusal_has_its_rule() -> None:
    assert set(REASONS) - set(RULES) == {"hours", "cap", CLOCK_REASON}
    book = Rulebook.on(date(2026, 11, 25))
    assert {rule for rule in RULES.values() if rule not in book.in_force} == set()


MOBILE = st.integers(13_000_000_000, 19_999_999_999).map(str)
TEXT = st.one_of(MOBILE, st.text(max_size=14), st.sampled_from(["95013001", "057188888888", "110", "+14155550100"]))
ASKED = st.builds(
    Request,
    enterprise=st.sampled_from(["acme", "acme", "x"]),
    display=st.one_of(st.just("95013001"), TEXT),
    callee=st.one_of(st.sampled_from([gate.CALLEE, gate.CONSENTED, gate.REFUSED]), TEXT),
    channel=st.one_of(st.sampled_from(["L01", "L02"]), st.text(max_size=4)),
    call_id=st.just("c"),
    at=st.integers(gate.NOON - 2 * DAY * 1000, gate.NOON + 2 * DAY * 1000),
    purpose=st.one_of(st.sampled_from(["", "marketing", "回访", "催收"]), st.text(max_size=6)),
)
BLOCKS: dict[str, dict[str, Any]] = {
    "unfiled": {"numbers": []},
    "barred": {"numbers": [{**NUMBER, "outbound": False}]},
    "no lines": {"channels": []},
    "isolated": {
        "channels": [{"name": one, "team": "", "isolated": True, "days": [[None, None]]} for one in ("L01", "L02")]
    },
    "closed": {"purposes": [{**one, "hours": []} for one in gate.tenant()["purposes"]]},
    "consent for all": {"purposes": [{**one, "needs_consent": True} for one in gate.tenant()["purposes"]]},
}


@pytest.fixture(scope="module")
def blocked() -> dict[str, Snapshot]:
    return {name: opened(Path(tempfile.mkdtemp()), **changes) for name, changes in BLOCKS.items()}


@given(asked=ASKED, name=st.sampled_from(sorted(BLOCKS)))
@settings(max_examples=120)
def test_another_block_never_turns_a_refusal_into_a_yes(
    asked: Request, name: str, snapshot: Snapshot, blocked: dict[str, Snapshot]
) -> None:
    if isinstance(decide(asked, snapshot, gate.NOON), Refusal):
        assert isinstance(decide(asked, blocked[name], gate.NOON), Refusal)


@given(asked=ASKED)
@settings(max_examples=120)
def test_what_is_not_known_is_refused(asked: Request, snapshot: Snapshot) -> None:
    result = decide(asked, snapshot, gate.NOON)
    if isinstance(result, Refusal):
        assert result.reason in REASONS
        assert result.rule
        assert (result.retry_at is None) == (result.reason != "hours")
        return
    assert asked.enterprise == "acme"
    assert asked.channel in {"L01", "L02"}
    assert question.number_key(asked.callee)
    assert question.number_key(asked.callee) != question.number_key(gate.REFUSED)
    if asked.channel == "L02":
        assert question.number_key(asked.callee) == question.number_key(gate.CONSENTED)
    assert all(isinstance(slot, Slot) for slot in result)
    assert result


@given(text=TEXT)
def test_a_key_is_read_back_from_its_text(text: str) -> None:
    key = question.number_key(text)
    assert key < 1 << 64
    assert question.number_key(question.number_text(key)) == key


FIVE = 300_000


@pytest.mark.parametrize(
    ("off", "tolerance", "expected"),
    [
        (0, 0, False),
        (1, 0, True),
        (FIVE, FIVE, False),
        (FIVE + 1, FIVE, True),
        (-FIVE, FIVE, False),
        (-FIVE - 1, FIVE, True),
        (1000 * DAY, FIVE, True),
        (-1000 * DAY, FIVE, True),
        (1000 * DAY, None, False),
    ],
)
def test_exactly_the_bound_is_taken(off: int, tolerance: int | None, *, expected: bool) -> None:
    assert decision.is_beyond_clock_bound(gate.NOON + off, gate.NOON, tolerance) is expected


def test_another_day_is_refused_by_the_running_gate_and_not_by_who_only_looks(tmp_path: Path) -> None:
    gate.snapshot(tmp_path, gate.tenant(at_tolerance=FIVE))
    snapshot = open_snapshot(tmp_path)
    tomorrow = gate.request(at=gate.NOON + 1000 * DAY)
    assert decision.clock_refusal(tomorrow, snapshot, gate.NOON) == Refusal("clock", "gate.at.tolerance")
    assert decision.clock_refusal(gate.request(), snapshot, gate.NOON) is None
    assert decision.clock_refusal(gate.request(enterprise="nobody", at=0), snapshot, gate.NOON) is None
    assert not isinstance(decide(tomorrow, snapshot, gate.NOON), Refusal)


def test_an_older_snapshot_knows_no_bound(tmp_path: Path) -> None:
    gate.snapshot(tmp_path)
    assert decision.clock_refusal(gate.request(at=0), open_snapshot(tmp_path), gate.NOON) is None


def test_a_replay_says_the_same_of_a_moment_beyond_the_bound(tmp_path: Path) -> None:
    gate.snapshot(tmp_path, gate.tenant(at_tolerance=FIVE))
    snapshot = open_snapshot(tmp_path)
    refused = Verdict(allow=False, reason="clock", rule="gate.at.tolerance")
    assert (
        decide_again(
            Decision(gate.request(at=gate.NOON + 1000 * DAY), refused, gate.NOON, snapshot.generation), snapshot
        )
        == ""
    )
    assert decide_again(Decision(gate.request(), refused, gate.NOON, snapshot.generation), snapshot) == "allow"
