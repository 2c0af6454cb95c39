"""A gate on loopback, in this process: a snapshot in a folder, counters in memory or under a test's control."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvloop
from tests.support.gate import NOON, snapshot

from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.counters.meters import Reservation
from nianjian.engines.gate.fastagi import FastAgi
from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.gate.server.answers import PendingQuestions
from nianjian.engines.gate.server.connections import Connections
from nianjian.engines.gate.server.control import Control
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.http import HttpConnection
from nianjian.engines.gate.server.line import LineConnection
from nianjian.engines.gate.server.wire import Admission
from nianjian.engines.gate.snapshot.read import CurrentSnapshot

Result = TypeVar("Result")


class Counting(Memory):
    """Counters that have begun, without a loop on which their clock beats."""

    def __init__(self, now: int = NOON) -> None:
        super().__init__(lambda: now)
        self._started = True


class Slow(Counting):
    """Counters that answer when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[Callable[[], None]] = []
        self.released: list[str] = []

    def take(
        self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int, done: Callable[[Reservation], None]
    ) -> None:
        self.open.append(lambda: super(Slow, self).take(enterprise, slots, call_id, now, done))

    def release(self, enterprise: str, call_id: str, now: int) -> bool:
        self.released.append(call_id)
        return super().release(enterprise, call_id, now)

    def answer(self) -> None:
        """Answer all that wait."""
        waiting, self.open = self.open, []
        for one in waiting:
            one()


class Heard(asyncio.Transport):
    """A connection from a peer, as a door is handed it: what is written, and whether it was closed."""

    def __init__(self, peer: str = "") -> None:
        super().__init__({"peername": (peer, 50_000)} if peer else None)
        self.text, self.closed = b"", False

    def write(self, data: Any) -> None:
        self.text += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close


def made(
    root: Path,
    *tenants: Mapping[str, Any],
    counters: Memory | None = None,
    patience: float = 10.0,
    most: int = 1000,
    now: int = NOON,
) -> Gate:
    """A gate at noon, or another moment that stands still, over a snapshot in ``root``; not started."""
    snapshot(root, *tenants, at=now)
    current = CurrentSnapshot(root)
    assert current.refresh()
    counting = Counting(now) if counters is None else counters
    return Gate(current, counting, moment=lambda: now, pending=PendingQuestions(patience, most))


@asynccontextmanager
async def running(gate: Gate, tokens: Mapping[str, str] | None = None) -> AsyncIterator[dict[str, int]]:
    """Listen on free ports; yields the port of ``http``, ``line`` and ``fastagi``."""
    loop = asyncio.get_running_loop()

    def enterprises() -> list[str]:
        current = gate.held.snapshot
        return [] if current is None else list(current.tenants)

    admission = Admission(tokens or {}, enterprises)
    connections = Connections()
    control = Control(gate, admission, connections=connections)
    doors: dict[str, Callable[[], asyncio.BaseProtocol]] = {
        "http": lambda: HttpConnection(gate, admission, control.answer, connections),
        "line": lambda: LineConnection(gate, admission, connections),
        "fastagi": lambda: FastAgi(gate, admission, connections),
    }
    await gate.counters.start({})
    servers = {name: await loop.create_server(door, "127.0.0.1", 0) for name, door in doors.items()}
    connections.start()
    try:
        yield {name: int(server.sockets[0].getsockname()[1]) for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.close()
        gate.stop()
        connections.stop()
        for connection in connections:
            connection.leave()
        await gate.counters.stop()


def ask(gate: Gate, request: Request) -> list[Verdict]:
    """The answers to one question so far; more come into the same list."""
    answers: list[Verdict] = []
    gate.ask(request, answers.append)
    return answers


def channel_used(gate: Gate, cap: Cap, channel: str) -> int:
    """Units of a channel's cap that are taken."""
    return gate.counters.used("acme", Slot(cap, channel), gate.moment())


async def talk(port: int, *messages: bytes, until: bytes = b"", closes: bool = False) -> bytes:
    """Send messages one after the other on one connection; what came back until ``until`` or the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for message in messages:
            writer.write(message)
            await writer.drain()
        if closes:
            return await asyncio.wait_for(reader.read(), 5)
        return await asyncio.wait_for(reader.readuntil(until), 5)
    finally:
        writer.close()


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end on a loop of the kind that the gate has."""
    return uvloop.run(work)


def requests(bodies: Sequence[bytes], path: bytes = b"/v1/decide", headers: bytes = b"") -> bytes:
    """POST requests, pipelined."""
    return b"".join(
        b"POST %b HTTP/1.1\r\nHost: gate\r\n%bContent-Length: %d\r\n\r\n%b" % (path, headers, len(body), body)
        for body in bodies
    )
