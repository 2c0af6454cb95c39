"""The inbox, the choices and the log on pages; the same in the API; the mail server is set and tried on a page."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.support.people import signed_in
from tests.support.receivers import Mail, Program, served

from nianjian.engines.kernel import clock
from nianjian.features.inbox import operations
from nianjian.features.season.reminders import enqueue_due_reminders
from nianjian.platform.accounts import tokens
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.notifications.models import Dispatch, Message
from nianjian.platform.notifications.storage import find_mail_server

pytestmark = [pytest.mark.usefixtures("keys"), pytest.mark.postgres]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    monkeypatch.setenv("NIANJIAN_WEBHOOK_HOSTS", "127.0.0.1")
    monkeypatch.setenv(clock.OVERRIDE, "2027-03-30")
    server = Program()
    with served(server):
        yield server


def test_from_a_channel_to_the_log(site: Client, program: Program) -> None:
    choices, log = "/inbox/choices/", "/e/demo/season/reminders/"
    assert site.post(choices, {"act": "add", "address": "https://10.0.0.1/x"}).status_code == 422
    assert site.post(choices, {"act": "add", "address": program.url}).status_code == 302
    page = site.get(choices).content.decode()
    assert "json://127.0.0.1" in page
    assert "/told" not in page, "the address is masked"
    (number,) = re.findall(r'name="channel" value="(N\w+)"><label', page)
    code = re.search(r"\d{6}", program.heard[0]["message"])
    assert code
    assert site.post(choices, {"act": "confirm", "channel": number, "code": "x"}).status_code == 400
    assert site.post(choices, {"act": "confirm", "channel": number, "code": code[0]}).status_code == 302
    when = {"scope": "all", "quiet_from": "00:00", "quiet_until": "00:00", "digest": ""}
    assert site.post(choices, {"act": "choose", **when, "scope": "x"}).status_code == 422
    assert site.post(choices, {"act": "choose", **when}).status_code == 302

    program.status = 500
    count = enqueue_due_reminders()
    assert operations.deliver_messages() == 1
    inbox = site.get("/inbox/").content.decode()
    assert inbox.count("<li>") >= count
    assert f'aria-label="收件箱, {count} 未读"' in inbox
    Dispatch.objects.update(state=Dispatch.UNCLEAR)
    assert "可能已发送" in site.get(log).content.decode()
    program.status = 200
    assert site.post(log, {"dispatch": Dispatch.objects.earliest("pk").pk}).status_code == 302
    assert site.post(log, {"dispatch": "9" * 5000}).status_code == 404
    assert operations.deliver_messages() == 1
    assert program.heard[-1]["message"].startswith("可能重复")
    assert site.post("/inbox/").status_code == 302
    assert not Message.objects.filter(read_at=None).exists()
    assert site.post(choices, {"act": "close", "channel": number}).status_code == 302


def test_the_api_does_the_same(site: Client, program: Program) -> None:
    del site
    secret = tokens.create_token(user="anna", name="x", scopes=None, days=None, actor=Actor("anna", USER)).secret
    api = Client(headers={"authorization": f"Bearer {secret}"})

    def post(path: str, body: object, method: str = "post") -> object:
        answer = getattr(api, method)(f"/api/v1/me/inbox/{path}", body, content_type="application/json")
        assert answer.status_code < 300, answer.content
        return answer.json()

    channel = post("channels", {"address": program.url})
    code = re.search(r"\d{6}", program.heard[0]["message"])
    assert isinstance(channel, dict)
    assert code
    document = post(f"channels/{channel['channel']}/confirm", {"code": code[0]})
    assert isinstance(document, dict)
    assert document["channels"] == [{**channel, "confirmed": True}]
    assert post("choices", {"scope": "own", "quiet_from": "22:00", "quiet_until": "07:30"}) == {
        **document, "scope": "own", "quiet_from": "22:00", "quiet_until": "07:30", "digest": None,
    }  # fmt: skip
    assert enqueue_due_reminders() > 0
    document = api.get("/api/v1/me/inbox").json()["items"]
    assert {one["user"] for one in document} == {"anna"}, "nobody else is left, so it is told all the same"
    assert post("read", {"messages": [document[0]["message"]]}) == {"read": 1}
    answer = api.post("/api/v1/me/inbox/read", {"messages": [2**70]}, content_type="application/json")
    assert answer.status_code == 422, "a number beyond all rows is no row"


def test_the_server_is_set_tried_and_removed(demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chief, server = signed_in("chief"), Mail()
    monkeypatch.setenv("NIANJIAN_MAIL_URL", "mailto://before.example.com?from=a@example.com")
    data = {"act": "save", "host": "127.0.0.1", "port": str(server.server_address[1]), "mode": "insecure",
              "sender": "nianjian@example.com", "user": "", "password": ""}  # fmt: skip
    assert chief.post("/mail/", {**data, "port": "0"}).status_code == 422
    assert "before" in operations.get_mail_url(), "what the environment names counts until something is saved"
    assert chief.post("/mail/", data).status_code == 302
    with served(server):
        tried = chief.post("/mail/", {"act": "test", "address": "lee@example.com"}).content.decode()
    assert "测试邮件已发往lee@example.com" in tried.replace(" ", "")
    assert server.taken[-1][0] == ["lee@example.com"]
    refused = chief.post("/mail/", {"act": "test", "address": "lee@example.com"}).content.decode()
    assert "请检查服务器" in refused
    chief.post("/mail/", {"act": "remove"})
    assert (find_mail_server(), "before" in operations.get_mail_url()) == (None, True)


def test_the_password_is_sealed_kept_and_never_shown(demo: str) -> None:
    chief = signed_in("chief")
    data = {"act": "save", "host": "smtp.example.com", "port": "465", "mode": "ssl", "sender": "a@example.com",
              "user": "a@example.com", "password": "geheim: p@ss/1"}  # fmt: skip
    chief.post("/mail/", data)
    chief.post("/mail/", {**data, "password": "", "port": "587"})
    row = find_mail_server()
    assert row is not None
    assert (row.password, row.port) == ("geheim: p@ss/1", 587)
    assert "geheim%3A%20p%40ss%2F1@smtp.example.com:587" in operations.get_mail_url()
    assert "geheim" not in chief.get("/mail/").content.decode()
    assert [act.data for act in acts(verb="mail.set")] == [
        {"host": "smtp.example.com", "port": port} for port in (587, 465)
    ]
