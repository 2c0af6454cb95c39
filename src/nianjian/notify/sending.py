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
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from nianjian.kernel.errors import NianjianError

PATIENCE: Final = 10.0  # seconds for each step of a try
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
    if host not in allowed and not all(ip_address(one).is_global for one in found):
        raise NianjianError("webhook_host_refused", host=host)
    return found[0]


def post(url: str, body: bytes, headers: Mapping[str, str], allowed: Collection[str]) -> int:
    """Send; the answer's status. NianjianError of `checked` and `place`, ``webhook_unanswered`` with a reason."""
    parts = checked(url, allowed)
    port = parts.port or SCHEMES[parts.scheme]
    connection = _At(parts, port, place(str(parts.hostname), port, allowed))
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    try:
        connection.request("POST", path, body, {"content-type": "application/json", **headers})
        return connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise NianjianError("webhook_unanswered", reason=type(fault).__name__) from fault
    finally:
        connection.close()
