"""One POST to an address that a person typed: resolved once, checked, and asked at exactly that place.

A name that resolves to this machine, to a link-local or other special address is refused, and so is a private one
unless its host is named in the setting; what was checked is what is connected to, so a second answer of the
resolver changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Thread
from typing import Final
from urllib.parse import SplitResult, urlsplit

from nianjian.engines.kernel.errors import NianjianError

PATIENCE: Final = 10.0  # seconds for each step of a try
DEADLINE: Final = 20.0  # seconds for a whole try, less than `service.PAUSES[0]` for which a message is taken
NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
SCHEMES: Final[Mapping[str, int]] = {"https": 443, "http": 80}


class _At(http.client.HTTPConnection):
    """A connection to ``place``, whatever the host's name resolves to by now."""

    def __init__(self, parts: SplitResult, port: int, place: str) -> None:
        super().__init__(parts.hostname or "", port, timeout=PATIENCE)
        self._place, self._tls = place, parts.scheme == "https"

    def connect(self) -> None:
        """Connect, with TLS against the name where the address asks for it."""
        plain = socket.create_connection((self._place, self.port), PATIENCE)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host) if self._tls else plain


def checked(url: str, allowed: Collection[str]) -> SplitResult:
    """Take an address apart; ``webhook_address_wrong``: no http(s), a name and password inside, no host, plain http.

    Plain http is for hosts in ``allowed`` only. What is not ASCII must be quoted, as it goes over the wire.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        url.encode("ascii")
        (parts.hostname or "").encode("idna")
    except ValueError as fault:
        raise NianjianError("webhook_address_wrong", url=url) from fault
    usable = parts.scheme in SCHEMES and parts.hostname and not parts.username and not parts.password and port != 0
    if not usable or (parts.scheme == "http" and parts.hostname not in allowed):
        raise NianjianError("webhook_address_wrong", url=url)
    return parts


def place(host: str, port: int, allowed: Collection[str]) -> str:
    """Resolve; ``webhook_host_unknown``, ``webhook_host_refused`` for one that is not public and not ``allowed``."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, ValueError) as fault:
        raise NianjianError("webhook_host_unknown", host=host) from fault
    if host not in allowed and not all(_is_public(one) for one in found):
        raise NianjianError("webhook_host_refused", host=host)
    return found[0]


def _is_public(address: str) -> bool:
    """Whether an address lies on the internet; one that stands for an IPv4 address (NAT64, 6to4) is what that is."""
    one = ip_address(address)
    if isinstance(one, IPv6Address):
        within = one.sixtofour or (IPv4Address(int(one) & 0xFFFF_FFFF) if one in NAT64 else None)
        return one.is_global and (within is None or within.is_global)
    return one.is_global


def post(url: str, body: bytes, headers: Mapping[str, str], allowed: Collection[str], within: float = DEADLINE) -> int:
    """Send; the answer's status. NianjianError of `checked` and `place`, ``webhook_unanswered`` with a reason.

    A try that is not over ``within`` so many seconds is given up: neither the resolver of names nor an answer that
    comes byte by byte holds the caller longer.
    """
    tried = _Try(url, body, headers, allowed)
    tried.start()
    tried.join(within)
    if tried.is_alive():
        tried.give_up()
        raise NianjianError("webhook_unanswered", reason=TimeoutError.__name__)
    if tried.fault:
        raise tried.fault
    return tried.status


class _Try(Thread):
    """One POST in a thread of its own, which ends soon after it was given up."""

    def __init__(self, url: str, body: bytes, headers: Mapping[str, str], allowed: Collection[str]) -> None:
        super().__init__(daemon=True)
        self.status = 0
        self.fault: NianjianError | None = None
        self._url, self._body, self._headers, self._allowed = url, body, headers, allowed
        self._connection: _At | None = None

    def run(self) -> None:
        """Send; the status or the fault."""
        try:
            self.status = self._sent()
        except NianjianError as fault:
            self.fault = fault
        except (OSError, ValueError, http.client.HTTPException) as fault:
            self.fault = NianjianError("webhook_unanswered", reason=type(fault).__name__)
            self.fault.__cause__ = fault
        finally:
            if self._connection:
                self._connection.close()

    def give_up(self) -> None:
        """End what the thread waits for, as soon as there is a socket."""
        if self._connection and self._connection.sock:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)

    def _sent(self) -> int:
        parts = checked(self._url, self._allowed)
        port = parts.port or SCHEMES[parts.scheme]
        self._connection = _At(parts, port, place(str(parts.hostname), port, self._allowed))
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        self._connection.request("POST", path, self._body, {"content-type": "application/json", **self._headers})
        return self._connection.getresponse().status
