"""Asking a switch how many calls it has: what it may say wrong, and that no fault stays."""

from __future__ import annotations

import socket
import time
from contextlib import AbstractContextManager
from threading import Thread

import pytest
from tests.support.speaking import speaking

from nianjian.features.screens import connections
from nianjian.features.screens.connections import AsteriskManager, FreeSwitchSocket

LOGIN = b"Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n"
EVENT = b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n"


def answer(number: int, *calls: str, items: int | None = None) -> bytes:
    """A list of channels; each of ``calls`` is the call that one belongs to."""
    blocks = [f"Response: Success\r\nActionID: {number}\r\nEventList: start\r\nMessage: Channels will follow\r\n\r\n"]
    blocks += [
        f"Event: CoreShowChannel\r\nActionID: {number}\r\nUniqueid: {place}.1\r\nLinkedid: {call}\r\n\r\n"
        for place, call in enumerate(calls)
    ]
    told = len(calls) if items is None else items
    end = f"Event: CoreShowChannelsComplete\r\nActionID: {number}\r\nEventList: Complete\r\nListItems: {told}\r\n\r\n"
    return "".join([*blocks, end]).encode()


def switch(*answers: bytes) -> AbstractContextManager[int]:
    return speaking(b"Asterisk Call Manager/11.0.0\r\n", *answers)


def test_it_asks_again_over_one_connection_and_passes_over_events() -> None:
    with switch(LOGIN, EVENT + answer(2, "1.0", "1.0", "1.4"), answer(3), answer(4, *["1.9"] * 4000)) as port:
        asked = AsteriskManager("127.0.0.1", port, "u", "s")
        assert [asked.calls(), asked.calls(), asked.calls()] == [2, 0, 1]
        asked.close()


@pytest.mark.parametrize(
    "answers",
    [
        (b"Response: Error\r\nActionID: 1\r\nMessage: Authentication failed\r\n\r\n",),
        (LOGIN, b"Response: Error\r\nActionID: 2\r\nMessage: Permission denied\r\n\r\n"),
        (LOGIN, answer(2, "1.0", items=2)), (LOGIN, answer(2, "1.0").replace(b"ListItems", b"Items")),
        (LOGIN, answer(2, "1.0")[:-30]), (LOGIN, b"no such thing\r\n\r\n"), (LOGIN, b"x" * 9000), (LOGIN,), (),
    ],
)  # fmt: skip
def test_what_is_no_count_is_an_error_and_the_next_question_begins_anew(
    answers: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.2)
    monkeypatch.setattr(connections, "LONGEST", 4096)
    with switch(*answers) as port:
        asked = AsteriskManager("127.0.0.1", port, "u", "s")
        for _ in range(2):
            with pytest.raises(OSError):  # noqa: PT011 -- each has another text
                asked.calls()


def test_a_switch_that_is_gone_and_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asked = AsteriskManager("127.0.0.1", port, "u", "s")
    with pytest.raises(OSError):  # noqa: PT011
        asked.calls()


def test_a_line_end_in_a_secret_says_nothing_more() -> None:
    with switch(LOGIN, answer(2)) as port, pytest.raises(OSError, match="line end"):
        AsteriskManager("127.0.0.1", port, "u", "s\r\nAction: Command").calls()


def test_who_speaks_on_and_on_holds_up_no_other_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece comes in time, and the answer never ends."""
    monkeypatch.setattr(connections, "WHOLE", 0.3)

    def drip(server: socket.socket) -> None:
        link, _from = server.accept()
        with link:
            link.sendall(b"Asterisk Call Manager/11.0.0\r\n" + LOGIN)
            try:
                for _ in range(200):
                    link.sendall(EVENT)
                    time.sleep(0.02)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        far = Thread(target=drip, args=(server,))
        far.start()
        begun = time.monotonic()
        with pytest.raises(OSError, match="without end"):
            AsteriskManager("127.0.0.1", server.getsockname()[1], "u", "s").calls()
        took = time.monotonic() - begun
        far.join()
    assert took < 2  # seconds; the switch goes on for four


GREETING = b"Content-Type: auth/request\n\n"
ACCEPTED = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
REFUSED = b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
BYE = b"Content-Type: text/disconnect-notice\nContent-Length: 12\n\nDisconnected"


def esl_answer(text: str) -> bytes:
    return f"Content-Type: api/response\nContent-Length: {len(text)}\n\n{text}".encode()


def test_it_asks_again_over_one_connection() -> None:
    with speaking(GREETING, ACCEPTED, esl_answer("\n7 total.\n"), esl_answer("\n0 total.\n")) as port:
        asked = FreeSwitchSocket("127.0.0.1", port, "s")
        assert [asked.calls(), asked.calls()] == [7, 0]
        asked.close()


@pytest.mark.parametrize(
    ("greeting", "answers"),
    [
        (b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n", ()),
        (GREETING, (REFUSED,)), (GREETING, (ACCEPTED, BYE)), (GREETING, (ACCEPTED, esl_answer("-ERR no reply"))),
        (GREETING, (ACCEPTED, esl_answer("uuid,direction\n\n7 total."))),
        (GREETING, (ACCEPTED, b"Content-Type: api/response\n\n")),
        (GREETING, (ACCEPTED, b"Content-Type: api/response\nContent-Length: 99999999\n\n")),
        (GREETING, (ACCEPTED, esl_answer("\n7 total.\n")[:-4])), (GREETING, (ACCEPTED,)),
        (b"SSH-2.0-OpenSSH_10\r\n", ()), (b"", ()),
    ],
)  # fmt: skip
def test_no_count_of_a_freeswitch_is_an_error_and_the_next_question_begins_anew(
    greeting: bytes, answers: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.2)
    with speaking(greeting, *answers) as port:
        asked = FreeSwitchSocket("127.0.0.1", port, "s")
        for _ in range(2):
            with pytest.raises(OSError):  # noqa: PT011 -- each has another text
                asked.calls()


def test_a_line_end_in_a_password_says_nothing_more() -> None:
    with speaking(GREETING, ACCEPTED) as port, pytest.raises(OSError, match="line end"):
        FreeSwitchSocket("127.0.0.1", port, "s\n\napi shutdown").calls()
