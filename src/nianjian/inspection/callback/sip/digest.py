"""Digest authentication (RFC 3261, 7616, 8760) for one request. Pure but for the client's nonce, which is given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

FIELD: Final = re.compile(r'(?<![a-z])([a-z]{1,32})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', re.IGNORECASE)
# The strongest first; what is not listed cannot be answered.
ALGORITHMS: Final[Mapping[str, str]] = {
    "SHA-512-256": "sha512_256", "SHA-512-256-SESS": "sha512_256", "SHA-256": "sha256", "SHA-256-SESS": "sha256",
    "MD5": "md5", "MD5-SESS": "md5",
}  # fmt: skip
AUTH: Final = "auth"


@dataclass(frozen=True, slots=True)
class Account:
    """Who calls."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a reply 401 or 407 asks for; ``algorithm`` as it was written, "" for none."""

    realm: str
    nonce: str
    algorithm: str
    qop: bool
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
    return Challenge(
        realm=held.get("realm", ""),
        nonce=held.get("nonce", ""),
        algorithm=held.get("algorithm", ""),
        qop=AUTH in [one.strip().lower() for one in held.get("qop", "").split(",")],
        opaque=held.get("opaque"),
        stale=held.get("stale", "").lower() == "true",
    )


def answer(asked: Challenge, account: Account, *, method: str, uri: str, cnonce: str) -> str:
    """The value of Authorization or Proxy-Authorization; KeyError for an algorithm that is not known."""
    function = ALGORITHMS[asked.known]

    def digest(text: str) -> str:
        return hashlib.new(function, text.encode(), usedforsecurity=False).hexdigest()

    count = "00000001"
    secret = digest(f"{account.user}:{asked.realm}:{account.password}")
    if asked.known.endswith("-SESS"):
        secret = digest(f"{secret}:{asked.nonce}:{cnonce}")
    what = digest(f"{method}:{uri}")
    middle = f"{asked.nonce}:{count}:{cnonce}:{AUTH}" if asked.qop else asked.nonce
    parts = [
        f'username="{account.user}"',
        f'realm="{asked.realm}"',
        f'nonce="{asked.nonce}"',
        f'uri="{uri}"',
        f'response="{digest(f"{secret}:{middle}:{what}")}"',
    ]
    parts += [f"algorithm={asked.algorithm}"] if asked.algorithm else []
    parts += [f"qop={AUTH}", f"nc={count}"] if asked.qop else []
    parts += [f'cnonce="{cnonce}"'] if asked.qop or asked.known.endswith("-SESS") else []
    parts += [f'opaque="{asked.opaque}"'] if asked.opaque is not None else []
    return "Digest " + ", ".join(parts)
