"""JSON-RPC to Kamailio over its datagram socket (module jsonrpcs): small questions, each with a deadline."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec

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
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        made.settimeout(0)
        own = Path(self._room.name) / "answers"
        made.bind(str(own))
        own.chmod(0o666)  # the switch runs as a user of its own; the folder above is private to who made it
        Path(self._room.name).chmod(0o711)
        self._socket = made
        asyncio.get_running_loop().add_reader(made.fileno(), self._read)

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
            asked = {"jsonrpc": "2.0", "method": method, "params": list(parameters), "id": number}
            waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
            self._waiting[number] = waiting
            try:
                await self._send(msgspec.json.encode(asked))
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
        await self._all([("htable.seti", table, name, value) for name, value in values])

    async def set_text(self, table: str, values: Iterable[tuple[str, str]]) -> None:
        """Write texts."""
        await self._all([("htable.sets", table, name, value) for name, value in values])

    async def numbers(self, table: str, names: Sequence[str]) -> list[int]:
        """Read whole numbers; a key that is not there is 0."""

        async def one(name: str) -> int:
            try:
                told = await self.call("htable.get", table, name)
            except RefusedError:
                return 0
            return int(told["item"]["value"])

        return list(await asyncio.gather(*(one(name) for name in names)))

    async def texts(self, table: str, names: Sequence[str]) -> list[str]:
        """Read texts; a key that is not there is empty."""

        async def one(name: str) -> str:
            try:
                told = await self.call("htable.get", table, name)
            except RefusedError:
                return ""
            return str(told["item"]["value"])

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

    async def _all(self, calls: Sequence[tuple[str, str, str, str | int]]) -> None:
        await asyncio.gather(*(self.call(*one) for one in calls))

    def _read(self) -> None:
        for _ in range(READ_MOST):
            if self._socket is None:
                return
            try:
                received = self._socket.recv(LARGEST)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                return
            try:
                answer = msgspec.json.decode(received, type=dict[str, Any])
            except msgspec.MsgspecError:
                continue
            waiting = self._waiting.get(answer.get("id", 0))
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)
