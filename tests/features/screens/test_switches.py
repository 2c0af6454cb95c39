"""Calls of a FreeSWITCH and of a real Kamailio, counted by the live screens."""

from __future__ import annotations

import json
from datetime import date, datetime
from itertools import permutations
from pathlib import Path

import pytest

from nianjian.engines.intake.formats.freeswitch_post import parse_leg
from nianjian.engines.kernel import clock
from nianjian.features.screens import counts

TESTS = Path(__file__).parents[2]
ACC = sorted((TESTS / "samples/kamailio").glob("acc_[0-9]*.log"))
SYSLOG = TESTS / "samples/kamailio/acc_syslog_style.log"
KNOWN = json.loads((TESTS / "samples/expected.json").read_text())["kamailio"]
BEGAN = 1_795_561_916
DAY = datetime.fromtimestamp(BEGAN, clock.ZONE).date()
CODES = KNOWN["final_codes"]
WANTED = {
    "answered": KNOWN["answered"], "busy": KNOWN["busy"], "no_answer": CODES["408"] + CODES["480"],
    "failed": CODES["404"] + CODES["603"], "switch": 0, "undialled": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    "files", [*permutations(ACC), (SYSLOG,)], ids=lambda files: "-".join(one.stem for one in files)
)
def test_a_real_kamailio_of_four_hundred_calls_in_any_order_of_its_files(files: tuple[Path, ...]) -> None:
    counted = counts.KamailioCounts(DAY)
    for file in files:
        for line in file.read_bytes().splitlines():
            counted.take(line)
            counted = counts.KamailioCounts.of(json.loads(json.dumps(counted.plain())))
    assert counted.counts == WANTED
    assert sum(counted.counts.values()) == KNOWN["calls"] == counted.rows
    assert (counted.damaged, counted.plain()["open"], counted.plain()["early"]) == (0, {}, [])


def row(method: str, code: int, call: str = "c1", tag: str = "t", at: int = BEGAN) -> bytes:
    return f"{method}|f|{tag}|{call}|{code}|x|{at}|{at}.1|95013|13800138000|127.0.0.1|".encode()


def test_a_call_of_kamailio_has_ended_with_its_bye_whichever_row_is_read_first() -> None:
    counted = counts.KamailioCounts(DAY)
    counted.take(row("INVITE", 200))
    assert sum(counted.counts.values()) == 0, "it goes on"
    counted.take(row("INVITE", 491))
    counted.take(row("INVITE", 200))
    counted.take(row("BYE", 200))
    counted.take(row("BYE", 481))
    counted.take(row("BYE", 200, "c2"))
    counted.take(row("INVITE", 200, "c2"))
    assert {name: count for name, count in counted.counts.items() if count} == {"answered": 2}


def test_a_challenge_is_no_answer_and_a_refusal_in_the_route_is_no_call_to_anybody() -> None:
    counted = counts.KamailioCounts(DAY)
    for line in (row("INVITE", 407), row("INVITE", 180), row("CANCEL", 200), row("ACK", 200)):
        counted.take(line)
    assert sum(counted.counts.values()) == 0
    counted.take(row("INVITE", 403, "a", tag=""))
    counted.take(row("INVITE", 403, "b"))
    counted.take(row("INVITE", 408, "c", tag=""))
    assert {name: count for name, count in counted.counts.items() if count} == {
        "undialled": 1,
        "failed": 1,
        "no_answer": 1,
    }


def test_kamailio_calls_of_another_day_and_lines_that_are_no_rows() -> None:
    counted = counts.KamailioCounts(date(2001, 1, 1))
    for line in (row("INVITE", 486), row("INVITE", 200, "d"), row("BYE", 200, "d"), b"kamailio[1]: INFO: ready", b""):
        counted.take(line)
    assert (sum(counted.counts.values()), counted.damaged) == (0, 0)
    for line in (b"INVITE|f|t|c", b"INVITE|f|t||486|x|1|", b"INVITE|f|t|c|boom|x|1795561916|", b"\xff|\x00|||||||"):
        counted.take(line)
    assert (sum(counted.counts.values()), counted.damaged) == (0, 4)


def test_what_is_remembered_of_kamailio_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "OPEN", 10)
    monkeypatch.setattr(counts, "EARLY", 10)
    counted = counts.KamailioCounts(DAY)
    for number in range(50):
        counted.take(row("INVITE", 200, f"a{number}"))
        counted.take(row("BYE", 200, f"b{number}"))
    told = counted.plain()
    assert (len(told["open"]), len(told["early"])) == (10, 10)


A, B = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def document(uuid: str = A, *, answered: bool = True, **variables: str) -> str:
    """A leg as FreeSWITCH posts it."""
    times = {"created_time": f"{BEGAN}000000", "hangup_time": f"{BEGAN + 30}000000"}
    times["answered_time"] = f"{BEGAN + 5}000000" if answered else "0"
    profile = {"caller_id_number": "1001", "destination_number": "13800138000", "context": "default", "uuid": uuid}
    told = {"uuid": uuid, "direction": "inbound", "call_uuid": A, "hangup_cause": "NORMAL_CLEARING"} | variables
    return json.dumps({"core-uuid": "x", "variables": told, "callflow": [{"caller_profile": profile, "times": times}]})


def counted_of(*documents: str) -> dict[str, int]:
    counted = counts.FreeSwitchCounts(DAY)
    for text in documents:
        counted.take(parse_leg(text).line)
        counted = counts.FreeSwitchCounts.of(json.loads(json.dumps(counted.plain())))
    assert counted.damaged == 0
    return {name: count for name, count in counted.counts.items() if count}


def test_both_legs_of_a_freeswitch_are_one_call_whichever_comes_first() -> None:
    legs = [document(bridge_uuid=B), document(B, direction="outbound")]
    assert counted_of(*legs) == counted_of(*reversed(legs)) == {"answered": 1}


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        ("USER_BUSY", "busy"), ("NO_ANSWER", "no_answer"), ("ORIGINATOR_CANCEL", "no_answer"),
        ("CALL_REJECTED", "failed"), ("UNALLOCATED_NUMBER", "failed"), ("SOMETHING_NEW", "failed"),
    ],
)  # fmt: skip
def test_the_called_legs_cause_counts(cause: str, outcome: str) -> None:
    text = document(answered=False, last_bridge_hangup_cause=cause, hangup_cause="NORMAL_CLEARING")
    assert counted_of(text) == {outcome: 1}


def test_a_leg_that_was_never_to_be_connected_is_the_switch_alone() -> None:
    assert counted_of(document()) == {"switch": 1}
    assert counted_of(document(answered=False)) == {"undialled": 1}
    assert counted_of(document(direction="outbound")) == {"answered": 1}, "one that the switch itself has dialled"


def test_what_cannot_be_read_is_counted_as_damaged() -> None:
    counted = counts.FreeSwitchCounts(DAY)
    for line in (b"", b"{", b'{"variables":{}}', b"\xff", b'{"variables":{"uuid":"u"}}'):
        counted.take(line)
    assert (sum(counted.counts.values()), counted.damaged) == (0, 5)
