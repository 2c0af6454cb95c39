"""The public page of a number: what it takes, what it tells, how often; and where the addresses are kept."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.paper.qr_codes import qr_png
from nianjian.features.complaints import one_click
from nianjian.features.complaints.models import Complaint, Door
from nianjian.features.complaints.queries import list_tickets
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.registers.overlays import Overlay

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HERE = "/e/demo/complaints/one-click/"


def form(client: Client, address: str) -> dict[str, str]:
    """The fields of the page as it was loaded, filled in."""
    page = client.get(address)
    assert page.status_code == 200
    (once,) = re.findall(r'name="once" value="([^"]+)"', page.content.decode())
    return {
        "complainant": "138 0013 8000",
        "called_at": "2026-03-01T15:12",
        "category": "营销骚扰",
        "content": "天天打来",
        "once": once,
    }


def sent(client: Client, address: str, **more: str) -> Any:
    return client.post(address, form(client, address) | more)


def text(answer: Any) -> str:
    """The page without the browser's own token."""
    return re.sub(r"\b\w{64}\b", "", str(answer.content.decode()))


def test_a_stranger_opens_a_ticket_whose_clocks_run(tickets: SimpleNamespace) -> None:
    stranger = Client(enforce_csrf_checks=True)
    answer = sent(stranger, tickets.address)
    assert answer.status_code == 302
    row = Complaint.objects.get()
    assert (row.source, row.complained, row.complainant, row.category, row.content) == (
        "one_click", "95013001", "13800138000", "营销骚扰", "天天打来",
    )  # fmt: skip
    assert f"{row.called_at:%H:%M}" == "07:12"  # UTC
    (ticket,) = list_tickets(enterprise="demo", actor=Actor("tester")).tickets()
    assert (ticket.state, ticket.response.hand, ticket.close.hand) == ("new", "running", "running")
    page = text(stranger.get(answer.headers["location"]))
    assert row.ticket_id in page
    assert "2 小时" in page
    assert "24 小时" in page
    assert "13800138000" not in page + answer.headers["location"]
    assert not stranger.cookies.get("sessionid")


def test_the_chain_tells_it_without_a_word_of_it(tickets: SimpleNamespace) -> None:
    sent(Client(), tickets.address)
    entry = next(one for one in acts() if one.verb == "complaints.add")
    assert entry.actor == "public:one-click"
    assert not [
        secret
        for secret in ("13800138000", "天天", tickets.door.token)
        if secret in str([dict(one.data) for one in acts()])
    ]


def test_the_same_page_sent_twice_is_one_ticket(tickets: SimpleNamespace) -> None:
    client = Client()
    given = form(client, tickets.address)
    first, second = client.post(tickets.address, given), client.post(tickets.address, given)
    assert Complaint.objects.count() == 1
    places = [str(one.headers["location"]) for one in (first, second)]  # a receipt holds the second of its making
    pages = [text(client.get(place)).replace(place, "") for place in places]
    assert pages[0] == pages[1]
    assert Complaint.objects.get().ticket_id in pages[0]


def test_a_page_nobody_loaded_is_not_taken(tickets: SimpleNamespace) -> None:
    client = Client()
    given = form(client, tickets.address)
    other = one_click.open_door(enterprise="demo", number="95013002", actor=Actor("tester"))
    for once, address in (("", tickets.address), ("abc", tickets.address), (given["once"], f"/c/{other.token}")):
        answer = client.post(address, given | {"once": once})
        assert answer.status_code == 422
        (fresh,) = re.findall(r'name="once" value="([^"]+)"', text(answer))
        assert fresh != once
    assert not Complaint.objects.exists()
    assert client.post(f"/c/{other.token}", given | {"once": fresh}).status_code == 302


def test_what_cannot_be_read_is_said_at_its_field(tickets: SimpleNamespace) -> None:
    client = Client()
    given = form(client, tickets.address)
    for name, value in (
        ("complainant", "abc"), ("complainant", ""), ("complainant", "12"), ("category", "别的"),
        ("called_at", "2999-01-01T00:00"), ("called_at", "昨天"), ("content", "字" * 2001), ("complainant", "1" * 33),
    ):  # fmt: skip
        answer = client.post(tickets.address, given | {name: value})
        assert answer.status_code == 422, value
        assert f'href="#id_{name}"' in text(answer)
    assert not Complaint.objects.exists()


def test_the_answer_is_the_same_whoever_complains(tickets: SimpleNamespace) -> None:
    """Whether a number is known here, or has complained before, nobody learns."""
    client = Client()
    pages = []
    for complainant in ("13800138000", "13800138000", "13900139000"):
        answer = sent(client, tickets.address, complainant=complainant)
        shown = text(client.get(answer.headers["location"])).replace(answer.headers["location"], "HERE")
        pages.append(re.sub(r"TS-[0-9a-f-]+", "TICKET", shown))
    assert pages[0] == pages[1] == pages[2]


def test_an_address_that_ended_is_as_one_that_never_was(tickets: SimpleNamespace) -> None:
    one_click.close_door(enterprise="demo", door=tickets.door.pk, actor=Actor("tester"))
    ended, never = Client().get(tickets.address), Client().get("/c/AAAAAAAAAAAAAAAA")
    assert (ended.status_code, never.status_code) == (404, 404)
    assert text(ended).replace(tickets.door.token, "") == text(never).replace("AAAAAAAAAAAAAAAA", "")
    assert "示范" not in text(never)
    again = one_click.open_door(enterprise="demo", number="95013001", actor=Actor("tester"))
    assert again.token != tickets.door.token


def test_a_receipt_is_not_made_up(tickets: SimpleNamespace) -> None:
    answer = sent(Client(), tickets.address)
    other = one_click.open_door(enterprise="demo", number="95013002", actor=Actor("tester"))
    receipt = answer.headers["location"].rsplit("/", 1)[1]
    assert Client().get(f"/c/{other.token}/done/{receipt}").status_code == 404
    assert Client().get(f"{tickets.address}/done/TS-1").status_code == 404


def _limited(name: str, value: int) -> None:
    """An overlay of the rulebook in force."""
    now, today = clock.now(), clock.today()
    Overlay.objects.create(
        id=name, key=f"complaints.one_click.{name}", value=value, enterprise="demo", valid_from=today, reason="r",
        proposed_by="user:a", proposed_at=now, approval="x", approved_by="user:b", approved_at=now,
    )  # fmt: skip


def test_too_many_from_one_place_or_of_one_number(tickets: SimpleNamespace) -> None:
    assert one_click.load_limits("demo") == one_click.OneClickLimits(address=30, number=5)
    _limited("per_number", 2)
    client = Client()
    assert [sent(client, tickets.address).status_code for _turn in range(3)] == [302, 302, 429]
    assert sent(client, tickets.address, complainant="+86 138-0013-8000").status_code == 429, "another spelling"
    assert sent(client, tickets.address, complainant="13900139000").status_code == 302
    _limited("per_address", 5)
    other = Client(REMOTE_ADDR="192.0.2.7")
    codes = [sent(other, tickets.address, complainant=f"1390013900{turn}").status_code for turn in range(6)]
    assert codes == [302] * 5 + [429]
    assert sent(Client(REMOTE_ADDR="192.0.2.8"), tickets.address, complainant="13700137000").status_code == 302


def test_the_page_carries_the_policy_and_needs_no_script(tickets: SimpleNamespace) -> None:
    answer = Client().get(tickets.address, headers={"accept-language": "en"})
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    page = text(answer)
    assert "Your telephone number" in page
    assert "onclick" not in page
    assert "95013001" in page


def test_an_administrator_makes_shows_and_ends_addresses(tickets: SimpleNamespace) -> None:
    client = signed_in("anna")
    answer = client.post(HERE, {"number": "9501 3009"})
    assert answer.status_code == 302
    made = Door.objects.get(number="95013009")
    assert re.fullmatch(r"[\w-]{16}", made.token)
    assert "9501" not in made.token
    page = text(client.get(answer.headers["location"]))
    address = f"http://testserver/c/{made.token}"
    assert f"&lt;a href=&quot;{address}&quot;" in page
    assert f"一键投诉：{address}" in page
    assert "COMPLAINT_ENTERPRISE=demo" in page
    assert "deploy/freeswitch/complaint.xml" in page
    for kind, begins in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        assert client.get(f"{HERE}{made.pk}/code.{kind}").content.startswith(begins)
    assert client.get(f"{HERE}{made.pk}/code.gif").status_code == 404
    assert client.post(HERE, {"number": "95013009"}).status_code == 422
    assert client.post(HERE, {"number": "x"}).status_code == 422
    assert client.post(f"{HERE}{made.pk}/close/").status_code == 302
    assert Client().get(f"/c/{made.token}").status_code == 404
    verbs = [one.verb for one in acts() if one.verb.startswith("complaints.door")]
    assert verbs[:2] == ["complaints.door.close", "complaints.door.open"]
    assert made.token not in str([dict(one.data) for one in acts()])


def test_what_goes_to_others_carries_the_address_that_is_set(
    tickets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("anna")
    address = f"{HERE}{tickets.door.pk}/"
    asked = client.get(f"{address}code.svg").content
    assert client.get(f"{address}code.svg", headers={"host": "localhost"}).content != asked
    monkeypatch.setenv("NIANJIAN_URL", "https://check.example.org")
    assert f"一键投诉：https://check.example.org/c/{tickets.door.token}" in text(client.get(address))
    told = [client.get(f"{address}code.svg", headers=host).content for host in ({}, {"host": "localhost"})]
    assert told[0] == told[1] != asked


def test_the_png_is_what_its_matrix_says() -> None:
    """Read back by the reference of the format's own checks: sizes, checksums, bits."""
    import struct  # noqa: PLC0415 -- this test alone
    import zlib  # noqa: PLC0415

    content = qr_png([[True, False, True], [False, True, False]], 3)
    place, chunks = 8, {}
    while place < len(content):
        size, name = struct.unpack(">I4s", content[place : place + 8])
        data = content[place + 8 : place + 8 + size]
        (check,) = struct.unpack(">I", content[place + 8 + size : place + 12 + size])
        assert check == zlib.crc32(name + data)
        chunks[name] = data
        place += 12 + size
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (9, 6, 1, 0, 0, 0, 0)
    lines = zlib.decompress(chunks[b"IDAT"])
    assert len(lines) == 6 * 3
    bits = [f"{int.from_bytes(lines[n * 3 + 1 : n * 3 + 3]):016b}"[:9] for n in range(6)]
    assert bits == ["000111000"] * 3 + ["111000111"] * 3
