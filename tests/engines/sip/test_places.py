"""Where test calls of a tenant may not go."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.answerer import Answerer, pick_up, place

from nianjian.engines.sip.agent import REFUSED, connected, is_this_machine
from nianjian.engines.sip.message import Plan, Via


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.1", "0.1.2.3", "169.254.169.254", "224.0.0.1", "239.1.1.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.1.1",
    ],
)  # fmt: skip
def test_this_machine_its_link_and_groups_are_refused(address: str) -> None:
    assert is_this_machine(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.9", "203.0.113.7", "2001:db8::1", "fd00::1", "sbc.example"])
def test_a_switch_in_the_own_network_is_not(address: str) -> None:
    assert not is_this_machine(address)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_name_is_judged_by_where_it_leads_and_nothing_is_opened(host: str, transport: str) -> None:
    with pytest.raises(OSError, match=REFUSED):
        asyncio.run(connected(Via(host, 9, transport, anywhere=False), 5))


@pytest.mark.parametrize("anywhere", [True, False])
def test_a_refused_way_is_told_as_unreachable_and_no_packet_arrives(anywhere: bool) -> None:  # noqa: FBT001 -- a case
    with Answerer(pick_up) as far:
        (seen,) = place((Via("127.0.0.1", far.port, anywhere=anywhere), Plan("95013", "me", 2000)))
    assert (seen.end, seen.fault) == (("answered", "") if anywhere else ("unreachable", REFUSED))
    assert bool(seen.log) is anywhere
