"""The user agent against a real Asterisk: over UDP, TCP and TLS, with certificates good and bad."""

import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from tests.support.answerer import place
from tests.support.asterisk import Asterisk
from tests.support.certificates import root
from tests.support.services import free_port
from tests.support.tls import server

from nianjian.engines.sip.message import Account, CallTrace, Plan, Via
from nianjian.features.test_calls.states import ADDRESS, Verdict, judge

pytestmark = pytest.mark.long
LIMIT = 30_000
PLAN = """
[dialler](+)
exten => 95001,1,Ringing()
 same => n,Wait(1)
 same => n,Answer()
 same => n,Wait(5)
exten => 95002,1,Ringing()
 same => n,Wait(29)
 same => n,Answer()
 same => n,Wait(5)
exten => 95003,1,Ringing()
 same => n,Wait(30.5)
 same => n,Answer()
 same => n,Wait(5)
exten => 95004,1,Hangup(17)
exten => 95005,1,Ringing()
 same => n,Wait(60)
exten => 95007,1,Answer()
 same => n,Wait(0.3)
 same => n,Set(CONNECTEDLINE(num-pres,i)=allowed)
 same => n,Set(CONNECTEDLINE(num)=95099)
 same => n,Wait(5)
exten => 95008,1,Answer()
 same => n,Wait(0.3)
 same => n,Hangup(16)
"""
ENDPOINT = """
[{name}]
type=endpoint
context=dialler
disallow=all
allow={codec}
direct_media=no
send_pai=yes
trust_id_outbound=yes
{auth}
"""
ORDER = "[global](+)\nendpoint_identifier_order=username,anonymous\n"
AUTH = "[account]\ntype=auth\nauth_type=userpass\nusername=nj\npassword=secret\n"


@dataclass(frozen=True)
class Switch:
    """Ports of its transports by kind, and the CA that its certificates come from."""

    asterisk: Asterisk
    ports: dict[str, int]
    ca: str
    own: str
    strange: str

    def via(self, kind: str, ca: str | None = None, host: str = "127.0.0.1", **more: Any) -> Via:
        transport = kind if kind in {"udp", "tcp"} else "tls"
        return Via(host, self.ports[kind], transport, ca=self.ca if ca is None else ca, **more)


@pytest.fixture(scope="module")
def switch() -> Iterator[Switch]:
    with tempfile.TemporaryDirectory(prefix="tls-") as short:
        folder, ca = Path(short), root()
        here = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
        pems = {
            "tls": server(folder, ca, "tls", [*here]),
            "expired": server(folder, ca, "expired", [*here], days=-1),
            "other": server(folder, ca, "other", [x509.DNSName("sbc.example")]),
            "mutual": server(folder, ca, "mutual", [*here]),
        }
        ports = {one: free_port() for one in (*pems, "tcp")}
        text = f"[tcp]\ntype=transport\nprotocol=tcp\nbind=127.0.0.1:{ports['tcp']}\n"
        for kind, pem in pems.items():
            text += f"[{kind}]\ntype=transport\nprotocol=tls\nbind=127.0.0.1:{ports[kind]}\nmethod=tlsv1_2\n"
            text += f"cert_file={pem}\npriv_key_file={pem}\n"
            if kind == "mutual":
                (folder / "ca.pem").write_bytes(ca.pem)
                text += f"ca_list_file={folder / 'ca.pem'}\nverify_client=yes\nrequire_client_cert=yes\n"
        for name, codec, auth in (("test", "alaw", ""), ("gsm", "gsm", ""), ("nj", "alaw", "auth=account"),
                                  ("box", "alaw", "contact_user=voicemail"),
                                  ("rel", "alaw", "100rel=required")):  # fmt: skip
            text += ENDPOINT.format(name=name, codec=codec, auth=auth)
        text += ORDER + AUTH
        with Asterisk(folder / "ast", 9, 9, {"pjsip.conf": text, "extensions.conf": PLAN}) as asterisk:
            ports["udp"] = asterisk.port
            assert all(kind in asterisk.tell("pjsip show transports") for kind in (*pems, "tcp"))
            own = server(folder, ca, "caller", [x509.DNSName("caller.example")]).read_text()
            strange = server(folder, root("strange"), "strange", [x509.DNSName("caller.example")]).read_text()
            yield Switch(asterisk, ports, ca.pem.decode(), own, strange)


def call(via: Via, number: str = "95001", caller: str = "test", wait: int = 4000, **more: Any) -> CallTrace:
    return place((via, Plan(number, caller, wait=wait, **more)))[0]


def told(seen: CallTrace, host: str = "127.0.0.1") -> Verdict:
    return judge(seen, limit=LIMIT, expected=(host,), witness=ADDRESS)


def sent(seen: CallTrace, method: str) -> list[str]:
    return [one.text for one in seen.log if one.out and one.first.startswith(f"{method} ")]


@pytest.mark.parametrize("kind", ["udp", "tcp", "tls"])
def test_each_outcome_at_its_second(switch: Switch, kind: str) -> None:
    expected = {
        "95001": ("passed", "answered"), "95002": ("passed", "answered"), "95003": ("failed", "answered_late"),
        "95004": ("failed", "busy"), "75404": ("failed", "number_unknown"), "95005": ("failed", "rang_unanswered"),
    }  # fmt: skip
    traces = place(*((switch.via(kind), Plan(one, "test", wait=33_000)) for one in expected))
    verdicts = {one.number: (told(one).verdict, told(one).reason) for one in traces}
    assert verdicts == expected
    times = {one.number: one.answer for one in traces}
    for number, least in (("95001", 1000), ("95002", 29_000), ("95003", 30_500)):
        assert least <= (times[number] or 0) < least + 900
    assert told(traces[0], "10.9.9.9").reason == "wrong_gateway"


@pytest.mark.parametrize("kind", ["udp", "tls"])
def test_who_calls_and_in_which_format(switch: Switch, kind: str) -> None:
    via = switch.via(kind)
    assert told(call(via, caller="gsm")).reason == "codec"
    assert told(call(via, caller="box")).reason == "voicemail"
    assert told(call(via, caller="nj")).reason == "auth_needed"
    assert told(call(via, caller="nj", account=Account("nj", "wrong"))).reason == "auth_wrong"
    good = call(via, caller="nj", account=Account("nj", "secret"))
    assert (told(good).reason, good.auth) == ("answered", "passed")


@pytest.mark.parametrize("kind", ["udp", "tls"])
def test_an_endpoint_that_demands_early_replies_to_be_acknowledged(switch: Switch, kind: str) -> None:
    seen = call(switch.via(kind), caller="rel")
    assert told(seen).reason == "answered"
    refusal = next(one for one in seen.log if one.first.startswith("SIP/2.0 421 "))
    assert "Require: 100rel" in refusal.text
    assert len(sent(seen, "INVITE")) == 2
    replies = [one.text for one in seen.log if not one.out and "RSeq:" in one.text]
    assert len(replies) == len(sent(seen, "PRACK")) > 0
    ringing = call(switch.via(kind), "95005", caller="rel", wait=1500)
    assert (told(ringing).reason, len(sent(ringing, "CANCEL"))) == ("rang_unanswered", 1)


@pytest.mark.parametrize("sips", [False, True], ids=["transport=tls", "sips"])
def test_over_tls_every_message_takes_the_one_connection(switch: Switch, sips: bool) -> None:  # noqa: FBT001 -- a parameter
    seen = call(switch.via("tls", sips=sips), "95007", hold=1500)
    assert told(seen).verdict == "passed"
    assert seen.cipher.startswith("TLSv1.2 ")
    lines = [line for name in ("INVITE", "ACK", "BYE") for text in sent(seen, name) for line in text.split("\n")]
    (contact,) = (one for one in lines if one.startswith("Contact:"))
    place = contact.partition("@")[2].split(">")[0].split(";")[0]
    assert {tuple(one.split(";")[0].split()[1:]) for one in lines if one.startswith("Via:")} == {("SIP/2.0/TLS", place)}
    assert ("<sips:" in contact and "transport" not in contact) if sips else contact.endswith(";transport=tls>")
    came = [one.first for one in seen.log if not one.out]
    assert any(one.startswith(("INVITE ", "UPDATE ")) for one in came), came
    assert came[-1] == "SIP/2.0 200 OK"  # to our BYE
    ended = call(switch.via("tls", sips=sips), "95008", hold=3000)
    assert [one.first.split()[0] for one in ended.log if not one.out][-1] == "BYE"
    assert ended.log[-1].first == "SIP/2.0 200 OK"


def test_a_certificate_that_does_not_hold(switch: Switch) -> None:
    assert told(call(switch.via("tls", ca=""))).reason == "tls_untrusted"
    assert told(call(switch.via("tls", ca=root().pem.decode()))).reason == "tls_untrusted"
    assert told(call(switch.via("expired"))).reason == "tls_expired"
    seen = call(switch.via("other"))
    assert (told(seen).verdict, told(seen).reason, seen.log) == ("failed", "tls_host", [])
    assert "127.0.0.1" in seen.fault
    assert told(call(switch.via("tls", host="localhost"))).reason == "answered"


def test_a_transport_that_demands_our_certificate(switch: Switch) -> None:
    good = call(switch.via("mutual", identity=switch.own))
    assert (told(good).reason, sent(good, "BYE") != []) == ("answered", True)
    for identity in ("", switch.strange):
        seen = call(switch.via("mutual", identity=identity))
        assert (seen.end, [one for one in seen.log if not one.out]) == ("unreachable", [])
        assert told(seen).reason in {"tls_identity", "tls_failed"}
    assert told(call(switch.via("tls", identity=switch.strange))).reason == "answered"  # nobody asks for it there


def test_tls_where_there_is_none_and_none_where_it_is_needed(switch: Switch) -> None:
    plain = Via("127.0.0.1", switch.ports["tcp"], "tls", ca=switch.ca)
    assert told(call(plain, wait=1500)).reason == "tls_plain"
    for transport in ("udp", "tcp"):
        seen = call(Via("127.0.0.1", switch.ports["tls"], transport), wait=1500)
        assert (told(seen).verdict, told(seen).reason) == ("failed", "tls_needed")
    assert told(call(Via("127.0.0.1", free_port(), "tls"))).reason == "unreachable"


def test_a_udp_port_that_says_nothing() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        seen = call(Via("127.0.0.1", mute.getsockname()[1]), wait=1200)
    assert (told(seen).reason, seen.resent > 0) == ("no_reply", True)


def test_only_an_old_tls(tmp_path: Path) -> None:
    """TLS 1.1 at most, by OpenSSL in this process: Asterisk's own build lets none so old be set up."""
    ca = root()
    pem = server(tmp_path, ca, "old", [x509.IPAddress(ip_address("127.0.0.1"))])
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as place:

        def serve() -> None:
            link, _who = place.accept()
            try:
                old.wrap_socket(link, server_side=True).close()
            except OSError:
                link.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        seen = call(Via("127.0.0.1", place.getsockname()[1], "tls", ca=ca.pem.decode()))
        thread.join(5)
    assert told(seen).reason == "tls_version"
