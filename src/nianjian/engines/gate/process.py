"""The process: open the snapshot, start the counters, listen, swap snapshots as they come, end cleanly."""

import asyncio
import errno
import gc
import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import uvloop

from nianjian.engines.gate.counters.meters import Counters, milliseconds
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.fastagi import FastAgi
from nianjian.engines.gate.kamailio import Rpc, SwitchLeases
from nianjian.engines.gate.server.connections import Connections, Limits, keep_alive
from nianjian.engines.gate.server.control import Control
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.http import HttpConnection
from nianjian.engines.gate.server.line import LineConnection
from nianjian.engines.gate.server.wire import Admission
from nianjian.engines.gate.snapshot.read import CurrentSnapshot
from nianjian.engines.kernel.errors import NianjianError

LOG: Final = logging.getLogger(__name__)
LOOK: Final = 0.5  # seconds between two looks for a newer snapshot
PARTING: Final = 2.0  # seconds that open questions get at the end
BACKLOG: Final = 1024
COLLECT: Final = (50_000, 20, 50)  # a question leaves nothing to collect; connections do, when they end


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the doors are, all on one host; None: that door stays shut."""

    host: str
    http: int
    line: int | None = None
    fastagi: int | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """A Kamailio that counts with leases: its datagram socket, and whose calls it counts ("": there is one alone)."""

    socket: Path
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Serving:
    """What to serve. ``parent``: end when that process is no longer this one's parent."""

    current: CurrentSnapshot
    counters: Counters
    journal: Journal
    tokens: Mapping[str, str]
    ports: Ports
    switches: tuple[Switch, ...] = ()
    parent: int | None = None
    limits: Limits = field(default_factory=Limits)


def serve(serving: Serving, *, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is called when all doors are open.

    ``gate_needs_tokens``, ``gate_port_taken``, ``gate_journal_taken`` and what the counters raise.
    """
    uvloop.run(Process(serving).run(ready))


def _reason(fault: OSError) -> str:
    """The system's own words: the loop puts addresses around them."""
    number = fault.errno or 0
    return os.strerror(number) if number in errno.errorcode else fault.strerror or ""


class Process:
    """One gate."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._held = serving.current
        self.gate = Gate(serving.current, serving.counters, serving.journal)
        self.admission = Admission(serving.tokens, self._enterprises)
        self._leases = {
            str(one.socket): SwitchLeases(self.gate, Rpc(one.socket), one.enterprise) for one in serving.switches
        }
        self.connections = Connections(serving.limits)
        self.control = Control(self.gate, self.admission, self._doors, self._problem, connections=self.connections)
        self._leaving = asyncio.Event()
        self._servers: list[asyncio.Server] = []

    async def run(self, ready: Callable[[], None]) -> None:
        """From the start to the end."""
        self.admission.listen(self._serving.ports.host)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leaving.set)
        if self._held.moved():
            self._held.take(await loop.run_in_executor(None, self._held.load))
        snapshot = self._held.snapshot
        caps = {} if snapshot is None else {code: one.policy.caps for code, one in snapshot.tenants.items()}
        journal, now = self._serving.journal, milliseconds()
        journal.open(now)
        try:
            self.gate.remember(await loop.run_in_executor(None, journal.answered, now))
            await self._serving.counters.start(caps)
            await self._serve(ready)
        finally:
            self.gate.stop()
            await self._serving.counters.stop()
            journal.close()

    async def _serve(self, ready: Callable[[], None]) -> None:
        try:
            await self._listen()
            for leases in self._leases.values():
                leases.start()
            watch = asyncio.create_task(self._watch())
            gc.freeze()  # what stands now stands to the end: no collection need look at it
            gc.set_threshold(*COLLECT)
            ready()
            await self._leaving.wait()
            watch.cancel()
            await self._part()
        finally:
            for leases in self._leases.values():
                await leases.stop()
            self.connections.stop()
            for server in self._servers:
                server.close()

    async def _listen(self) -> None:
        loop, ports, connections = asyncio.get_running_loop(), self._serving.ports, self.connections
        doors: list[tuple[int | None, Callable[[], asyncio.BaseProtocol]]] = [
            (ports.http, lambda: HttpConnection(self.gate, self.admission, self.control.answer, connections)),
            (ports.line, lambda: LineConnection(self.gate, self.admission, connections)),
            (ports.fastagi, lambda: FastAgi(self.gate, self.admission, connections)),
        ]
        for port, door in doors:
            if port is None:
                continue
            try:
                server = await loop.create_server(door, ports.host, port, backlog=BACKLOG)
            except OSError as fault:
                raise NianjianError("gate_port_taken", listen=f"{ports.host}:{port}", reason=_reason(fault)) from fault
            keep_alive(server)
            self._servers.append(server)
        connections.start()

    async def _watch(self) -> None:
        """Swap snapshots as they come; a caller that is gone ends the process."""
        while True:
            await asyncio.sleep(LOOK)
            if self._serving.parent is not None and os.getppid() != self._serving.parent:
                self._leaving.set()
            try:
                await self._swap()
                await asyncio.get_running_loop().run_in_executor(None, self._serving.journal.sync)
            except Exception:
                LOG.exception("the snapshot or the journal could not be looked at")

    async def _swap(self) -> None:
        if not self._held.moved():
            return
        snapshot = await asyncio.get_running_loop().run_in_executor(None, self._held.load)
        if snapshot is None:
            LOG.error("the newest snapshot was not taken: %s", self._problem())
            return
        before = self._held.snapshot
        for code, tenant in snapshot.tenants.items():
            self._serving.counters.policy(code, tenant.policy.caps)
        for code in set() if before is None else before.tenants.keys() - snapshot.tenants.keys():
            self._serving.counters.policy(code, ())
        self._held.take(snapshot)
        self.gate.usual.renewed()
        for connection in self.connections:
            connection.renewed()
        LOG.info("snapshot %s is in force", snapshot.generation)

    async def _part(self) -> None:
        """No new connections; open questions are answered, connections closed."""
        for server in self._servers:
            server.close()
        for connection in self.connections:
            connection.leave()
        loop = asyncio.get_running_loop()
        until = loop.time() + PARTING
        while self.connections and loop.time() < until:  # noqa: ASYNC110 - they end by themselves, once
            await asyncio.sleep(0.01)

    def _doors(self) -> dict[str, object]:
        return {name: leases.state() for name, leases in self._leases.items()}

    def _enterprises(self) -> tuple[str, ...]:
        snapshot = self._held.snapshot
        return () if snapshot is None else tuple(snapshot.tenants)

    def _problem(self) -> str:
        return "" if self._held.problem is None else str(self._held.problem)
