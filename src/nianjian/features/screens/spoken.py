"""A connection to a switch that is asked in plain text, made when it is needed and given up at any fault."""

from __future__ import annotations

import socket
import time
from abc import ABC, abstractmethod
from typing import Final

PATIENCE: Final = 1.0  # seconds for the next piece of an answer
WHOLE: Final = 5.0  # and for all of them: who speaks on and on holds up no other source
LONGEST: Final = 1 << 24  # bytes of an answer: some twenty thousand channels
PIECE: Final = 1 << 16


class Spoken(ABC):
    """Asked by one thread."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._link: socket.socket | None = None
        self._left = bytearray()
        self._until_when = 0.0

    def calls(self) -> int:
        """The calls of this moment; OSError where the switch does not answer, refuses, or says something else."""
        self._until_when = time.monotonic() + WHOLE
        try:
            if self._link is None:
                self._link = socket.create_connection(self._where, PATIENCE)
                self._link.settimeout(PATIENCE)
                self._greet()
            return self._count()
        except OSError:
            self.close()
            raise

    @abstractmethod
    def _greet(self) -> None:
        """Say who asks."""

    @abstractmethod
    def _count(self) -> int:
        """Ask how many calls there are."""

    def close(self) -> None:
        """End the connection."""
        link, self._link = self._link, None
        self._left.clear()
        if link is not None:
            link.close()

    def _say(self, text: str) -> None:
        assert self._link is not None  # noqa: S101 -- for the type checker
        self._link.sendall(text.encode())

    def _until(self, end: bytes) -> bytes:
        """What comes before ``end``; a long answer is searched once, not anew with every piece."""
        place, looked = self._left.find(end), 0
        while place < 0:
            looked = max(0, len(self._left) - len(end))
            self._more()
            place = self._left.find(end, looked)
        return self._taken(place, len(end))

    def _bytes(self, count: int) -> bytes:
        """So many bytes."""
        while len(self._left) < count:
            self._more()
        return self._taken(count, 0)

    def _more(self) -> None:
        assert self._link is not None  # noqa: S101 -- for the type checker
        more = self._link.recv(PIECE)
        if not more:
            raise OSError("the switch closed the connection")
        if len(self._left) > LONGEST or time.monotonic() > self._until_when:
            raise OSError("an answer without end")
        self._left += more

    def _taken(self, place: int, end: int) -> bytes:
        block = bytes(self._left[:place])
        del self._left[: place + end]
        return block


def fields(block: bytes) -> dict[str, str]:
    """The lines ``Name: value`` of an answer."""
    lines = block.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def one_line(text: str) -> str:
    """The text; OSError for one that would say more than a line."""
    if "\r" in text or "\n" in text:
        raise OSError("line end in a value")
    return text
