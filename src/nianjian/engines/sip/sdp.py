"""The offer of a test call, and what the other side answered. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PCMU, PCMA, EVENT = 0, 8, 101
CODECS: Final = {PCMU: "PCMU", PCMA: "PCMA"}
MEDIA: Final = "application/sdp"
DTMF: Final = "telephone-event/8000"
DIGITS: Final = 5
HIGHEST_PORT, HIGHEST_TYPE = 65_535, 127


@dataclass(frozen=True, slots=True)
class Described:
    """What an SDP body says of sound: ``codec`` None: none that both know; ``event``: payload type of DTMF."""

    address: str
    port: int
    codec: int | None
    event: int | None


def offer(address: str, port: int, session: int) -> bytes:
    """PCMA, PCMU and telephone-event, both ways."""
    family = "IP6" if ":" in address else "IP4"
    lines = [
        "v=0", f"o=- {session} 1 IN {family} {address}", "s=-", f"c=IN {family} {address}", "t=0 0",
        f"m=audio {port} RTP/AVP {PCMA} {PCMU} {EVENT}", f"a=rtpmap:{PCMA} PCMA/8000", f"a=rtpmap:{PCMU} PCMU/8000",
        f"a=rtpmap:{EVENT} {DTMF}", f"a=fmtp:{EVENT} 0-15", "a=ptime:20", "a=sendrecv",
    ]  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines).encode()


def described(body: bytes) -> Described | None:
    """Read the first sound of a body; None where it describes none."""
    address, port, formats, event, audio = "", 0, list[str](), None, False
    for line in body.decode("utf-8", "replace").splitlines():
        kind, _equals, value = line.strip().partition("=")
        words = value.split()
        if kind == "m":
            if audio:  # a further sound or a picture says nothing about this one
                break
            found = _number(words[1], HIGHEST_PORT) if len(words) >= 4 else None  # noqa: PLR2004 -- m=audio PORT PROTO FORMAT
            audio = value.startswith("audio ") and found is not None
            if audio:
                port, formats = found or 0, words[3:]
        elif kind == "c" and len(words) == 3:  # noqa: PLR2004 -- IN IP4 ADDRESS
            address = words[2].partition("/")[0].lower()
        elif kind == "a" and audio and value.lower().startswith("rtpmap:") and value.lower().endswith(DTMF):
            event = _number(words[0].partition(":")[2], HIGHEST_TYPE)
    if not audio:
        return None
    common = next((kind for kind in (_number(one, HIGHEST_TYPE) for one in formats) if kind in CODECS), None)
    return Described(address, port, common if port else None, event)


def _number(text: str, highest: int) -> int | None:
    """A number as digits; None for what is none, or too high to mean anything."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        return None
    return int(text) if int(text) <= highest else None
