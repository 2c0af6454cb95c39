"""The user agent against a far end in this process: what is hard to make a real one do."""

import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import pytest
from tests.support.answerer import QUICK, SOUND, Answerer, answered, back, on, place
from tests.support.services import free_port

from nianjian.engines.kernel import clock
from nianjian.engines.sip import agent
from nianjian.engines.sip.agent import Pace
from nianjian.engines.sip.message import (
    Account,
    CallTrace,
    Message,
    Plan,
    Via,
    answer,
    challenges,
    read,
    serialize_message,
)

KEYS: Final = "42"
Replies = Iterable[Message]


def placed(port: int, *plans: Plan, pace: Pace = QUICK) -> list[CallTrace]:
    return place(*((Via("127.0.0.1", port), one) for one in plans), pace=pace)


def stop() -> None:
    raise KeyboardInterrupt


def rings(_far: Answerer, request: Message) -> Replies:
    yield back(request, 180, "Ringing")


def cancelled(far: Answerer, request: Message) -> Replies:
    yield back(request, 200, "OK")
    yield back(far.got[0], 487, "Request Terminated")


def plan(**changes: object) -> Plan:
    return Plan(**{"number": "95013", "caller": "test", "wait": 5000, "hold": 0, **changes})


def test_answered_acknowledged_along_its_routes_and_hung_up() -> None:
    routes = ("record-route", "<sip:edge.example;lr>, <sip:core.example;lr>")

    def invited(_far: Answerer, request: Message) -> Replies:
        yield back(request, 100, "Trying")
        yield back(request, 180, "Ringing")
        yield answered(request, "<sip:ivr@10.0.0.9:5080>", routes)

    with Answerer(on(INVITE=invited)) as far:
        (seen,) = placed(far.port, plan())
    assert (seen.end, seen.status, seen.contact, seen.media, seen.codec) == (
        "answered", 200, "10.0.0.9", "127.0.0.1", "PCMA",
    )  # fmt: skip
    assert seen.trying <= seen.ringing <= seen.answer < 5000
    assert seen.routes == ["core.example", "edge.example"]
    assert far.methods() == ["INVITE", "ACK", "BYE"]
    invite, ack, bye = far.got
    assert ack.uri == bye.uri == "sip:ivr@10.0.0.9:5080"
    assert [*ack.each("route")] == ["<sip:core.example;lr>", "<sip:edge.example;lr>"]
    assert len({one.one("via") for one in far.got}) == 3
    assert [one.turn for one in far.got] == [(1, "INVITE"), (1, "ACK"), (2, "BYE")]
    assert invite.one("x-nianjian-test") == "callback"
    assert bye.one("to").endswith(";tag=far")
    assert [line.first for line in seen.log if line.out] == [one.first for one in far.got]


def test_a_lost_invite_and_a_lost_acknowledgement_are_made_good() -> None:
    def second(far: Answerer, request: Message) -> Replies:
        return [answered(request)] * 2 if far.count("INVITE") == 2 else []  # as if the first ACK was lost

    with Answerer(on(INVITE=second)) as far:
        (seen,) = placed(far.port, plan(hold=50))
    assert (seen.end, seen.resent) == ("answered", 1)
    assert 500 <= seen.answer < 3000
    assert [far.count(one) for one in ("INVITE", "ACK", "BYE")] == [2, 2, 1]
    assert far.got[0].one("via") == far.got[1].one("via")


def test_at_the_limit_it_is_cancelled_and_the_refusal_acknowledged_in_its_own_transaction() -> None:
    with Answerer(on(INVITE=rings, CANCEL=cancelled)) as far:
        (seen,) = placed(far.port, plan(wait=400))
    assert (seen.end, seen.answer) == ("unanswered", None)
    assert far.methods() == ["INVITE", "CANCEL", "ACK"]
    assert len({one.one("via") for one in far.got}) == 1
    assert "tag=" not in far.got[1].one("to")
    assert [one.turn[0] for one in far.got] == [1, 1, 1]


def test_an_answer_that_crosses_the_cancel_is_acknowledged_and_hung_up() -> None:
    with Answerer(on(INVITE=rings, CANCEL=lambda far, _request: [answered(far.got[0])])) as far:
        (seen,) = placed(far.port, plan(wait=400))
    assert (seen.end, far.methods()) == ("answered", ["INVITE", "CANCEL", "ACK", "BYE"])
    assert seen.answer >= 400


def test_silence_is_never_cancelled_and_a_closed_port_is_told_at_once() -> None:
    with Answerer(lambda _far, _request: ()) as far:
        silent, dead = placed(far.port, plan(wait=400)), placed(free_port(), plan(wait=5000))
    assert (silent[0].end, far.count("CANCEL")) == ("silent", 0)
    assert dead[0].end == "unreachable"
    assert "refused" in dead[0].fault
    assert dead[0].over is not None
    assert dead[0].over < 1000


@pytest.mark.parametrize("algorithm", ["", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256"])
def test_credentials_once_and_once_more_for_a_stale_nonce(algorithm: str) -> None:
    suffix = f", algorithm={algorithm}" if algorithm else ""
    head = f'Digest realm="a, b", nonce="n{{0}}", qop="auth,auth-int", opaque="o"{suffix}'

    def asked(far: Answerer, request: Message) -> Replies:
        header = request.one("proxy-authorization")
        if 'nonce="n2"' in header:
            yield back(request, 486, "Busy Here", ("reason", "Q.850;cause=17"))
        else:
            stale = ", stale=true" if header else ""
            strong = head.format(far.count("INVITE")) + stale
            weak = 'Digest realm="x", nonce="y", algorithm=WEAK'
            yield back(request, 407, "Auth", ("proxy-authenticate", weak), ("proxy-authenticate", strong))

    with Answerer(on(INVITE=asked)) as far:
        (seen,) = placed(far.port, plan(account=Account("u", "p")))
    assert (seen.end, seen.status, seen.cause, seen.auth) == ("final", 486, 17, "")
    invites = [one for one in far.got if one.method == "INVITE"]
    assert [one.turn[0] for one in invites] == [1, 2, 3]
    assert len({one.one("via") for one in invites}) == 3
    assert [one.turn[0] for one in far.got if one.method == "ACK"] == [1, 2, 3]
    credentials = invites[2].one("proxy-authorization")
    assert 'opaque="o"' in credentials
    assert "nc=00000001" in credentials
    assert all('response="…"' in line.text or "Authorization" not in line.text for line in seen.log)


def test_digest_by_the_examples_of_the_standards() -> None:
    plain, other = challenges(
        [
            'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
            'Digest realm="http-auth@example.org", algorithm=SHA-256, qop="auth", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"',  # noqa: E501
        ]
    )[::-1]
    header = answer(plain, Account("Mufasa", "Circle Of Life"), method="GET", uri="/dir/index.html", cnonce="0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in header
    header = answer(
        other, Account("Mufasa", "Circle of Life"), method="GET", uri="/dir/index.html",
        cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )  # fmt: skip
    assert 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in header


def echoing(sound: socket.socket, got: list[tuple[int, bytes]]) -> None:
    """A gateway's sound: what comes as digits (type 96 there) goes back as digits (type 101 here)."""
    while True:
        raw, sender = sound.recvfrom(2000)
        if raw == b"end":
            return
        kind = raw[1] & 0x7F
        got.append((kind, raw[12:]))
        if kind == 96:
            sound.sendto(raw[:1] + bytes([raw[1] & 0x80 | 101]) + raw[2:], sender)


def test_the_token_is_sent_as_digits_and_heard_back() -> None:
    sound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sound.bind(("127.0.0.1", 0))
    place, got = sound.getsockname(), list[tuple[int, bytes]]()
    thread = threading.Thread(target=echoing, args=(sound, got), daemon=True)
    thread.start()

    body = SOUND.replace(b"4000", str(place[1]).encode())
    with Answerer(on(INVITE=lambda _far, request: [replace(answered(request), body=body)])) as far:
        (seen,) = placed(far.port, plan(hold=10_000, token=KEYS))
    sound.sendto(b"end", place)
    thread.join()
    sound.close()
    assert (seen.end, seen.heard) == ("answered", "42")
    assert seen.over < 9000  # not to the end of the wait
    digits = [inside for kind, inside in got if kind == 96]
    assert [one[0] for one in digits[:8]] == [4] * 8
    assert [one[1] & 0x80 for one in digits[:8]] == [0] * 5 + [0x80] * 3
    assert {len(inside) for kind, inside in got if kind == 8} == {160}


def test_what_raises_between_ends_the_calls_properly() -> None:
    with Answerer(on(INVITE=rings, CANCEL=cancelled)) as far, pytest.raises(KeyboardInterrupt):
        agent.place_calls(
            [(Via("127.0.0.1", far.port), plan(wait=30_000))], pace=QUICK, took=lambda *_: None, tick=stop
        )
    assert far.methods() == ["INVITE", "CANCEL", "ACK"]


def test_when_it_began_is_the_wall_clock_of_its_own_begin_however_late_it_is_taken() -> None:
    begun: list[int] = []
    with Answerer(on(INVITE=lambda _far, request: [answered(request)])) as far:
        calls = [(Via("127.0.0.1", far.port), plan()), (Via("127.0.0.1", free_port()), plan())]
        first = clock.milliseconds()
        agent.place_calls(calls, pace=QUICK, took=lambda _place, seen: (time.sleep(1), begun.append(seen.begun))[1])
    assert len(begun) == 2
    assert all(first <= one < first + 1000 for one in begun)  # the second is taken later than that


def test_one_that_is_stopped_before_it_has_begun_calls_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the thread may get its turn after who asked has given up."""
    turn, original = threading.Event(), agent._thread  # its beginning is what is late

    def late(*args: Any) -> None:
        turn.wait(5)
        original(*args)

    class Slow(threading.Thread):
        def join(self, timeout: float | None = None) -> None:
            turn.set()
            super().join(timeout)

    monkeypatch.setattr(agent, "_thread", late)
    monkeypatch.setattr(agent.threading, "Thread", Slow)
    with Answerer(lambda _far, _request: ()) as far:
        with pytest.raises(KeyboardInterrupt):
            agent.place_calls(
                [(Via("127.0.0.1", far.port), plan(wait=300))], pace=QUICK, took=lambda *_: None, tick=stop
            )
        assert far.methods() == []


def test_over_tcp_messages_are_cut_by_their_length_and_nothing_is_repeated() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    got: list[Message] = []

    def answer_one() -> None:
        stream, _sender = listener.accept()
        with stream:
            while True:
                message = read(stream.recv(65_535))  # each is sent at once, and waits for what comes back
                if message is None:
                    return
                got.append(message)
                if message.method == "INVITE":
                    raw = serialize_message(back(message, 180, "Ringing")) + serialize_message(answered(message))
                    stream.sendall(raw[:150])
                    stream.sendall(raw[150:])
                elif message.method == "BYE":
                    stream.sendall(serialize_message(back(message, 200, "OK")))

    thread = threading.Thread(target=answer_one, daemon=True)
    thread.start()
    seen = place((Via("127.0.0.1", listener.getsockname()[1], "tcp"), plan(hold=200)))[0]
    thread.join()
    listener.close()
    assert (seen.end, seen.resent, seen.ringing is not None) == ("answered", 0, True)
    assert [one.method for one in got] == ["INVITE", "ACK", "BYE"]
    assert got[0].one("via").startswith("SIP/2.0/TCP ")
    assert ";transport=tcp" in got[0].uri
    dead = place((Via("127.0.0.1", free_port(), "tcp"), plan(hold=200)))[0]
    assert (dead.end, "refused" in dead.fault or "Connect" in dead.fault) == ("unreachable", True)


def test_what_rings_after_it_was_given_up_is_cancelled() -> None:
    def late(far: Answerer, request: Message) -> Replies:
        if far.count("INVITE") == 2:  # repeated after 0.5 s, the limit is 0.6 s
            threading.Timer(0.3, far.say, [back(request, 180, "Ringing")]).start()
        return ()

    with Answerer(on(INVITE=late, CANCEL=lambda far, _request: [back(far.got[0], 487, "Request Terminated")])) as far:
        (seen,) = placed(far.port, plan(wait=600), pace=Pace(apart=0, linger=1.0))
    assert (seen.end, far.methods()) == ("silent", ["INVITE", "INVITE", "CANCEL", "ACK"])
