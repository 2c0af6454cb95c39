"""The certificate that a way shows: kept sealed, shown to a gateway that asks, never told, gone when forgotten."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from django.db import connection
from tests.support.answerer import Stream, pick_up
from tests.support.certificates import root
from tests.support.fixtures import Import
from tests.support.tls import server

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.maintenance import health
from nianjian.features.test_calls.models import Route
from nianjian.features.test_calls.operations import calls
from nianjian.features.test_calls.operations.calls import CallWay
from nianjian.features.test_calls.storage import RouteInput
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
MARK: Final = "PRIVATE KEY"


@dataclass(frozen=True)
class Trunk:
    """A gateway that asks for a certificate of this CA, and a caller's certificate and key."""

    via: str
    ca: str
    certificate: str
    key: str

    def given(self, **more: Any) -> RouteInput:
        base = {"name": "TLS", "via": self.via, "caller": "test", "witness": "none", "ca": self.ca}
        return RouteInput(**{**base, **more})


@pytest.fixture
def trunk(demo: str, load: Import, quick_calls: None, tmp_path: Path) -> Iterator[Trunk]:
    del demo
    load("numbers", "码号,批准总位长,备案状态,备案日期", ("95013", 8, "已备案", "2024-02-01"))
    ca, here = root(), [x509.IPAddress(ip_address("127.0.0.1"))]
    asks = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    asks.load_cert_chain(server(tmp_path, ca, "gateway", [*here]))
    asks.load_verify_locations(cadata=ca.pem.decode())
    asks.verify_mode = ssl.CERT_REQUIRED
    own = server(tmp_path, ca, "caller", [*here]).read_text()
    cut = own.index("-----BEGIN PRIVATE")
    with Stream(pick_up, asks) as far:
        yield Trunk(f"sip:127.0.0.1:{far.port};transport=tls", ca.pem.decode(), own[:cut], own[cut:])


def reason(actor: Actor) -> str:
    result = calls.place_test_calls(
        enterprise="demo", numbers=("95013",), ways=[CallWay.over(Route.objects.get())], actor=actor
    )
    assert MARK not in str(result)
    return str(result.rows[0].reason)


def test_from_a_way_without_it_to_one_that_forgets_it(trunk: Trunk, operator: Actor) -> None:
    route = calls.save_route(enterprise="demo", route=trunk.given(), actor=operator)
    assert route.certificate_until is None
    assert reason(operator) in {"tls_identity", "tls_failed"}
    route = calls.save_route(
        enterprise="demo", route=trunk.given(certificate=trunk.certificate, key=trunk.key), actor=operator
    )
    assert route.certificate_until is not None
    assert route.certificate_until > "2026"
    assert MARK not in str(route) + str(calls.describe_routes(enterprise="demo", actor=operator))
    assert reason(operator) == "gateway_unknown"  # it answered; the ledger names no gateway
    calls.save_route(enterprise="demo", route=trunk.given(carrier="中国移动"), actor=operator)
    assert reason(operator) == "gateway_unknown"  # what is not said stays
    assert (
        calls.save_route(enterprise="demo", route=trunk.given(certificate=""), actor=operator).certificate_until is None
    )
    assert Route.objects.get().identity is None
    assert reason(operator) in {"tls_identity", "tls_failed"}
    data = [one.data.get("certificate") for one in acts(verb="callback.route")]
    assert sorted(str(one) for one in data) == ["None", "None", "removed", "set"]


def test_the_key_lies_sealed_and_stands_in_no_entry(trunk: Trunk, operator: Actor) -> None:
    calls.save_route(enterprise="demo", route=trunk.given(certificate=trunk.certificate + trunk.key), actor=operator)
    assert MARK in (Route.objects.get().identity or "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM inspection_route")
        assert MARK not in str(cursor.fetchall())
    assert MARK not in str([one.data for one in acts()])
    assert MARK not in repr(CallWay.over(Route.objects.get()))


def test_what_does_not_fit_changes_nothing(trunk: Trunk, operator: Actor) -> None:
    good = {"certificate": trunk.certificate, "key": trunk.key}
    for more, code in (
        ({"key": trunk.key}, "callback_cert_wrong"),
        ({"certificate": trunk.certificate}, "callback_key_missing"),
        (good | {"via": "sip:127.0.0.1:5060;transport=tcp"}, "callback_cert_plain"),
    ):
        with pytest.raises(NianjianError, match=code):
            calls.save_route(enterprise="demo", route=trunk.given(**more), actor=operator)
    assert not Route.objects.exists()


def test_the_doctor_tells_of_a_certificate_that_ends(
    trunk: Trunk, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def code() -> str:
        (finding,) = [one for one in health.examine_installation() if one.check == "certificates"]
        return finding.code

    calls.save_route(enterprise="demo", route=trunk.given(), actor=operator)
    assert code() == "certificates_none"
    route = calls.save_route(
        enterprise="demo", route=trunk.given(certificate=trunk.certificate, key=trunk.key), actor=operator
    )
    assert route.certificate_until is not None
    last = date.fromisoformat(route.certificate_until)
    for before, expected in ((31, "hold"), (30, "ends"), (0, "ends"), (-1, "over")):
        monkeypatch.setenv("NIANJIAN_TODAY", (last - timedelta(days=before)).isoformat())
        assert code() in {f"certificates_{expected}", f"certificate_{expected}"}, before
