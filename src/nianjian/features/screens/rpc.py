"""How many calls a Kamailio has now, asked of itself by JSON-RPC over its datagram socket (module jsonrpcs).

``dlg.stats_active`` counts the dialogs that the dialog module follows, ringing ones included. Whoever may write to the
socket can ask; the answer comes to a socket of our own that lies in no folder (an abstract one of Linux), so that no
folder of ours must be open to the switch's user, and that takes nothing from anybody but the switch.
"""

from __future__ import annotations

import json
import socket
import time
from itertools import count
from typing import Final

from nianjian.features.screens.spoken import PATIENCE

LARGEST: Final = 65_536
QUESTION: Final = "dlg.stats_active"


class Rpc:
    """Asked by one thread, as `spoken.Spoken` is."""

    def __init__(self, path: str) -> None:
        """``path``: the switch's socket (modparam ``dgram_socket``)."""
        self._path = path
        self._socket: socket.socket | None = None
        self._numbers = count(1)

    def calls(self) -> int:
        """The calls of this moment; OSError where the switch does not answer, or says something else."""
        try:
            return self._count()
        except OSError:
            self.close()
            raise

    def _count(self) -> int:
        own, number = self._own(), next(self._numbers)
        asked = {"jsonrpc": "2.0", "method": QUESTION, "params": [], "id": number}
        until = time.monotonic() + PATIENCE
        own.settimeout(PATIENCE)
        own.send(json.dumps(asked).encode())
        while (left := until - time.monotonic()) > 0:
            own.settimeout(left)
            try:
                told = json.loads(own.recv(LARGEST))
            except ValueError:
                continue
            if isinstance(told, dict) and told.get("id") == number:  # else one that came too late
                return _whole(told.get("result"))
        raise TimeoutError

    def _own(self) -> socket.socket:
        """The socket to which the answers come."""
        if self._socket is None:
            made = self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            made.bind("")  # the kernel finds a name
            made.connect(self._path)
        return self._socket

    def close(self) -> None:
        """Give the socket back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _whole(result: object) -> int:
    """All dialogs of an answer; OSError for one without."""
    found = result.get("all") if isinstance(result, dict) else None
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise OSError("no count of dialogs")
    return found
