"""SIP messages as values: read from bytes, written to bytes; addresses inside header fields. Pure."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
        for key, value in self.headers:
            if key == name:
                yield from split_list(value)

    def whole(self, name: str) -> Iterator[str]:
        """Values of a header in order, each as it came: where commas stand between parts of one value."""
        return (value for key, value in self.headers if key == name)

    def one(self, name: str) -> str:
        """The first value of a header, whole; "" for none."""
        return next((value for key, value in self.headers if key == name), "")

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
        match = Q850.search(",".join(value for name, value in self.headers if name == "reason")[:REASONS])
        return int(match[1]) if match else None


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
        key, _equals, text = part.partition("=")
        if key.strip().lower() == name:
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


# Digest authentication (RFC 3261, 7616, 8760) for one call. `answer` is pure.

FIELD: Final = re.compile(r'(?<![a-z])([a-z]{1,32})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', re.IGNORECASE)
# The strongest first; what is not listed cannot be answered.
ALGORITHMS: Final[Mapping[str, str]] = {
    "SHA-512-256": "sha512_256", "SHA-512-256-SESS": "sha512_256", "SHA-256": "sha256", "SHA-256-SESS": "sha256",
    "MD5": "md5", "MD5-SESS": "md5",
}  # fmt: skip
AUTH, WHOLE = "auth", "auth-int"
CREDENTIALS: Final = {401: ("www-authenticate", "authorization"), 407: ("proxy-authenticate", "proxy-authorization")}
NEEDED, WRONG, UNKNOWN = "needed", "wrong", "algorithm"
MOST: Final = 4  # replies that ask, in one call; who asks on and on in ever new names gets no more answers


@dataclass(frozen=True, slots=True)
class Account:
    """Who calls."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a reply 401 or 407 asks for; ``algorithm`` and ``qop`` as they are given back, "" for none."""

    realm: str
    nonce: str
    algorithm: str
    qop: str
    opaque: str | None
    stale: bool

    @property
    def algorithm_name(self) -> str:
        """The name that `ALGORITHMS` knows."""
        return self.algorithm.upper() or "MD5"


def challenges(values: Iterable[str]) -> list[Challenge]:
    """All Digest challenges, those that can be answered first and the strongest of them before the others."""
    result = [_challenge(value) for value in values if value.strip().lower().startswith("digest")]
    order = list(ALGORITHMS)
    return sorted(
        result, key=lambda one: order.index(one.algorithm_name) if one.algorithm_name in order else len(order)
    )


def _challenge(value: str) -> Challenge:
    fields = {name.lower(): quoted or bare for name, quoted, bare in FIELD.findall(value.strip()[len("digest") :])}
    kinds = [one.strip().lower() for one in fields.get("qop", "").split(",")]
    return Challenge(
        realm=fields.get("realm", ""),
        nonce=fields.get("nonce", ""),
        algorithm=fields.get("algorithm", ""),
        qop=next((one for one in (AUTH, WHOLE) if one in kinds), ""),
        opaque=fields.get("opaque"),
        stale=fields.get("stale", "").lower() == "true",
    )


def answer(
    challenge: Challenge, account: Account, *, method: str, uri: str, cnonce: str, body: bytes = b"", use: int = 1
) -> str:
    """The value of Authorization or Proxy-Authorization; KeyError for an algorithm that is not known.

    ``use``: how often this nonce has been answered, this time included.
    """
    function = ALGORITHMS[challenge.algorithm_name]

    def digest(text: str | bytes) -> str:
        raw = text.encode() if isinstance(text, str) else text
        return hashlib.new(function, raw, usedforsecurity=False).hexdigest()

    count = f"{use:08x}"
    secret = digest(f"{account.user}:{challenge.realm}:{account.password}")
    if challenge.algorithm_name.endswith("-SESS"):
        secret = digest(f"{secret}:{challenge.nonce}:{cnonce}")
    what = digest(f"{method}:{uri}" + (f":{digest(body)}" if challenge.qop == WHOLE else ""))
    middle = f"{challenge.nonce}:{count}:{cnonce}:{challenge.qop}" if challenge.qop else challenge.nonce
    parts = [
        f'username="{account.user}"',
        f'realm="{challenge.realm}"',
        f'nonce="{challenge.nonce}"',
        f'uri="{uri}"',
        f'response="{digest(f"{secret}:{middle}:{what}")}"',
    ]
    parts += [f"algorithm={challenge.algorithm}"] if challenge.algorithm else []
    parts += [f"qop={challenge.qop}", f"nc={count}"] if challenge.qop else []
    parts += [f'cnonce="{cnonce}"'] if challenge.qop or challenge.algorithm_name.endswith("-SESS") else []
    parts += [f'opaque="{challenge.opaque}"'] if challenge.opaque is not None else []
    return "Digest " + ", ".join(parts)


class Proofs:
    """What a call was asked to prove, by header and realm: a proxy and the gateway behind it may ask one after another.

    ``tried``: how many replies were answered; ``lacking``: why one was not (`NEEDED`, `WRONG`, `UNKNOWN`), "" else.
    """

    def __init__(self, account: Account | None) -> None:
        self.tried = 0
        self.lacking = ""
        self._account = account
        self._held: dict[tuple[str, str], Challenge] = {}
        self._given: dict[tuple[str, str], int] = {}  # how often each was answered anew
        self._uses: dict[str, int] = {}

    def take(self, message: Message) -> bool:
        """Whether to ask again with credentials."""
        theirs, ours = CREDENTIALS[message.status]
        candidates = [
            one for one in challenges(message.whole(theirs)) if one.nonce and one.algorithm_name in ALGORITHMS
        ]
        best = {(ours, one.realm): one for one in reversed(candidates)}  # the strongest of each realm
        anew = {key: one for key, one in best.items() if self._may(key, one)}
        if self._account is None:
            self.lacking = NEEDED
        elif not best:
            self.lacking = UNKNOWN
        elif not anew or self.tried >= MOST:
            self.lacking = WRONG
        else:
            self.lacking = ""
            self.tried += 1
            self._held |= anew
            for key in anew:
                self._given[key] = self._given.get(key, 0) + 1
        return not self.lacking

    def headers(self, method: str, uri: str, body: bytes = b"") -> tuple[tuple[str, str], ...]:
        """The credentials of a request."""
        return tuple((ours, self._value(one, method, uri, body)) for (ours, _realm), one in self._held.items())

    def _may(self, key: tuple[str, str], challenge: Challenge) -> bool:
        tries = self._given.get(key, 0)
        return tries == 0 or (tries == 1 and challenge.stale)

    def _value(self, challenge: Challenge, method: str, uri: str, body: bytes) -> str:
        if self._account is None:  # nothing is held then
            return ""
        use = self._uses[challenge.nonce] = self._uses.get(challenge.nonce, 0) + 1
        own = secrets.token_hex(8)
        return answer(challenge, self._account, method=method, uri=uri, cnonce=own, body=body, use=use)


# What a call is asked to do, and what it saw.


@dataclass(frozen=True, slots=True)
class Via:
    """Where calls go: ``sip:HOST:PORT``. ``anywhere``: also to this machine itself and its link (`agent.py`).

    ``sips``: asked for as ``sips:``, so every hop is to be secure; ``ca``: certificates (PEM) that are trusted instead
    of the system's, "" for those; ``identity``: our own certificate and key (PEM), "" for none.
    """

    host: str
    port: int
    transport: str = "udp"
    anywhere: bool = True
    sips: bool = False
    ca: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)

    @property
    def scheme(self) -> str:
        """Of every address that names this way."""
        return "sips" if self.sips else "sip"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}:{host}:{self.port};transport={self.transport}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One call. ``wait``: milliseconds until it gives up; ``hold``: how long an answered call is kept up.

    ``token``: digits sent after the answer, and waited for, for ``hold`` at most; "" for none.
    """

    number: str
    caller: str
    wait: int
    hold: int = 300
    account: Account | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the log: ``at`` in milliseconds after the first INVITE."""

    at: int
    out: bool
    first: str
    text: str


@dataclass(slots=True)
class CallTrace:
    """Everything a call saw. Times in whole milliseconds after the first INVITE, None: never.

    ``begun``: that moment by the system's clock, epoch milliseconds; where nobody could be reached that of the try, 0
    where there was none.
    ``end``: answered, final, unanswered (cancelled at the limit), silent, unreachable, stopped; "" while it lasts.
    """

    number: str
    call_id: str
    end: str = ""
    begun: int = 0
    status: int = 0
    phrase: str = ""
    cause: int | None = None  # Q.850
    trying: int | None = None
    ringing: int | None = None
    early: int | None = None  # 183, or other early media
    answer: int | None = None
    over: int | None = None
    auth: str = ""  # needed, wrong, algorithm, passed
    contact: str = ""
    routes: list[str] = field(default_factory=list)  # hosts of Record-Route, the nearest to the answerer first
    media: str = ""
    codec: str | None = None
    server: str = ""
    redirected: str = ""
    voicemail: str = ""  # the sign that a voicemail or an announcement answered
    heard: str = ""
    resent: int = 0
    fault: str = ""  # words of the operating system
    tls: str = ""  # why there is no secure connection (`secure.FAULTS`), or that one is needed
    cipher: str = ""  # version and cipher of the secure connection
    log: list[Line] = field(default_factory=list)

    @property
    def mute(self) -> bool:
        """Whether the other side said nothing at all."""
        return self.end in {"unreachable", "silent"} and self.trying is None and self.ringing is None and not self.tls
