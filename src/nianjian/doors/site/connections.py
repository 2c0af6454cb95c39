"""Connections of the web server: how many there are, how long each may take, and whose large body is read.

Waitress reads every body before the application sees the request, closes a connection that stands still only where its
socket takes data, and stops accepting once its limit of connections is reached. Here a large body is read once the
application has let its head in (`home.http.Bodies`), every stage of a connection has a deadline, and a newcomer
displaces a connection that waits, of the address that holds most.
"""

from __future__ import annotations

import copy
import shutil
import socket
import tempfile
import time
from collections import Counter
from functools import cached_property
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import MultiSocketServer, TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error, RequestEntityTooLarge

from nianjian.engines.kernel.unpacking import RESERVE, STEP
from nianjian.platform.home.http import PENDING_BODY, SMALL, Limits, PendingBody

LINGER: Final = 2.0  # seconds in which a sender may read why it was refused, before the connection is reset
LINGER_BYTES: Final = 8 << 20  # that are thrown away meanwhile
ACCEPTED: Final = 16  # connections at one turn of the loop
CONTINUE: Final = str(HTTPStatus.CONTINUE.value)
NETWORK: Final = 64  # bits of an IPv6 address that one subscriber has for itself


class DiskFullError(Error):  # type: ignore[misc] # the library has no types
    """What came in chunks, or beside others, no longer fits on the disk."""

    code = f"{HTTPStatus.INSUFFICIENT_STORAGE.value} {HTTPStatus.INSUFFICIENT_STORAGE.phrase}"
    reason = HTTPStatus.INSUFFICIENT_STORAGE.phrase


class Parser(HTTPRequestParser):  # type: ignore[misc] # the library has no types
    """A request as it comes in. It ``asks`` as soon as its body is known to be large, and stands still until let in."""

    error: Error | None = None
    expect_continue = False
    asks = False
    admitted = False
    queued = False  # its head is with the application
    ahead: PendingBody | None = None  # of a head alone
    body: Parser  # of a head alone: the request whose body waits

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.since = time.monotonic()  # when the part that is coming in began
        self._waiting = b""
        self._expects_continue = False

    def received(self, data: bytes) -> int:
        """Take a piece; how many bytes of it are this request's."""
        if self.asks:
            self._waiting += data  # the rest of one piece, the channel reads no further
            return len(data)
        had_head, before = self.headers_finished, self.body_bytes_received
        taken: int = super().received(data)
        if self.headers_finished and not had_head:
            self.since = time.monotonic()
            if isinstance(self.error, RequestEntityTooLarge):
                self.error, self.completed = None, False  # the application refuses it, in its own words
        if self.completed:
            return taken
        if not self.admitted and max(self.content_length, self.body_bytes_received) > SMALL:
            self.asks = True
            self._expects_continue, self.expect_continue = self.expect_continue, False
        elif self.body_bytes_received // STEP > before // STEP and _is_full():
            self.error, self.completed = DiskFullError("no room for the body"), True
        return taken

    def head(self, promised: int) -> Parser:
        """The head of this request, for the application."""
        head = copy.copy(self)
        head.body, head.body_rcv = self, None
        head.headers = {name: value for name, value in self.headers.items() if name != "CONTENT_LENGTH"}
        head.ahead = PendingBody(self.content_length, promised)
        return head

    def admit(self) -> None:
        """Read on."""
        self.asks, self.admitted = False, True
        self.expect_continue = self._expects_continue
        self.since = time.monotonic()
        waiting, self._waiting = self._waiting, b""
        if waiting:
            self.received(waiting)

    @property
    def promised(self) -> int:
        """Bytes still to come of a body that was let in."""
        return max(0, self.content_length - self.body_bytes_received) if self.admitted else 0


def _is_full() -> bool:
    return shutil.disk_usage(tempfile.gettempdir()).free < RESERVE


class Task(WSGITask):  # type: ignore[misc] # the library has no types
    """A request for the application; the answer to a head alone is sent only where its body is refused."""

    def get_environment(self) -> dict[str, Any]:
        """The environment, with what is known of a body that has not been read."""
        environ: dict[str, Any] = super().get_environment()
        if self.request.ahead is not None:
            environ[PENDING_BODY] = self.request.ahead
        return environ

    @property
    def _lets_in(self) -> bool:
        return self.request.ahead is not None and self.status.startswith(CONTINUE)

    def execute(self) -> None:
        """Ask the application."""
        super().execute()
        if self._lets_in:
            self.request.body.admit()

    def write(self, data: bytes) -> None:
        """Send a piece of the answer; after a refusal the connection ends, for the body stands in the way."""
        if self._lets_in:
            return
        if self.request.ahead is not None and not self.wrote_header:
            self.set_close_on_finish()
        super().write(data)


class Channel(HTTPChannel):  # type: ignore[misc] # the library has no types
    """One connection."""

    parser_class = Parser
    task_class = Task
    close_when_flushed = False

    def __init__(self, server: Server, sock: socket.socket, address: Any, adj: Adjustments, map: Any = None) -> None:  # noqa: A002, ANN401 -- the library's signature
        self.since = time.monotonic()  # when it began to wait for a request
        self._lingers: float | None = None
        self._thrown_away = 0
        self._sent = 0
        self._sending: tuple[float, int] | None = None  # when an answer began to wait, and `_sent` then
        super().__init__(server, sock, address, adj, map=map)

    def readable(self) -> bool:
        """Whether anything that comes is taken now."""
        return self.connected and bool(super().readable())

    def handle_read(self) -> None:
        """Take what came; throw it away behind a refusal."""
        if self._lingers is None:
            super().handle_read()
            return
        try:
            self._thrown_away += len(self.recv(self.adj.recv_bytes))
        except OSError:
            self.handle_close()
        if self._thrown_away > LINGER_BYTES:
            self.handle_close()

    def received(self, data: bytes) -> bool:
        """Take a piece, and send the head of a large request to the application."""
        taken = bool(super().received(data))
        with self.requests_lock:
            request = self.request
            ends = self.will_close or self.close_when_flushed
            if request is not None and request.asks and not request.queued and not ends:
                request.queued = True
                self.requests.append(request.head(self.server.promised()))
                if len(self.requests) == 1:  # else whoever finishes the one before does it
                    self.server.add_task(self)
        return taken

    def service(self) -> None:
        """Answer a request; deadlines do not run while it is the server that keeps the other side waiting."""
        super().service()
        self.since = time.monotonic()
        request = self.request
        if request is not None:
            request.since = self.since

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 -- the library's signature
        """Send what the socket takes."""
        sent = int(super().send(data, do_close=do_close) or 0)
        self._sent += sent
        return sent

    def handle_write(self) -> None:
        """Send; at the end leave the other side time to read, for a reset would take the answer from it."""
        if not self.close_when_flushed or self.will_close:
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif self.connected and not self.total_outbufs_len:
            self._lingers = time.monotonic()
            self.close_when_flushed = False
            self._discard()
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                self.handle_close()

    def handle_close(self) -> None:
        """Close, and delete what has come of a request."""
        super().handle_close()
        self._discard()

    def _discard(self) -> None:
        if self.request is not None:
            self.request.close()

    def is_late(self, now: float, limits: Limits) -> bool:
        """Whether a deadline has passed."""
        if self._lingers is not None:
            return now - self._lingers > LINGER
        if self.total_outbufs_len:
            since, before = self._sending = self._sending or (now, self._sent)
            return limits.is_late(now - since, self._sent - before)
        if self._sending is not None:
            self._sending, self.since = None, now
        request: Parser | None = self.request
        if self.requests:
            return False
        if request is None:
            return now - self.since > limits.idle_seconds
        seconds = now - request.since
        if not request.headers_finished:
            return seconds > limits.head_seconds
        return seconds > limits.body_seconds or limits.is_late(seconds, int(request.body_bytes_received))

    @property
    def waits(self) -> bool:
        """Whether it may make room for another: nobody who was let in loses anything by it."""
        return self._lingers is not None or not (self.requests or (self.request is not None and self.request.admitted))

    @property
    def promised(self) -> int:
        """Bytes still to come of a body that was let in."""
        return 0 if self.request is None else int(self.request.promised)

    @cached_property
    def peer(self) -> str:
        """Whom the connection comes from."""
        return subscriber(self.addr[0])

    @property
    def holder(self) -> str:
        """For whom the connection is held: the peer, behind the trusted proxy whoever it names; "" between requests."""
        if self.addr[0] != self.adj.trusted_proxy:
            return self.peer
        for request in (*self.requests, self.request):
            if request is not None and (forwarded := request.headers.get("X_FORWARDED_FOR")):
                return subscriber(forwarded.rpartition(",")[2].strip())
        return ""


def subscriber(address: str) -> str:
    """The address that is counted: of IPv6 the network, which a subscriber has whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed), NETWORK), strict=False))


class Server(TcpWSGIServer):  # type: ignore[misc] # the library has no types
    """Accepts connections within the limits, and ends those that are late."""

    channel_class = Channel
    limits: Limits

    def channels(self) -> list[Channel]:
        """Every connection there is, of all addresses on which is listened."""
        return [one for one in list(self._map.values()) if isinstance(one, Channel)]

    def promised(self) -> int:
        """Bytes still to come of bodies that were let in."""
        return sum(one.promised for one in self.channels())

    def handle_accept(self) -> None:
        """Accept several at a turn, so that a crowd does not keep others from the door."""
        for _ in range(ACCEPTED):
            super().handle_accept()

    def accept(self) -> tuple[socket.socket, Any] | None:
        """Accept one for whom there is room, or is made."""
        accepted: tuple[socket.socket, Any] | None = super().accept()
        if accepted is not None and not self._has_room(accepted[1][0]):
            accepted[0].close()
            return None
        return accepted

    def _has_room(self, address: str) -> bool:
        channels = self.channels()
        if address != self.adj.trusted_proxy:
            peer = subscriber(address)
            same = [one for one in channels if one.peer == peer]
            if len(same) >= self.limits.connections_per_address:
                return _displace(same)
        return len(channels) < self.limits.connections or _displace(channels)

    def maintenance(self, now: float) -> None:
        """End connections that are late; closed at once, for a socket that takes no data never turns writable."""
        del now
        moment = time.monotonic()
        for one in list(self.active_channels.values()):
            if one.is_late(moment, self.limits):
                one.handle_close()


def _displace(channels: list[Channel]) -> bool:
    """End the connection that has waited longest for a request, of whoever holds most; False where none waits."""
    by_holder = Counter(one.holder for one in channels)
    waiting = [one for one in channels if one.waits]
    if not waiting:
        return False
    max(waiting, key=lambda one: (by_holder[one.holder], not one.total_outbufs_len, -one.since)).handle_close()
    return True


def create_server(application: object, limits: Limits, **adjustments: object) -> MultiSocketServer:
    """As waitress's, with these connections; ``close`` ends it."""
    adj = Adjustments(
        asyncore_use_poll=True,  # select() takes no more than 1024 files
        cleanup_interval=1,
        connection_limit=2 * limits.connections,  # never reached: at that one nobody is accepted any more
        max_request_header_size=64 << 10,
        **adjustments,
    )
    dispatcher = ThreadedTaskDispatcher()
    listening: dict[int, object] = {}
    dispatcher.set_thread_count(adj.threads)
    addresses = []
    for sockinfo in adj.listen:
        server = Server(application, listening, dispatcher=dispatcher, adj=adj, sockinfo=sockinfo)
        server.limits = limits
        addresses.append((server.effective_host, server.effective_port))
    return MultiSocketServer(listening, adj, addresses, dispatcher, server.log_info)
