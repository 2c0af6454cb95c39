"""How many calls a FreeSWITCH has now, asked of itself over its event socket (ESL), without any event.

``show calls count`` counts a call once, whether it has one leg or two. The interface speaks plain text and whoever has
its password may do anything: on this machine alone, or through a tunnel. Written to the documented message formats and
not tried with a real FreeSWITCH.
"""

from __future__ import annotations

import re
from typing import Final

from nianjian.features.screens.spoken import LONGEST, Spoken, fields, one_line

END: Final = b"\n\n"
_TOTAL: Final = re.compile(r"\s*(\d{1,9}) total\.\s*")


class Esl(Spoken):
    """``secret``: the password of event_socket.conf."""

    def __init__(self, host: str, port: int, secret: str) -> None:
        super().__init__(host, port)
        self._secret = secret

    def _greet(self) -> None:
        if fields(self._until(END)).get("Content-Type") != "auth/request":
            raise OSError("no event socket")
        self._say(f"auth {one_line(self._secret)}\n\n")
        if not self._answered("command/reply").get("Reply-Text", "").startswith("+OK"):
            raise OSError("refused")

    def _count(self) -> int:
        self._say("api show calls count\n\n")
        length = self._answered("api/response").get("Content-Length", "")
        if not (length.isascii() and length.isdecimal() and int(length) < LONGEST):
            raise OSError("an answer without length")
        told = _TOTAL.fullmatch(self._bytes(int(length)).decode("utf-8", "replace"))
        if told is None:
            raise OSError("no count")
        return int(told[1])

    def _answered(self, kind: str) -> dict[str, str]:
        """The next answer's head; OSError for one of another kind, such as a refusal or a good-bye."""
        told = fields(self._until(END))
        if told.get("Content-Type") != kind:
            raise OSError(told.get("Content-Type", "no answer"))
        return told
