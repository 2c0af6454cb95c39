"""The line protocol: one line a question, many lines a batch."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.gate import tenant
from tests.support.gate_server import made, run, running, talk

CALL = b"95013001 13900139000 L01 c%d acme\n"


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


def test_a_line_may_come_in_pieces(tmp_path: Path) -> None:
    line = CALL % 1
    assert asked(tmp_path, line[:9], line[9:]).startswith(b"allow\n")


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
