"""The way to the store: addresses, passwords, TLS, and a peer that speaks another language."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import hiredis
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.support.gate_store import E, Valkey, opened, per_day, server, slot, take, until
from tests.support.services import free_port

from nianjian.engines.gate.counters.store_client import Address, connect
from nianjian.engines.kernel.errors import NianjianError

CAP = per_day(300)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("unix:///run/valkey/s.sock", Address(path="/run/valkey/s.sock")),
        ("unix:///run/s?db=3", Address(path="/run/s", database=3)),
        ("valkey://store", Address(host="store")),
        (
            "valkey://gate:p%40ss@store:7000/2",
            Address(host="store", port=7000, user="gate", password="p@ss", database=2),  # noqa: S106 - a sample
        ),
        ("valkeys://:secret@[::1]", Address(host="::1", tls=True, password="secret")),  # noqa: S106 - a sample
        ("rediss://store?ca=/etc/ca.pem", Address(host="store", tls=True, ca="/etc/ca.pem")),
    ],
)
def test_addresses(url: str, address: Address) -> None:
    assert Address.of(url) == address


@pytest.mark.parametrize(
    "url", ["", "store:6379", "http://store", "unix://", "valkey://", "valkey://s:port", "valkey://s/x"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(NianjianError, match="gate_store_address"):
        Address.of(url)


def test_a_password_is_never_told() -> None:
    address = Address.of("valkey://gate:secret@store:7000")
    assert "secret" not in f"{address} {address!r}"


async def test_the_password_is_said_first_and_a_wrong_one_is_a_store_that_is_away(valkey: Valkey) -> None:
    valkey.ask("ACL", "SETUSER", "gate", "on", ">right", "~*", "+@all")
    asked = await connect(Address.of(f"unix://gate:right@{valkey.socket}"), lambda: None)
    assert await asked.ask("ACL", "WHOAMI") == b"gate"
    asked.close()
    with pytest.raises(hiredis.ReplyError):
        await connect(Address.of(f"unix://gate:wrong@{valkey.socket}"), lambda: None)


async def test_a_user_who_may_not_read_the_settings_is_told_so(valkey: Valkey) -> None:
    valkey.ask("ACL", "SETUSER", "default", "-config")
    with pytest.raises(NianjianError, match="gate_store_unread"):
        await opened(valkey, CAP)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate of its own for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    now = datetime.now(tz=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "key.pem", folder / "cert.pem"
    form = serialization.PrivateFormat.PKCS8
    paths[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    paths[1].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return paths


def test_tls_checks_the_store_s_certificate(tmp_path: Path) -> None:
    key, certificate = _certificate(tmp_path)
    port = free_port()

    async def test() -> None:
        known = await connect(Address.of(f"valkeys://127.0.0.1:{port}?ca={certificate}"), lambda: None)
        assert await known.ask("PING") == b"PONG"
        known.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(Address.of(f"valkeys://127.0.0.1:{port}"), lambda: None)
        await asyncio.sleep(0.05)  # what was hung up on is closed

    files = {"tls_cert_file": str(certificate), "tls_key_file": str(key), "tls_ca_cert_file": str(certificate)}
    with server(tls_port=str(port), tls_auth_clients="no", **files):
        asyncio.run(test())


async def _stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with words that are no RESP."""
    await reader.read(10)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()


async def test_a_peer_of_another_language_is_hung_up_on() -> None:
    listening = await asyncio.start_server(_stranger, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    gone: list[bool] = []
    connection = await connect(Address.of(f"valkey://127.0.0.1:{port}"), lambda: gone.append(True))
    with pytest.raises(ConnectionError):
        await connection.ask("PING")
    assert gone == [True]
    assert not connection.open
    with pytest.raises(ConnectionError):
        await connection.ask("PING")
    listening.close()
    await listening.wait_closed()


async def test_a_turn_s_commands_leave_in_one_write(valkey: Valkey) -> None:
    connection = await connect(Address.of(valkey.url), lambda: None)
    writes: list[bytes] = []
    transport = connection._transport
    assert transport is not None
    written = transport.write
    connection._transport = type("Heard", (), {
        "write": lambda _, data: (writes.append(data), written(data))[1], "is_closing": lambda _: False,
        "abort": lambda _: transport.abort(),
    })()  # fmt: skip
    replies = await asyncio.gather(*(connection.ask("INCR", "n") for _ in range(50)))
    assert replies == list(range(1, 51))
    assert len(writes) == 1
    connection.close()
    await asyncio.sleep(0.05)


async def test_a_store_that_restarts_often_is_found_each_time(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    for count in range(1, 4):
        assert (await take(gate, slot(CAP))).allowed
        valkey.kill()
        valkey.start()
        await until(lambda: gate.keeper.ready)
        assert gate.used(E, slot(CAP), 1_772_424_000_000) == count
