"""The HTTP door: words for switches, JSON, batches, order, broken requests, tokens."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.support.gate import NOON, cap, tenant
from tests.support.gate_asking import CALL, body, got, posted, split
from tests.support.gate_server import Slow, made, requests, run, running, talk

from nianjian.engines.gate.server.wire import Admission
from nianjian.engines.kernel.errors import NianjianError


def test_a_decision_in_json(tmp_path: Path) -> None:
    ((status, answer),) = posted(made(tmp_path), body())
    told = json.loads(answer)
    assert status == 200
    assert told.pop("decision_id")
    assert told == {
        "allow": True,
        "reason": "allow",
        "rule": "rectification.frequency.before",
        "retry_at": None,
        "counter": {"key": "channel:L01", "window": "calendar_day", "used": 1, "limit": 300, "counts": "attempts"},
    }


def test_the_call_above_the_cap_is_refused_with_the_moment_of_the_next_chance(tmp_path: Path) -> None:
    gate = made(tmp_path, tenant(caps=[asdict(cap("L01", 2))]))
    answers = [json.loads(answer) for _, answer in posted(gate, *(body(call_id=str(one)) for one in range(3)))]
    assert [one["reason"] for one in answers] == ["allow", "allow", "cap"]
    assert answers[2]["retry_at"] == NOON // 1000 + 12 * 3600, "midnight in Asia/Shanghai"


@pytest.mark.parametrize(
    "at", [NOON, NOON // 1000, "2026-11-25T12:00:00+08:00", "2026-11-25T12:00:00", str(NOON)], ids=range(5)
)
def test_a_moment_may_be_written_in_many_ways(tmp_path: Path, at: object) -> None:
    gate = made(tmp_path)
    posted(gate, body(at=at))
    assert gate.recent[0][1].at == NOON


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"{", "truncated"),
        (b"[]", "object"),
        (b'{"display":"1"}', "callee"),
        (body(display=7), "str"),
        (body(display="9" * 300), "256"),
        (body(at="noon"), "at"),
        (body(at=-5), "at"),
        (body(at=10**40), "at"),
        (b'{"display":"\xff"}', "UTF-8"),
    ],
)
def test_what_is_no_question_is_400_and_the_next_is_answered(tmp_path: Path, sent: bytes, told: str) -> None:
    (status, problem), (after, _) = posted(made(tmp_path), sent, body())
    assert (status, after) == (400, 200)
    assert told in json.loads(problem)["detail"]
    assert b"139" not in problem


def test_broken_http_is_400_and_closed(tmp_path: Path) -> None:
    async def play() -> bytes:
        async with running(made(tmp_path)) as ports:
            return await talk(ports["http"], requests([body()]) + b"NONSENSE\r\n\r\n", closes=True)

    (first, _), (second, problem) = split(run(play()))
    assert (first, second) == (200, 400)
    assert json.loads(problem)["status"] == 400


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /v1/decide HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n" + b" " * 1_200_000, 413),
        (b"GET /gate HTTP/1.1\r\nX: " + b"x" * 20_000, 431),
    ],
)
def test_what_is_too_long_is_refused_and_closed(tmp_path: Path, sent: bytes, status: int) -> None:
    async def play() -> bytes:
        async with running(made(tmp_path)) as ports:
            return await talk(ports["http"], sent, closes=True)

    assert split(run(play()))[0][0] == status


def test_answers_leave_in_the_order_of_the_questions(tmp_path: Path) -> None:
    async def play() -> bytes:
        counters = Slow()
        gate = made(tmp_path, counters=counters, patience=5)
        async with running(gate) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports["http"])
            writer.write(requests([body(), body(call_id="c2", channel="L99"), body(call_id="c3")]))
            await asyncio.sleep(0.05)
            assert len(counters.open) == 2
            counters.open.reverse()
            counters.answer()
            received = b""
            while received.count(b"decision_id") < 3:
                received += await asyncio.wait_for(reader.read(4096), 5)
            writer.close()
            return received

    assert [json.loads(one)["reason"] for _, one in split(run(play()))] == ["allow", "no-channel", "allow"]


def test_a_question_after_one_too_many_is_read_as_it_was_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianjian.engines.gate.server.http.PIPELINED_MOST", 2)

    async def play() -> bytes:
        counters = Slow()
        async with running(made(tmp_path, counters=counters, patience=5)) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports["http"])
            writer.write(requests([body(call_id=f"c{one}") for one in range(4)]))
            await asyncio.sleep(0.05)
            counters.answer()
            received = b""
            while received.count(b"HTTP/1.1") < 4:
                received += await asyncio.wait_for(reader.read(4096), 5)
            writer.write(requests([body(call_id="last", channel="L99")]))
            received += await asyncio.wait_for(reader.read(4096), 5)
            writer.close()
            return received

    answers = split(run(play()))
    assert [status for status, _ in answers] == [200, 200, 503, 503, 200]
    assert json.loads(answers[-1][1])["reason"] == "no-channel"


def test_a_switch_reads_words(tmp_path: Path) -> None:
    query = "/gate?display=95013001&callee={}&channel=L01&call_id=c1"
    assert got(made(tmp_path), query.format("13900139000")) == (200, b"allow")
    assert got(made(tmp_path), query.format("%2B8613900139000")) == (200, b"allow")
    assert got(made(tmp_path), query.format("+8613900139000")) == (200, b"allow")
    assert got(made(tmp_path), query.format("13700137000")) == (200, b"deny do-not-call")
    assert got(made(tmp_path), query.format("")) == (200, b"deny callee-unreadable")
    assert got(made(tmp_path), "/gate?display=95013001&channel=L01")[0] == 400


def test_a_purpose_may_be_named_in_chinese(tmp_path: Path) -> None:
    target = "/gate?display=95013001&callee=13900139000&channel=L01&purpose=%E8%90%A5%E9%94%80"
    assert got(made(tmp_path), target) == (200, b"deny no-consent")
    assert got(made(tmp_path), target.replace("%E8", "%FF"))[0] == 400


def test_a_batch_is_answered_in_its_order(tmp_path: Path) -> None:
    asked = [{**CALL, "call_id": str(number), "channel": "L01" if number % 2 else "L99"} for number in range(50)]
    ((status, answer),) = posted(made(tmp_path), json.dumps({"questions": asked}).encode(), path=b"/v1/batch")
    reasons = [one["reason"] for one in json.loads(answer)["answers"]]
    assert status == 200
    assert reasons == ["no-channel", "allow"] * 25


@pytest.mark.parametrize(("count", "status"), [(0, 200), (1001, 400)])
def test_a_batch_has_its_bounds(tmp_path: Path, count: int, status: int) -> None:
    sent = json.dumps({"questions": [CALL] * count}).encode()
    assert posted(made(tmp_path), sent, path=b"/v1/batch")[0][0] == status


def test_outcome_and_release(tmp_path: Path) -> None:
    gate = made(tmp_path)
    posted(gate, body())
    assert posted(gate, b'{"call_id":"c1","answered":false}', path=b"/v1/outcome")[0] == (200, b'{"known":true}')
    posted(gate, body(call_id="c2"))
    told = b'{"call_id":"c2"}'
    assert [one for _, one in posted(gate, told, told, path=b"/v1/release")] == [
        b'{"released":true}',
        b'{"released":false}',
    ]


def test_a_token_opens_its_own_enterprise_alone(tmp_path: Path) -> None:
    gate = made(tmp_path, tenant(), tenant("other"))
    right, wrong = b"Authorization: Bearer secret\r\n", b"Authorization: Bearer secreT\r\n"
    assert posted(gate, body(), headers=right, acme="secret")[0][0] == 200
    assert posted(gate, body(enterprise=""), headers=right, acme="secret")[0][0] == 200
    assert posted(gate, body(), headers=wrong, acme="secret")[0][0] == 401
    assert posted(gate, body(), acme="secret")[0][0] == 401
    assert posted(gate, body(enterprise="other"), headers=right, acme="secret")[0][0] == 400
    assert got(gate, "/gate?display=95013001&callee=13900139000&channel=L01", acme="secret")[0] == 401


def test_of_several_enterprises_one_must_be_named(tmp_path: Path) -> None:
    gate = made(tmp_path, tenant(), tenant("other"))
    assert [status for status, _ in posted(gate, body(enterprise=""), body(enterprise="other"))] == [400, 200]


def test_without_tokens_only_this_machine_may_ask() -> None:
    open_one, closed = Admission({}, list), Admission({"secret": "acme"}, list)
    for host in ("127.0.0.1", "::1", "localhost"):
        open_one.listen(host)
    closed.listen("0.0.0.0")  # noqa: S104 - what is to be allowed
    with pytest.raises(NianjianError, match="gate_needs_tokens"):
        open_one.listen("0.0.0.0")  # noqa: S104 - what is to be refused


def test_a_client_that_is_gone_hurts_nobody(tmp_path: Path) -> None:
    async def play() -> bytes:
        counters = Slow()
        gate = made(tmp_path, counters=counters, patience=5)
        async with running(gate) as ports:
            _, writer = await asyncio.open_connection("127.0.0.1", ports["http"])
            writer.write(requests([body()]))
            await asyncio.sleep(0.05)
            writer.transport.abort()
            await asyncio.sleep(0.05)
            counters.answer()
            return await talk(ports["http"], requests([body()]), until=b'"}')

    assert b'"allow":true' in run(play())
