"""A client of the store that pipelines: what is said in one turn of the loop leaves in one write."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

import hiredis

from nianjian.engines.gate.counters import meters
from nianjian.engines.gate.counters.meters import Key
from nianjian.engines.gate.policy import Cap
from nianjian.engines.kernel.errors import NianjianError

PORT: Final = 6379
_PLAIN, _TLS = ("valkey", "redis"), ("valkeys", "rediss")


@dataclass(frozen=True, slots=True)
class Address:
    """``path`` is a unix socket's, else ``host`` and ``port`` hold; ``ca`` a file with the authority's certificate."""

    path: str = ""
    host: str = ""
    port: int = PORT
    tls: bool = False
    ca: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    database: int = 0

    @classmethod
    def of(cls, url: str) -> Self:
        """Read a URL. Beside the parts of the URL: ``?ca=FILE``, and for a socket ``?db=N``. NianjianError."""
        try:
            parts = urlsplit(url)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            database = int(query.get("db") or (parts.path.strip("/") if parts.scheme != "unix" else "") or 0)
            port = parts.port or PORT
        except ValueError as error:
            raise NianjianError("gate_store_address") from error
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if parts.scheme == "unix" and parts.path:
            return cls(path=unquote(parts.path), user=user, password=password, database=database)
        if parts.scheme not in _PLAIN + _TLS or not parts.hostname:
            raise NianjianError("gate_store_address")
        tls = parts.scheme in _TLS
        return cls("", parts.hostname, port, tls, query.get("ca", ""), user, password, database)

    def context(self) -> ssl.SSLContext | None:
        """The certificate and the name of the store are checked; None without TLS."""
        return ssl.create_default_context(cafile=self.ca or None) if self.tls else None

    def greeting(self) -> list[tuple[str, ...]]:
        """What a new connection says first."""
        words: list[tuple[str, ...]] = []
        if self.password:
            words.append(("AUTH", self.user or "default", self.password))
        if self.database:
            words.append(("SELECT", str(self.database)))
        return words

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


LOG: Final = logging.getLogger(__name__)
Word = str | int | bytes
Heard = Callable[[Any], None]
"""Takes a reply: bytes, int, list or None; an exception where the store refused or the connection was lost."""


class Connection(asyncio.Protocol):
    """One connection. Every command is answered once: by its reply, or by ConnectionError when the connection is lost.

    What a callback raises is logged and goes no further: it must never close the connection of everybody else.
    """

    def __init__(self, lost: Callable[[], None]) -> None:
        """``lost`` is called once, after all that wait were told."""
        self._lost = lost
        self._reader = hiredis.Reader()
        self._waiting: deque[Heard] = deque()
        self._out: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def open(self) -> bool:
        """Whether commands can be said."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def waiting(self) -> int:
        """How many replies are still to come."""
        return len(self._waiting)

    def say(self, words: tuple[Word, ...], heard: Heard) -> None:
        """Send a command with this turn's others; on a lost connection ``heard`` is told in the next turn."""
        if not self.open:
            self._loop.call_soon(self._tell, heard, ConnectionError("the store is away"))
            return
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(hiredis.pack_command(words))  # type: ignore[arg-type] # its stub names a tuple of one
        self._waiting.append(heard)

    async def ask(self, *words: Word) -> Any:  # noqa: ANN401 - a reply is what the command gives
        """Send a command and wait. Raises what `Heard` would be told as an exception."""
        reply: asyncio.Future[Any] = self._loop.create_future()
        self.say(words, lambda result: None if reply.done() else reply.set_result(result))
        result = await reply
        if isinstance(result, Exception):
            raise result
        return result

    def close(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio calls it."""
        self._transport = transport  # type: ignore[assignment] # a stream's transport

    def data_received(self, data: bytes) -> None:
        """As asyncio calls it: hand every whole reply to the one that waits for it."""
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not False:
                self._tell(self._waiting.popleft(), reply)
        except (hiredis.ProtocolError, IndexError):
            LOG.exception("the store speaks another language")
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio calls it: nobody waits for a reply that cannot come."""
        self._transport = None
        self._out.clear()
        waiting, self._waiting = self._waiting, deque()
        for heard in waiting:
            self._tell(heard, ConnectionError(str(exc or "the store hung up")))
        self._lost()

    def _flush(self) -> None:
        said, self._out = self._out, []
        if self._transport is not None and not self._transport.is_closing() and said:
            self._transport.write(b"".join(said))

    def _tell(self, heard: Heard, reply: object) -> None:
        try:
            heard(reply)
        except Exception:
            LOG.exception("a reply of the store could not be used")


async def connect(address: Address, lost: Callable[[], None]) -> Connection:
    """A greeted connection. OSError where there is none; ReplyError where the store does not let us in."""
    loop = asyncio.get_running_loop()
    if address.path:
        _, connection = await loop.create_unix_connection(lambda: Connection(lost), address.path)
    else:
        _, connection = await loop.create_connection(
            lambda: Connection(lost), address.host, address.port, ssl=address.context()
        )
    try:
        for words in address.greeting():
            await connection.ask(*words)
    except BaseException:
        connection.close()
        raise
    return connection


# A connection to a store that is fit to count, how fresh its word about the caps is, and the names of its keys.

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
        old_caps = {key: self.caps.pop(key) for key in list(self.caps) if key[0] == enterprise}
        self.caps |= {(enterprise, cap.name): cap for cap in caps}
        return [cap for cap in caps if old_caps.get((enterprise, cap.name)) != cap]

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
        queries = (connection.ask("HMGET", policy_key(*key), "epoch", "cap") for key in keys)
        for key, (epoch, cap) in zip(keys, await asyncio.gather(*queries), strict=True):
            if epoch is not None:
                self._changed(key, (int(epoch), int(cap)))


async def require_fit_store(connection: Connection) -> None:
    """NianjianError gate_store_unfit where a crash of the store, or its want of room, would lose counts."""
    try:
        reply = await connection.ask("CONFIG", "GET", *REQUIRED_SETTINGS)
    except hiredis.ReplyError as error:
        raise NianjianError("gate_store_unread", reply=str(error)) from error
    settings: Mapping[str, str] = dict(
        zip((one.decode() for one in reply[::2]), (one.decode() for one in reply[1::2]), strict=True)
    )
    for setting, value in REQUIRED_SETTINGS.items():
        if settings.get(setting) != value:
            raise NianjianError("gate_store_unfit", setting=setting, found=settings.get(setting, ""), wanted=value)


def store_functions() -> str:
    """The store's side of the counters."""
    return (Path(__file__).parent / "functions.lua").read_text(encoding="utf-8")


def _is_error(reply: object) -> bool:
    return isinstance(reply, Exception)


# Tokens of one gate process: what a call needs comes from memory; what is missing is asked for once per loop turn.

DRY: Final = 1.0  # seconds for which an exhausted lease is not asked for again
MANY: Final = 50_000


class Waiter(Protocol):
    """A call that waits for tokens."""

    over: bool

    def got(self, lease: Lease) -> None:
        """A token is reserved for it."""

    def full(self, lease: Lease) -> None:
        """There is none."""

    def fail(self) -> None:
        """Nobody can know."""


class TakenTokens:
    """What one call took: tokens with the version of their lease, and units of windows under one reservation."""

    __slots__ = ("reservation", "tokens", "windows")

    def __init__(self, tokens: tuple[tuple[Lease, int], ...], windows: tuple[tuple[str, bool], ...], name: str) -> None:
        """``windows``: the store's key, and whether it counts answered calls alone."""
        self.tokens, self.windows, self.reservation = tokens, windows, name


class Lease:
    """Tokens of one key and day. ``version`` moves when tokens are recalled: an older token never comes back here.

    ``have`` are free, ``held`` reserved for calls that are not decided yet; ``granted`` is the store's count for all.
    """

    __slots__ = (
        "asked", "cap", "day", "dry_until", "granted", "have", "held", "key", "limit", "one", "version", "waiting",
    )  # fmt: skip

    def __init__(self, key: Key, day: int, cap: Cap) -> None:
        self.key, self.day, self.cap, self.limit = key, day, cap, cap.limit
        self.have = self.held = self.granted = self.version = 0
        self.asked = False
        self.dry_until = 0.0
        self.waiting: deque[Waiter] = deque()
        self.one = TakenTokens(((self, 0),), (), "")

    @property
    def used(self) -> int:
        """Units that are taken, as far as this process knows."""
        return max(0, self.granted - self.have)

    @property
    def idle(self) -> bool:
        """Nothing would be lost with it."""
        return not (self.have or self.held or self.asked or self.waiting)

    def recall(self) -> int:
        """Take all free tokens out; how many there were."""
        gone, self.have = self.have, 0
        self.version += 1
        self.one = TakenTokens(((self, self.version),), (), "")
        return gone


class Leases:
    """All leases of a process."""

    def __init__(
        self, ask: Callable[[list[tuple[Lease, int]]], None], give: Callable[[Lease, int], None],
        block: Callable[[Cap], int], steady: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """``ask`` sends one question for all (lease, want); ``give`` returns recalled tokens to the store."""
        self.by_key: dict[tuple[str, str, str, int], Lease] = {}
        self.get = self.by_key.get
        self._ask, self._give, self._block, self._steady = ask, give, block, steady
        self._turn: list[Lease] = []
        self._serve: deque[Lease] = deque()
        self._serving = False
        self._broom: Iterator[tuple[str, str, str, int]] = iter(())

    def of(self, key: Key, day: int, cap: Cap) -> Lease:
        """The lease of a key and day."""
        lease = self.by_key.get((*key, day))
        if lease is None:
            lease = self.by_key[(*key, day)] = Lease(key, day, cap)
        elif lease.cap is not cap and cap.epoch >= lease.cap.epoch:
            lease.cap = cap
        return lease

    def dry(self, lease: Lease) -> bool:
        """Known to be exhausted: not even a call that is not decided yet could leave a token."""
        return not (lease.have or lease.held or lease.asked) and self._steady() < lease.dry_until

    def reserve(self, lease: Lease, call: Waiter) -> bool:
        """A token now (True), or the call waits for one."""
        if lease.have and not lease.waiting:
            lease.have -= 1
            lease.held += 1
            return True
        lease.waiting.append(call)
        self._want(lease)
        return False

    def decided(self, lease: Lease, version: int, *, used: bool) -> None:
        """A reserved token is used or free again."""
        lease.held -= 1
        if not used:
            self.put_back(lease, version)
        self.serve(lease)

    def put_back(self, lease: Lease, version: int) -> None:
        """A token that no call has used: free here, or the store's if this lease was recalled since."""
        if version == lease.version:
            lease.have += 1
            lease.dry_until = 0.0
        else:
            self._give(lease, 1)

    def serve(self, lease: Lease) -> None:
        """Hand free tokens to who waits, in order. Calls that this decides free others: one after the other."""
        self._serve.append(lease)
        if self._serving:
            return
        self._serving = True
        try:
            while self._serve:
                self._serve_one(self._serve.popleft())
        finally:
            self._serving = False

    def _serve_one(self, lease: Lease) -> None:
        waiting = lease.waiting
        while lease.have and waiting:
            call = waiting.popleft()
            if not call.over:
                lease.have -= 1
                lease.held += 1
                _safely(call.got, lease)
        if not waiting or lease.asked:
            return
        if self._steady() >= lease.dry_until:
            self._want(lease)
            return
        if lease.held:  # a call that is not decided yet may leave its token
            return
        while waiting:
            call = waiting.popleft()
            if not call.over:
                _safely(call.full, lease)

    def _want(self, lease: Lease) -> None:
        if lease.asked or (lease.held and self._steady() < lease.dry_until):
            return
        lease.asked = True
        self._turn.append(lease)
        if len(self._turn) == 1:
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        turn, self._turn = self._turn, []
        self._ask([(lease, max(self._block(lease.cap), len(lease.waiting))) for lease in turn])

    def granted(self, lease: Lease, want: int, got: int, count: int) -> None:
        """The store's answer: ``got`` tokens, ``count`` granted to all. Late ones stay here, they are not lost."""
        lease.asked = False
        lease.granted = count
        lease.have += got
        lease.dry_until = self._steady() + DRY if got < want else 0.0
        self.serve(lease)

    def outdated(self, lease: Lease, count: int) -> None:
        """The store's answer by a cap that holds no more, given back whole: who waits still asks anew."""
        lease.waiting = deque(call for call in lease.waiting if not call.over)
        self.granted(lease, 0, 0, count)

    def failed(self, lease: Lease) -> None:
        """No answer will come. What the store may have granted is forfeited, the question is never repeated."""
        lease.asked = False
        waiting, lease.waiting = lease.waiting, deque()
        for call in waiting:
            if not call.over:
                _safely(call.fail)

    def recall(self, chosen: Callable[[Lease], bool]) -> None:
        """Free tokens of the chosen leases go back to the store; who waits there asks anew."""
        for lease in self.by_key.values():
            if chosen(lease):
                lease.dry_until = 0.0
                if (gone := lease.recall()) > 0:
                    self._give(lease, gone)

    def renew(self, cap: tuple[str, str], limit: int, *, recall: bool) -> None:
        """A cap has another limit: nothing is known to be exhausted any more; where it sinks, tokens are recalled."""
        for lease in self.by_key.values():
            if lease.key[:2] == cap:
                lease.limit = limit
                lease.dry_until = 0.0
        if recall:
            self.recall(lambda lease: lease.key[:2] == cap)

    def sweep(self, today: int, most: int = 5_000) -> None:
        """Forget idle leases of days before yesterday; with very many, all idle ones."""
        many = len(self.by_key) > MANY
        for _ in range(most):
            name = next(self._broom, None)
            if name is None:
                self._broom = iter(list(self.by_key))
                return
            lease = self.by_key.get(name)
            if lease is None or not (lease.idle and self._steady() >= lease.dry_until):
                continue
            if many or lease.day < today - 1:
                del self.by_key[name]


def _safely(tell: Callable[..., None], *lease: Lease) -> None:
    try:
        tell(*lease)
    except Exception:
        LOG.exception("an answer could not be given")
