"""The sound of a test call: silence that keeps the way open, digits sent and heard (RFC 3550, RFC 4733)."""

import asyncio
import ipaddress
import secrets
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

PCMU, PCMA, EVENT = 0, 8, 101
CODECS: Final = {PCMU: "PCMU", PCMA: "PCMA"}
MEDIA: Final = "application/sdp"
DTMF: Final = "telephone-event/8000"
DIGITS: Final = 5
HIGHEST_PORT, HIGHEST_TYPE = 65_535, 127


@dataclass(frozen=True, slots=True)
class Description:
    """What an SDP body says of sound: ``codec`` None: none that both know; ``event``: payload type of DTMF."""

    address: str
    port: int
    codec: int | None
    event: int | None


def build_offer(address: str, port: int, session: int) -> bytes:
    """PCMA, PCMU and telephone-event, both ways."""
    family = "IP6" if ":" in address else "IP4"
    lines = [
        "v=0", f"o=- {session} 1 IN {family} {address}", "s=-", f"c=IN {family} {address}", "t=0 0",
        f"m=audio {port} RTP/AVP {PCMA} {PCMU} {EVENT}", f"a=rtpmap:{PCMA} PCMA/8000", f"a=rtpmap:{PCMU} PCMU/8000",
        f"a=rtpmap:{EVENT} {DTMF}", f"a=fmtp:{EVENT} 0-15", "a=ptime:20", "a=sendrecv",
    ]  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines).encode()


def parse_description(body: bytes) -> Description | None:
    """Read the first sound of a body; None where it describes none."""
    address, port, formats, event, audio = "", 0, list[str](), None, False
    for line in body.decode("utf-8", "replace").splitlines():
        kind, _equals, value = line.strip().partition("=")
        words = value.split()
        if kind == "m":
            if audio:  # a further sound or a picture says nothing about this one
                break
            number = _number(words[1], HIGHEST_PORT) if len(words) >= 4 else None  # noqa: PLR2004 -- m=audio PORT PROTO FORMAT
            audio = value.startswith("audio ") and number is not None
            if audio:
                port, formats = number or 0, words[3:]
        elif kind == "c" and len(words) == 3:  # noqa: PLR2004 -- IN IP4 ADDRESS
            address = words[2].partition("/")[0].lower()
        elif kind == "a" and audio and value.lower().startswith("rtpmap:") and value.lower().endswith(DTMF):
            event = _number(words[0].partition(":")[2], HIGHEST_TYPE)
    if not audio:
        return None
    common = next((kind for kind in (_number(one, HIGHEST_TYPE) for one in formats) if kind in CODECS), None)
    return Description(address, port, common if port else None, event)


def _number(text: str, highest: int) -> int | None:
    """A number as digits; None for what is none, or too high to mean anything."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        return None
    return int(text) if int(text) <= highest else None


FRAME: Final = 160  # samples, and bytes, of 20 ms
PERIOD: Final = 0.02
HEAD: Final = struct.Struct("!BBHII")
EVENT_BODY: Final = struct.Struct("!BBH")
VERSION: Final = 0x80
MARKER: Final = 0x80
END: Final = 0x80
VOLUME: Final = 10
PACKETS: Final = 8  # of a digit; the last three say that it ends
LAST: Final = 3
BEFORE: Final = 0.2  # seconds of silence before the first digit
BETWEEN: Final = 0.08
SIGNS: Final = "0123456789*#ABCD"
HEARD: Final = 40  # digits; who sends any number of them would hit every token


class Media(asyncio.DatagramProtocol):
    """One call's RTP. ``heard`` grows by each digit that comes in; ``on_digit`` is called then."""

    def __init__(self, on_digit: Callable[[], None]) -> None:
        self.heard = ""
        self.port = 0
        self._told = on_digit
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None
        self._to = ("", 0)
        self._source, self._number, self._time = secrets.randbits(32), secrets.randbits(16), secrets.randbits(32)
        self._codec, self._event, self._last = PCMU, EVENT, -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the port that the offer names."""
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.port = int(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Read digits, in the type that was offered or that the other side named: a new time stamp is a new digit."""
        del addr
        if len(data) < HEAD.size + EVENT_BODY.size:
            return
        flags, kind, _number, at, _source = HEAD.unpack_from(data)
        start = HEAD.size + 4 * (flags & 0x0F)
        if kind & 0x7F not in {EVENT, self._event} or len(data) < start + EVENT_BODY.size or at == self._last:
            return
        code = EVENT_BODY.unpack_from(data, start)[0]
        if code < len(SIGNS):
            self._last = at
            self.hear(SIGNS[code])

    def hear(self, digit: str) -> None:
        """A digit came in."""
        if len(self.heard) < HEARD:
            self.heard += digit
            self._told()

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there: the call goes on without sound."""

    def talk(self, there: Description, token: str) -> None:
        """Send silence to the other side, and the digits of ``token`` once."""
        if there.codec is None or not _speakable(there.address):
            return
        self._to, self._codec = (there.address, there.port), there.codec
        self._event = there.event or self._event
        self._task = asyncio.get_running_loop().create_task(self._talk(token if there.event is not None else ""))

    def close(self) -> None:
        """End the sound."""
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self._transport.close()

    async def _talk(self, token: str) -> None:
        with suppress(ValueError, OSError):  # an address that is none: the call goes on without sound
            await self._silence(round(BEFORE / PERIOD))
            for digit in token:
                await self._digit(SIGNS.index(digit))
                await self._silence(round(BETWEEN / PERIOD))
            while True:
                await self._silence(50)

    async def _silence(self, frames: int) -> None:
        quiet = (b"\xff" if self._codec == PCMU else b"\xd5") * FRAME
        for _frame in range(frames):
            self._send(self._codec, quiet, self._time)
            self._time = self._time + FRAME & 0xFFFFFFFF
            await asyncio.sleep(PERIOD)

    async def _digit(self, code: int) -> None:
        for place in range(PACKETS):
            ends = END if place >= PACKETS - LAST else 0
            length = FRAME * min(place + 1, PACKETS - LAST + 1)
            kind = self._event | (MARKER if place == 0 else 0)
            self._send(kind, EVENT_BODY.pack(code, ends | VOLUME, length), self._time)
            await asyncio.sleep(PERIOD)
        self._time = self._time + FRAME * PACKETS & 0xFFFFFFFF

    def _send(self, kind: int, payload: bytes, at: int) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._number = self._number + 1 & 0xFFFF
            self._transport.sendto(HEAD.pack(VERSION, kind, self._number, at, self._source) + payload, self._to)


def _speakable(address: str) -> bool:
    """Whether sound may go there: one place of the network, by its address; no name is looked up for a gateway."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (ip.is_unspecified or ip.is_multicast or address == "255.255.255.255")  # unspecified: on hold
