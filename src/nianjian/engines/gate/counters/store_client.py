"""A client of the store that pipelines: what is said in one turn of the loop leaves in one write."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

import hiredis

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
            asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            database = int(asked.get("db") or (parts.path.strip("/") if parts.scheme != "unix" else "") or 0)
            port = parts.port or PORT
        except ValueError as error:
            raise NianjianError("gate_store_address") from error
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if parts.scheme == "unix" and parts.path:
            return cls(path=unquote(parts.path), user=user, password=password, database=database)
        if parts.scheme not in _PLAIN + _TLS or not parts.hostname:
            raise NianjianError("gate_store_address")
        tls = parts.scheme in _TLS
        return cls("", parts.hostname, port, tls, asked.get("ca", ""), user, password, database)

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
        """For people: without the password."""
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
        self.say(words, lambda told: None if reply.done() else reply.set_result(told))
        told = await reply
        if isinstance(told, Exception):
            raise told
        return told

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
