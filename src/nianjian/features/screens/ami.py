"""How many calls an Asterisk has now, asked of itself over its manager interface (AMI).

A small reader of its own: it logs in without events and asks CoreShowChannels, whose answer is the sign of life too. A
call has several channels with one ``Linkedid``; CoreStatus' CoreCurrentCalls counts channels. The user in manager.conf
needs ``write = reporting`` and nothing else. The interface speaks plain text: on this machine, or through a tunnel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from nianjian.features.screens.spoken import Spoken, fields, one_line

END: Final = b"\r\n\r\n"
_CALL: Final = re.compile(rb"^Linkedid: ([^\r\n]+)\r$", re.MULTILINE)
_CHANNEL: Final = re.compile(rb"^Event: CoreShowChannel\r$", re.MULTILINE)
_ITEMS: Final = re.compile(rb"^ListItems: (\d{1,9})\r$", re.MULTILINE)


class Ami(Spoken):
    """``host``, ``port``, ``user`` and ``secret`` as in manager.conf."""

    def __init__(self, host: str, port: int, user: str, secret: str) -> None:
        super().__init__(host, port)
        self._who = (user, secret)
        self._number = 0

    def _greet(self) -> None:
        self._until(b"\r\n")  # the greeting
        user, secret = self._who
        self._ask({"Action": "Login", "Username": user, "Secret": secret, "Events": "off"})

    def _count(self) -> int:
        self._ask({"Action": "CoreShowChannels"})
        return _counted(self._until(b"EventList: Complete") + self._until(END) + END)

    def _ask(self, action: Mapping[str, str]) -> None:
        """Until the switch says Success to the action; what else it says before is passed over."""
        self._number += 1
        lines = {**action, "ActionID": str(self._number)}
        self._say("".join(f"{name}: {one_line(value)}\r\n" for name, value in lines.items()) + "\r\n")
        while True:
            told = fields(self._until(END))
            if told.get("ActionID") == lines["ActionID"] and "Response" in told:
                if told["Response"] != "Success":
                    raise OSError(told.get("Message", "refused"))
                return


def _counted(told: bytes) -> int:
    """The calls in a list of channels; OSError for a list that is not whole."""
    items = _ITEMS.search(told)
    if items is None or int(items[1]) != len(_CHANNEL.findall(told)):
        raise OSError("a list of channels that is not whole")
    return len(set(_CALL.findall(told)))
