"""Test calls at the shell: the answer of the contract, exit codes, kept ways, by hand, the evidence."""

import json
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from tests.support.answerer import Answerer, answered, back
from tests.support.certificates import root
from tests.support.fixtures import Shell
from tests.support.tls import server

from nianjian.engines.sip.message import Message

HEADER = "码号,批准总位长,备案状态,备案日期,指定落地网关"
HOUSE = ("--enterprise", "demo")


def _does(_far: Answerer, request: Message) -> Iterable[Message]:
    if request.method == "INVITE" and "95013" in request.uri:
        yield answered(request)
    elif request.method in {"INVITE", "BYE"}:
        yield back(request, 486 if request.method == "INVITE" else 200)


def test_called_now_over_a_way_that_is_told(cli: Shell, shell_home: Path) -> None:
    (shell_home.parent / "n.csv").write_text(
        "码号,批准总位长,备案状态,备案日期,指定落地网关\n95013,8,已备案,2024-02-01,127.0.0.1\n"
    )
    assert cli("registers", "import", "numbers", "n.csv", *HOUSE).code == 0
    with Answerer(_does) as far:
        via = ("--via", f"sip:127.0.0.1:{far.port};transport=udp", *HOUSE)

        good = cli("callback", "test", "--all", *via, "--witness", "address", "--json")
        other = cli("callback", "test", "--number", "95014", *via, "--gateway", "10.9.9.9", "--json")
    assert (good.code, good.json["verdict"], good.json["witness"]) == (0, "passed", "address")
    assert (good.json["gateway_expected"], good.json["gateway_seen"]) == ("127.0.0.1", "127.0.0.1")
    assert {"number", "reason", "answer_s", "ringing_s"} <= set(good.json)
    assert (other.code, other.json["reason"], other.json["verdict"]) == (1, "busy", "failed")
    (row,) = cli("callback", "numbers", *HOUSE, "--json").json["numbers"]
    assert row["number"] == "95013"
    assert row["light"] in {"yellow", "insufficient"}  # outside working hours, when this may run, it does not count
    trial = good.json["trial"]
    detail = cli("callback", "show", trial, "--out", "e.json", "--json")
    assert detail.json["messages"][0]["first"].startswith("INVITE")
    evidence = shell_home.parent / "e.json"
    assert evidence.stat().st_mode & 0o077 == 0
    assert json.loads(evidence.read_text())["seen"]["end"] == "answered"
    result = cli("callback", "witness", "--trial", trial, *HOUSE, "--json")
    assert (result.code, result.json["rows"][0]["landing"]["verdict"]) == (1, "silent")  # there are no records
    text = cli("callback", "show", trial).out
    assert "按时接通，落在指定落地网关" in text
    assert "没有覆盖当时的话单" in text


def test_an_empty_certificate_is_no_certificate(cli: Shell, shell_home: Path) -> None:
    (shell_home.parent / "none.pem").write_text("\n")
    way = ("--via", "sip:127.0.0.1:9;transport=tls", "--cert-file", "none.pem", *HOUSE)
    result = cli("callback", "test", "--all", *way, "--json")
    assert (result.code, result.json["error"]["code"]) == (2, "callback_cert_wrong")


def test_the_own_certificate_of_a_way(cli: Shell, shell_home: Path) -> None:
    folder, ca = shell_home.parent, root()
    own = server(folder, ca, "own", [x509.DNSName("caller.example")]).read_text()
    cut = own.index("-----BEGIN PRIVATE")
    for name, text in (("c.pem", own[:cut]), ("k.pem", own[cut:])):
        (folder / name).write_text(text)
    way = ("callback", "route", "TLS", *HOUSE, "--via", "sip:10.0.0.1;transport=tls", "--json")
    bare = cli(*way, "--cert-file", "c.pem")
    assert (bare.code, bare.json["error"]["code"]) == (2, "callback_key_missing")
    result = cli(*way, "--cert-file", "c.pem", "--key-file", "k.pem")
    assert result.code == 0
    assert result.json["certificate_until"]
    assert "PRIVATE" not in result.out
    assert cli(*way).json["certificate_until"] == result.json["certificate_until"]
    assert cli(*way, "--no-cert").json["certificate_until"] is None


def test_ways_gateways_and_by_hand(cli: Shell, shell_home: Path) -> None:
    (shell_home.parent / "p").write_text("geheim\n")
    way = ("--via", "sip:10.0.0.1", "--user", "u", "--password-file", "p", "--carrier", "中国移动", "--daily", "10:30")
    route = cli("callback", "route", "移动线", *HOUSE, *way, "--json")
    assert route.json["via"] == "sip:10.0.0.1:5060;transport=udp"
    assert cli("callback", "gateway", "HZ-GW-01", "10.0.0.1", "10.0.0.2", *HOUSE).code == 0
    result = cli("callback", "routes", *HOUSE, "--json")
    assert [(one["name"], one["account"], one["daily_at"]) for one in result.json["routes"]] == [
        ("移动线", True, "10:30")
    ]
    assert result.json["gateways"] == [{"name": "HZ-GW-01", "hosts": ["10.0.0.1", "10.0.0.2"]}]
    assert "geheim" not in result.out
    assert cli("callback", "route", "移动线", *HOUSE, "--remove").code == 0
    strange = cli("callback", "begin", "--number", "13800138000", *HOUSE, "--json")
    assert (strange.code, strange.json["error"]["code"]) == (2, "callback_number_unfiled")
    (shell_home.parent / "n.csv").write_text("码号,批准总位长,备案状态,备案日期\n95013,8,已备案,2024-02-01\n")
    assert cli("registers", "import", "numbers", "n.csv", *HOUSE).code == 0
    trial = cli("callback", "begin", "--number", "95013", *HOUSE, "--json").json["trial"]
    ended = cli("callback", "end", trial, "--outcome", "answered", "--note", "“示例欢迎您”", "--json")
    assert (ended.code, ended.json["verdict"], ended.json["how"]) == (0, "passed", "hand")
    (listed,) = cli("callback", "list", *HOUSE, "--json").json["tests"]
    assert listed["trial"] == trial
    nowhere = cli("callback", "test", "--number", "95013", *HOUSE, "--json")
    assert (nowhere.code, nowhere.json["error"]["code"]) == (2, "usage")
    unknown = cli("callback", "test", "--number", "95013", "--route", "x", *HOUSE, "--json")
    assert (unknown.code, unknown.json["error"]["code"]) == (2, "callback_route_unknown")
