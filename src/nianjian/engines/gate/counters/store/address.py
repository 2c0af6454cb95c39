"""Where the store is: ``unix:///path``, ``valkey://[user:password@]host[:port][/db]``, ``valkeys://`` for TLS."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

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
