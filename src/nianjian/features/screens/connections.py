"""How many calls a switch has now, asked of itself: the protocols of Asterisk, FreeSWITCH and Kamailio."""

import json
import re
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from itertools import count
from typing import Final

PATIENCE: Final = 1.0  # seconds for the next piece of an answer
WHOLE: Final = 5.0  # and for all of them: who speaks on and on holds up no other source
LONGEST: Final = 1 << 24  # bytes of an answer: some twenty thousand channels
PIECE: Final = 1 << 16


Guard = Callable[[], str]


class UnreachedError(OSError):
    """There is no connection to the switch."""


class RefusedError(OSError):
    """The switch takes neither name nor password, or does not let them ask."""


class TextInterface(ABC):
    """Asked by one thread. ``guard`` tells the address before each connection, None: the host as it is named."""

    def __init__(self, host: str, port: int, guard: Guard | None = None) -> None:
        self._where, self._guard = (host, port), guard
        self._link: socket.socket | None = None
        self._left = bytearray()
        self._until_when = 0.0

    def calls(self) -> int:
        """The calls of this moment; OSError where the switch gives no answer that counts, and what the guard raises."""
        self._until_when = time.monotonic() + WHOLE
        try:
            if self._link is None:
                self._connect()
                self._greet()
            return self._count()
        except OSError:
            self.close()
            raise

    def _connect(self) -> None:
        host, port = self._where
        place = self._guard() if self._guard else host
        try:
            self._link = socket.create_connection((place, port), PATIENCE)
        except OSError as fault:
            raise UnreachedError(*fault.args) from fault
        self._link.settimeout(PATIENCE)

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
        place, start = self._left.find(end), 0
        while place < 0:
            start = max(0, len(self._left) - len(end))
            self._more()
            place = self._left.find(end, start)
        return self._taken(place, len(end))

    def _bytes(self, count: int) -> bytes:
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


def parse_fields(block: bytes) -> dict[str, str]:
    """The lines ``Name: value`` of an answer."""
    lines = block.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def check_one_line(text: str) -> str:
    """The text; OSError for one that would say more than a line."""
    if "\r" in text or "\n" in text:
        raise OSError("line end in a value")
    return text


AMI_END: Final = b"\r\n\r\n"
_CALL: Final = re.compile(rb"^Linkedid: ([^\r\n]+)\r$", re.MULTILINE)
_CHANNEL: Final = re.compile(rb"^Event: CoreShowChannel\r$", re.MULTILINE)
_ITEMS: Final = re.compile(rb"^ListItems: (\d{1,9})\r$", re.MULTILINE)


class AsteriskManager(TextInterface):
    """How many calls an Asterisk has now, asked of itself over its manager interface (AMI).

    A small reader of its own: it logs in without events and asks CoreShowChannels, whose answer is the sign of life
    too. A call has several channels with one ``Linkedid``; CoreStatus' CoreCurrentCalls counts channels. The user in
    manager.conf needs ``write = reporting`` and nothing else. The interface speaks plain text: on this machine, or
    through a tunnel.

    ``host``, ``port``, ``user`` and ``secret`` as in manager.conf.
    """

    def __init__(self, host: str, port: int, user: str, secret: str, guard: Guard | None = None) -> None:
        super().__init__(host, port, guard)
        self._who = (user, secret)
        self._number = 0

    def _greet(self) -> None:
        self._until(b"\r\n")  # the greeting
        user, secret = self._who
        self._ask({"Action": "Login", "Username": user, "Secret": secret, "Events": "off"})

    def _count(self) -> int:
        self._ask({"Action": "CoreShowChannels"})
        return _count_calls(self._until(b"EventList: Complete") + self._until(AMI_END) + AMI_END)

    def _ask(self, action: Mapping[str, str]) -> None:
        """Until the switch says Success to the action; what else it says before is passed over."""
        self._number += 1
        lines = {**action, "ActionID": str(self._number)}
        self._say("".join(f"{name}: {check_one_line(value)}\r\n" for name, value in lines.items()) + "\r\n")
        while True:
            fields = parse_fields(self._until(AMI_END))
            if fields.get("ActionID") == lines["ActionID"] and "Response" in fields:
                if fields["Response"] != "Success":
                    raise RefusedError(fields.get("Message", "refused"))
                return


def _count_calls(listing: bytes) -> int:
    """The calls in a list of channels; OSError for a list that is not whole."""
    items = _ITEMS.search(listing)
    if items is None or int(items[1]) != len(_CHANNEL.findall(listing)):
        raise OSError("a list of channels that is not whole")
    return len(set(_CALL.findall(listing)))


ESL_END: Final = b"\n\n"
_TOTAL: Final = re.compile(r"\s*(\d{1,9}) total\.\s*")


class FreeSwitchSocket(TextInterface):
    """How many calls a FreeSWITCH has now, asked of itself over its event socket (ESL), without any event.

    ``show calls count`` counts a call once, whether it has one leg or two. The interface speaks plain text and
    whoever has its password may do anything: on this machine alone, or through a tunnel. Written to the documented
    message formats and not tried with a real FreeSWITCH.

    ``secret``: the password of event_socket.conf.
    """

    def __init__(self, host: str, port: int, secret: str, guard: Guard | None = None) -> None:
        super().__init__(host, port, guard)
        self._secret = secret

    def _greet(self) -> None:
        if parse_fields(self._until(ESL_END)).get("Content-Type") != "auth/request":
            raise OSError("no event socket")
        self._say(f"auth {check_one_line(self._secret)}\n\n")
        if not self._answered("command/reply").get("Reply-Text", "").startswith("+OK"):
            raise RefusedError("refused")

    def _count(self) -> int:
        self._say("api show calls count\n\n")
        length = self._answered("api/response").get("Content-Length", "")
        if not (length.isascii() and length.isdecimal() and int(length) < LONGEST):
            raise OSError("an answer without length")
        match = _TOTAL.fullmatch(self._bytes(int(length)).decode("utf-8", "replace"))
        if match is None:
            raise OSError("no count")
        return int(match[1])

    def _answered(self, kind: str) -> dict[str, str]:
        """The next answer's head; OSError for one of another kind, such as a refusal or a good-bye."""
        fields = parse_fields(self._until(ESL_END))
        if fields.get("Content-Type") != kind:
            raise OSError(fields.get("Content-Type", "no answer"))
        return fields


LARGEST: Final = 65_536
QUESTION: Final = "dlg.stats_active"


class KamailioSocket:
    """How many calls a Kamailio has now, asked of itself by JSON-RPC over its datagram socket (module jsonrpcs).

    ``dlg.stats_active`` counts the dialogs that the dialog module follows, ringing ones included. Whoever may write
    to the socket can ask; the answer comes to a socket of our own that lies in no folder (an abstract one of Linux),
    so that no folder of ours must be open to the switch's user, and that takes nothing from anybody but the switch.

    Asked by one thread, as `TextInterface` is.
    """

    def __init__(self, path: str, guard: Guard | None = None) -> None:
        """``path``: the switch's socket (modparam ``dgram_socket``); ``guard`` tells it before each connection."""
        self._path, self._guard = path, guard
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
        request = {"jsonrpc": "2.0", "method": QUESTION, "params": [], "id": number}
        until = time.monotonic() + PATIENCE
        own.settimeout(PATIENCE)
        own.send(json.dumps(request).encode())
        while (left := until - time.monotonic()) > 0:
            own.settimeout(left)
            try:
                answer = json.loads(own.recv(LARGEST))
            except ValueError:
                continue
            if isinstance(answer, dict) and answer.get("id") == number:  # else one that came too late
                return _read_count(answer.get("result"))
        raise TimeoutError

    def _own(self) -> socket.socket:
        if self._socket is None:
            path = self._guard() if self._guard else self._path
            sock = self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            sock.bind("")  # the kernel finds a name
            try:
                sock.connect(path)
            except OSError as fault:
                raise UnreachedError(*fault.args) from fault
        return self._socket

    def close(self) -> None:
        """Give the socket back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _read_count(result: object) -> int:
    """All dialogs of an answer; OSError for one without."""
    dialogs = result.get("all") if isinstance(result, dict) else None
    if not isinstance(dialogs, int) or isinstance(dialogs, bool) or dialogs < 0:
        raise OSError("no count of dialogs")
    return dialogs
