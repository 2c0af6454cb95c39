"""Who may ask for whom: a token per enterprise; without tokens whoever reaches the address, so it must be loopback."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from typing import Final

from nianjian.engines.gate.server import wire
from nianjian.engines.kernel.errors import NianjianError

BEARER: Final = b"bearer "
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Admission:
    """Tokens are kept and looked up by their sha256, so that the time of a look-up tells nothing of them."""

    def __init__(self, tokens: Mapping[str, str], enterprises: Callable[[], Collection[str]]) -> None:
        """``tokens``: enterprise by token. ``enterprises``: those of the snapshot in force."""
        self._digests = {_digest(token.encode()): enterprise for token, enterprise in tokens.items()}
        self._enterprises = enterprises

    def listen(self, host: str) -> None:
        """``gate_needs_tokens`` where others than this machine could ask without proof."""
        if not self._digests and host not in LOOPBACK:
            raise NianjianError("gate_needs_tokens", listen=host)

    @property
    def open(self) -> bool:
        """Whether nobody must prove anything."""
        return not self._digests

    def whose(self, authorization: bytes) -> str | None:
        """The enterprise whose token stands in the header; "" where none is asked for, None for none or a wrong one."""
        if not self._digests:
            return ""
        if authorization[: len(BEARER)].lower() != BEARER:
            return None
        return self.token(authorization[len(BEARER) :].strip())

    def token(self, token: bytes) -> str | None:
        """The same of a bare token."""
        return self._digests.get(_digest(token)) if self._digests else ""

    def enterprise(self, named: str, whose: str) -> str:
        """For whom a question is asked: the token's enterprise, the named one, or the only one there is.

        `wire.MalformedError` where a token is used for another's question, or the question names none of several.
        """
        if whose:
            if named and named != whose:
                raise wire.MalformedError("enterprise: the token is not this enterprise's")
            return whose
        if named:
            return named
        known = self._enterprises()
        if len(known) > 1:
            raise wire.MalformedError("enterprise: it must be named, there are several")
        return next(iter(known), "")  # none is known: the gate refuses by itself

    def unnamed(self, whose: str | None) -> str:
        """For whom a question is asked that names no enterprise; "" where it may not be asked. One snapshot long."""
        if whose is None:
            return ""
        known = self._enterprises()
        return whose or (next(iter(known)) if len(known) == 1 else "")


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
