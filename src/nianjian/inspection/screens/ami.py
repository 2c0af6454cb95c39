"""How many calls an Asterisk has now, asked of itself over its manager interface (AMI).

A small reader of its own: it logs in without events and asks CoreStatus, whose answer is the sign of life too. The
user in manager.conf needs ``write = reporting`` and nothing else. The interface speaks plain text: on this machine, or
through a tunnel.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Final

PATIENCE: Final = 1.0  # seconds for one answer
LONGEST: Final = 1 << 16  # bytes of an answer


class Ami:
    """``host``, ``port``, ``user`` and ``secret`` as in manager.conf; the connection is made when it is needed."""

    def __init__(self, host: str, port: int, user: str, secret: str) -> None:
        self._where = (host, port)
        self._who = (user, secret)
        self._link: socket.socket | None = None
        self._left = b""
        self._number = 0

    def calls(self) -> int:
        """The calls of this moment; OSError where the switch does not answer, refuses, or says something else."""
        try:
            if self._link is None:
                self._open()
            return int(self._ask({"Action": "CoreStatus"})["CoreCurrentCalls"])
        except (OSError, KeyError, ValueError) as fault:
            self.close()
            raise OSError(str(fault)) from fault

    def close(self) -> None:
        """End the connection."""
        link, self._link, self._left = self._link, None, b""
        if link is not None:
            link.close()

    def _open(self) -> None:
        self._link = socket.create_connection(self._where, PATIENCE)
        self._link.settimeout(PATIENCE)
        self._until(b"\r\n")  # the greeting
        user, secret = self._who
        told = self._ask({"Action": "Login", "Username": user, "Secret": secret, "Events": "off"})
        if told.get("Response") != "Success":
            raise OSError(told.get("Message", "login refused"))

    def _ask(self, action: Mapping[str, str]) -> dict[str, str]:
        """The answer to an action; what else the switch says is passed over."""
        assert self._link is not None  # noqa: S101 -- for the type checker
        self._number += 1
        lines = {**action, "ActionID": str(self._number)}
        if any("\r" in value or "\n" in value for value in lines.values()):
            raise OSError("line end in a value")
        self._link.sendall("".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n")
        while True:
            block = self._until(b"\r\n\r\n").decode("utf-8", "replace")
            told = dict(line.split(": ", 1) for line in block.split("\r\n") if ": " in line)
            if told.get("ActionID") == lines["ActionID"] and "Response" in told:
                return told

    def _until(self, end: bytes) -> bytes:
        assert self._link is not None  # noqa: S101 -- for the type checker
        while end not in self._left:
            more = self._link.recv(4096)
            if not more or len(self._left) > LONGEST:
                raise OSError("the switch closed the connection")
            self._left += more
        block, _end, self._left = self._left.partition(end)
        return block
