"""Asking a switch how many calls it has: what it may say wrong, and that no fault stays."""

from __future__ import annotations

import socket
import time
from contextlib import AbstractContextManager
from threading import Thread

import pytest
from tests.support.speaking import speaking

from nianjian.features.screens import spoken
from nianjian.features.screens.ami import Ami

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
        asked = Ami("127.0.0.1", port, "u", "s")
        assert [asked.calls(), asked.calls(), asked.calls()] == [2, 0, 1]
        asked.close()


@pytest.mark.parametrize(
    "answers",
    [
        (b"Response: Error\r\nActionID: 1\r\nMessage: Authentication failed\r\n\r\n",),
        (LOGIN, b"Response: Error\r\nActionID: 2\r\nMessage: Permission denied\r\n\r\n"),
        (LOGIN, answer(2, "1.0", items=2)),
        (LOGIN, answer(2, "1.0").replace(b"ListItems", b"Items")),
        (LOGIN, answer(2, "1.0")[:-30]),
        (LOGIN, b"no such thing\r\n\r\n"),
        (LOGIN, b"x" * 9000),
        (LOGIN,),
        (),
    ],
)
def test_what_is_no_count_is_an_error_and_the_next_question_begins_anew(
    answers: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "PATIENCE", 0.2)
    monkeypatch.setattr(spoken, "LONGEST", 4096)
    with switch(*answers) as port:
        asked = Ami("127.0.0.1", port, "u", "s")
        for _ in range(2):
            with pytest.raises(OSError):  # noqa: PT011 -- each has another text
                asked.calls()


def test_a_switch_that_is_gone_and_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asked = Ami("127.0.0.1", port, "u", "s")
    with pytest.raises(OSError):  # noqa: PT011
        asked.calls()


def test_a_line_end_in_a_secret_says_nothing_more() -> None:
    with switch(LOGIN, answer(2)) as port, pytest.raises(OSError, match="line end"):
        Ami("127.0.0.1", port, "u", "s\r\nAction: Command").calls()


def test_who_speaks_on_and_on_holds_up_no_other_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece comes in time, and the answer never ends."""
    monkeypatch.setattr(spoken, "WHOLE", 0.3)

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
            Ami("127.0.0.1", server.getsockname()[1], "u", "s").calls()
        took = time.monotonic() - begun
        far.join()
    assert took < 2  # seconds; the switch goes on for four
