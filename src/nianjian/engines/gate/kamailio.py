"""Leases in the tables of a Kamailio (JSON-RPC over a datagram socket): the gate takes units, the switch uses them."""

import asyncio
import logging
import secrets
import socket
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec

from nianjian.engines.gate.counters import meters
from nianjian.engines.gate.counters.meters import Reservation
from nianjian.engines.gate.policy import Slot
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.snapshot.read import Snapshot
from nianjian.engines.gate.snapshot.tenant import Tenant

PATIENCE: Final = 1.0  # seconds for one answer
AT_ONCE: Final = 8  # under way: Linux queues ten datagrams of a local socket (net.unix.max_dgram_qlen)
FULL: Final = 0.001  # seconds to wait where the queue is full
LARGEST: Final = 65_536
READ_MOST: Final = 2 * AT_ONCE  # datagrams in one turn of the loop: whoever floods the socket must not hold it up


class SilentError(Exception):
    """Kamailio does not answer, or is gone."""


class RefusedError(Exception):
    """Kamailio answered with an error: a table's key that is not there, a method it does not know."""


class Rpc:
    """One switch. Calls may run side by side; an answer that comes after its deadline is dropped."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        """``path``: the switch's socket (modparam ``dgram_socket``)."""
        self._path = path
        self._patience = patience
        self._socket: socket.socket | None = None
        self._room: tempfile.TemporaryDirectory[str] | None = None
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = count(1)
        self._turns = asyncio.Semaphore(AT_ONCE)

    def open(self) -> None:
        """Have a socket of one's own, to which the answers come. OSError."""
        self._room = tempfile.TemporaryDirectory(prefix="nianjian-gate-")
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sock.settimeout(0)
        own = Path(self._room.name) / "answers"
        sock.bind(str(own))
        own.chmod(0o666)  # the switch runs as a user of its own; the folder above is private to who made it
        Path(self._room.name).chmod(0o711)
        self._socket = sock
        asyncio.get_running_loop().add_reader(sock.fileno(), self._read)

    def close(self) -> None:
        """Give the socket back; who waits is told that there is no answer."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
        if self._room is not None:
            self._room.cleanup()
        for waiting in self._waiting.values():
            waiting.cancel()

    async def call(self, method: str, *parameters: str | int) -> Any:  # noqa: ANN401 - JSON
        """The result. `SilentError`, `RefusedError`."""
        if self._socket is None:
            raise SilentError
        async with self._turns:
            number = next(self._numbers)
            request = {"jsonrpc": "2.0", "method": method, "params": list(parameters), "id": number}
            waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
            self._waiting[number] = waiting
            try:
                await self._send(msgspec.json.encode(request))
                answer = await asyncio.wait_for(waiting, self._patience)
            except (OSError, TimeoutError) as fault:
                raise SilentError from fault
            finally:
                self._waiting.pop(number, None)
        if "error" in answer:
            raise RefusedError(answer["error"].get("message", ""))
        return answer.get("result")

    async def _send(self, message: bytes) -> None:
        """Send when the switch's queue has room."""
        until = asyncio.get_running_loop().time() + self._patience
        while self._socket is not None:
            try:
                self._socket.sendto(message, str(self._path))
            except BlockingIOError:
                if asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(FULL)
            else:
                return

    async def set_numbers(self, table: str, values: Iterable[tuple[str, int]]) -> None:
        """Write whole numbers, absolute, so that a lost datagram may be sent again."""
        await asyncio.gather(*(self.call("htable.seti", table, name, value) for name, value in values))

    async def set_text(self, table: str, values: Iterable[tuple[str, str]]) -> None:
        """Write texts."""
        await asyncio.gather(*(self.call("htable.sets", table, name, value) for name, value in values))

    async def numbers(self, table: str, names: Sequence[str]) -> list[int]:
        """Read whole numbers; a key that is not there is 0."""
        return [int(text or 0) for text in await self.texts(table, names)]

    async def texts(self, table: str, names: Sequence[str]) -> list[str]:
        """Read texts; a key that is not there is empty."""

        async def one(name: str) -> str:
            try:
                reply = await self.call("htable.get", table, name)
            except RefusedError:
                return ""
            return str(reply["item"]["value"])

        return list(await asyncio.gather(*(one(name) for name in names)))

    async def delete(self, table: str, names: Iterable[str]) -> None:
        """Remove keys; one that is not there is gone already."""

        async def one(name: str) -> None:
            with suppress(RefusedError):
                await self.call("htable.delete", table, name)

        await asyncio.gather(*(one(name) for name in names))

    async def up_since(self) -> str:
        """When the switch was started, in its own words: another text is another process, with empty tables."""
        return str((await self.call("core.uptime"))["up_since"])

    def _read(self) -> None:
        for _ in range(READ_MOST):
            if self._socket is None:
                return
            try:
                received = self._socket.recv(LARGEST)
            except OSError:
                return
            try:
                answer = msgspec.json.decode(received, type=dict[str, Any])
            except msgspec.MsgspecError:
                continue
            waiting = self._waiting.get(answer.get("id", 0))
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)


LOG: Final = logging.getLogger(__name__)
TICK: Final = 0.25  # seconds between two looks at what the switch has used
BEFORE_MIDNIGHT: Final = 60_000  # milliseconds: then tomorrow's first block is pushed
AGAIN: Final = 2000  # milliseconds after which a full counter is asked again
PARTS: Final = 3  # a block is a third of a cap,
MOST: Final = 50  # and no more than this


@dataclass(slots=True)
class SwitchLease:
    """What one key holds in one switch on one day; ``units`` name the units taken, in order."""

    key: str
    day: int
    version: str
    slots: tuple[Slot, ...]
    units: list[str] = field(default_factory=list)
    used: int = 0
    pushed: int = 0  # the value of ``granted`` that the switch has acknowledged
    later: int = 0  # not to be asked for before this moment

    @property
    def name(self) -> str:
        """The key in ``granted`` and ``used``."""
        return f"{self.key}:{meters.day_name(self.day).replace('-', '')}:{self.version}"

    @property
    def block(self) -> int:
        """How many units move at once; nothing is lost by it, as what the switch has not used comes back."""
        return max(1, min(MOST, min(slot.cap.limit for slot in self.slots) // PARTS))


class SwitchLeases:
    """One switch of one enterprise."""

    def __init__(self, gate: Gate, rpc: Rpc, enterprise: str = "") -> None:
        """``enterprise`` may be left out where the snapshot knows one alone."""
        self._gate = gate
        self._rpc = rpc
        self._enterprise = enterprise
        self._leases: dict[str, SwitchLease] = {}
        self._coming: dict[str, SwitchLease] = {}  # of tomorrow
        self._begun = secrets.token_hex(6)  # of this process: no version and no unit is ever that of another
        self._versions = count(1)
        self._units = count(1)
        self._known: Snapshot | None = None
        self._since = ""
        self._task: asyncio.Task[None] | None = None
        self.reached: bool | None = None  # None: not tried yet
        self.given_back = 0

    def start(self) -> None:
        """Begin; the first thing is to recall whatever an earlier process has granted."""
        self._rpc.open()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; the switch goes on with what it holds."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._rpc.close()

    def state(self) -> dict[str, object]:
        """For the control side."""
        return {
            "reached": self.reached,
            "leases": len(self._leases),
            "granted": sum(len(one.units) for one in self._leases.values()),
            "used": sum(one.used for one in self._leases.values()),
            "given_back": self.given_back,
        }

    async def _run(self) -> None:
        while True:
            try:
                await self.turn()
                self.reached = True
            except SilentError:
                if self.reached is not False:
                    LOG.error("the switch does not answer; it goes on with what it holds")  # noqa: TRY400 - no place tells more
                self.reached = False
            except Exception:
                LOG.exception("leases could not be looked after")
            await asyncio.sleep(TICK)

    async def turn(self) -> None:
        """Look once: at the switch's age, at the policy, at the day, at what was used. `SilentError`."""
        since = await self._rpc.up_since()
        if self._since not in {"", since}:
            LOG.warning("the switch was started anew: what it held counts as used")
            self._leases.clear()
            self._coming.clear()
            self._known = None
        self._since = since
        now = self._gate.moment()
        snapshot = self._gate.held.snapshot
        if snapshot is None or snapshot.stale(now):
            return  # nothing new is granted by what is too old
        if snapshot is not self._known:
            await self._renew(snapshot, now)
            self._known = snapshot
        self._turn_day(now)
        await self._look([*self._leases.values()])
        await self._fill([*self._leases.values(), *self._coming.values()], now)
        if meters.day_end(meters.day_number(now)) - now < BEFORE_MIDNIGHT and not self._coming:
            self._coming = {
                key: SwitchLease(key, one.day + 1, one.version, one.slots) for key, one in self._leases.items()
            }
            await self._fill([*self._coming.values()], now)

    # ------------------------------------------------------------ policy

    async def _renew(self, snapshot: Snapshot, now: int) -> None:
        """Recall what another policy has granted, and grant anew."""
        by_key = dict(list_leasable(self._tenant(snapshot)))
        changed = [key for key, slots in by_key.items() if key not in self._leases or self._leases[key].slots != slots]
        gone = [key for key in self._leases if key not in by_key]
        before = {key: self._leases[key] for key in (*changed, *gone) if key in self._leases}
        coming = [self._coming.pop(key) for key in (*changed, *gone) if key in self._coming]
        day = meters.day_number(now)
        fresh = {key: SwitchLease(key, day, f"v{self._begun}.{next(self._versions)}", by_key[key]) for key in changed}
        unknown = [key for key in changed if key not in before]  # versions that an earlier process has left there
        old = zip(unknown, await self._rpc.texts("epoch", unknown), strict=True)
        # no key of an older version is looked at from here on; then none has a grant; then what was used is read
        await self._rpc.set_text("epoch", [(key, one.version) for key, one in fresh.items()])
        await self._rpc.delete("epoch", gone)
        stale = [SwitchLease(key, at, version, ()).name for key, version in old if version for at in (day, day + 1)]
        stale += [one.name for one in (*before.values(), *coming)]
        await self._rpc.set_numbers("granted", [(name, 0) for name in stale])
        await self._recall([*before.values(), *coming])
        self._leases = {key: one for key, one in self._leases.items() if key not in before} | fresh
        await self._fill(list(fresh.values()), now)

    async def _recall(self, leases: list[SwitchLease]) -> None:
        """Give back what the switch has not used; without its answer all counts as used."""
        used = await self._rpc.numbers("used", [one.name for one in leases])
        for lease, number in zip(leases, used, strict=True):
            for unit in lease.units[min(number, len(lease.units)) :]:
                self.given_back += self._gate.counters.release(self._code, unit, self._gate.moment())

    def _tenant(self, snapshot: Snapshot) -> Tenant | None:
        if not self._enterprise and len(snapshot.tenants) == 1:
            return next(iter(snapshot.tenants.values()))
        return snapshot.tenants.get(self._enterprise)

    @property
    def _code(self) -> str:
        snapshot = self._gate.held.snapshot
        tenant = None if snapshot is None else self._tenant(snapshot)
        return self._enterprise if tenant is None else tenant.policy.enterprise

    # ------------------------------------------------------------ tokens

    def _turn_day(self, now: int) -> None:
        """Midnight: the keys change by themselves; what was granted for yesterday is forfeited."""
        day = meters.day_number(now)
        for key, lease in list(self._leases.items()):
            if lease.day < day:
                coming = self._coming.pop(key, None)
                fits = coming is not None and coming.day == day and coming.version == lease.version
                self._leases[key] = coming if coming and fits else SwitchLease(key, day, lease.version, lease.slots)

    async def _look(self, leases: list[SwitchLease]) -> None:
        active = [one for one in leases if one.units]
        for lease, used in zip(active, await self._rpc.numbers("used", [one.name for one in active]), strict=True):
            lease.used = used

    async def _fill(self, leases: list[SwitchLease], now: int) -> None:
        """Take the next block where less than half a block is left, then raise what the switch may use."""
        low = [one for one in leases if now >= one.later and 2 * (len(one.units) - one.used) < one.block]
        await asyncio.gather(*(self._take(one, now) for one in low))
        raised = [one for one in leases if one.pushed != len(one.units) or (one in low and not one.units)]
        await self._rpc.set_numbers("granted", [(one.name, len(one.units)) for one in raised])
        for one in raised:
            one.pushed = len(one.units)

    async def _take(self, lease: SwitchLease, now: int) -> None:
        at = max(now, meters.day_end(lease.day - 1))  # tomorrow's block is one of tomorrow
        loop = asyncio.get_running_loop()
        requests: list[tuple[str, asyncio.Future[Reservation]]] = []
        for _ in range(lease.block):
            unit, answer = f"lease-{self._begun}-{next(self._units)}", loop.create_future()
            requests.append((unit, answer))
            self._gate.counters.take(self._code, lease.slots, unit, at, answer.set_result)
        for unit, answer in requests:
            taken = await answer
            if taken.allowed:
                lease.units.append(unit)
            else:
                lease.later = now + AGAIN


def list_leasable(tenant: Tenant | None) -> Iterator[tuple[str, tuple[Slot, ...]]]:
    """Channels whose calls a switch may count alone, with their counters."""
    if tenant is None or not tenant.policy.enforce:
        return
    policy = tenant.policy
    if tenant.isolated_displays or any(cap.key != "channel" for cap in policy.caps):
        return  # a switch with channel tokens would pass by these
    for name, channel in policy.channels.items():
        slots = tuple(Slot(cap, name) for cap in policy.caps if cap.only in {"", name})
        if slots and not channel.isolated and not channel.observing and all(slot.cap.leased for slot in slots):
            yield name, slots
