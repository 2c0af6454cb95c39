"""Asking FreeSWITCH how many calls it has, by the documented messages of its event socket."""

from __future__ import annotations

import pytest
from tests.support.speaking import speaking

from nianjian.features.screens import spoken
from nianjian.features.screens.esl import Esl

GREETING = b"Content-Type: auth/request\n\n"
ACCEPTED = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
REFUSED = b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
BYE = b"Content-Type: text/disconnect-notice\nContent-Length: 12\n\nDisconnected"


def answer(text: str) -> bytes:
    return f"Content-Type: api/response\nContent-Length: {len(text)}\n\n{text}".encode()


def test_it_asks_again_over_one_connection() -> None:
    with speaking(GREETING, ACCEPTED, answer("\n7 total.\n"), answer("\n0 total.\n")) as port:
        asked = Esl("127.0.0.1", port, "s")
        assert [asked.calls(), asked.calls()] == [7, 0]
        asked.close()


@pytest.mark.parametrize(
    ("greeting", "answers"),
    [
        (b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n", ()),
        (GREETING, (REFUSED,)),
        (GREETING, (ACCEPTED, BYE)),
        (GREETING, (ACCEPTED, answer("-ERR no reply"))),
        (GREETING, (ACCEPTED, answer("uuid,direction\n\n7 total."))),
        (GREETING, (ACCEPTED, b"Content-Type: api/response\n\n")),
        (GREETING, (ACCEPTED, b"Content-Type: api/response\nContent-Length: 99999999\n\n")),
        (GREETING, (ACCEPTED, answer("\n7 total.\n")[:-4])),
        (GREETING, (ACCEPTED,)),
        (b"SSH-2.0-OpenSSH_10\r\n", ()),
        (b"", ()),
    ],
)
def test_what_is_no_count_is_an_error_and_the_next_question_begins_anew(
    greeting: bytes, answers: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "PATIENCE", 0.2)
    with speaking(greeting, *answers) as port:
        asked = Esl("127.0.0.1", port, "s")
        for _ in range(2):
            with pytest.raises(OSError):  # noqa: PT011 -- each has another text
                asked.calls()


def test_a_line_end_in_a_password_says_nothing_more() -> None:
    with speaking(GREETING, ACCEPTED) as port, pytest.raises(OSError, match="line end"):
        Esl("127.0.0.1", port, "s\n\napi shutdown").calls()
