"""The user agent over TLS against OpenSSL in this process: what holds, and each way in which a handshake fails."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from tests.support.answerer import Stream, pick_up, place, reason
from tests.support.certificates import Held, root
from tests.support.tls import server

from nianjian.engines.sip import agent
from nianjian.engines.sip.message import CallTrace, Plan, Via

HERE: Final = [x509.IPAddress(ip_address("127.0.0.1"))]
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


@pytest.fixture(scope="module")
def ca() -> Held:
    return root()


def call(port: int, ca: Held | None, wait: int = 3000, identity: str = "") -> CallTrace:
    via = Via("127.0.0.1", port, "tls", ca="" if ca is None else ca.pem.decode(), identity=identity)
    return place((via, Plan("95013", "t", wait, hold=0)))[0]


def context(pem: Path, **settings: Any) -> ssl.SSLContext:
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(pem)
    for name, value in settings.items():
        setattr(ctx, name, value)
    return ctx


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_call_over_each_version(newest: ssl.TLSVersion, ca: Held, tmp_path: Path) -> None:
    with Stream(pick_up, context(server(tmp_path, ca, "good", [*HERE]), maximum_version=newest)) as far:
        seen = call(far.port, ca)
        assert (reason(seen), far.methods()) == ("answered", ["INVITE", "ACK", "BYE"])
    assert seen.cipher.startswith("TLSv1.2 " if newest == ssl.TLSVersion.TLSv1_2 else "TLSv1.3 ")


@pytest.mark.parametrize("kind", ["expired", "host", "untrusted", "system"])
def test_a_certificate_that_does_not_hold(kind: str, ca: Held, tmp_path: Path) -> None:
    names = [x509.DNSName("sbc.example")] if kind == "host" else [*HERE]
    pem = server(tmp_path, ca, kind, names, days=-1 if kind == "expired" else 30)
    with Stream(pick_up, context(pem)) as far:
        seen = call(far.port, root() if kind == "untrusted" else None if kind == "system" else ca)
        assert reason(seen) == {"system": "tls_untrusted"}.get(kind, f"tls_{kind}")
        assert (seen.end, seen.log, far.got) == ("unreachable", [], [])  # no word of SIP went out
    assert seen.fault


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_gateway_that_asks_for_our_certificate(newest: ssl.TLSVersion, ca: Held, tmp_path: Path) -> None:
    """With TLS 1.3 our side holds the handshake for done when the other side finds that the certificate is lacking."""
    asks = context(server(tmp_path, ca, "asks", [*HERE]), maximum_version=newest, verify_mode=ssl.CERT_REQUIRED)
    asks.load_verify_locations(cadata=ca.pem.decode())
    for _ in range(5):  # whether the alert or the reset behind it comes first is left to chance
        with Stream(pick_up, asks) as far:
            seen = call(far.port, ca)
            assert (seen.end, far.got) == ("unreachable", [])
            assert reason(seen) == "tls_failed" or newest == ssl.TLSVersion.TLSv1_3
            assert reason(seen) in {"tls_failed", "tls_identity"}
            assert (seen.over or 0) < 1500
    own = server(tmp_path, ca, "caller", [x509.DNSName("caller.example")]).read_text()
    with Stream(pick_up, asks) as far:
        assert reason(call(far.port, ca, identity=own)) == "answered"
        assert far.methods() == ["INVITE", "ACK", "BYE"]


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("kind", ["strange", "expired"])
def test_a_certificate_of_ours_that_the_gateway_refuses(
    kind: str, newest: ssl.TLSVersion, ca: Held, tmp_path: Path
) -> None:
    asks = context(server(tmp_path, ca, "asks", [*HERE]), maximum_version=newest, verify_mode=ssl.CERT_REQUIRED)
    asks.load_verify_locations(cadata=ca.pem.decode())
    by, days = (root(), 30) if kind == "strange" else (ca, -1)
    own = server(tmp_path, by, "caller", [x509.DNSName("caller.example")], days=days).read_text()
    with Stream(pick_up, asks) as far:
        seen = call(far.port, ca, identity=own)
        assert (seen.end, far.got) == ("unreachable", [])
    assert reason(seen) in ({"tls_identity"} if newest == ssl.TLSVersion.TLSv1_2 else {"tls_identity", "tls_failed"})
    assert "PRIVATE" not in repr(seen)


def test_no_cipher_in_common(ca: Held, tmp_path: Path) -> None:
    odd = context(server(tmp_path, ca, "odd", [*HERE]), maximum_version=ssl.TLSVersion.TLSv1_2)
    odd.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")  # and the certificate's key is of another kind
    with Stream(pick_up, odd) as far:
        assert reason(call(far.port, ca)) == "tls_failed"


@contextmanager
def raw(does: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port that does this with every connection."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                link, _who = place.accept()
                link.settimeout(8)
                with suppress(OSError), link:
                    does(link)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(place.getsockname()[1])
        finally:
            over.set()
            with suppress(OSError):
                socket.create_connection(place.getsockname(), 1).close()
            thread.join(10)


def hello(pem: Path, link: socket.socket) -> None:
    """Answer the greeting as a TLS server does, and no more."""
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    half = context(pem).wrap_bio(coming, going, server_side=True)
    coming.write(link.recv(65_535))
    with suppress(ssl.SSLWantReadError):
        half.do_handshake()
    link.sendall(going.read())


def reset(link: socket.socket) -> None:
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def test_a_handshake_that_ends_in_the_middle(ca: Held, tmp_path: Path) -> None:
    pem = server(tmp_path, ca, "half", [*HERE])

    for then in (reset, lambda _link: None):  # cut, and closed
        with raw(lambda link, then=then: (hello(pem, link), then(link))) as port:
            assert reason(call(port, ca)) == "tls_failed"


def test_a_handshake_that_goes_no_further(ca: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says how long its words are to be, and then says none of them."""
    monkeypatch.setattr(agent, "CONNECT", 0.7)

    def stalls(link: socket.socket) -> None:
        link.recv(65_535)
        link.sendall(b"\x16\x03\x03\x01\x00")
        link.recv(1)

    with raw(stalls) as port:
        seen = call(port, ca)
    assert reason(seen) == "tls_failed"


@pytest.mark.parametrize("how", ["reset", "closed", "mute", "sip", "http"])
def test_a_port_that_says_no_word_of_tls(how: str, ca: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "CONNECT", 0.7)
    said = {"sip": b"SIP/2.0 400 Bad Request\r\n\r\n", "http": b"HTTP/1.1 400 Bad Request\r\n\r\n"}

    def does(link: socket.socket) -> None:
        link.recv(65_535)
        if how == "reset":
            reset(link)
        elif how == "mute":
            link.recv(1)
        link.sendall(said.get(how, b""))

    with raw(does) as port:
        seen = call(port, ca)
    assert (reason(seen), seen.end) == ("tls_plain", "unreachable")


def test_a_connection_that_ends_before_the_call_begins(
    ca: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call that finds its trunk closed is told so at once, and does not wait for a reply."""
    original = agent.connected
    ended = threading.Event()

    async def late(via: Via, patience: float) -> agent.Trunk:
        trunk = await original(via, patience)
        await trunk.close()
        ended.set()
        return trunk

    monkeypatch.setattr(agent, "connected", late)
    with Stream(pick_up, context(server(tmp_path, ca, "good", [*HERE]))) as far:
        seen = call(far.port, ca, wait=20_000)
    assert ended.is_set()
    assert (seen.end, reason(seen), far.got) == ("unreachable", "tls_failed", [])
    assert seen.over < 1000
