"""A connection to a store that is fit to count, how fresh its word about the caps is, and the names of its keys."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import hiredis

from nianjian.engines.gate.counters import meters
from nianjian.engines.gate.counters.meters import Key
from nianjian.engines.gate.counters.store_client import Address, Connection, Heard, connect
from nianjian.engines.gate.policy import Cap
from nianjian.engines.kernel.errors import NianjianError

CANARY: Final = "gate:epoch"
CHANGES: Final = "gate:policy"
LEASE, TAKE, CAPS, BACK, RELEASE, RAISE = (
    f"nianjian_{name}_1" for name in ("lease", "take", "caps", "back", "release", "raise")
)


def policy_key(enterprise: str, cap: str) -> str:
    """A hash of ``epoch`` and ``cap``: the cap's version and limit. Never expires."""
    return f"policy:{enterprise}:{cap}"


def granted_key(key: Key, day: int) -> str:
    """Tokens of a day that were handed out."""
    return f"cap:{meters.day_name(day)}:{':'.join(key)}"


def window_key(key: Key, cap: Cap, now: int) -> str:
    """Units that are taken one by one, by reservation and time."""
    day = f":{meters.day_name(meters.day_number(now))}" if cap.window == "calendar_day" else ""
    return f"window:{cap.window}{day}:{':'.join(key)}"


def release_key(name: str) -> str:
    """Marks a give-back of tokens that was done."""
    return f"released:{name}"


LOG: Final = logging.getLogger(__name__)
REQUIRED_SETTINGS: Final = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
FRESH: Final = 2.0  # seconds for which an answered heartbeat holds, from its sending
REACH: Final = 2.0  # seconds for a step of the way to a ready connection
AGAIN: Final = 0.05
UNFIT: Final = 1.0
LOG_INTERVAL: Final = 1.0  # seconds between two lines of the log about refusals
AWAY, EMPTY, OTHER, NOT_FIT, STOPPED = "store-away", "store-empty", "store-other", "store-unfit", "stopped"
CapKey = tuple[str, str]
Pair = tuple[int, int]
"""Epoch and limit of a cap as the store has them."""


class StoreConnection:
    """``ready`` while the store is reached, fit, ours, and knows our caps; ``reason`` tells why not."""

    def __init__(
        self, address: Address, generation: Callable[[], str], *, changed: Callable[[CapKey, Pair], None],
        foreign: Callable[[], None], ready: Callable[[], None], steady: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """``generation`` names the filling of the store that the caller's records belong to; empty: the first found.

        It is asked whenever the store is looked at anew, so a rebuild that it names is counted on without a restart.
        """
        self.address, self.generation, self._wanted = address, "", generation
        self._changed, self._foreign, self._got_ready, self._steady = changed, foreign, ready, steady
        self.connection: Connection | None = None
        self.ready = False
        self.reason = AWAY
        self.fresh_until = 0.0
        self.changes: bytes | None = None
        self.caps: dict[CapKey, Cap] = {}
        self._told_until = 0.0
        self._sent: float | None = None
        self._catching: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        self._unfit: NianjianError | None = None

    async def start(self) -> None:
        """Wait for the first attempt. NianjianError gate_store_unfit; a store that is away is tried again and again."""
        self._task = asyncio.create_task(self._keep())
        await self._tried.wait()
        if self._unfit is not None:
            raise self._unfit

    async def stop(self) -> None:
        """Hang up."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.reason = STOPPED

    def say(self, words: tuple[str | int | bytes, ...], heard: Heard) -> None:
        """As `Connection.say`; without a connection ``heard`` is told so in the next turn."""
        if self.connection is not None:
            self.connection.say(words, heard)
        else:
            asyncio.get_running_loop().call_soon(heard, ConnectionError("the store is away"))

    def know(self, enterprise: str, caps: Sequence[Cap]) -> list[Cap]:
        """These are the enterprise's caps from now on; the ones that are new or of a newer version."""
        known = {key: self.caps.pop(key) for key in list(self.caps) if key[0] == enterprise}
        self.caps |= {(enterprise, cap.name): cap for cap in caps}
        return [cap for cap in caps if known.get((enterprise, cap.name)) != cap]

    def publish(self, enterprise: str, caps: Iterable[Cap]) -> None:
        """Tell a ready store; one that is not ready is told when it is."""
        chosen = [((enterprise, cap.name), cap) for cap in caps]
        if self.ready and chosen:
            self.say(self._publishing(chosen), lambda reply: self._refused(reply) if _is_error(reply) else None)

    def beat(self) -> None:
        """Ask whether the store is the same still and whether a cap has moved; hang up on one that is silent."""
        if not self.ready or self.connection is None:
            return
        now = self._steady()
        if self._sent is None:
            self._sent = now
            self.connection.say(("MGET", CANARY, CHANGES), lambda reply: self._answered(now, reply))
        elif now - self._sent > FRESH:
            LOG.error("the store at %s is silent: connecting anew", self.address)
            self.connection.close()

    def doubt(self, error: Exception) -> None:
        """A command was refused: what that means for the connection. Refusals are an alarm."""
        text = str(error)
        if text.startswith("GENERATION"):
            self._lose(OTHER)
        elif "unction not found" in text or text.startswith("POLICY"):
            self._lose(AWAY)
        elif not isinstance(error, ConnectionError) and self._steady() >= self._told_until:
            self._told_until = self._steady() + LOG_INTERVAL
            LOG.error("the store at %s refuses: %s", self.address, text)

    def _answered(self, sent: float, reply: Any) -> None:  # noqa: ANN401 - a reply
        self._sent = None
        if isinstance(reply, Exception):
            self._refused(reply)
            return
        canary, changes = reply
        if canary is None or canary.decode() != self.generation:
            self._lose(EMPTY if canary is None else OTHER)
        elif changes == self.changes:
            self.fresh_until = sent + FRESH
        else:
            self._catching = asyncio.get_running_loop().create_task(self._catch_up(sent, changes))

    async def _catch_up(self, sent: float, changes: bytes | None) -> None:
        connection = self.connection
        if connection is None:
            return
        try:
            async with asyncio.timeout(REACH):
                await self._read(connection)
        except (OSError, TimeoutError, hiredis.ReplyError) as error:
            self._refused(error)
            return
        self.changes = changes
        self.fresh_until = max(self.fresh_until, sent + FRESH)

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, ConnectionError):
            self.doubt(error)

    def _lose(self, reason: str) -> None:
        self.ready = False
        self._tell(reason)
        if reason in {EMPTY, OTHER}:
            self._foreign()
        if self.connection is not None:
            self.connection.close()

    def _tell(self, reason: str) -> None:
        if reason and reason != self.reason:
            LOG.error("calls that need the store at %s are refused: %s", self.address, reason)
        self.reason = reason

    async def _keep(self) -> None:
        while True:
            pause = AGAIN
            gone = asyncio.Event()
            try:
                async with asyncio.timeout(REACH):
                    self.connection = await connect(self.address, gone.set)
                await self._prepare(self.connection)
                self._tried.set()
                await gone.wait()
                self._tell(self.reason or AWAY)
            except NianjianError as error:
                self._tell(NOT_FIT)
                self._unfit, pause = error, UNFIT
            except (OSError, TimeoutError, hiredis.HiredisError) as error:
                LOG.debug("the store at %s: %s", self.address, error)
                self._tell(self.reason if self.reason in {EMPTY, OTHER} else AWAY)
            finally:
                self.ready, self._sent = False, None
                connection, self.connection = self.connection, None
                if connection is not None:
                    connection.close()
            self._tried.set()
            await asyncio.sleep(pause)

    async def _prepare(self, connection: Connection) -> None:
        """A2–A4: fit, ours, our functions, our caps; holds no tokens of an earlier connection's question."""
        async with asyncio.timeout(REACH):
            await require_fit_store(connection)
        while (reason := await self._strange(connection)) is not None:
            self._tell(reason)
            self._foreign()
            self._tried.set()
            await asyncio.sleep(AGAIN * 10)
        async with asyncio.timeout(REACH):
            sent = self._steady()
            await connection.ask("FUNCTION", "LOAD", "REPLACE", store_functions())
            if self.caps:
                await connection.ask(*self._publishing(list(self.caps.items())))
            self.changes = await connection.ask("GET", CHANGES)
            await self._read(connection)
        self.fresh_until = max(self.fresh_until, sent + FRESH)
        self.ready, self._unfit, self.reason = True, None, ""
        self._got_ready()

    async def _strange(self, connection: Connection) -> str | None:
        async with asyncio.timeout(REACH):
            canary = await connection.ask("GET", CANARY)
        if canary is None:
            return EMPTY
        self.generation = self._wanted() or self.generation or canary.decode()
        return None if canary.decode() == self.generation else OTHER

    def _publishing(self, caps: Sequence[tuple[CapKey, Cap]]) -> tuple[str | int | bytes, ...]:
        keys = [policy_key(*key) for key, _ in caps]
        pairs = [number for _, cap in caps for number in (cap.epoch, cap.limit)]
        return ("FCALL", CAPS, len(keys) + 2, CANARY, CHANGES, *keys, self.generation, *pairs)

    async def _read(self, connection: Connection) -> None:
        """The pairs of all our caps."""
        keys = list(self.caps)
        asked = (connection.ask("HMGET", policy_key(*key), "epoch", "cap") for key in keys)
        for key, (epoch, cap) in zip(keys, await asyncio.gather(*asked), strict=True):
            if epoch is not None:
                self._changed(key, (int(epoch), int(cap)))


async def require_fit_store(connection: Connection) -> None:
    """NianjianError gate_store_unfit where a crash of the store, or its want of room, would lose counts."""
    try:
        reply = await connection.ask("CONFIG", "GET", *REQUIRED_SETTINGS)
    except hiredis.ReplyError as error:
        raise NianjianError("gate_store_unread", reply=str(error)) from error
    found: Mapping[str, str] = dict(
        zip((one.decode() for one in reply[::2]), (one.decode() for one in reply[1::2]), strict=True)
    )
    for setting, wanted in REQUIRED_SETTINGS.items():
        if found.get(setting) != wanted:
            raise NianjianError("gate_store_unfit", setting=setting, found=found.get(setting, ""), wanted=wanted)


def store_functions() -> str:
    """The store's side of the counters."""
    return (Path(__file__).parent / "functions.lua").read_text(encoding="utf-8")


def _is_error(reply: object) -> bool:
    return isinstance(reply, Exception)
