"""The certificate that a way shows: what belongs together is kept, anything else is refused with its reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from time import process_time
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from tests.support.certificates import Held, root
from tests.support.tls import server

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.test_calls.validation import certificate_end, parse_identity

WORD: Final = BestAvailableEncryption(b"geheim")


@pytest.fixture(scope="module")
def ca() -> Held:
    return root()


def made(folder: Path, ca: Held, days: int = 30) -> tuple[str, str]:
    """Certificate and key of a caller, apart."""
    text = server(folder, ca, "caller", [x509.DNSName("caller.example")], days=days).read_text()
    end = text.index("-----BEGIN PRIVATE KEY-----")
    return text[:end], text[end:]


def test_certificate_chain_and_key_are_kept_as_one_the_own_first(ca: Held, tmp_path: Path) -> None:
    certificate, key = made(tmp_path, ca)
    chain = ca.pem.decode()
    kept = parse_identity(f"Bag Attributes\n{chain}{certificate}", key, clock.now())
    assert kept == certificate + chain + key
    assert parse_identity(certificate + chain + key, "", clock.now()) == kept
    assert parse_identity(kept, "", clock.now()) == kept
    assert certificate_end(kept) == (clock.now() + timedelta(days=30)).astimezone(clock.ZONE).date()
    assert (parse_identity("", " ", clock.now()), certificate_end("")) == ("", None)


def test_an_older_form_of_the_key_is_taken(ca: Held, tmp_path: Path) -> None:
    certificate, key = made(tmp_path, ca)
    old = load_pem_private_key(key.encode(), None).private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    assert b"BEGIN EC PRIVATE KEY" in old
    assert parse_identity(certificate, old.decode(), clock.now()) == certificate + key


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_under_a_passphrase_is_refused_and_nobody_is_asked(form: PrivateFormat, ca: Held, tmp_path: Path) -> None:
    certificate, key = made(tmp_path, ca)
    locked = load_pem_private_key(key.encode(), None).private_bytes(Encoding.PEM, form, WORD).decode()
    with pytest.raises(NianjianError, match="callback_key_locked"):
        parse_identity(certificate, locked, clock.now())


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("other", "callback_key_other"), ("none", "callback_key_missing"), ("two", "callback_key_missing"),
        ("broken", "callback_key_missing"), ("key", "callback_cert_wrong"), ("cert", "callback_cert_wrong"),
        ("old", "callback_cert_expired"), ("early", "callback_cert_expired"), ("long", "callback_cert_wrong"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together(what: str, code: str, ca: Held, tmp_path: Path) -> None:
    certificate, key = made(tmp_path, ca)
    strange = made(tmp_path, ca)[1]
    broken = key.replace("MI", "??", 1)
    now = clock.now() + timedelta(days={"old": 31, "early": -61}.get(what, 0))
    given = {
        "other": (certificate, strange), "none": (certificate, ""), "two": (certificate, key + strange),
        "broken": (certificate, broken), "key": ("", key), "long": (certificate + "x" * 70_000, key),
        "cert": ("-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----", key),
    }.get(what, (certificate, key))  # fmt: skip
    with pytest.raises(NianjianError, match=code):
        parse_identity(*given, now)


def test_a_key_too_short_for_tls_today(ca: Held) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 -- it is to be refused
    now = clock.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "short")])
    by = ca.certificate.subject
    build = x509.CertificateBuilder(by, name, short.public_key(), 7, now - timedelta(1), now + timedelta(1))
    certificate = build.sign(ca.key, ca.certificate.signature_hash_algorithm).public_bytes(Encoding.PEM).decode()
    key = short.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(NianjianError, match="callback_cert_wrong"):
        parse_identity(certificate, key, now)


def test_a_text_of_beginnings_alone_is_gone_through_once() -> None:
    """As a search for each beginning's end it takes minutes, in the process that serves pages."""
    text = "-----BEGIN CERTIFICATE-----\n" * 2340
    begun = process_time()
    with pytest.raises(NianjianError, match="callback_cert_wrong"):
        parse_identity(text, text, clock.now())
    assert process_time() - begun < 5  # seconds, a hundred times what it takes
