"""The user agent where a dialog goes an unusual way: forks, routes, early replies, proofs, refusals and cut lines."""

import asyncio
import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import pytest
from tests.support.answerer import SOUND, Answerer, Stream, answered, back, on, pick_up, place, reason

from nianjian.engines.sip import call as sip_call
from nianjian.engines.sip import media as sip_media
from nianjian.engines.sip.agent import REFUSED, connected, is_this_machine
from nianjian.engines.sip.call import CUT, KEPT, LONGEST, Call
from nianjian.engines.sip.media import HEARD, Description, Media
from nianjian.engines.sip.message import (
    Account,
    CallTrace,
    Message,
    Plan,
    Via,
    challenges,
    parameter,
    read,
    serialize_message,
)

Replies = Iterable[Message]
KNOWN: Final = Account("u", "p")
PART: Final = re.compile(r'([a-z]+)=(?:"([^"]*)"|([^\s,]+))')


def call(far: Answerer | Stream, *, wait: int = 3000, hold: int = 0, account: Account | None = None) -> CallTrace:
    via = Via("127.0.0.1", far.port, "udp" if isinstance(far, Answerer) else "tcp")
    return place((via, Plan("95013", "test", wait, hold=hold, account=account)))[0]


def cancelled(far: Answerer, request: Message) -> Replies:
    yield back(request, 200, "OK")
    yield back(far.got[0], 487, "Request Terminated")


def tagged(message: Message, tag: str) -> Message:
    headers = [
        (name, value.replace("tag=far", f"tag={tag}") if name == "to" else value) for name, value in message.headers
    ]
    return replace(message, headers=tuple(headers))


def test_the_second_end_that_answers_a_forked_call_is_acknowledged_and_hung_up() -> None:
    def both(_far: Answerer, request: Message) -> Replies:
        yield tagged(answered(request, "<sip:one@127.0.0.1:5999>"), "one")
        yield tagged(answered(request, "<sip:two@127.0.0.1:5998>"), "two")

    with Answerer(on(INVITE=both)) as far:
        seen = call(far, hold=300)
    assert (seen.end, seen.contact) == ("answered", "127.0.0.1")
    assert far.methods() == ["INVITE", "ACK", "ACK", "BYE", "BYE"]
    assert [(one.uri, parameter(one.one("to"), "tag")) for one in far.got[1:]] == [
        ("sip:one@127.0.0.1:5999", "one"),
        ("sip:two@127.0.0.1:5998", "two"),
        ("sip:two@127.0.0.1:5998", "two"),
        ("sip:one@127.0.0.1:5999", "one"),
    ]
    assert 300 <= seen.over < 1500  # the good-bye to the second does not end the call with the first


def test_the_reply_to_the_second_good_bye_is_not_taken_for_the_first() -> None:
    def bye(far: Answerer, request: Message) -> Replies:
        """To ours nothing: meanwhile another end answers."""
        yield tagged(answered(far.got[0]), "two") if far.count("BYE") == 1 else back(request, 200, "OK")

    with Answerer(on(INVITE=lambda _far, request: [tagged(answered(request), "one")], BYE=bye)) as far:
        seen = call(far)
    byes = [(one.turn[0], parameter(one.one("to"), "tag")) for one in far.all("BYE")]
    assert byes == [(2, "one"), (3, "two"), (2, "one")]  # the first was said again until it was heard
    assert seen.end == "answered"


@pytest.mark.parametrize(
    ("routes", "uri", "along"),
    [
        ('"P" <sip:p1:5070>;x=y', "sip:p1:5070", ["<sip:far@127.0.0.1:5999>"]),
        ("<sip:p1;lr>, <sip:p2;lr>", "sip:far@127.0.0.1:5999", ["<sip:p2;lr>", "<sip:p1;lr>"]),
        ("<sip:p1;lr>, <sip:p2;lrx=1>", "sip:p2;lrx=1", ["<sip:p1;lr>", "<sip:far@127.0.0.1:5999>"]),
        ("<sip:p1>, <sip:p2>", "sip:p2", ["<sip:p1>", "<sip:far@127.0.0.1:5999>"]),
        ("<sip:p1;transport=tls;r2=on;lr=on>", "sip:far@127.0.0.1:5999", ["<sip:p1;transport=tls;r2=on;lr=on>"]),
    ],
    ids=["named", "loose", "like-loose", "strict", "loose-with-value"],
)
def test_loose_and_strict_routes(routes: str, uri: str, along: list[str]) -> None:
    gateway = on(INVITE=lambda _far, one: [answered(one, "<sip:far@127.0.0.1:5999>", ("record-route", routes))])
    with Answerer(gateway) as far:
        assert reason(call(far)) == "answered"
    assert far.methods() == ["INVITE", "ACK", "BYE"]
    for one in far.got[1:]:
        assert (one.uri, [*one.each("route")]) == (uri, along)


@pytest.mark.parametrize("answers", [True, False])
def test_an_announcement_without_ringing(answers: bool) -> None:  # noqa: FBT001 -- a parameter
    def announces(_far: Answerer, request: Message) -> Replies:
        yield back(request, 183, "Session Progress", ("content-type", "application/sdp"), body=SOUND)
        if answers:  # its sound was described before
            yield back(request, 200, "OK", ("contact", "<sip:far@127.0.0.1:5999>"))

    with Answerer(on(INVITE=announces, CANCEL=cancelled)) as far:
        seen = call(far, wait=400)
    assert (seen.ringing, seen.early is not None) == (None, True)
    assert reason(seen) == ("answered" if answers else "early_media_only")
    assert (seen.codec, seen.media) == (("PCMA", "127.0.0.1") if answers else (None, ""))


def test_the_sound_of_another_end_is_not_that_of_the_one_that_answers() -> None:
    def another(_far: Answerer, request: Message) -> Replies:
        yield tagged(back(request, 183, "x", ("content-type", "application/sdp"), body=SOUND), "other")
        yield back(request, 200, "OK", ("contact", "<sip:far@127.0.0.1:5999>"))

    with Answerer(on(INVITE=another)) as far:
        assert reason(call(far)) == "codec"


def test_a_gateway_that_wants_early_replies_acknowledged() -> None:
    """RFC 3262: 421 names it, the call goes out again with it, each early reply gets its one PRACK."""

    def invited(_far: Answerer, request: Message) -> Replies:
        if "100rel" not in [*request.each("supported")]:
            yield back(request, 421, "Extension Required", ("require", "100rel"))
        else:
            more = (("require", "100rel"), ("contact", "<sip:early@127.0.0.1:5999>"), ("record-route", "<sip:p;lr>"))
            ringing = back(request, 180, "Ringing", ("rseq", "7"), *more)
            yield ringing
            yield ringing  # as if the first PRACK was lost
            yield back(request, 183, "x", ("rseq", "8"), *more, ("content-type", "application/sdp"), body=SOUND)

    def heard(far: Answerer, request: Message) -> Replies:
        yield back(request, 200, "OK")
        if far.count("PRACK") == 3:
            yield back(far.all("INVITE")[-1], 200, "OK", ("contact", "<sip:far@127.0.0.1:5999>"))

    with Answerer(on(INVITE=invited, PRACK=heard)) as far:
        seen = call(far)
    assert (reason(seen), seen.codec) == ("answered", "PCMA")
    assert far.methods() == ["INVITE", "ACK", "INVITE", "PRACK", "PRACK", "PRACK", "ACK", "BYE"]
    first, again, second = far.all("PRACK")
    assert first == again
    assert (first.one("rack"), second.one("rack")) == ("7 2 INVITE", "8 2 INVITE")
    assert [first.turn, second.turn] == [(3, "PRACK"), (4, "PRACK")]
    assert (first.uri, [*first.each("route")]) == ("sip:early@127.0.0.1:5999", ["<sip:p;lr>"])
    assert far.all("BYE")[0].turn == (5, "BYE")


def test_a_call_with_acknowledged_ringing_is_cancelled_in_its_own_transaction() -> None:
    def invited(_far: Answerer, request: Message) -> Replies:
        yield back(request, 180, "Ringing", ("rseq", "1"), ("require", "100rel"), ("contact", "<sip:e@127.0.0.1>"))

    heard = lambda _far, request: [back(request, 200, "OK")]  # noqa: E731 -- said once
    with Answerer(on(INVITE=invited, PRACK=heard, CANCEL=cancelled)) as far:
        assert reason(call(far, wait=400)) == "rang_unanswered"
    assert far.methods() == ["INVITE", "PRACK", "CANCEL", "ACK"]
    assert far.got[2].one("via") == far.got[0].one("via")
    assert far.got[2].turn == (1, "CANCEL")


@pytest.mark.parametrize(
    ("status", "more", "told"),
    [
        (420, (("unsupported", "timer"),), "extension"),
        (421, (("require", "timer"),), "extension"),
        (421, (("require", "100rel, sec-agree"),), "extension"),
        (494, (("security-server", "ipsec-3gpp;q=0.1"),), "extension"),
        (494, (("security-server", "ipsec-3gpp;q=0.1, tls;q=0.2"),), "tls_needed"),
        (302, (("contact", "<sip:95013@10.0.0.7:5060>"),), "redirected"),
        (302, (("contact", "<sip:95013@10.0.0.7:5061;transport=tls>"),), "tls_needed"),
        (305, (("contact", "<sips:95013@10.0.0.7>"),), "tls_needed"),
        (404, (), "number_unknown"),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["udp", "tcp"])
def test_each_refusal_over_udp_and_tcp(status: int, more: tuple[tuple[str, str], ...], told: str, stream: bool) -> None:  # noqa: FBT001 -- a parameter
    does = on(INVITE=lambda _far, request: [back(request, status, "No", *more)])
    with Stream(does) if stream else Answerer(does) as far:
        seen = call(far)
        assert (reason(seen), seen.status, seen.end) == (told, status, "final")
        assert seen.redirected == ("10.0.0.7" if status < 400 else "")
        assert seen.over < 1000
    assert far.methods() == ["INVITE", "ACK"]


def proved(request: Message, header: str) -> bool:
    """Whether the credentials are right by the formulas of RFC 7616 3.4, written down here once more."""
    fields = {name.lower(): quoted or bare for name, quoted, bare in PART.findall(request.one(header))}
    kind = fields.get("algorithm", "MD5")
    hasher = hashlib.sha256 if kind.startswith("SHA-256") else hashlib.md5

    def h(*parts: str) -> str:
        return hasher(":".join(parts).encode()).hexdigest()

    body = hasher(request.body.replace(b"\n", b"\r\n")).hexdigest()  # `read` has made plain line ends of it
    first, more = h("u", fields["realm"], "p"), (body,) if fields.get("qop") == "auth-int" else ()
    if kind.endswith("-sess"):
        first = h(first, fields["nonce"], fields["cnonce"])
    middle = (fields["nc"], fields["cnonce"], fields["qop"]) if "qop" in fields else ()
    assert fields["uri"] == request.uri
    return fields["response"] == h(first, fields["nonce"], *middle, h(request.method, request.uri, *more))


@pytest.mark.parametrize("algorithm", ["", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess"])
@pytest.mark.parametrize("qop", ["", ', qop="auth"', ', qop="auth-int"', ', qop="auth-int,auth"'])
def test_every_kind_of_challenge(algorithm: str, qop: str) -> None:
    suffix = f", algorithm={algorithm}" if algorithm else ""

    def asked(_far: Answerer, request: Message) -> Replies:
        if not request.one("authorization"):
            yield back(request, 401, "Auth", ("www-authenticate", f'Digest realm="r", nonce="n"{qop}{suffix}'))
        else:
            yield answered(request) if proved(request, "authorization") else back(request, 403, "Forbidden")

    with Answerer(on(INVITE=asked)) as far:
        seen = call(far, account=KNOWN)
    assert (reason(seen), seen.auth) == ("answered", "passed")
    value = far.all("INVITE")[1].one("authorization")
    expected = "auth" if "auth" in qop.replace("auth-int", "") else "auth-int" if qop else ""
    assert (f"qop={expected}," in value) if expected else "qop" not in value
    assert ("cnonce" in value) == bool(expected or algorithm.endswith("-sess"))
    assert (
        far.all("ACK")[-1].one("authorization") == value
    )  # RFC 3261 22.1: the ACK of the answer bears what the INVITE bore


def test_the_strongest_of_several_challenges_of_a_realm_and_one_for_each_realm() -> None:
    many = [
        'Digest realm="a", nonce="1", algorithm=MD5', 'Digest realm="a", nonce="2", algorithm=SHA-256, qop="auth"',
        'Digest realm="b", nonce="3"', 'Digest realm="c", nonce="4", algorithm=AKAv1-MD5', 'NTLM realm="d"',
    ]  # fmt: skip

    def asked(_far: Answerer, request: Message) -> Replies:
        if not request.one("authorization"):
            yield back(request, 401, "Auth", *(("www-authenticate", one) for one in many))
        else:
            yield back(request, 486, "Busy")

    with Answerer(on(INVITE=asked)) as far:
        assert reason(call(far, account=KNOWN)) == "busy"
    headers = [*far.all("INVITE")[1].whole("authorization")]
    assert sorted(one.partition('nonce="')[2][0] for one in headers) == ["2", "3"]


def test_a_proxy_and_the_gateway_behind_it_ask_one_after_another() -> None:
    def asked(_far: Answerer, request: Message) -> Replies:
        if not request.one("proxy-authorization"):
            yield back(request, 407, "Auth", ("proxy-authenticate", 'Digest realm="p", nonce="1", qop="auth"'))
        elif not request.one("authorization"):
            yield back(request, 401, "Auth", ("www-authenticate", 'Digest realm="g", nonce="2", qop="auth"'))
        elif proved(request, "authorization") and proved(request, "proxy-authorization"):
            yield answered(request)
        else:
            yield back(request, 403, "Forbidden")

    with Answerer(on(INVITE=asked)) as far:
        seen = call(far, account=KNOWN)
    assert (reason(seen), seen.auth, far.count("INVITE")) == ("answered", "passed", 3)
    assert "nc=00000002" in far.all("INVITE")[2].one("proxy-authorization")


def test_who_asks_on_and_on_in_new_names_is_answered_no_more() -> None:
    def asked(far: Answerer, request: Message) -> Replies:
        yield back(request, 401, "Auth", ("www-authenticate", f'Digest realm="r{far.count("INVITE")}", nonce="n"'))

    with Answerer(on(INVITE=asked)) as far:
        assert reason(call(far, account=KNOWN)) == "auth_wrong"
    assert far.count("INVITE") == 5


@pytest.mark.parametrize("account", [KNOWN, None])
def test_a_good_bye_that_must_be_proved(account: Account | None) -> None:
    def bye(_far: Answerer, request: Message) -> Replies:
        if not request.one("proxy-authorization"):
            yield back(request, 407, "Auth", ("proxy-authenticate", 'Digest realm="p", nonce="1", qop="auth"'))
        else:
            yield back(request, 200 if proved(request, "proxy-authorization") else 403, "OK")

    with Answerer(on(INVITE=lambda _far, request: [answered(request)], BYE=bye)) as far:
        seen = call(far, account=account)
    assert (seen.end, reason(seen)) == ("answered", "answered")
    assert [one.turn[0] for one in far.all("BYE")] == ([2, 3] if account else [2])
    if account:
        assert any(
            not line.out and line.first.startswith("SIP/2.0 200 OK") and "3 BYE" in line.text for line in seen.log
        )


def test_the_other_side_hangs_up_at_once() -> None:
    def bye(_far: Answerer, request: Message) -> Replies:
        head = tuple((name, value) for name, value in request.headers if name in {"via", "call-id"})
        ends = (("from", request.one("to")), ("to", request.one("from")), ("cseq", "1 BYE"))
        yield Message((*head, *ends), method="BYE", uri="sip:test@127.0.0.1")

    with Answerer(on(INVITE=lambda _far, request: [answered(request)], ACK=bye)) as far:
        seen = call(far, hold=5000)
    assert (seen.end, reason(seen), far.methods()) == ("answered", "answered", ["INVITE", "ACK"])
    assert seen.over < 1000
    assert seen.log[-1].first == "SIP/2.0 200 OK"


@pytest.mark.parametrize("early", [False, True], ids=["before-any-reply", "while-it-rings"])
def test_a_line_that_is_cut_ends_the_call_at_once(early: bool) -> None:  # noqa: FBT001 -- a parameter
    def does(_far: Stream, request: Message) -> Iterable[Message | None]:
        if early:
            yield back(request, 180, "Ringing")
        yield None

    with Stream(does) as far:
        seen = call(far, wait=20_000)
    assert (seen.end, reason(seen), bool(seen.fault), seen.ringing is not None) == (
        "unreachable", "unreachable", True, early,
    )  # fmt: skip
    assert seen.over < 2000


def test_a_line_that_is_cut_after_the_answer_leaves_it_answered() -> None:
    with Stream(lambda _far, request: [answered(request) if request.method == "INVITE" else None]) as far:
        seen = call(far, hold=10_000)
    assert (seen.end, reason(seen)) == ("answered", "answered")
    assert seen.over < 2000


# What a gateway may send that is no honest SIP: it stops no test call, fills no memory and costs no time.

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
        result = call.seen, call.state
        call.event("overdue")
        assert call.over.done()
        return result

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
    message = read(b"SIP/2.0 200 O\x00\x1b[2J\x9bK\r\nCSeq: " + b"1" * 5000 + b" INVITE\r\nServer: a\rb\tc\r\n\r\n\x00")
    assert (message.phrase, message.turn, message.one("server")) == ("O\ufffd\ufffd[2J\ufffdK", (0, ""), "a\ufffdb\tc")
    assert message.body == b"\x00"
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


# Where test calls of a tenant may not go.


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.1", "0.1.2.3", "169.254.169.254", "224.0.0.1", "239.1.1.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.1.1",
    ],
)  # fmt: skip
def test_this_machine_its_link_and_groups_are_refused(address: str) -> None:
    assert is_this_machine(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.9", "203.0.113.7", "2001:db8::1", "fd00::1", "sbc.example"])
def test_a_switch_in_the_own_network_is_not(address: str) -> None:
    assert not is_this_machine(address)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_name_is_judged_by_where_it_leads_and_nothing_is_opened(host: str, transport: str) -> None:
    with pytest.raises(OSError, match=REFUSED):
        asyncio.run(connected(Via(host, 9, transport, anywhere=False), 5))


@pytest.mark.parametrize("anywhere", [True, False])
def test_a_refused_way_is_told_as_unreachable_and_no_packet_arrives(anywhere: bool) -> None:  # noqa: FBT001 -- a case
    with Answerer(pick_up) as far:
        (seen,) = place((Via("127.0.0.1", far.port, anywhere=anywhere), Plan("95013", "me", 2000)))
    assert (seen.end, seen.fault) == (("answered", "") if anywhere else ("unreachable", REFUSED))
    assert bool(seen.log) is anywhere
