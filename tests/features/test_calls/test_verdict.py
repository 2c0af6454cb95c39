"""What a call proves: the limit to the millisecond, landing, and a reason for every failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.sip.call import find_voicemail
from nianjian.engines.sip.message import CallTrace, Message, Via
from nianjian.features.test_calls import validation
from nianjian.features.test_calls.states import ADDRESS, NONE, REASONS, TOKEN, FinishedTest, judge, judge_number

LIMIT = 30_000
GATEWAY = ("10.0.0.1",)


def seen(**given: Any) -> CallTrace:
    return CallTrace("95013", "c", **given)


def up(answer: int = 1000, **given: Any) -> CallTrace:
    return seen(**{"end": "answered", "answer": answer, "contact": "10.0.0.1", "codec": "PCMA", **given})


def told(found: CallTrace, witness: str = ADDRESS, token: str = "") -> tuple[str, str, bool | None, str]:
    one = judge(found, limit=LIMIT, expected=GATEWAY, witness=witness, token=token)
    assert one.reason in REASONS
    return one.verdict, one.reason, one.in_time, one.witness


def test_thirty_seconds_pass_and_a_millisecond_more_fails() -> None:
    assert told(up(29_900)) == ("passed", "answered", True, "address")
    assert told(up(30_000)) == ("passed", "answered", True, "address")
    assert told(up(30_001)) == ("failed", "answered_late", False, "none")


def test_an_answer_alone_proves_no_landing() -> None:
    assert told(up(), NONE) == ("not_proved", "landing_unproved", True, "none")
    assert told(up(contact="10.0.0.2"), NONE) == ("failed", "wrong_gateway", True, "none")
    assert told(up(contact="10.0.0.2", media="10.0.0.1")) == ("passed", "answered", True, "address")
    nowhere = judge(up(), limit=LIMIT, expected=(), witness=ADDRESS)
    assert (nowhere.verdict, nowhere.reason, nowhere.gateway) == ("not_proved", "gateway_unknown", "10.0.0.1")
    assert told(up(heard="4711"), TOKEN, "4711") == ("passed", "answered", True, "token")
    assert told(up(heard="471"), TOKEN, "4711") == ("not_proved", "token_unheard", True, "none")
    assert told(up(heard="4711", contact="10.0.0.2"), TOKEN, "4711") == ("failed", "wrong_gateway", True, "none")
    assert told(up(voicemail="feature")) == ("failed", "voicemail", True, "none")
    assert told(up(codec=None)) == ("failed", "codec", True, "none")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"end": "final", "status": 403}, "refused"),
        ({"end": "final", "status": 603}, "refused"),
        ({"end": "final", "status": 603, "cause": 17}, "busy"),
        ({"end": "final", "status": 486, "cause": 17}, "busy"),
        ({"end": "final", "status": 600}, "busy"),
        ({"end": "final", "status": 404}, "number_unknown"),
        ({"end": "final", "status": 480, "cause": 19}, "rang_unanswered"),
        ({"end": "final", "status": 480}, "unavailable"),
        ({"end": "final", "status": 408}, "timeout"),
        ({"end": "final", "status": 488}, "codec"),
        ({"end": "final", "status": 503, "cause": 34}, "gateway_out"),
        ({"end": "final", "status": 500, "cause": 1}, "number_unknown"),
        ({"end": "final", "status": 599}, "gateway_error"),
        ({"end": "final", "status": 302}, "redirected"),
        ({"end": "final", "status": 420}, "extension"),
        ({"end": "final", "status": 421}, "extension"),
        ({"end": "final", "status": 494}, "extension"),
        ({"end": "final", "status": 494, "tls": "needed"}, "tls_needed"),
        ({"end": "final", "status": 433}, "failed"),
        ({"end": "final", "status": 401, "auth": "needed"}, "auth_needed"),
        ({"end": "final", "status": 407, "auth": "wrong"}, "auth_wrong"),
        ({"end": "final", "status": 401, "auth": "algorithm"}, "auth_algorithm"),
        ({"end": "unreachable"}, "unreachable"),
        ({"end": "silent"}, "no_reply"),
        ({"end": "unanswered", "trying": 1}, "trying_only"),
        ({"end": "unanswered", "trying": 1, "early": 5}, "early_media_only"),
        ({"end": "unanswered", "ringing": 1, "early": 5}, "rang_unanswered"),
    ],
)
def test_every_failure_has_its_reason(found: dict[str, Any], reason: str) -> None:
    assert told(seen(**found)) == ("failed", reason, False, "none")


def test_a_call_that_was_stopped_says_nothing() -> None:
    assert told(seen(end="stopped", ringing=5)) == ("not_proved", "stopped", None, "none")


@pytest.mark.parametrize(
    ("headers", "sign"),
    [
        ((("contact", '<sip:1@10.0.0.1>;actor="msg-taker";automata'),), "feature"),
        ((("contact", "<sip:1@10.0.0.1>;automata"),), ""),  # an IVR is an answer
        ((("contact", "<sip:voicemail@10.0.0.1>"),), "address"),
        ((("history-info", "<sip:95013@a>;index=1, <sip:box@a;target=95013;cause=408>;index=1.1"),), "retargeted"),
        ((("diversion", "<sip:95013@a>;reason=no-answer"),), "diverted"),
        ((("diversion", "<sip:95013@a>;reason=unconditional"),), ""),
    ],
)
def test_signs_of_a_voicemail(headers: tuple[tuple[str, str], ...], sign: str) -> None:
    assert find_voicemail(Message(headers, status=200)) == sign


def test_a_number_is_green_only_where_every_carrier_passed_lately() -> None:
    now = datetime(2026, 11, 26, 8, tzinfo=UTC)
    names = ("移动", "联通", "电信")

    def light(*tests: tuple[int, str, str]) -> tuple[str, list[str]]:
        found = [FinishedTest(now - timedelta(days=age), carrier, verdict) for age, carrier, verdict in tests]
        one = judge_number(found, carriers=names, now=now, days=30)
        return one.light, list(one.carriers.values())

    whole = [(1, "中国移动", "passed"), (2, "联通", "passed"), (30, "电信", "passed")]
    assert light(*whole) == ("green", ["passed"] * 3)
    assert light(*whole[:2]) == ("yellow", ["passed", "passed", "missing"])
    assert light(*whole[:2], (31, "电信", "passed")) == ("yellow", ["passed", "passed", "old"])
    assert light(*whole, (0, "联通", "failed")) == ("red", ["passed", "failed", "passed"])
    assert light((3, "联通", "failed"), *whole) == ("green", ["passed"] * 3)
    assert light(*whole, (0, "", "failed"))[0] == "red"
    assert light(*whole, (0, "电信", "not_proved"))[0] == "yellow"
    assert light((31, "移动", "passed"))[0] == light()[0] == "insufficient"


@pytest.mark.parametrize(("least", "light"), [(1, "green"), (2, "green"), (3, "yellow")])
def test_a_rule_may_ask_for_more_than_one_test(least: int, light: str) -> None:
    now = datetime(2026, 11, 26, 8, tzinfo=UTC)
    ages = ((31, "passed"), (3, "failed"), (2, "passed"), (1, "passed"))
    found = [FinishedTest(now - timedelta(days=age), "移动", verdict) for age, verdict in ages]
    one = judge_number(found, carriers=("移动",), now=now, days=30, least=least)
    assert (one.light, one.carriers["移动"]) == (light, "passed" if light == "green" else "few")


def test_a_test_outside_working_hours_counts_neither_for_nor_against() -> None:
    now = datetime(2026, 11, 26, 8, tzinfo=UTC)

    def light(*tests: tuple[int, str, str]) -> tuple[str, dict[str, str]]:
        found = [FinishedTest(now - timedelta(hours=age), carrier, verdict) for age, carrier, verdict in tests]
        judged = judge_number(
            found, carriers=("移动", "联通"), now=now, days=30, working=lambda moment: 1 <= moment.hour < 10
        )
        return judged.light, dict(judged.carriers)

    whole = [(1, "移动", "passed"), (2, "联通", "passed")]
    assert light(*whole) == ("green", {"移动": "passed", "联通": "passed"})
    assert light((1, "移动", "passed"), (12, "联通", "passed")) == ("yellow", {"移动": "passed", "联通": "outside"})
    assert light(*whole, (10, "联通", "failed"))[0] == "green"  # at 22:00 of the day before nobody has to answer
    assert light((12, "移动", "passed"), (12, "联通", "failed")) == (
        "insufficient",
        {"移动": "outside", "联通": "outside"},
    )
    assert light(*whole, (26, "联通", "failed"))[0] == "green"  # an older one
    assert light((24 * 31, "移动", "passed"), (12, "移动", "passed"))[1]["移动"] == "outside"


def test_where_calls_go() -> None:
    assert validation.parse_via("sip:10.0.0.1:5062") == Via("10.0.0.1", 5062, "udp")
    assert validation.parse_via("sip:GW.example;transport=tcp") == Via("gw.example", 5060, "tcp")
    with pytest.raises(NianjianError, match="callback_via_wrong"):
        validation.parse_via("sips:h;transport=udp")
    assert validation.parse_ca(" ") == ""
    for text in ("x", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----"):
        with pytest.raises(NianjianError, match="callback_ca_wrong"):
            validation.parse_ca(text)
    assert validation.parse_via("sips:[::1]") == Via("::1", 5061, "tls", sips=True)
    assert str(validation.parse_via("sip:[::1]:5070")) == "sip:[::1]:5070;transport=udp"
    for wrong in (
        "10.0.0.1",
        "sip:a@b:5060",
        "sip:a:0",
        "sip:a:99999",
        "sip:a;transport=ws",
        "sip:a;lr",
        "9" * 5000,
        "sip:a..b",
        f"sip:{'a' * 64}",
        "sip:[::::]",
        "sip:-a",
    ):
        with pytest.raises(NianjianError, match="callback_via_wrong"):
            validation.parse_via(wrong)
    assert validation.parse_number("0571 8888-0000") == "057188880000"
    for wrong in ("", "95013@x", "9" * 5000, "95 013\r\nX: y"):
        with pytest.raises(NianjianError, match="callback_number_wrong"):
            validation.parse_number(wrong)
    assert validation.parse_hosts("GW.example， 10.0.0.1 10.0.0.1") == ("gw.example", "10.0.0.1")
    with pytest.raises(NianjianError, match="callback_gateway_wrong"):
        validation.parse_hosts("gw_1/..")
    with pytest.raises(NianjianError, match="callback_gateway_wrong"):
        validation.parse_hosts(" ".join(f"{place}.{'a' * 60}.example" for place in range(20)))


@pytest.mark.parametrize(("text", "shown"), [("1390000111x", "139*****11x"), ("9" * 5000, "999" + "*" * 35 + "99")])
def test_what_is_no_number_is_told_back_masked_and_short(text: str, shown: str) -> None:
    with pytest.raises(NianjianError) as told:
        validation.parse_number(text)
    assert told.value.values == {"number": shown}
