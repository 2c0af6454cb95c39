"""How many calls an Asterisk has now, asked of itself over its manager interface (AMI).

A small reader of its own: it logs in without events and asks CoreShowChannels, whose answer is the sign of life too. A
call has several channels with one ``Linkedid``; CoreStatus' CoreCurrentCalls counts channels. The user in manager.conf
needs ``write = reporting`` and nothing else. The interface speaks plain text: on this machine, or through a tunnel.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from typing import Final

PATIENCE: Final = 1.0  # seconds for the next piece of an answer
LONGEST: Final = 1 << 24  # bytes of an answer: some twenty thousand channels
PIECE: Final = 1 << 16
END: Final = b"\r\n\r\n"
_CALL: Final = re.compile(rb"^Linkedid: ([^\r\n]+)\r$", re.MULTILINE)
_CHANNEL: Final = re.compile(rb"^Event: CoreShowChannel\r$", re.MULTILINE)
_ITEMS: Final = re.compile(rb"^ListItems: (\d{1,9})\r$", re.MULTILINE)


class Ami:
    """``host``, ``port``, ``user`` and ``secret`` as in manager.conf; the connection is made when it is needed."""

    def __init__(self, host: str, port: int, user: str, secret: str) -> None:
        self._where = (host, port)
        self._who = (user, secret)
        self._link: socket.socket | None = None
        self._left = bytearray()
        self._number = 0

    def calls(self) -> int:
        """The calls of this moment; OSError where the switch does not answer, refuses, or says something else."""
        try:
            if self._link is None:
                self._open()
            self._ask({"Action": "CoreShowChannels"})
            return _counted(self._until(b"EventList: Complete") + self._until(END) + END)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """End the connection."""
        link, self._link = self._link, None
        self._left.clear()
        if link is not None:
            link.close()

    def _open(self) -> None:
        self._link = socket.create_connection(self._where, PATIENCE)
        self._link.settimeout(PATIENCE)
        self._until(b"\r\n")  # the greeting
        user, secret = self._who
        self._ask({"Action": "Login", "Username": user, "Secret": secret, "Events": "off"})

    def _ask(self, action: Mapping[str, str]) -> None:
        """Until the switch says Success to the action; what else it says before is passed over."""
        assert self._link is not None  # noqa: S101 -- for the type checker
        self._number += 1
        lines = {**action, "ActionID": str(self._number)}
        if any("\r" in value or "\n" in value for value in lines.values()):
            raise OSError("line end in a value")
        self._link.sendall("".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n")
        while True:
            block = self._until(END).decode("utf-8", "replace")
            told = dict(line.split(": ", 1) for line in block.split("\r\n") if ": " in line)
            if told.get("ActionID") == lines["ActionID"] and "Response" in told:
                if told["Response"] != "Success":
                    raise OSError(told.get("Message", "refused"))
                return

    def _until(self, end: bytes) -> bytes:
        """What comes before ``end``; a long answer is searched once, not anew with every piece."""
        assert self._link is not None  # noqa: S101 -- for the type checker
        place, looked = self._left.find(end), 0
        while place < 0:
            looked = max(0, len(self._left) - len(end))
            more = self._link.recv(PIECE)
            if not more or len(self._left) > LONGEST:
                raise OSError("the switch closed the connection" if not more else "an answer without end")
            self._left += more
            place = self._left.find(end, looked)
        block = bytes(self._left[:place])
        del self._left[: place + len(end)]
        return block


def _counted(told: bytes) -> int:
    """The calls in a list of channels; OSError for a list that is not whole."""
    items = _ITEMS.search(told)
    if items is None or int(items[1]) != len(_CHANNEL.findall(told)):
        raise OSError("a list of channels that is not whole")
    return len(set(_CALL.findall(told)))
