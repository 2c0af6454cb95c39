"""What a person may write: where calls go, which number is dialled, who calls, our own certificate. Pure."""

import ipaddress
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

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.sip.message import Via
from nianjian.engines.sip.secure import trusting

VIA: Final = re.compile(r"(sips?):(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?((?:;[a-z]+=[a-z0-9]+)*)")
NUMBER: Final = re.compile(r"\+?[0-9*#]{3,24}")
CALLER: Final = re.compile(r"[A-Za-z0-9+*#._-]{1,40}")
TRANSPORTS: Final = ("udp", "tcp", "tls")
PORTS: Final = {"udp": 5060, "tcp": 5060, "tls": 5061}
HIGHEST: Final = 65_535
LONGEST: Final = 400
SHOWN: Final = 40  # of what is no number, its digits masked: it may be a person's with a slip
CA: Final = 65_536  # characters of certificates
HOSTS: Final = 1000  # characters of a gateway's addresses together, as they are kept


def parse_via(text: str) -> Via:
    """``sip:HOST:PORT[;transport=udp|tcp|tls]``; ``callback_via_wrong``."""
    match = VIA.fullmatch(text.strip()[:LONGEST])
    if match is None:
        raise NianjianError("callback_via_wrong", via=text[:LONGEST])
    scheme, host, port, more = match.groups()
    params = dict(part.split("=") for part in more.split(";")[1:])
    transport = params.pop("transport", "tls" if scheme == "sips" else "udp")
    number = int(port) if port else PORTS.get(transport, 0)
    bare = host.strip("[]").lower()
    secured = scheme == "sips"
    if (
        params
        or transport not in TRANSPORTS
        or (secured and transport != "tls")
        or not 0 < number <= HIGHEST
        or not _is_host(bare)
    ):
        raise NianjianError("callback_via_wrong", via=text[:LONGEST])
    return Via(bare, number, transport, sips=secured)


def parse_ca(text: str) -> str:
    """Certificates (PEM) that a way trusts, "" for the system's; ``callback_ca_wrong``, also for a private key."""
    bare = text.strip()
    if not bare:
        return ""
    if len(bare) > CA or "PRIVATE KEY" in bare:
        raise NianjianError("callback_ca_wrong")
    try:
        trusting(bare)
    except (ValueError, OSError) as fault:
        raise NianjianError("callback_ca_wrong") from fault
    return bare + "\n"


def parse_number(text: str) -> str:
    """What is dialled, without blanks; ``callback_number_wrong``."""
    bare = re.sub(r"[\s()-]", "", text[:LONGEST])
    if not NUMBER.fullmatch(bare):
        raise NianjianError("callback_number_wrong", number=numbers.mask(text[:SHOWN]))
    return bare


def parse_caller(text: str) -> str:
    """Who calls, as the From says; ``callback_caller_wrong``."""
    if not CALLER.fullmatch(text.strip()):
        raise NianjianError("callback_caller_wrong", caller=numbers.mask(text[:SHOWN]))
    return text.strip()


def parse_hosts(text: str) -> tuple[str, ...]:
    """Addresses or names with commas or blanks between, in small letters, each once; ``callback_gateway_wrong``."""
    hosts = []
    for one in re.split(r"[\s,;，；]+", text.strip()):
        bare = one.strip("[]").lower()
        if bare and not _is_host(bare):
            raise NianjianError("callback_gateway_wrong", gateway=one[:LONGEST])
        hosts += [bare] if bare else []
    if len(",".join(dict.fromkeys(hosts))) > HOSTS:
        raise NianjianError("callback_gateway_wrong", gateway=f"{text[:LONGEST]}…")
    return tuple(dict.fromkeys(hosts))


def looks_like_host(text: str) -> bool:
    """Whether a gateway's name in the ledger is an address itself."""
    bare = text.strip().strip("[]").lower()
    return _is_host(bare) and ("." in bare or ":" in bare)


def _is_host(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*\.?", text) is not None
    return True


LONGEST_PEM: Final = 65_536  # characters of a certificate with its chain, and of a key
BLOCK: Final = re.compile(
    r"-----BEGIN (?P<kind>[A-Z0-9 ]{1,40})-----\s[^-]*+(?:-(?!----)[^-]*+)*+-----END (?P=kind)-----"
)
"""A block ends at the next five dashes: a text of beginnings alone is gone through once, not once for each of them."""
LOCKED: Final = "ENCRYPTED"  # a kind of PKCS#8, or a line of older keys


def parse_identity(certificate: str, key: str, now: datetime) -> str:
    """Certificate, chain and key as one PEM text, the certificate that the key fits first; "" where neither is given.

    The key may also lie with the certificate. ``callback_cert_wrong``, ``callback_cert_expired``,
    ``callback_key_missing``, ``callback_key_locked``, ``callback_key_other``.
    """
    if not certificate.strip() and not key.strip():
        return ""
    if max(len(certificate), len(key)) > LONGEST_PEM:
        raise NianjianError("callback_cert_wrong")
    blocks = [(pem["kind"], pem[0]) for pem in BLOCK.finditer(f"{certificate}\n{key}")]
    chain = _chain(text for kind, text in blocks if kind == "CERTIFICATE")
    own, public = _key([text for kind, text in blocks if kind.endswith("PRIVATE KEY")])
    first = next((one for one in chain if _public(one) == public), None)
    if first is None:
        raise NianjianError("callback_key_other")
    if not first.not_valid_before_utc <= now <= first.not_valid_after_utc:
        raise NianjianError("callback_cert_expired", first=_day(first.not_valid_before_utc), last=last_day(first))
    others = [one for one in chain if one is not first]
    pem = "".join(one.public_bytes(Encoding.PEM).decode() for one in (first, *others)) + own
    try:
        trusting("", pem)
    except (OSError, ValueError) as fault:  # such as a key that is too short for TLS today
        raise NianjianError("callback_cert_wrong") from fault
    return pem


def certificate_end(pem: str) -> date | None:
    """The last day of a kept certificate; None where none is kept."""
    match = BLOCK.search(pem)
    return None if match is None else last_day(x509.load_pem_x509_certificate(match[0].encode()))


def last_day(certificate: x509.Certificate) -> date:
    """The last day on which it holds, in Shanghai."""
    return _day(certificate.not_valid_after_utc)


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.ZONE).date()


def _chain(blocks: Iterable[str]) -> list[x509.Certificate]:
    try:
        certificates = [x509.load_pem_x509_certificate(one.encode()) for one in blocks]
    except ValueError as fault:
        raise NianjianError("callback_cert_wrong") from fault
    if not certificates:
        raise NianjianError("callback_cert_wrong")
    return certificates


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
