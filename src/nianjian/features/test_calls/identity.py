"""The certificate that a way shows to a gateway that asks for one (mutual TLS), and its key: read, proved, kept as one.

Pure; the moment is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.sip.secure import trusting

LONGEST: Final = 65_536  # characters of a certificate with its chain, and of a key
BLOCK: Final = re.compile(
    r"-----BEGIN (?P<kind>[A-Z0-9 ]{1,40})-----\s[^-]*+(?:-(?!----)[^-]*+)*+-----END (?P=kind)-----"
)
"""A block ends at the next five dashes: a text of beginnings alone is gone through once, not once for each of them."""
LOCKED: Final = "ENCRYPTED"  # a kind of PKCS#8, or a line of older keys


def pair(certificate: str, key: str, now: datetime) -> str:
    """Certificate, chain and key as one PEM text, the certificate that the key fits first; "" where neither is given.

    The key may also lie with the certificate. ``callback_cert_wrong``, ``callback_cert_expired``,
    ``callback_key_missing``, ``callback_key_locked``, ``callback_key_other``.
    """
    if not certificate.strip() and not key.strip():
        return ""
    if max(len(certificate), len(key)) > LONGEST:
        raise NianjianError("callback_cert_wrong")
    blocks = [(found["kind"], found[0]) for found in BLOCK.finditer(f"{certificate}\n{key}")]
    chain = _chain(text for kind, text in blocks if kind == "CERTIFICATE")
    own, public = _key([text for kind, text in blocks if kind.endswith("PRIVATE KEY")])
    first = next((one for one in chain if _public(one) == public), None)
    if first is None:
        raise NianjianError("callback_key_other")
    if not first.not_valid_before_utc <= now <= first.not_valid_after_utc:
        raise NianjianError("callback_cert_expired", first=_day(first.not_valid_before_utc), last=until_of(first))
    others = [one for one in chain if one is not first]
    found = "".join(one.public_bytes(Encoding.PEM).decode() for one in (first, *others)) + own
    try:
        trusting("", found)
    except (OSError, ValueError) as fault:  # such as a key that is too short for TLS today
        raise NianjianError("callback_cert_wrong") from fault
    return found


def until(kept: str) -> date | None:
    """The last day of a kept certificate; None where none is kept."""
    found = BLOCK.search(kept)
    return None if found is None else until_of(x509.load_pem_x509_certificate(found[0].encode()))


def until_of(certificate: x509.Certificate) -> date:
    """The last day on which it holds, in Shanghai."""
    return _day(certificate.not_valid_after_utc)


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.ZONE).date()


def _chain(blocks: Iterable[str]) -> list[x509.Certificate]:
    try:
        found = [x509.load_pem_x509_certificate(one.encode()) for one in blocks]
    except ValueError as fault:
        raise NianjianError("callback_cert_wrong") from fault
    if not found:
        raise NianjianError("callback_cert_wrong")
    return found


def _key(blocks: list[str]) -> tuple[str, bytes]:
    """The one key without a passphrase, and its public half."""
    if len(blocks) != 1:
        raise NianjianError("callback_key_missing")
    if LOCKED in blocks[0]:
        raise NianjianError("callback_key_locked")
    try:
        key = load_pem_private_key(blocks[0].encode(), None)
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), public
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise NianjianError("callback_key_missing") from fault


def _public(certificate: x509.Certificate) -> bytes:
    try:
        return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        return b""
