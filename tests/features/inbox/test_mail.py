"""The mail server is set and tried on a page."""

import pytest
from tests.support.people import signed_in
from tests.support.receivers import Mail, served

from nianjian.features.inbox.operations import get_mail_url
from nianjian.platform.audit.query import acts
from nianjian.platform.notifications.storage import find_mail_server


def test_the_server_is_set_tried_and_removed(demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chief, server = signed_in("chief"), Mail()
    monkeypatch.setenv("NIANJIAN_MAIL_URL", "mailto://before.example.com?from=a@example.com")
    wanted = {"act": "save", "host": "127.0.0.1", "port": str(server.server_address[1]), "mode": "insecure",
              "sender": "nianjian@example.com", "user": "", "password": ""}  # fmt: skip
    assert chief.post("/mail/", {**wanted, "port": "0"}).status_code == 422
    assert "before" in get_mail_url(), "what the environment names counts until something is saved"
    assert chief.post("/mail/", wanted).status_code == 302
    with served(server):
        tried = chief.post("/mail/", {"act": "test", "address": "lee@example.com"}).content.decode()
    assert "测试邮件已发往lee@example.com" in tried.replace(" ", "")
    assert server.taken[-1][0] == ["lee@example.com"]
    refused = chief.post("/mail/", {"act": "test", "address": "lee@example.com"}).content.decode()
    assert "请检查服务器" in refused
    chief.post("/mail/", {"act": "remove"})
    assert (find_mail_server(), "before" in get_mail_url()) == (None, True)


def test_the_password_is_sealed_kept_and_never_shown(demo: str) -> None:
    chief = signed_in("chief")
    wanted = {"act": "save", "host": "smtp.example.com", "port": "465", "mode": "ssl", "sender": "a@example.com",
              "user": "a@example.com", "password": "geheim: p@ss/1"}  # fmt: skip
    chief.post("/mail/", wanted)
    chief.post("/mail/", {**wanted, "password": "", "port": "587"})
    row = find_mail_server()
    assert row is not None
    assert (row.password, row.port) == ("geheim: p@ss/1", 587)
    assert "geheim%3A%20p%40ss%2F1@smtp.example.com:587" in get_mail_url()
    assert "geheim" not in chief.get("/mail/").content.decode()
    assert [act.data for act in acts(verb="mail.set")] == [
        {"host": "smtp.example.com", "port": port} for port in (587, 465)
    ]
