"""What a person may write: where calls go, which number is dialled, who calls. Pure."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.sip.call_trace import Via
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


def via(text: str) -> Via:
    """``sip:HOST:PORT[;transport=udp|tcp|tls]``; ``callback_via_wrong``."""
    found = VIA.fullmatch(text.strip()[:LONGEST])
    if found is None:
        raise NianjianError("callback_via_wrong", via=text[:LONGEST])
    scheme, host, port, more = found.groups()
    given = dict(part.split("=") for part in more.split(";")[1:])
    transport = given.pop("transport", "tls" if scheme == "sips" else "udp")
    number = int(port) if port else PORTS.get(transport, 0)
    bare = host.strip("[]").lower()
    secured = scheme == "sips"
    if (
        given
        or transport not in TRANSPORTS
        or (secured and transport != "tls")
        or not 0 < number <= HIGHEST
        or not _is_host(bare)
    ):
        raise NianjianError("callback_via_wrong", via=text[:LONGEST])
    return Via(bare, number, transport, sips=secured)


def ca(text: str) -> str:
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


def number(text: str) -> str:
    """What is dialled, without blanks; ``callback_number_wrong``."""
    bare = re.sub(r"[\s()-]", "", text[:LONGEST])
    if not NUMBER.fullmatch(bare):
        raise NianjianError("callback_number_wrong", number=numbers.mask(text[:SHOWN]))
    return bare


def caller(text: str) -> str:
    """Who calls, as the From says; ``callback_caller_wrong``."""
    if not CALLER.fullmatch(text.strip()):
        raise NianjianError("callback_caller_wrong", caller=numbers.mask(text[:SHOWN]))
    return text.strip()


def hosts(text: str) -> tuple[str, ...]:
    """Addresses or names with commas or blanks between, in small letters, each once; ``callback_gateway_wrong``."""
    found = []
    for one in re.split(r"[\s,;，；]+", text.strip()):
        bare = one.strip("[]").lower()
        if bare and not _is_host(bare):
            raise NianjianError("callback_gateway_wrong", gateway=one[:LONGEST])
        found += [bare] if bare else []
    if len(",".join(dict.fromkeys(found))) > HOSTS:
        raise NianjianError("callback_gateway_wrong", gateway=f"{text[:LONGEST]}…")
    return tuple(dict.fromkeys(found))


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
