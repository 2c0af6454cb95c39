"""A way for test calls by the API: its own certificate is kept, told by its last day alone, refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from tests.support.asking import DEMO, Ask
from tests.support.certificates import root
from tests.support.tls import server

WAYS = f"{DEMO}/callback/ways"
WAY = {"name": "TLS", "via": "sip:192.0.2.1;transport=tls"}


@pytest.mark.django_db
def test_the_own_certificate_of_a_way(api: Ask, tmp_path: Path) -> None:
    admin = api("administrator")
    own = server(tmp_path, root(), "own", [x509.DNSName("caller.example")], days=400).read_text()
    cut = own.index("-----BEGIN PRIVATE")

    def put(**more: object) -> tuple[int, dict[str, object]]:
        answer = admin.post(WAYS, {**WAY, **more}, content_type="application/json")
        assert "PRIVATE" not in answer.content.decode()
        return answer.status_code, answer.json()

    strange = server(tmp_path, root(), "strange", [x509.DNSName("caller.example")]).read_text()[cut:]
    for more, code in (
        ({"certificate": own[:cut]}, "callback_key_missing"),
        ({"certificate": own[:cut], "key": strange}, "callback_key_other"),
        ({"certificate": own, "via": "sip:192.0.2.1"}, "callback_cert_plain"),
    ):
        status, told = put(**more)
        assert (400 <= status < 500, told["code"]) == (True, code)
    assert admin.get(WAYS).json()["routes"] == []
    status, told = put(certificate=own[:cut], key=own[cut:])
    assert (status, told["certificate_until"] is not None) == (200, True)
    assert put()[1]["certificate_until"] == told["certificate_until"]  # what is not said stays
    assert admin.get(WAYS).json()["routes"][0]["certificate_until"] == told["certificate_until"]
    assert put(certificate="")[1]["certificate_until"] is None
