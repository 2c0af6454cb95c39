"""TLS below SIP (RFC 3261 26.2, RFC 5630): what is trusted, why a connection failed, who speaks it at all."""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

PATIENCE: Final = 1.5  # seconds for a port to show whether it speaks TLS
PORT: Final = 5061
UNTRUSTED, HOST, EXPIRED, PLAIN, VERSION, FAILED, NEEDED, IDENTITY = (
    "untrusted", "host", "expired", "plain", "version", "failed", "needed", "identity",
)  # fmt: skip
RECORD: Final = re.compile(rb"[\x15\x16]\x03", re.DOTALL)  # an alert or a handshake of TLS begins like this
FAULTS: Final = (UNTRUSTED, HOST, EXPIRED, PLAIN, VERSION, FAILED, NEEDED, IDENTITY)
"""``plain``: no TLS is spoken there; ``version``: none that is new enough; ``needed``: only TLS is spoken there;
``identity``: our own certificate is refused, or lacks."""
_CHECKS: Final[Mapping[int, str]] = {9: EXPIRED, 10: EXPIRED, 62: HOST, 64: HOST}  # X509_V_ERR_… of OpenSSL
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_OLD: Final = frozenset({
    "TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "NO_PROTOCOLS_AVAILABLE",
    "UNKNOWN_PROTOCOL",
})  # fmt: skip


_OURS: Final = re.compile(
    "ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_|ACCESS_DENIED|DECRYPT_ERROR)"
)


class SecureError(OSError):
    """``kind``: one of `FAULTS`."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind


@lru_cache(maxsize=16)
def trusting(ca: str, identity: str = "") -> ssl.SSLContext:
    """TLS 1.2 or newer, host and chain checked: by the certificates in ``ca`` (PEM) alone, "": the system's.

    ``identity``: our own certificate, chain and key (PEM), shown where it is asked for. ssl.SSLError or ValueError
    where one of them is none.
    """
    context = ssl.create_default_context(cadata=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if identity:
        with _write_temp(identity) as path:
            context.load_cert_chain(path, password=lambda: "")  # never asks at a terminal
    return context


@contextmanager
def _write_temp(text: str) -> Iterator[str]:
    """A path under which OpenSSL can read a text: in memory where the system has such, else a file of ours alone."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        with os.fdopen(os.memfd_create("identity"), "wb", buffering=0) as memory:
            memory.write(text.encode())
            yield f"/proc/self/fd/{memory.fileno()}"
    else:
        with NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            yield file.name


def to_secure_error(fault: BaseException) -> SecureError:
    """Why a connection that was made did not become a secure one."""
    words = str(getattr(fault, "verify_message", "")) or str(fault) or type(fault).__name__
    if isinstance(fault, ssl.SSLCertVerificationError):
        return SecureError(_CHECKS.get(fault.verify_code, UNTRUSTED), words)
    if isinstance(fault, ssl.SSLError) and not isinstance(fault, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        reason = fault.reason or ""
        if _OURS.search(reason):  # the other side's word on what we have shown
            return SecureError(IDENTITY, words)
        return SecureError(PLAIN if reason in _NO_TLS else VERSION if reason in _OLD else FAILED, words)
    return SecureError(PLAIN, words)  # closed, or not a word: the handshake was not understood


async def weighed(fault: BaseException, host: str, port: int) -> SecureError:
    """As `to_secure_error`; what was only closed, or mute, is asked once more whether its first words are TLS."""
    error = to_secure_error(fault)
    broken = not isinstance(fault, ssl.SSLError) or isinstance(fault, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if error.kind == PLAIN and broken and await _greets(host, port):
        return SecureError(FAILED, str(error))
    return error


async def _greets(host: str, port: int) -> bool:
    """Whether a port answers a TLS greeting with a TLS record, however it goes on."""
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(coming, going, server_hostname=host).do_handshake()
    loop = asyncio.get_running_loop()
    try:
        sock = await link(host, port, PATIENCE)
    except (OSError, TimeoutError):
        return False
    try:
        await asyncio.wait_for(loop.sock_sendall(sock, going.read()), PATIENCE)
        first = await asyncio.wait_for(loop.sock_recv(sock, 2), PATIENCE)
    except (OSError, TimeoutError):
        return False
    finally:
        sock.close()
    return bool(RECORD.match(first))


async def link(host: str, port: int, patience: float) -> socket.socket:
    """A plain connection, so that what fails later is TLS alone; OSError, TimeoutError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setblocking(False)  # noqa: FBT003 -- its only argument
    try:
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(sock, (host, port)), patience)
    except BaseException:
        sock.close()
        raise
    return sock


async def spoken(host: str, ports: Iterable[int]) -> bool:
    """Whether one of the ports answers a TLS greeting; no certificate is judged, no call is sent."""
    return any(await asyncio.gather(*(_spoken(host, port) for port in dict.fromkeys(ports))))


async def _spoken(host: str, port: int) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        sock = await link(host, port, PATIENCE)
    except (OSError, TimeoutError):
        return False
    try:
        opened = asyncio.open_connection(
            sock=sock, ssl=context, server_hostname=host, ssl_handshake_timeout=PATIENCE, ssl_shutdown_timeout=PATIENCE
        )
        _reader, writer = await asyncio.wait_for(opened, 2 * PATIENCE)
    except (OSError, TimeoutError) as fault:
        sock.close()
        alerts = {VERSION, FAILED, IDENTITY}  # an alert is TLS, too
        return isinstance(fault, ssl.SSLError) and to_secure_error(fault).kind in alerts
    writer.close()
    with suppress(OSError, TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), PATIENCE)
    return True
