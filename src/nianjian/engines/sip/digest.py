"""Digest authentication (RFC 3261, 7616, 8760) for one call. `answer` is pure."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from nianjian.engines.sip.message import Message

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
    def known(self) -> str:
        """The name that `ALGORITHMS` knows."""
        return self.algorithm.upper() or "MD5"


def challenges(values: Iterable[str]) -> list[Challenge]:
    """All Digest challenges, those that can be answered first and the strongest of them before the others."""
    found = [_challenge(value) for value in values if value.strip().lower().startswith("digest")]
    order = list(ALGORITHMS)
    return sorted(found, key=lambda one: order.index(one.known) if one.known in order else len(order))


def _challenge(value: str) -> Challenge:
    held = {name.lower(): quoted or bare for name, quoted, bare in FIELD.findall(value.strip()[len("digest") :])}
    kinds = [one.strip().lower() for one in held.get("qop", "").split(",")]
    return Challenge(
        realm=held.get("realm", ""),
        nonce=held.get("nonce", ""),
        algorithm=held.get("algorithm", ""),
        qop=next((one for one in (AUTH, WHOLE) if one in kinds), ""),
        opaque=held.get("opaque"),
        stale=held.get("stale", "").lower() == "true",
    )


def answer(
    asked: Challenge, account: Account, *, method: str, uri: str, cnonce: str, body: bytes = b"", use: int = 1
) -> str:
    """The value of Authorization or Proxy-Authorization; KeyError for an algorithm that is not known.

    ``use``: how often this nonce has been answered, this time included.
    """
    function = ALGORITHMS[asked.known]

    def digest(text: str | bytes) -> str:
        raw = text.encode() if isinstance(text, str) else text
        return hashlib.new(function, raw, usedforsecurity=False).hexdigest()

    count = f"{use:08x}"
    secret = digest(f"{account.user}:{asked.realm}:{account.password}")
    if asked.known.endswith("-SESS"):
        secret = digest(f"{secret}:{asked.nonce}:{cnonce}")
    what = digest(f"{method}:{uri}" + (f":{digest(body)}" if asked.qop == WHOLE else ""))
    middle = f"{asked.nonce}:{count}:{cnonce}:{asked.qop}" if asked.qop else asked.nonce
    parts = [
        f'username="{account.user}"',
        f'realm="{asked.realm}"',
        f'nonce="{asked.nonce}"',
        f'uri="{uri}"',
        f'response="{digest(f"{secret}:{middle}:{what}")}"',
    ]
    parts += [f"algorithm={asked.algorithm}"] if asked.algorithm else []
    parts += [f"qop={asked.qop}", f"nc={count}"] if asked.qop else []
    parts += [f'cnonce="{cnonce}"'] if asked.qop or asked.known.endswith("-SESS") else []
    parts += [f'opaque="{asked.opaque}"'] if asked.opaque is not None else []
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
        known = [one for one in challenges(message.whole(theirs)) if one.nonce and one.known in ALGORITHMS]
        best = {(ours, one.realm): one for one in reversed(known)}  # the strongest of each realm
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

    def _may(self, key: tuple[str, str], asked: Challenge) -> bool:
        given = self._given.get(key, 0)
        return given == 0 or (given == 1 and asked.stale)

    def _value(self, asked: Challenge, method: str, uri: str, body: bytes) -> str:
        if self._account is None:  # nothing is held then
            return ""
        use = self._uses[asked.nonce] = self._uses.get(asked.nonce, 0) + 1
        own = secrets.token_hex(8)
        return answer(asked, self._account, method=method, uri=uri, cnonce=own, body=body, use=use)
