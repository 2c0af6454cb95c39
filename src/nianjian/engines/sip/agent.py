"""The trunk that calls go through: one socket to one gateway, calls found by their Call-ID.

The UDP socket is connected: only such a one is told by the system that nobody listens there.
"""

import asyncio
import errno
import ipaddress
import queue
import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, cast

from nianjian.engines.kernel import clock
from nianjian.engines.sip import secure
from nianjian.engines.sip.call import Call
from nianjian.engines.sip.media import Media
from nianjian.engines.sip.message import LONGEST, CallTrace, Plan, Via, read, reply, serialize_message
from nianjian.engines.sip.secure import NEEDED, SecureError

THIS_NETWORK: Final = ipaddress.ip_network("0.0.0.0/8")  # leads to this machine, too
EVERYBODY: Final = ipaddress.ip_address("255.255.255.255")


def is_this_machine(address: str) -> bool:
    """Whether an address is loopback, link-local, multicast, broadcast or none at all; a name is not judged here."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or ip
    if inner in THIS_NETWORK or inner == EVERYBODY:
        return True
    return bool(inner.is_loopback or inner.is_link_local or inner.is_multicast or inner.is_unspecified)


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
        suite = None if self._transport is None else self._transport.get_extra_info("cipher")
        return f"{suite[1]} {suite[0]}" if suite else ""

    async def dial(self, plan: Plan) -> CallTrace:
        """Place a call and tell what it saw."""
        loop = asyncio.get_running_loop()
        call: Call | None = None

        def notify() -> None:
            if call is not None:
                call.heard()

        _port, media = await loop.create_datagram_endpoint(lambda: Media(notify), local_addr=(self.local[0], 0))
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
            call.unreachable(describe_error(exc))

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream, or our own socket, has ended.

        With TLS 1.3, and with some switches always, the other side judges our certificate, or that there is none, when
        we hold the handshake for done: one that ends the connection before a word of SIP has refused it.
        """
        fault = exc or ConnectionResetError("closed")
        early = bool(self.cipher) and not self._heard
        tls = secure.to_secure_error(fault).kind if isinstance(fault, ssl.SSLError) else secure.FAILED if early else ""
        self._lost = (describe_error(fault), tls)
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


def describe_error(fault: BaseException) -> str:
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
        infos = await asyncio.get_running_loop().getaddrinfo(host, via.port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError):
        return False
    return await secure.spoken(str(infos[0][4][0]), (via.port, secure.PORT))


async def _place(via: Via, patience: float) -> str:
    return via.host if via.anywhere else await asyncio.wait_for(_elsewhere(via), patience)


async def _elsewhere(via: Via) -> str:
    """The address that is connected to: a later answer of the resolver changes nothing. OSError for a refused one."""
    kind = socket.SOCK_DGRAM if via.transport == "udp" else socket.SOCK_STREAM
    infos = await asyncio.get_running_loop().getaddrinfo(via.host, via.port, type=kind)
    places = [str(one[4][0]) for one in infos]
    if any(is_this_machine(one) for one in places):
        raise OSError(errno.EACCES, REFUSED)
    return places[0]


TICK: Final = 0.25  # seconds between two looks whether to end
CONNECT: Final = 10.0  # seconds for TCP or TLS to connect


@dataclass(frozen=True, slots=True)
class Pace:
    """``apart``: seconds between the beginnings of two calls; ``at_once``: so many at the same time at most."""

    apart: float = 1.0
    at_once: int = 4
    linger: float = LINGER


@dataclass(slots=True)
class _Work:
    """What both threads share."""

    calls: Sequence[tuple[Via, Plan]]
    pace: Pace
    seen: queue.SimpleQueue[tuple[int, CallTrace]] = field(default_factory=queue.SimpleQueue)
    fault: list[BaseException] = field(default_factory=list)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopped: bool = False
    loop: asyncio.AbstractEventLoop | None = None
    task: asyncio.Task[None] | None = None


def place_calls(
    calls: Sequence[tuple[Via, Plan]],
    *,
    pace: Pace,
    took: Callable[[int, CallTrace], None],
    tick: Callable[[], None] = lambda: None,
    rest: Callable[[int, CallTrace], None] = lambda _place, _seen: None,
) -> None:
    """Place the calls; ``took(place, seen)`` for each that is over, in that order, ``tick()`` in between.

    Where one of them raises, calls that last are cancelled properly before it goes on; ``rest(place, seen)`` for those
    that had begun by then: they have rung somewhere.
    """
    work = _Work(calls, pace)
    thread = threading.Thread(target=_thread, args=(work,), daemon=True)
    thread.start()
    left = len(calls)
    try:
        while left:
            try:
                place, seen = work.seen.get(timeout=TICK)
            except queue.Empty:
                tick()
                if not thread.is_alive() and work.seen.empty():
                    break
                continue
            left -= 1
            took(place, seen)
    finally:
        work.stopped = left > 0  # before its loop is asked for: one that begins only now sees it
        if left and work.loop is not None and work.task is not None:
            with suppress(RuntimeError):  # its loop has ended meanwhile: nothing lasts
                work.loop.call_soon_threadsafe(work.task.cancel)
        thread.join()
        while left and not work.seen.empty():
            place, seen = work.seen.get()
            if seen.call_id:
                rest(place, seen)
    if work.fault:
        raise work.fault[0]


def _thread(work: _Work) -> None:
    try:
        asyncio.run(_all(work))
    except asyncio.CancelledError:
        return
    except BaseException as fault:  # noqa: BLE001 -- the caller's thread raises it
        work.fault.append(fault)


async def _all(work: _Work) -> None:
    work.loop, work.task = asyncio.get_running_loop(), asyncio.current_task()
    if work.stopped:
        return
    free = asyncio.Semaphore(work.pace.at_once)
    trunks: dict[Via, Trunk] = {}
    tasks = []
    try:
        for place, (via, plan) in enumerate(work.calls):
            await free.acquire()
            tasks.append(asyncio.create_task(_one(work, place, trunks, via, plan)))
            tasks[-1].add_done_callback(lambda _done: free.release())
            if place + 1 < len(work.calls):
                await asyncio.sleep(work.pace.apart)
        await asyncio.wait(tasks)  # not `gather`: where this task is cancelled, the calls go on to their proper end
        for task in tasks:
            task.result()
    except asyncio.CancelledError:
        work.stopped = True
        for trunk in trunks.values():
            trunk.stop()
        if tasks:
            await asyncio.wait(tasks)
        raise
    finally:
        for trunk in trunks.values():
            await trunk.close(work.pace.linger)
        await asyncio.sleep(0)  # closed sockets are taken down in the loop's next turn


async def _one(work: _Work, place: int, trunks: dict[Via, Trunk], via: Via, plan: Plan) -> None:
    begun = clock.milliseconds()
    try:
        async with work.opening:
            if not work.stopped and (via not in trunks or trunks[via].closed):
                trunks[via] = await connected(via, min(CONNECT, plan.wait / 1000))
        seen = CallTrace(plan.number, "", end="stopped") if work.stopped else await trunks[via].dial(plan)
    except SecureError as fault:
        seen = CallTrace(plan.number, "", end="unreachable", begun=begun, fault=describe_error(fault), tls=fault.kind)
    except (OSError, TimeoutError) as fault:
        seen = CallTrace(plan.number, "", end="unreachable", begun=begun, fault=describe_error(fault))
    if seen.mute and not work.stopped and await only_secure(via):
        seen.tls = NEEDED
    work.seen.put((place, seen))
