"""Where test calls of a tenant may not go: to this machine itself, its link, or a group of machines. Pure.

Routes are set by administrators of tenants, the machine belongs to the operator. Private addresses stay free: a
switch usually has one.
"""

from __future__ import annotations

import ipaddress
from typing import Final

HERE: Final = ipaddress.ip_network("0.0.0.0/8")  # leads to this machine, too
EVERYBODY: Final = ipaddress.ip_address("255.255.255.255")


def refused(address: str) -> bool:
    """Whether an address is loopback, link-local, multicast, broadcast or none at all; a name is not judged here."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or found
    if inner in HERE or inner == EVERYBODY:
        return True
    return bool(inner.is_loopback or inner.is_link_local or inner.is_multicast or inner.is_unspecified)
