"""Where the running gate is asked how it is: whatever the setting says, the page gets an answer and no token leaks."""

from __future__ import annotations

import socket
from threading import Thread

import pytest

from nianjian.features.dial_policy import decisions

TOKEN = "open-sesame"  # noqa: S105 -- of the test


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:18431",
        "ftp://127.0.0.1/",
        "http://",
        "http://[::1",
        "http://host:99999",
        "http://a..b/",
        "file:///x",
    ],
)
def test_an_address_that_is_none_is_not_reached(address: str) -> None:
    assert decisions._asked(address, "demo") == {"status": decisions.UNREACHED}


def test_an_https_address_is_told_nothing_in_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_GATE_TOKENS", f"demo={TOKEN}")
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            link, _from = server.accept()
            with link:
                heard.append(link.recv(4096))

        thread = Thread(target=listen)
        thread.start()
        assert decisions._asked(f"https://127.0.0.1:{server.getsockname()[1]}", "demo") == {
            "status": decisions.UNREACHED
        }
        thread.join(decisions.PATIENCE * 5)
    (said,) = heard
    assert said[:1] == b"\x16", "a handshake of TLS"
    assert TOKEN.encode() not in said
