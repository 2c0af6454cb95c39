"""The line protocol: one line a question, many lines a batch."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.gate import tenant
from tests.support.gate_server import Heard, made, run, running, talk

from nianjian.engines.gate.server.connections import Connections
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.line import LineConnection
from nianjian.engines.gate.server.wire import Admission

CALL = b"95013001 13900139000 L01 c%d acme\n"
SHORT = b"95013001 13900139000 L01 s%d\n"


def asked(tmp_path: Path, *messages: bytes, token: str = "") -> bytes:
    async def play() -> bytes:
        async with running(made(tmp_path), {token: "acme"} if token else {}) as ports:
            return await talk(ports["line"], *messages, b"\n", closes=True)  # the empty line is no question: it closes

    return run(play())


def test_one_line_one_word(tmp_path: Path) -> None:
    assert asked(tmp_path, CALL % 1, b"95013001 13900139000 L99\n") == b"allow\ndeny no-channel\ndeny malformed\n"


def test_many_lines_in_one_message(tmp_path: Path) -> None:
    sent = b"".join(CALL % number for number in range(302))
    assert asked(tmp_path, sent).split(b"\n") == [b"allow"] * 300 + [b"deny cap"] * 2 + [b"deny malformed", b""]


def test_nothing_is_written_as_a_dash(tmp_path: Path) -> None:
    assert asked(tmp_path, "95013001 13900139000 L01 - - - 营销\n".encode()).startswith(b"deny no-consent\n")


@pytest.mark.parametrize("line", [b"95013001 13900139000\n", b"a b c d e f g h\n", b"\xff b c\n", b"x" * 2000])
def test_what_is_no_question_ends_the_connection(tmp_path: Path, line: bytes) -> None:
    assert asked(tmp_path, line) == b"deny malformed\n"


def test_a_token_comes_first(tmp_path: Path) -> None:
    assert asked(tmp_path, b"token secret\n", CALL % 1, token="secret").startswith(b"allow\n")  # noqa: S106 - a test's
    assert asked(tmp_path, CALL % 1, token="secret") == b"deny malformed\n"  # noqa: S106 - a test's
    assert asked(tmp_path, b"token wrong\n", CALL % 1, token="secret") == b"deny malformed\n"  # noqa: S106 - a test's


def test_of_several_enterprises_one_must_be_named(tmp_path: Path) -> None:
    async def play() -> bytes:
        async with running(made(tmp_path, tenant(), tenant("other"))) as ports:
            sent = (CALL % 1, b"95013001 13900139000 L01 c2\n")
            return await talk(ports["line"], *sent, closes=True)

    assert run(play()) == b"allow\ndeny malformed\n"


def door(gate: Gate, tokens: dict[str, str] | None = None) -> Callable[[bytes], bytes]:
    """A connection: what it answers to a message."""
    line, heard = LineConnection(gate, Admission(tokens or {}, lambda: ("acme",)), Connections()), Heard()
    line.connection_made(heard)

    def say(message: bytes) -> bytes:
        heard.text = b""
        line.data_received(message)
        return heard.text

    return say


def test_usual_lines_are_answered_alone_and_together_to_the_last_unit(tmp_path: Path) -> None:
    gate = made(tmp_path)
    say = door(gate)
    alone = b"".join(say(SHORT % number) for number in (0, 1, 2, 3, 3))
    assert (alone, gate.usual.taken, gate.again) == (b"allow\n" * 5, 2, 1)
    assert say(SHORT[:9]) == b""
    assert say((SHORT[9:] % 4) + SHORT % 5) == b"allow\n" * 2
    assert say(b"".join(SHORT % number for number in range(301))) == b"allow\n" * 300 + b"deny cap\n"
    assert say(b"95013001 13900139000 L01 -\n" + SHORT % 300) == b"deny cap\n" * 2
    assert gate.reasons["acme", "allow"] == 300
    assert gate.release("acme", "s7")
    assert (say(SHORT % 7), say(SHORT % 301)) == (b"allow\n", b"deny cap\n")


def test_a_silent_connection_keeps_no_snapshot_that_was_replaced(tmp_path: Path) -> None:
    gate = made(tmp_path)
    line = LineConnection(gate, Admission({}, lambda: ("acme",)), Connections())
    line.connection_made(Heard())
    before = sys.getrefcount(gate.held.snapshot)
    line.data_received(SHORT % 1)
    during = sys.getrefcount(gate.held.snapshot)
    line.renewed()
    after = sys.getrefcount(gate.held.snapshot)
    assert (during, after) == (before + 1, before)
    for number in range(2, 5):
        line.data_received(SHORT % number)
    assert (gate.usual.taken, gate.reasons["acme", "allow"]) == (2, 4)


def test_what_was_learnt_of_others_opens_nothing(tmp_path: Path) -> None:
    gate, tokens = made(tmp_path), {"secret": "acme"}
    say = door(gate, tokens)
    assert say(b"token secret\n" + b"".join(SHORT % number for number in range(4))) == b"allow\n" * 4
    assert gate.usual.taken == 2
    assert door(gate, tokens)(SHORT % 8) == b"deny malformed\n"
    other = door(gate, tokens)
    assert other(b"token wrong\n" + SHORT % 8) == b"deny malformed\n"
    assert door(gate, {"x": "other"})(b"token x\n" + SHORT % 9) == b"deny number-unknown\n"
