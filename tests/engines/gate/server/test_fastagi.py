"""FastAGI as Asterisk speaks it: a head, one command, one reply."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from tests.support.gate_server import Slow, made, run, running, talk

from nianjian.engines.gate import fastagi

DONE = b"200 result=1\n"


def head(*arguments: str) -> bytes:
    """What Asterisk 22 sends when the connection stands."""
    lines = [
        "agi_network: yes",
        "agi_network_script: decide",
        "agi_request: agi://127.0.0.1:4573/decide",
        "agi_channel: PJSIP/anonymous-00000001",
        "agi_language: en",
        "agi_uniqueid: 1764043200.1",
        "agi_callerid: 95013001",
        "agi_context: dialler",
        "agi_extension: 813900139000",
        "agi_priority: 2",
        *(f"agi_arg_{number}: {text}" for number, text in enumerate(arguments, 1)),
    ]
    return ("\n".join(lines) + "\n\n").encode()


CALL = ("95013001", "13900139000", "L01", "1764043200.1")


def asked(tmp_path: Path, *sent: bytes, token: str = "") -> bytes:
    async def play() -> bytes:
        async with running(made(tmp_path), {token: "acme"} if token else {}) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports["fastagi"])
            for part in sent:
                writer.write(part)
                await writer.drain()
            reply = await asyncio.wait_for(reader.readuntil(b"\n"), 5)
            writer.write(DONE)
            reply += await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return reply

    return run(play())


def test_one_command_is_the_whole_answer(tmp_path: Path) -> None:
    assert asked(tmp_path, head(*CALL)) == b'SET VARIABLE GATE "allow"\n'
    assert asked(tmp_path, head("95013001", "13700137000", "L01", "2")) == b'SET VARIABLE GATE "deny do-not-call"\n'


def test_the_head_may_come_in_pieces(tmp_path: Path) -> None:
    whole = head(*CALL)
    assert asked(tmp_path, whole[:50], whole[50:-1], whole[-1:]) == b'SET VARIABLE GATE "allow"\n'


def test_a_purpose_and_a_token_may_follow(tmp_path: Path) -> None:
    assert b"deny no-consent" in asked(tmp_path, head(*CALL, "marketing"))
    assert b"allow" in asked(tmp_path, head(*CALL, "", "secret"), token="secret")  # noqa: S106 - a test's
    assert b"deny gate-unavailable" in asked(tmp_path, head(*CALL), token="secret")  # noqa: S106 - a test's


def test_a_call_is_held_no_longer_than_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asterisk itself would wait for ever."""
    monkeypatch.setattr(fastagi, "DEADLINE", 0.05)

    async def play() -> bytes:
        gate = made(tmp_path, counters=Slow(), patience=5)
        async with running(gate) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports["fastagi"])
            writer.write(head(*CALL))
            try:
                return await asyncio.wait_for(reader.read(), 2)
            finally:
                writer.close()

    assert run(play()) == b"", "closed without a word: the variable stays empty"


def test_a_reply_that_comes_before_the_command_ends_the_call_as_soon_as_that_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the segment of the head, or after it while the verdict is still waited for."""
    monkeypatch.setattr(fastagi, "DEADLINE", 60)

    async def play(*sent: bytes) -> bytes:
        async with running(made(tmp_path, counters=Slow(), patience=0.2)) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports["fastagi"])
            for part in sent:
                writer.write(part)
                await asyncio.sleep(0.05)
            try:
                return await asyncio.wait_for(reader.read(), 5)
            finally:
                writer.close()

    for sent in ((head(*CALL) + DONE,), (head(*CALL), DONE)):
        assert run(play(*sent)).startswith(b"SET VARIABLE GATE ")


def test_a_head_without_end_is_broken_off(tmp_path: Path) -> None:
    async def play() -> bytes:
        async with running(made(tmp_path)) as ports:
            with suppress(ConnectionResetError):
                return await talk(ports["fastagi"], b"agi_x: " + b"x" * 10_000, closes=True)
            return b""

    assert run(play()) == b""
