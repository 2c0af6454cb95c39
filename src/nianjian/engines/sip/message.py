"""SIP messages as values: read from bytes, written to bytes; addresses inside header fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

COMPACT: Final[Mapping[str, str]] = {
    "v": "via", "f": "from", "t": "to", "m": "contact", "i": "call-id", "l": "content-length", "c": "content-type",
    "s": "subject", "k": "supported",
}  # fmt: skip
STATUS: Final = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: (.*))?")
REQUEST: Final = re.compile(r"([A-Z]+) (\S+) SIP/2\.0")
FOLD: Final = re.compile(r"\r?\n[ \t]+")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # no database keeps them all, no terminal should
Q850: Final = re.compile(r"Q\.850\s*;.{0,200}?cause\s*=\s*([0-9]{1,3})", re.IGNORECASE)
BREAK: Final = re.compile(r"[\r\n]")
SCHEME: Final = re.compile("^sips?:", re.IGNORECASE)
LONGEST: Final = 65_535
REASONS: Final = 2_000  # characters of Reason headers that are read
TURN: Final = 10  # digits of a CSeq: it is below 2**31


@dataclass(frozen=True, slots=True)
class Message:
    """A request (``method`` and ``uri``) or a reply (``status`` and ``phrase``); header names in small letters."""

    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    method: str = ""
    uri: str = ""
    status: int = 0
    phrase: str = ""

    def each(self, name: str) -> Iterator[str]:
        """Values of a header in order, lists with commas taken apart."""
        for held, value in self.headers:
            if held == name:
                yield from split_list(value)

    def whole(self, name: str) -> Iterator[str]:
        """Values of a header in order, each as it came: where commas stand between parts of one value."""
        return (value for held, value in self.headers if held == name)

    def one(self, name: str) -> str:
        """The first value of a header, whole; "" for none."""
        return next((value for held, value in self.headers if held == name), "")

    @property
    def first(self) -> str:
        """The first line."""
        return f"SIP/2.0 {self.status} {self.phrase}" if self.status else f"{self.method} {self.uri} SIP/2.0"

    @property
    def turn(self) -> tuple[int, str]:
        """Number and method of CSeq; (0, "") for none that makes sense."""
        number, _blank, method = self.one("cseq").partition(" ")
        sound = number.isascii() and number.isdigit() and len(number) <= TURN
        return (int(number), method.strip()) if sound else (0, "")

    @property
    def cause(self) -> int | None:
        """The Q.850 cause of the Reason header."""
        found = Q850.search(",".join(value for name, value in self.headers if name == "reason")[:REASONS])
        return int(found[1]) if found else None


def read(raw: bytes) -> Message | None:
    """Read one message; None for what is none (a keep-alive, noise). Control characters of the head are replaced."""
    head, _blank, body = raw[:LONGEST].replace(b"\r\n", b"\n").partition(b"\n\n")
    text = CONTROL.sub("\ufffd", head.decode("utf-8", "replace").lstrip("\n"))
    lines = FOLD.sub(" ", text).split("\n")
    status, request = STATUS.fullmatch(lines[0].rstrip()), REQUEST.fullmatch(lines[0].rstrip())
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            short = name.strip().lower()
            headers.append((COMPACT.get(short, short), value.strip()))
    if status:
        return Message(tuple(headers), body, status=int(status[1]), phrase=(status[2] or "").strip())
    if request:
        return Message(tuple(headers), body, method=request[1], uri=request[2])
    return None


def serialize_message(message: Message) -> bytes:
    """The message as it goes over the wire, with its length; no value ends its line."""
    headers = [one for one in message.headers if one[0] != "content-length"]
    lines = [message.first, *(f"{titled(name)}: {value}" for name, value in headers)]
    lines = [BREAK.sub(" ", line) for line in lines]
    lines += [f"Content-Length: {len(message.body)}", "", ""]
    return "\r\n".join(lines).encode() + message.body


def titled(name: str) -> str:
    """A header's name as people write it."""
    special = {"call-id": "Call-ID", "cseq": "CSeq", "rack": "RAck", "rseq": "RSeq"}
    return special.get(name) or "-".join(part.capitalize() for part in name.split("-"))


def split_list(value: str) -> list[str]:
    """The parts of a value between commas that stand in no quotes and no angle brackets."""
    parts, start, quoted, inside = [], 0, False, False
    for place, sign in enumerate(value):
        if sign == '"' and (place == 0 or value[place - 1] != "\\"):
            quoted = not quoted
        elif not quoted and sign in "<>":
            inside = sign == "<"
        elif sign == "," and not quoted and not inside:
            parts.append(value[start:place].strip())
            start = place + 1
    return [part for part in (*parts, value[start:].strip()) if part]


def address(value: str) -> str:
    """The URI inside ``"Name" <sip:…>;tag=…``."""
    begin = value.find("<")
    if begin >= 0:
        return value[begin + 1 :].partition(">")[0]
    return value.partition(";")[0].strip()


def parameter(value: str, name: str) -> str | None:
    """A parameter behind the address, such as the tag; None where it is absent, "" where it has no value."""
    rest = value.partition(">")[2] if "<" in value else value.partition(";")[1] + value.partition(";")[2]
    for part in rest.split(";")[1:]:
        held, _equals, text = part.partition("=")
        if held.strip().lower() == name:
            return text.strip().strip('"')
    return None


def host(uri: str) -> str:
    """The host of a URI without port, brackets and parameters, in small letters."""
    bare = re.split("[;?]", SCHEME.sub("", uri.strip()).rpartition("@")[2])[0]
    if bare.startswith("["):
        return bare[1:].partition("]")[0].lower()
    return bare.partition(":")[0].lower()


def reply(request: Message, status: int, phrase: str, more: Iterable[tuple[str, str]] = ()) -> Message:
    """A reply to a request inside the dialog."""
    copied = tuple(one for one in request.headers if one[0] in {"via", "from", "to", "call-id", "cseq"})
    return Message((*copied, *more), status=status, phrase=phrase)
