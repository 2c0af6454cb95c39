"""A Valkey of the test's own on a unix socket, and what tests of the gate's counters ask again and again."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hiredis
from tests.support.services import missing

from nianjian.engines.gate.counters.meters import Counters, Reservation
from nianjian.engines.gate.counters.store import Store
from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.gate.refill import Figures, rebuild_store

E = "E"
NOON = 1_772_424_000_000  # 2026-03-02 12:00 in Shanghai
FIT = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}


class Valkey:
    """A real server; ``options`` replace those of a store that is fit to count."""

    def __init__(self, **options: str) -> None:
        program = shutil.which("valkey-server") or missing("valkey-server")
        self.folder = Path(tempfile.mkdtemp(prefix="vk-"))
        self.socket = self.folder / "s"
        settings = FIT | {name.replace("_", "-"): value for name, value in options.items()}
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._words = [
            program, "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder), "--save", "",
        ]  # fmt: skip
        self._words += words
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        # it refuses to start under a locale that the machine does not have
        self._process = subprocess.Popen(
            self._words, env={**os.environ, "LC_ALL": "C"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(500):
            assert self._process.poll() is None, "valkey-server has ended"
            try:
                if self.ask("PING") == b"PONG":
                    return
            except (OSError, hiredis.HiredisError):  # not yet, or it reads its file
                time.sleep(0.02)
        raise TimeoutError

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Silent, but connected."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def ask(self, *words: str | int) -> Any:
        """One command on a connection of its own."""
        reader = hiredis.Reader()
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(self.socket))
            line.sendall(hiredis.pack_command(words))  # type: ignore[arg-type] # its stub names a tuple of one
            while (reply := reader.gets()) is False:
                data = line.recv(65536)
                if not data:
                    raise ConnectionError
                reader.feed(data)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def granted(self, cap: Cap, value: str, day: str = "2026-03-02") -> int:
        """Tokens that the store has handed out."""
        return int(self.ask("GET", f"cap:{day}:{E}:{cap.name}:{value}") or 0)

    def close(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def server(**options: str) -> Iterator[Valkey]:
    valkey = Valkey(**options)
    try:
        valkey.start()
        yield valkey
    finally:
        valkey.close()


def founded(valkey: Valkey, *caps: Cap, figures: Figures | None = None) -> str:
    """A new store with these caps: its generation."""
    return asyncio.run(rebuild_store(valkey.url, {E: caps}, figures or Figures(gates=0)))


def per_day(limit: int, name: str = "day", **more: Any) -> Cap:
    return Cap(name=name, key="channel", window="calendar_day", limit=limit, rule="frequency.channel", **more)


def windowed(limit: int, window: str, seconds: int, *, name: str = "often", counts: str = "attempts") -> Cap:
    return Cap(name, "callee", window, limit, "frequency.callee", seconds=seconds, counts=counts)


def slot(cap: Cap, value: str = "trunk17") -> Slot:
    return Slot(cap, value)


async def take(counters: Counters, *slots: Slot, call: str = "", now: int = NOON, enterprise: str = E) -> Reservation:
    """Take and wait for the answer."""
    answer: asyncio.Future[Reservation] = asyncio.get_running_loop().create_future()
    counters.take(enterprise, slots, call or os.urandom(6).hex(), now, answer.set_result)
    return await answer


async def many(counters: Counters, count: int, *slots: Slot, now: int = NOON) -> int:
    """How many of so many calls at once are allowed."""
    return sum(one.allowed for one in await asyncio.gather(*(take(counters, *slots, now=now) for _ in range(count))))


OPENED: list[Counters] = []  # by the test that runs, which stops them at its end


async def opened(valkey: Valkey, *caps: Cap, caps_of: Mapping[str, Sequence[Cap]] | None = None, **more: Any) -> Store:
    """A started gate's counters on the store."""
    params: dict[str, Any] = {"moment": lambda: NOON, "deadline": 10.0, **more}  # a busy machine is no silent store
    store = Store(valkey.url, **params)
    OPENED.append(store)
    await store.start(caps_of or {E: caps})
    return store


async def until(true: Any, seconds: float = 60.0) -> None:
    """Wait for something to become true; TimeoutError where it does not."""
    for _ in range(int(seconds * 100)):
        if true():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def crashed(store: Store) -> None:
    """As kill -9 would leave it: what it held is lost, nothing is given back."""
    OPENED.remove(store)
    store._beat.stop()
    if store._timer is not None:
        store._timer.cancel()
    await store.keeper.stop()


class Steady:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def silent(*_: Any) -> None:
    """A cut cable: what is said goes nowhere."""
