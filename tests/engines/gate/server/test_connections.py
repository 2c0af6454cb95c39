"""Room for connections: shares of addresses, the reserve, and what an address is."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.gate_server import Heard

from nianjian.engines.gate.server.connections import Connection, Connections, Limits


def opened(connections: Connections, *peers: str) -> list[Connection]:
    """Connections from peers, one after the other; those that were refused are left out."""
    found = []
    for peer in peers:
        connection, transport = Connection(connections), Heard(peer)
        connection.connection_made(transport)
        if not transport.closed:
            found.append(connection)
    return found


def refused(connections: Connections) -> dict[str, Any]:
    return {limit: number for limit, number in connections.refused.items() if number}


def test_an_address_has_its_share_and_gives_it_back() -> None:
    connections = Connections(Limits(100, 3))
    first, *_ = opened(connections, *["192.0.2.1"] * 5, "192.0.2.2")
    assert (len(connections), refused(connections)) == (4, {"address": 2})
    first.connection_lost(None)
    first.connection_lost(None)
    assert len(opened(connections, "192.0.2.1", "192.0.2.1")) == 1


def test_the_reserve_is_for_this_machine_and_for_addresses_that_have_proved_a_token() -> None:
    connections = Connections(Limits(40, 20))
    switch, *_ = opened(connections, "192.0.2.1")
    switch.proved()
    switch.connection_lost(None)
    assert len(opened(connections, *(f"198.51.100.{number}" for number in range(40)))) == 35
    assert refused(connections) == {"total": 5}
    comes_in = opened(connections, "192.0.2.1", "127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1")
    assert (len(comes_in), len(connections)) == (5, 40)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_an_ipv6_subnet_is_one_address(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a parameter
    assert len(opened(Connections(Limits(100, 1)), one, other)) == (1 if same else 2)
