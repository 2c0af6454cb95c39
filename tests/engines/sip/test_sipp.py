"""The user agent against SIPp, a far end that is not ours: one process a scenario."""

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from tests.support import sipp_far
from tests.support.answerer import place
from tests.support.certificates import root
from tests.support.kamailio_proxy import Proxy
from tests.support.sipp_far import Far
from tests.support.tls import server

from nianjian.engines.sip.message import Account, CallTrace, Plan, Via
from nianjian.features.test_calls.states import ADDRESS, judge

KNOWN = Account("nj", "secret")


def call(port: int, account: Account | None = None, wait: int = 2000, way: Via | None = None) -> CallTrace:
    plan = Plan("95013", "test", wait=wait, hold=0, account=account)
    return place((way or Via("127.0.0.1", port), plan))[0]


@pytest.mark.parametrize(
    ("scenario", "account", "reason"),
    [
        pytest.param(sipp_far.answered(), None, "answered", id="answered"),
        pytest.param(sipp_far.answered("10.9.9.9"), None, "answered", id="contact-hidden"),
        pytest.param(sipp_far.asks("nj", "secret"), KNOWN, "answered", id="digest"),
        pytest.param(sipp_far.asks("nj", "other"), KNOWN, "refused", id="wrong-password"),
        pytest.param(sipp_far.asked(), None, "auth_needed", id="no-account"),
        pytest.param(sipp_far.refused("486 Busy Here"), None, "busy", id="busy"),
        pytest.param(sipp_far.refused("403 Forbidden"), None, "refused", id="refused"),
        pytest.param(sipp_far.refused("488 Not Acceptable Here"), None, "codec", id="codec"),
        pytest.param(sipp_far.refused("404 Not Found"), None, "number_unknown", id="unknown"),
        pytest.param(sipp_far.refused("606 Not Acceptable"), None, "codec", id="codec-everywhere"),
        pytest.param(sipp_far.refused("420 Bad Extension", "Unsupported: x"), None, "extension", id="bad-extension"),
        pytest.param(sipp_far.refused("421 No", "Require: timer"), None, "extension", id="extension"),
        pytest.param(sipp_far.refused("494 No", "Security-Server: tls;q=0.1"), None, "tls_needed", id="agreement-tls"),
        pytest.param(sipp_far.refused("494 No", "Security-Server: ipsec-3gpp"), None, "extension", id="agreement"),
        pytest.param(sipp_far.refused("302 Moved"), None, "redirected", id="redirected"),
        pytest.param(sipp_far.reliable(), None, "answered", id="reliable"),
        pytest.param(sipp_far.rings(), None, "rang_unanswered", id="rings"),
    ],
)
def test_each_is_told_as_it_was(scenario: str, account: Account | None, reason: str, tmp_path: Path) -> None:
    with Far(tmp_path / "far", scenario) as far:
        seen = call(far.port, account, wait=600 if reason == "rang_unanswered" else 5000)
        assert far.done() == 0, [line.first for line in seen.log]
    result = judge(seen, limit=4000, expected=("127.0.0.1",), witness=ADDRESS)
    assert result.reason == reason
    assert (result.verdict == "passed") == (reason == "answered")
    assert seen.resent == 0


@pytest.mark.long
@pytest.mark.parametrize("rings", [False, True], ids=["answered", "cancelled"])
def test_through_a_proxy_that_stays_in_the_dialog(rings: bool, tmp_path: Path) -> None:  # noqa: FBT001 -- a parameter
    scenario = sipp_far.rings() if rings else sipp_far.routed()
    with Far(tmp_path / "far", scenario) as far, Proxy(tmp_path / "proxy", far.port) as proxy:
        seen = call(proxy.port, wait=600 if rings else 5000)
        assert far.done() == 0, [line.first for line in seen.log]
    assert (seen.end, seen.routes) == (("unanswered", []) if rings else ("answered", ["127.0.0.1"]))
    routes = [line.text.count("\nRoute: ") for line in seen.log if line.out]
    assert routes == ([0, 0, 0] if rings else [0, 1, 1])


@pytest.mark.long
def test_through_a_proxy_that_demands_our_certificate(tmp_path: Path) -> None:
    ca, here = root(), [x509.IPAddress(ip_address("127.0.0.1"))]
    pem, own = (server(tmp_path, ca, name, here) for name in ("proxy", "caller"))
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    way = Via("127.0.0.1", 0, "tls", ca=ca.pem.decode())
    with (
        Far(tmp_path / "far", sipp_far.routed()) as far,
        Proxy(tmp_path / "proxy", far.port, pem, tmp_path / "ca.pem") as proxy,
    ):
        way = replace(way, port=proxy.port)
        without = call(proxy.port, way=way)
        reason = judge(without, limit=4000, expected=("127.0.0.1",), witness=ADDRESS).reason
        assert (without.end, reason in {"tls_identity", "tls_failed"}) == ("unreachable", True)
        seen = call(proxy.port, wait=5000, way=replace(way, identity=own.read_text()))
        assert (seen.end, far.done(), proxy.inside()) == ("answered", 0, ["ACK tls", "BYE tls"])


@pytest.mark.long
@pytest.mark.parametrize("sips", [False, True], ids=["transport=tls", "sips"])
@pytest.mark.parametrize("rings", [False, True], ids=["answered", "cancelled"])
def test_through_a_proxy_over_tls_that_stays_in_the_dialog(rings: bool, sips: bool, tmp_path: Path) -> None:  # noqa: FBT001 -- parameters
    """The proxy writes two routes, one for each side; what follows the answer names both and comes over TLS again."""
    ca = root()
    pem = server(tmp_path, ca, "proxy", [x509.IPAddress(ip_address("127.0.0.1"))])
    scenario = sipp_far.rings() if rings else sipp_far.routed()
    with Far(tmp_path / "far", scenario) as far, Proxy(tmp_path / "proxy", far.port, pem) as proxy:
        way = Via("127.0.0.1", proxy.port, "tls", sips=sips, ca=ca.pem.decode())
        seen = call(proxy.port, wait=600 if rings else 5000, way=way)
        assert far.done() == 0, [line.first for line in seen.log]
    routes = [line.text.count("\nRoute: ") for line in seen.log if line.out]
    if rings:
        assert (seen.end, routes, proxy.inside()) == ("unanswered", [0, 0, 0], [])
        return
    assert (seen.end, seen.routes, routes) == ("answered", ["127.0.0.1", "127.0.0.1"], [0, 2, 2])
    assert proxy.inside() == ["ACK tls", "BYE tls"]
    ack = next(line.text for line in seen.log if line.out and line.first.startswith("ACK "))
    first, second = [line for line in ack.split("\n") if line.startswith("Route: ")]
    assert f"127.0.0.1:{proxy.port}" in first
    assert ("transport=tls" in first or "sips:" in first, "transport=tls" in second) == (True, False)
