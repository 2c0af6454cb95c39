"""The offer of a test call, and what the other side answered. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PCMU, PCMA, EVENT = 0, 8, 101
CODECS: Final = {PCMU: "PCMU", PCMA: "PCMA"}
MEDIA: Final = "application/sdp"
DTMF: Final = "telephone-event/8000"


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
            audio = value.startswith("audio ") and len(words) >= 4 and words[1].isdigit()  # noqa: PLR2004 -- m=audio PORT PROTO FORMAT
            if audio:
                port, formats = int(words[1]), words[3:]
        elif kind == "c" and len(words) == 3:  # noqa: PLR2004 -- IN IP4 ADDRESS
            address = words[2].partition("/")[0].lower()
        elif kind == "a" and audio and value.lower().startswith("rtpmap:") and value.lower().endswith(DTMF):
            number = words[0].partition(":")[2]
            event = int(number) if number.isdigit() else None
    if not audio:
        return None
    common = next((int(one) for one in formats if one.isdigit() and int(one) in CODECS), None)
    return Described(address, port, common if port else None, event)
