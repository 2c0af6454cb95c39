"""The trunk that calls go through: one socket to one gateway, calls found by their Call-ID.

The UDP socket is connected: only such a one is told by the system that nobody listens there.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
from contextlib import suppress
from typing import Final, cast

from nianjian.engines.sip import secure
from nianjian.engines.sip.call import Call
from nianjian.engines.sip.call_trace import Plan, Seen, Via
from nianjian.engines.sip.media import Media
from nianjian.engines.sip.message import LONGEST, read, reply, serialize_message
from nianjian.engines.sip.places import refused

REFUSED: Final = "the operator lets no test call go to this machine itself"
LINGER: Final = 0.6  # seconds after the last call, in which repeated replies are still acknowledged
GOODBYE: Final = 1.0  # seconds
LENGTH: Final = re.compile(rb"\r?\n(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,6})", re.IGNORECASE)


class Trunk(asyncio.DatagramProtocol, asyncio.Protocol):
    """A socket, over UDP, TCP or TLS."""

    def __init__(self, via: Via) -> None:
        self.via = via
        self.local = ("127.0.0.1", 0)
        self.reliable = via.transport != "udp"
        self._calls: dict[str, Call] = {}
        self._transport: asyncio.BaseTransport | None = None
        self._buffer = b""
        self._stopped = False
        self._gone = asyncio.Event()
        self._lost = ("", "")  # words and TLS fault of a connection that has ended
        self._heard = False

    @property
    def closed(self) -> bool:
        """Whether the other side, or we, have closed it."""
        return self._transport is None or self._transport.is_closing()

    @property
    def cipher(self) -> str:
        """Version and cipher of a TLS connection; "" for another."""
        found = None if self._transport is None else self._transport.get_extra_info("cipher")
        return f"{found[1]} {found[0]}" if found else ""

    async def dial(self, plan: Plan) -> Seen:
        """Place a call and tell what it saw."""
        loop = asyncio.get_running_loop()
        call: Call | None = None

        def told() -> None:
            if call is not None:
                call.heard()

        _made, media = await loop.create_datagram_endpoint(lambda: Media(told), local_addr=(self.local[0], 0))
        call = Call(plan, self.via, self, media)
        try:
            if self._stopped:  # while the sound's socket was made
                call.seen.end = "stopped"
                return call.seen
            self._calls[call.seen.call_id] = call
            call.seen.cipher = self.cipher
            call.start()
            if self._gone.is_set():  # while the sound's socket was made
                call.lost(*self._lost)
            return await call.over
        finally:
            media.close()

    def stop(self) -> None:
        """End every call that lasts, and begin no more."""
        self._stopped = True
        for call in self._calls.values():
            call.stop()

    async def close(self, linger: float = LINGER) -> None:
        """Close the socket once the other side had time to repeat what it did not hear acknowledged."""
        if self._calls and not self.closed:
            await asyncio.sleep(linger)
        if self._transport is not None:
            self._transport.close()
            with suppress(TimeoutError):  # TLS says good-bye to the other side, which may not answer
                await asyncio.wait_for(self._gone.wait(), GOODBYE)
            if not self._gone.is_set() and isinstance(self._transport, asyncio.WriteTransport):
                self._transport.abort()

    def send(self, raw: bytes) -> None:
        """Give a message to the other side."""
        if self.closed:
            return
        if self.reliable:
            cast("asyncio.WriteTransport", self._transport).write(raw)
        else:
            cast("asyncio.DatagramTransport", self._transport).sendto(raw)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note our own address: what messages name."""
        self._transport = transport
        name = transport.get_extra_info("sockname")
        self.local = (str(name[0]), int(name[1]))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take a message."""
        del addr  # the socket is connected
        self._took(data)

    def data_received(self, data: bytes) -> None:
        """Cut messages out of the stream by their length."""
        self._heard = True
        self._buffer += data
        while True:
            self._buffer = self._buffer.lstrip(b"\r\n")
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                if len(self._buffer) > LONGEST and self._transport is not None:
                    self._transport.close()
                return
            length = LENGTH.search(self._buffer[: head + 2])
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < end:
                return
            message, self._buffer = self._buffer[:end], self._buffer[end:]
            self._took(message)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (ICMP)."""
        for call in list(self._calls.values()):
            call.unreachable(words(exc))

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream, or our own socket, has ended.

        With TLS 1.3, and with some switches always, the other side judges our certificate, or that there is none, when
        we hold the handshake for done: one that ends the connection before a word of SIP has refused it.
        """
        fault = exc or ConnectionResetError("closed")
        early = bool(self.cipher) and not self._heard
        tls = secure.to_secure_error(fault).kind if isinstance(fault, ssl.SSLError) else secure.FAILED if early else ""
        self._lost = (words(fault), tls)
        self._gone.set()
        for call in list(self._calls.values()):
            call.lost(*self._lost)

    def _took(self, raw: bytes) -> None:
        message = read(raw)
        if message is None:
            return
        call = self._calls.get(message.one("call-id"))
        if call is not None:
            call.received(message)
        elif message.method == "OPTIONS":
            self.send(serialize_message(reply(message, 200, "OK")))
        elif message.method and message.method != "ACK":
            self.send(serialize_message(reply(message, 481, "Call/Transaction Does Not Exist")))


def words(fault: BaseException) -> str:
    """What the system says."""
    return str(getattr(fault, "strerror", "") or str(fault) or type(fault).__name__)[:200]


async def connected(via: Via, patience: float) -> Trunk:
    """Open the trunk; OSError where the address is not known or refused, or nobody answers in ``patience`` seconds.

    `secure.SecureError` where somebody answers, and TLS fails.
    """
    loop = asyncio.get_running_loop()
    host = await _place(via, patience)
    if via.transport == "udp":
        _sent, trunk = await loop.create_datagram_endpoint(lambda: Trunk(via), remote_addr=(host, via.port))
        return trunk
    if via.transport == "tls":
        return await _secured(via, host, patience)
    _stream, trunk = await asyncio.wait_for(loop.create_connection(lambda: Trunk(via), host, via.port), patience)
    return trunk


async def _secured(via: Via, host: str, patience: float) -> Trunk:
    loop = asyncio.get_running_loop()
    place = (await loop.getaddrinfo(host, via.port, type=socket.SOCK_STREAM))[0][4]
    link = await secure.link(str(place[0]), via.port, patience)
    try:
        _stream, trunk = await loop.create_connection(
            lambda: Trunk(via),
            sock=link,
            ssl=secure.trusting(via.ca, via.identity),
            server_hostname=via.host,
            ssl_handshake_timeout=patience,
        )
    except (OSError, TimeoutError) as fault:
        link.close()
        raise await secure.weighed(fault, str(place[0]), via.port) from fault
    return trunk


async def only_secure(via: Via) -> bool:
    """Whether the gateway, mute over UDP or TCP, speaks TLS: at the same port, or at that of SIP over TLS."""
    if via.transport == "tls":
        return False
    try:
        host = await _place(via, secure.PATIENCE)
        found = await asyncio.get_running_loop().getaddrinfo(host, via.port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError):
        return False
    return await secure.spoken(str(found[0][4][0]), (via.port, secure.PORT))


async def _place(via: Via, patience: float) -> str:
    return via.host if via.anywhere else await asyncio.wait_for(_elsewhere(via), patience)


async def _elsewhere(via: Via) -> str:
    """The address that is connected to: a later answer of the resolver changes nothing. OSError for a refused one."""
    kind = socket.SOCK_DGRAM if via.transport == "udp" else socket.SOCK_STREAM
    found = await asyncio.get_running_loop().getaddrinfo(via.host, via.port, type=kind)
    places = [str(one[4][0]) for one in found]
    if any(refused(one) for one in places):
        raise OSError(errno.EACCES, REFUSED)
    return places[0]
