"""Connections of all doors: how many there may be, and how long each may take for a request or for reading its answers.

Nothing here runs per request: doors write down the moment when a state changes, and one timer looks over all of them.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, IPv6Network
from time import monotonic
from typing import ClassVar, Final, Protocol, cast

LOG: Final = logging.getLogger(__name__)
SWEEP: Final = 0.5  # seconds between two looks at the deadlines
NEVER: Final = float("inf")
RESERVED: Final = 8  # one in so many connections is for this machine and for addresses that have proved a token
KNOWN_MOST: Final = 1024  # addresses remembered
SPARE: Final = 256  # descriptors for files, the store, and connections that are about to be refused
KEEPALIVE: Final = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 15), (socket.TCP_KEEPCNT, 4))
"""A switch may be silent for hours; one that is gone without a word is noticed within two minutes."""
IPV6_SUBNET: Final = 64  # bits: one machine may take any address of its subnet


@dataclass(frozen=True, slots=True)
class Limits:
    """Connections at a time, in all and from one address; ``timeout`` in seconds, see `Connection.overdue`."""

    connections: int = 4096
    per_address: int = 512
    timeout: float = 10.0

    def fit(self) -> Limits:
        """These, or fewer connections where the process may not open so many descriptors."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = self.connections + SPARE
        if soft != resource.RLIM_INFINITY and soft < needed:
            with suppress(OSError, ValueError):  # forbidden: the limit stays what it is
                raised = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
                resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
                soft = raised
        if soft == resource.RLIM_INFINITY or soft >= needed:
            return self
        fewer = max(soft - SPARE, soft // 2)
        LOG.warning("the limit of open files leaves room for %s connections instead of %s", fewer, self.connections)
        return replace(self, connections=fewer, per_address=min(self.per_address, fewer // 2))


class Slot(Protocol):
    """The place of an answer; ``content`` is None until it is known."""

    content: bytes | None


class Connection(asyncio.Protocol):
    """One connection. ``REFUSAL`` is sent to a newcomer for whom there is no room."""

    REFUSAL: ClassVar[bytes] = b""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._closing = False
        self._opened_at = NEVER  # NEVER again once a token, or without tokens a question, has proved it
        self._begun_at = NEVER  # first byte of a request that is not whole yet
        self._stalled_at = NEVER  # its answers are not being read

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or refuse at once."""
        stream = cast("asyncio.Transport", transport)  # uvloop's are of no class of asyncio
        if not self._connections.admit(self, _address_of(stream)):
            self._closing = True
            if self.REFUSAL:
                stream.write(self.REFUSAL)
            stream.close()
            return
        self._transport = stream
        self._opened_at = monotonic()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - of the interface
        """End; answers that come later are dropped."""
        self._connections.discard(self)
        self._transport = None

    def pause_writing(self) -> None:
        """Who does not read its answers is not read either."""
        self._stalled_at = monotonic()
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        self._stalled_at = NEVER
        if self._transport is not None and not self._closing:
            self._transport.resume_reading()

    def leave(self) -> None:
        """The server ends."""

    def renewed(self) -> None:
        """Another snapshot is in force."""

    def proved(self) -> None:
        """It may stay from now on, silent or not."""
        if self._opened_at != NEVER:
            self._opened_at = NEVER
            self._connections.remember(self)

    def overdue(self, now: float, timeout: float) -> bool:
        """Whether for ``timeout`` seconds it has proved nothing, finished no request or read no answers."""
        if self._stalled_at == NEVER and self._transport is not None and self._transport.is_closing():
            self._stalled_at = now  # closes when its last answers are read
        return now - min(self._opened_at, self._begun_at, self._stalled_at) > timeout

    def abort(self) -> None:
        """Close without waiting for anything."""
        if self._transport is not None:
            self._transport.abort()


class OrderedConnection(Connection):
    """One whose answers leave in the order of the questions, those that are known together in one write."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._known: list[bytes] = []  # answers that may leave, before those of the slots
        self._slots: deque[Slot] = deque()
        self._reading = False

    def leave(self) -> None:
        """The server ends: close when all is answered."""
        self._closing = True
        self.flush()

    def flush(self) -> None:
        """Write the answers that are known, up to the first that is not."""
        if self._reading:
            return
        slots, transport, answers = self._slots, self._transport, self._known
        while slots and (content := slots[0].content) is not None:
            answers.append(content)
            slots.popleft()
        if transport is None or transport.is_closing():
            return
        if answers:
            transport.write(answers[0] if len(answers) == 1 else b"".join(answers))
            answers.clear()
        if self._closing and not slots:
            self._part(transport)

    def _part(self, transport: asyncio.Transport) -> None:
        """All is answered: close."""
        transport.close()


class Connections:
    """Those of all doors of a process, with the limits they share."""

    def __init__(self, limits: Limits | None = None) -> None:
        """``expired``: closed at a deadline; ``refused``: by why, ``address`` or ``total``."""
        self.limits = Limits() if limits is None else limits
        self.expired = 0
        self.refused: Counter[str] = Counter(address=0, total=0)
        self._open: dict[Connection, str] = {}
        self._addresses: Counter[str] = Counter()
        self._known: dict[str, None] = {}  # those that proved a token, the latest last
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """Open ones."""
        return len(self._open)

    def __iter__(self) -> Iterator[Connection]:
        """Those that are open now, whatever becomes of them meanwhile."""
        return iter(tuple(self._open))

    def admit(self, connection: Connection, address: str) -> bool:
        """Whether there is room for it; if so it counts until it is discarded."""
        total = self.limits.connections
        if not (address in self._known or address.startswith("127.") or address == "::1"):
            total -= total // RESERVED
        if self._addresses[address] >= self.limits.per_address:
            self.refused["address"] += 1
        elif len(self._open) >= total:
            self.refused["total"] += 1
        else:
            self._open[connection] = address
            self._addresses[address] += 1
            return True
        if not self._addresses[address]:
            del self._addresses[address]
        return False

    def discard(self, connection: Connection) -> None:
        """It is closed."""
        address = self._open.pop(connection, None)
        if address is None:
            return
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]

    def remember(self, connection: Connection) -> None:
        """Its address may use the reserve from now on."""
        address = self._open.get(connection, "")
        self._known.pop(address, None)
        self._known[address] = None
        if len(self._known) > KNOWN_MOST:
            del self._known[next(iter(self._known))]

    def start(self) -> None:
        """Hold the deadlines from now on."""
        self._timer = asyncio.get_running_loop().call_later(SWEEP, self._sweep)

    def stop(self) -> None:
        """Hold them no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def _sweep(self) -> None:
        self.start()
        now, timeout = monotonic(), self.limits.timeout
        for connection in self:
            if connection.overdue(now, timeout):
                self.expired += 1
                connection.abort()


def keep_alive(listening: asyncio.Server) -> None:
    """Have the system probe silent connections; those accepted inherit it from the socket that listens."""
    for one in listening.sockets:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE:
            one.setsockopt(socket.IPPROTO_TCP, option, value)


def _address_of(transport: asyncio.Transport) -> str:
    """Whose connection it is: an IPv4 address, or the subnet of an IPv6 address."""
    host = str((transport.get_extra_info("peername") or ("",))[0])
    if ":" not in host:
        return host
    address = IPv6Address(host.partition("%")[0])
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return host if address.is_loopback else str(IPv6Network((address, IPV6_SUBNET), strict=False))
