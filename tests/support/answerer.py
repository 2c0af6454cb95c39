"""A far end of SIP calls in this process, on UDP: what it does with a request is told to it; it keeps what it got."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Final, Self

from nianjian.inspection.callback.sip.message import Message, read, reply, written

SOUND: Final = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n"
)
END: Final = b"end"
Does = Callable[["Answerer", Message], Iterable[Message]]


class Answerer:
    """``with Answerer(does) as far``: ``does(far, request)`` gives what is sent back at once."""

    def __init__(self, does: Does) -> None:
        self._does = does
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.got: list[Message] = []
        self._sender = ("", 0)
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(END, ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def say(self, message: Message) -> None:
        """Send something later, to who asked last."""
        self._socket.sendto(written(message), self._sender)

    def methods(self) -> list[str]:
        """What came in, in order."""
        return [one.method for one in self.got]

    def count(self, method: str) -> int:
        """How often this request came."""
        return self.methods().count(method)

    def _listen(self) -> None:
        while True:
            raw, sender = self._socket.recvfrom(65_535)
            if raw == END:  # whatever came before it was taken
                return
            message = read(raw)
            if message is None:
                continue
            self._sender = sender
            if message.method:
                self.got.append(message)
            for one in self._does(self, message):
                self._socket.sendto(written(one), sender)


def back(request: Message, status: int, phrase: str = "x", *more: tuple[str, str], body: bytes = b"") -> Message:
    """A reply with a tag of this side."""
    found = reply(request, status, phrase, more)
    lacks = "tag=" not in found.one("to")
    headers = [(name, f"{value};tag=far" if name == "to" and lacks else value) for name, value in found.headers]
    return Message(tuple(headers), body, status=status, phrase=phrase)


def answered(request: Message, contact: str = "<sip:far@127.0.0.1:5999>", *more: tuple[str, str]) -> Message:
    """200 with sound."""
    return back(request, 200, "OK", ("contact", contact), ("content-type", "application/sdp"), *more, body=SOUND)
