"""What a gateway may send that is no honest SIP: it stops no test call, fills no memory and costs no time."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import pytest

from nianjian.engines.sip import call as sip_call
from nianjian.engines.sip import media as sip_media
from nianjian.engines.sip.call import CUT, KEPT, LONGEST, Call
from nianjian.engines.sip.media import HEARD, Description, Media
from nianjian.engines.sip.message import Account, CallTrace, Message, Plan, Via, challenges, read, serialize_message

KEYS: Final = "1234"
SECOND: Final = 1.0  # a message of 64 kB that is read in squares takes more than ten


class Nowhere:
    """A wire that nobody hears."""

    local = ("127.0.0.1", 5060)
    reliable = True

    def send(self, raw: bytes) -> None:
        """Drop it."""


def called(*events: Message | str) -> tuple[CallTrace, str]:
    """A call to which this happens: messages, or events by their names."""

    async def run() -> tuple[CallTrace, str]:
        calls: list[Call] = []

        def told() -> None:
            calls[0].heard()

        call = Call(Plan("95013", "test", 5000, token=KEYS), Via("127.0.0.1", 5060), Nowhere(), Media(told))
        calls.append(call)
        call.start()
        for one in events:
            if isinstance(one, str):
                call.event(one)
            else:
                call.received(one)
        found = call.seen, call.state
        call.event("overdue")
        assert call.over.done()
        return found

    return asyncio.run(run())


def heard(status: int, *more: tuple[str, str], body: bytes = b"") -> Message:
    return Message((("cseq", "1 INVITE"), *more), body, status=status, phrase="x")


@pytest.mark.parametrize(
    "words",
    [b"audio " + b"9" * 5000 + b" RTP/AVP 8", "audio ² RTP/AVP 8".encode(), b"audio 70000 RTP/AVP 8", b"audio 1"],
)
def test_sound_on_no_port_is_no_sound(words: bytes) -> None:
    assert sip_media.parse_description(b"m=" + words + b"\r\n") is None
    seen, state = called(heard(200, body=b"m=" + words + b"\r\n"))
    assert (seen.answer is not None, seen.codec, state) == (True, None, sip_call.UP)


def test_payload_types_that_are_none_are_passed_over() -> None:
    body = "m=audio 4000 RTP/AVP ² 999 {0} 8\na=rtpmap:{0} telephone-event/8000".format("9" * 5000)
    assert sip_media.parse_description(body.encode()) == Description("", 4000, 8, None)


def test_a_turn_that_is_none_and_signs_that_no_table_keeps() -> None:
    found = read(b"SIP/2.0 200 O\x00\x1b[2J\x9bK\r\nCSeq: " + b"1" * 5000 + b" INVITE\r\nServer: a\rb\tc\r\n\r\n\x00")
    assert (found.phrase, found.turn, found.one("server")) == ("O\ufffd\ufffd[2J\ufffdK", (0, ""), "a\ufffdb\tc")
    assert found.body == b"\x00"
    read_again = read("SIP/2.0 200 \u0085\r\n\r\n".encode())
    assert read_again.phrase == "\ufffd"


def test_no_value_ends_its_line() -> None:
    account = Message((("authorization", 'username="u\r\nX: y"'),), method="INVITE", uri="sip:a@b")
    assert b"\nX" not in serialize_message(account)


@pytest.mark.parametrize(
    "message",
    [
        heard(486, ("reason", "Q.850;" * 10_000)),
        heard(401, ("www-authenticate", "Digest " + "a" * 65_000)),
        Message((), b"\n" * 65_000, method="INFO", uri="sip:a@b"),
        heard(180, ("contact", "<" * 65_000), ("history-info", ";cause=" * 9_000)),
    ],
)
def test_long_headers_are_read_in_no_time(message: Message) -> None:
    begun = time.process_time()
    called(message)
    assert message.cause is None
    assert all(one.nonce == "" for one in challenges(message.whole("www-authenticate")))
    assert time.process_time() - begun < SECOND


def test_a_gateway_that_sends_on_and_on() -> None:
    ringing = heard(180, ("server", "s" * 60_000))
    seen, state = called(*[ringing] * (KEPT + 50))
    assert (len(seen.log), seen.log[-1].first, state) == (KEPT + 1, CUT, sip_call.PROCEEDING)
    assert max(len(line.text) for line in seen.log) == LONGEST
    digits = [Message((), b"Signal=7", method="INFO", uri="sip:a@b")] * (HEARD + 10)
    assert called(heard(200), *digits)[0].heard == "7" * HEARD
    many = ", ".join(f"<sip:{'h' * 300}{one}>" for one in range(100))
    seen, _state = called(heard(200, ("record-route", many), ("contact", f"<sip:{'c' * 999}>"), ("server", "s" * 999)))
    assert [len(one) for one in (seen.routes, seen.routes[0], seen.contact, seen.server)] == [20, 255, 255, 255]


@pytest.mark.parametrize("events", [(), ("limit",), ("1xx",), ("1xx", "limit"), ("2xx",), ("2xx", "hold_over")])
def test_no_call_outlasts_all_its_deadlines(events: tuple[str, ...]) -> None:
    seen, _state = called(*events)
    assert seen.end == ("answered" if "2xx" in events else "silent" if events == ("limit",) else "unanswered")


@pytest.mark.parametrize("address", ["intern.example", "224.0.0.1", "255.255.255.255", "0.0.0.0", "::", "x" * 5000])  # noqa: S104
def test_sound_goes_to_an_address_alone(address: str) -> None:
    media = Media(lambda: None)
    media.talk(Description(address, 4000, 8, None), "")  # without a loop: a sound that begins would raise
    assert media.heard == ""


def test_a_password_stands_in_no_words() -> None:
    assert "secret" not in repr(Plan("95013", "test", 1, account=Account("u", "secret")))
