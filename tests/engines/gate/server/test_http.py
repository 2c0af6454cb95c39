"""The HTTP door: words for switches, JSON, batches, order, broken requests, tokens."""

import asyncio
import json
import re
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.gate import NOON, cap, tenant
from tests.support.gate_asking import CALL, body, got, posted, split
from tests.support.gate_server import Heard, Slow, made, requests, run, running, talk
from tests.support.gate_store import until

from nianjian.engines.gate.server.connections import Connection, Connections, Limits
from nianjian.engines.gate.server.control import Control
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.http import HttpConnection
from nianjian.engines.gate.server.wire import Admission
from nianjian.engines.kernel.errors import NianjianError


def test_a_decision_in_json(tmp_path: Path) -> None:
    ((status, answer),) = posted(made(tmp_path), body())
    document = json.loads(answer)
    assert status == 200
    assert document.pop("decision_id")
    assert document == {
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
        (body(at="9" * 5000), "at"),
        (body(at="1969-12-31T12:00:00"), "at"),
        (body(at="9999-12-31T12:00:00"), "at"),
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


def test_who_waits_before_a_long_body_is_told_to_go_on(tmp_path: Path) -> None:
    async def play() -> bytes:
        async with running(made(tmp_path)) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports["http"])
            head, sent = requests([body()], headers=b"Expect: 100-continue\r\n").split(b"\r\n\r\n")
            writer.write(head + b"\r\n\r\n")
            received = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            writer.write(sent)
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 5)
            writer.close()
            return received + answer

    assert run(play()) == b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"


def test_answers_leave_in_the_order_of_the_questions(tmp_path: Path) -> None:
    async def play() -> bytes:
        counters = Slow()
        gate = made(tmp_path, counters=counters, patience=5)
        async with running(gate) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports["http"])
            writer.write(requests([body(), body(call_id="c2", channel="L99"), body(call_id="c3")]))
            await until(lambda: len(counters.open) == 2)
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
            await until(lambda: len(counters.open) >= 2)
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
    questions = [{**CALL, "call_id": str(number), "channel": "L01" if number % 2 else "L99"} for number in range(50)]
    ((status, answer),) = posted(made(tmp_path), json.dumps({"questions": questions}).encode(), path=b"/v1/batch")
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
    payload = b'{"call_id":"c2"}'
    assert [one for _, one in posted(gate, payload, payload, path=b"/v1/release")] == [
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
            await until(lambda: counters.open)
            writer.transport.abort()
            await asyncio.sleep(0.05)
            counters.answer()
            return await talk(ports["http"], requests([body()]), until=b'"}')

    assert b'"allow":true' in run(play())


# However questions over HTTP are cut into pieces, they get the answers that they get one by one.

RIGHT, WRONG = b"Authorization: Bearer secret\r\n", b"Authorization: Bearer secreT\r\n"
GET = b"GET /gate?display=95013001&callee=13900139000&channel=L01&call_id=g%d HTTP/1.1\r\n%b\r\n"
INNER = body(call_id="z" * 9)


def _question(kind: str, number: int) -> bytes:
    usual = body(call_id=f"c{number}")
    return {
        "post": lambda: requests([usual], headers=RIGHT),
        "open": lambda: requests([usual]),
        "wrong": lambda: requests([usual], headers=WRONG),
        "longer": lambda: requests([body(call_id=f"call-{number}")], headers=RIGHT),
        "full": lambda: requests([body(call_id=f"c{number}", channel="L99")], headers=RIGHT),
        "broken": lambda: requests([usual[:-1] + b"]"], headers=RIGHT),
        "get": lambda: GET % (number, RIGHT),
        # a text inside a question that looks like a question
        "nested": lambda: requests([body(caller=requests([INNER], headers=RIGHT).decode())], headers=RIGHT),
    }[kind]()


def _answers(gate: Gate, pieces: list[bytes], kind: type[HttpConnection] = HttpConnection) -> list[tuple[int, object]]:
    async def play() -> bytes:
        admission = Admission({"secret": "acme"}, lambda: ("acme",))
        connections = Connections()
        control = Control(gate, admission, connections=connections)
        door, heard = kind(gate, admission, control.answer, connections), Heard()
        door.connection_made(heard)
        for piece in pieces:
            door.data_received(piece)
        door.connection_lost(None)
        assert not heard.closed, "nobody asked for an end"
        return heard.text

    return [(status, _nameless(content)) for status, content in split(asyncio.run(play()))]


def _nameless(content: bytes) -> object:
    return (
        json.loads(re.sub(rb'"decision_id":"[^"]*"', b'"decision_id":""', content))
        if content.startswith(b"{")
        else content
    )


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(
        st.sampled_from(["post", "post", "post", "open", "wrong", "longer", "full", "broken", "get", "nested"]),
        min_size=1,
        max_size=12,
    ),
    cuts=st.lists(st.integers(0, 3000), max_size=6),
)
def test_pieces_change_no_answer(tmp_path_factory: Any, kinds: list[str], cuts: list[int]) -> None:
    root = tmp_path_factory.mktemp("gate")
    whole = [_question(kind, number + 10) for number, kind in enumerate(["post"] * 4 + kinds)]
    text = b"".join(whole)
    ends = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    policy = tenant(caps=[asdict(cap("L01", 12))])
    one, other, third = (made(root / name, policy) for name in ("one", "other", "third"))
    alone = _answers(one, whole)
    assert len(alone) == len(whole)
    assert _answers(other, [text[a:b] for a, b in pairwise(ends)]) == alone
    third.usual.learn = lambda *_: None  # type: ignore[method-assign]
    assert _answers(third, whole) == alone
    assert one.reasons == other.reasons == third.reasons


class _Counted(HttpConnection):
    parsed = 0

    def on_message_complete(self) -> None:
        _Counted.parsed += 1
        super().on_message_complete()


def test_the_same_head_again_needs_no_parser_and_a_text_like_it_is_no_question(tmp_path: Path) -> None:
    gate, _Counted.parsed = made(tmp_path), 0
    again = [_question("post", number) for number in range(10, 30)]
    outer = b"POST /v1/decide HTTP/1.1\r\nHost: gate\r\n%bContent-Length: %d\r\n\r\n" % (RIGHT, len(again[0]))
    answers = _answers(gate, [*again, outer, _question("post", 30), _question("post", 31)], _Counted)
    assert [status for status, _ in answers] == [200] * 20 + [400, 200]
    assert (_Counted.parsed, gate.usual.taken) == (4, 19), "two to learn, one to see it so, and the outer one"
    assert gate.reasons["acme", "allow"] == 21


# Room for connections: shares of addresses, the reserve, and what an address is.


def opened(connections: Connections, *peers: str) -> list[Connection]:
    """Connections from peers, one after the other; those that were refused are left out."""
    result = []
    for peer in peers:
        connection, transport = Connection(connections), Heard(peer)
        connection.connection_made(transport)
        if not transport.closed:
            result.append(connection)
    return result


def refused(connections: Connections) -> dict[str, Any]:
    return {limit: number for limit, number in connections.refused.items() if number}


def test_an_address_has_its_share_and_gives_it_back() -> None:
    connections = Connections(Limits(100, 3))
    first, *_ = opened(connections, *["192.0.2.1"] * 5, "192.0.2.2")
    assert (len(connections), refused(connections)) == (4, {"address": 2})
    first.connection_lost(None)
    first.connection_lost(None)
    assert len(opened(connections, "192.0.2.1", "192.0.2.1")) == 1


async def test_a_deadline_closes_who_proves_nothing_and_who_reads_no_answers() -> None:
    connections, silent = Connections(Limits(100, 3, timeout=0)), Heard("192.0.2.1")
    Connection(connections).connection_made(silent)
    proved, leaving = opened(connections, "192.0.2.2", "192.0.2.3")
    for one in (proved, leaving):
        one.proved()
    assert leaving._transport is not None
    leaving._transport.close()
    expired = []
    for _ in range(2):
        await asyncio.sleep(0.01)
        connections._sweep()
        connections.stop()
        expired.append(connections.expired)
    assert (expired, silent.closed) == ([1, 3], True), "the one that leaves has the time of a deadline for its answers"
    assert proved._transport is not None
    assert not proved._transport.is_closing()


def test_the_reserve_is_for_this_machine_and_for_addresses_that_have_proved_a_token() -> None:
    connections = Connections(Limits(40, 20))
    switch, *_ = opened(connections, "192.0.2.1")
    switch.proved()
    switch.connection_lost(None)
    assert len(opened(connections, *(f"198.51.100.{number}" for number in range(40)))) == 35
    assert refused(connections) == {"total": 5}
    comes_in = opened(connections, "192.0.2.1", "127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1")
    assert (len(comes_in), len(connections)) == (5, 40)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_an_ipv6_subnet_is_one_address(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a parameter
    assert len(opened(Connections(Limits(100, 1)), one, other)) == (1 if same else 2)
