"""Webhooks: signed, told once of each act, tried again, never led into the own network unasked."""

import base64
import hashlib
import hmac
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.receivers import Program, served
from tests.support.site import PATIENCE

from nianjian.doors.site import worker as process
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.webhooks import operations as flow
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.notifications import webhooks
from nianjian.platform.notifications.models import Delivery, Webhook

BOSS = Actor("root")
DRIPS = 40  # seconds that an answer goes on for


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch, keys: None) -> Iterator[Program]:
    del keys
    monkeypatch.setenv("NIANJIAN_WEBHOOK_HOSTS", "127.0.0.1")
    listener = Program()
    listener.status, listener.answer = 204, b""
    with served(listener):
        yield listener


def _add_webhook(url: str) -> tuple[Webhook, str]:
    return flow.add_webhook(enterprise="demo", url=url, events=["portrait.run", "calls.import"], actor=BOSS)


def test_each_act_is_told_once_and_signed(demo: str, other: Program) -> None:
    _hook, secret = _add_webhook(other.place)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM notify_webhook")
        assert secret not in cursor.fetchone()[0], "it is sealed"
    seq = record(verb="portrait.run", enterprise="demo", actor=BOSS, data={"light": "red"})
    record(verb="registers.change", enterprise="demo", actor=BOSS, data={})
    record(verb="portrait.run", enterprise="another", actor=BOSS, data={})
    assert flow.deliver() == 1
    with CaptureQueriesContext(connection) as queries:
        assert flow.deliver() == 0
    assert {one["sql"].split()[0] for one in queries.captured_queries} == {"SELECT"}, "nothing is locked"
    ((headers, body),) = other.posts
    payload = json.loads(body)
    assert (payload["type"], payload["seq"], payload["data"]) == ("portrait.run", seq, {"light": "red"})
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mark}"
    assert Delivery.objects.get().state == Delivery.DELIVERED


def test_a_failed_try_is_repeated_with_pauses_and_given_up(demo: str, other: Program) -> None:
    hook, _secret = _add_webhook(other.place)
    other.status = 500
    webhooks.enqueue_test(webhook=hook.id, enterprise="demo", actor=BOSS)
    for number, pause in enumerate(webhooks.PAUSES, start=1):
        assert flow.deliver() == 1
        row = Delivery.objects.get()
        assert (row.tries, row.status, row.state) == (number, 500, Delivery.WAITING)
        assert timedelta() <= row.next_at - clock.now() <= pause
        assert flow.deliver() == 0
        Delivery.objects.update(next_at=clock.now())
    assert flow.deliver() == 1
    assert Delivery.objects.get().state == Delivery.FAILED
    other.status = 200
    webhooks.retry_delivery(delivery=Delivery.objects.get().id, webhook=hook.id, enterprise="demo", actor=BOSS)
    assert flow.deliver() == 1
    assert Delivery.objects.get().state == Delivery.DELIVERED


def test_a_redirect_is_not_followed_and_silence_is_named(demo: str, other: Program) -> None:
    hook, _secret = _add_webhook(other.place)
    other.status, other.headers = 302, {"location": "http://169.254.169.254/"}
    webhooks.enqueue_test(webhook=hook.id, enterprise="demo", actor=BOSS)
    assert flow.deliver() == 1
    assert Delivery.objects.get().status == 302
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        Webhook.objects.update(url=f"http://127.0.0.1:{closed.getsockname()[1]}/")
        Delivery.objects.update(next_at=clock.now())
        assert flow.deliver() == 1
    assert (Delivery.objects.get().status, Delivery.objects.get().fault) == (None, "ConnectionRefusedError")


def test_a_receiver_that_lets_one_wait_gets_one_message_a_round(
    demo: str, other: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE", 0.5)
    monkeypatch.setattr(flow, "SLOW", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as dead:  # takes the connection and says nothing
        silent, _secret = _add_webhook(f"http://127.0.0.1:{dead.getsockname()[1]}/")
        for _each in range(4):
            webhooks.enqueue_test(webhook=silent.id, enterprise="demo", actor=BOSS)
        hook, _secret = _add_webhook(other.place)
        webhooks.enqueue_test(webhook=hook.id, enterprise="demo", actor=BOSS)
        assert flow.deliver() == 2
    assert len(other.heard) == 1
    rows = Delivery.objects.filter(webhook=silent).order_by("created_at")
    assert [(one.tries, one.state) for one in rows] == [(1, Delivery.WAITING)] + [(0, Delivery.WAITING)] * 3
    assert all(timedelta() < one.next_at - clock.now() <= webhooks.PAUSES[0] for one in rows)


REFUSED = {
    "webhook_address_wrong": (
        "ftp://example.com/", "https://user:word@example.com/", "http://example.com/", "https://",
        "https://host:99999/", "https://example.com/通知", "https://a..b/",
    ),
    "webhook_host_refused": (
        "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "https://10.1.2.3/",
        "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
        "https://[::ffff:10.0.0.1]/",
    ),
}  # fmt: skip


def test_addresses_that_are_refused(demo: str, keys: None) -> None:
    for code, url in [(code, url) for code, urls in REFUSED.items() for url in urls]:
        with pytest.raises(NianjianError) as caught:
            _add_webhook(url)
        assert caught.value.code == code, url
    assert not Webhook.objects.exists()


def test_the_place_that_was_checked_is_the_one_asked(monkeypatch: pytest.MonkeyPatch, other: Program) -> None:
    """A name that resolves to another address the second time is not asked there."""
    port = other.server_port
    answers: list[Any] = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answers.pop(0))
    monkeypatch.setattr(socket, "create_connection", _by_number)
    assert webhooks.post(f"http://told.example:{port}/", b"{}", {}, {"told.example"}) == 204
    assert answers == []


def _by_number(place: tuple[str, int], _timeout: float) -> socket.socket:
    assert place[0] == "127.0.0.1"
    client = socket.socket()
    client.connect(place)
    return client


def test_the_pages(site: Client, other: Program) -> None:
    response = site.post("/e/demo/webhooks/", {"url": other.place, "events": ["portrait.run"]})
    assert "whsec_" in response.content.decode()
    assert "whsec_" not in site.get("/e/demo/webhooks/").content.decode()
    hook = Webhook.objects.get()
    address = f"/e/demo/webhooks/{hook.id}/"
    assert site.post(address, {"act": "test"}).status_code == 302
    assert flow.deliver() == 1
    (row,) = re.findall(r"<tbody>(.*?)</tbody>", site.get(address).content.decode(), re.DOTALL)
    assert re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[4] == "204"
    assert site.post(address, {"act": "again", "delivery": Delivery.objects.get().id}).status_code == 302
    assert site.post(address, {"act": "again", "delivery": "nothing"}).status_code == 404
    assert site.post("/e/demo/webhooks/", {"url": "https://10.0.0.1/", "events": ["portrait.run"]}).status_code == 422
    assert site.post(address, {"act": "close"}).status_code == 302
    assert site.get(address).status_code == 404


def test_an_answer_that_drips_ends_at_the_deadline(other: Program) -> None:
    """The other side sends a byte of a header, again and again, so that no step of the try is over its time."""
    del other
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=_drip, args=(listening,), daemon=True).start()
        began = time.monotonic()
        with pytest.raises(NianjianError, match="webhook_unanswered") as raised:
            webhooks.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {}, ("127.0.0.1",), within=1)
    assert raised.value.values["reason"] == "TimeoutError"
    assert time.monotonic() - began < DRIPS / 2
    assert timedelta(seconds=webhooks.DEADLINE) < webhooks.PAUSES[0]  # for which a message is taken


def _drip(listening: socket.socket) -> None:
    taken, _address = listening.accept()
    with taken, suppress(OSError):
        taken.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _second in range(DRIPS):
            taken.sendall(b"x")
            time.sleep(1)


def test_a_slow_receiver_keeps_no_warning_back(monkeypatch: pytest.MonkeyPatch) -> None:
    leaving, warned, release = Event(), Event(), Event()
    monkeypatch.setattr(process, "deliver", lambda: release.wait(PATIENCE))
    monkeypatch.setattr(process, "send_warnings", warned.set)
    monkeypatch.setattr(process, "WATCH", 0.1)
    threads = process.start_clocks(leaving)
    try:
        for _look in range(3):
            assert warned.wait(PATIENCE)
            warned.clear()
        assert not release.is_set()
    finally:
        leaving.set()
        release.set()
        for thread in threads:
            thread.join(PATIENCE)
