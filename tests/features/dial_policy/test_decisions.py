"""How the running gate is asked for its state: an answer in any case, and no token leaks."""

import asyncio
import socket
from pathlib import Path
from threading import Thread

import pytest
from tests.support.gate_server import made, run, running

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
    assert decisions._read_state(address, "demo") == {"status": decisions.UNREACHED}


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
        assert decisions._read_state(f"https://127.0.0.1:{server.getsockname()[1]}", "demo") == {
            "status": decisions.UNREACHED
        }
        thread.join(decisions.PATIENCE * 5)
    (said,) = heard
    assert said[:1] == b"\x16", "a handshake of TLS"
    assert TOKEN.encode() not in said


def test_the_pages_are_told_why_the_journal_is_an_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> decisions.ProcessState:
        gate = made(tmp_path)
        gate.unwritten = "No space left on device"
        async with running(gate) as ports:
            monkeypatch.setenv("NIANJIAN_GATE_URL", f"http://127.0.0.1:{ports['http']}")
            return await asyncio.get_running_loop().run_in_executor(None, decisions._process, "acme")

    state = run(play())
    assert (state.status, state.problem) == ("alarm", "No space left on device")
