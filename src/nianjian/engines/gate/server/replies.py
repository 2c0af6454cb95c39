"""Answers of the HTTP door as bytes, and the places where answers wait for their turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nianjian.engines.gate.asked import Verdict
from nianjian.engines.gate.brief import Brief
from nianjian.engines.gate.server import wire

JSON: Final = b"application/json"
TEXT: Final = b"text/plain; charset=utf-8"
_OK_JSON: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


def response(status: bytes, kind: bytes, body: bytes) -> bytes:
    """A whole answer; ``status`` as ``200 OK``."""
    return b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (status, kind, len(body), body)


def problem(status: bytes, why: str) -> bytes:
    """A problem document (RFC 9457)."""
    number, _, title = status.partition(b" ")
    body = wire.json({"status": int(number), "title": title.decode(), "detail": why})
    return response(status, b"application/problem+json", body)


def closing(answer: bytes) -> bytes:
    """The same answer, the last one of its connection."""
    return answer.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)


ALLOW: Final = response(b"200 OK", TEXT, b"allow")


_HEADS: Final = [_OK_JSON % (size, b"") for size in range(4096)]


def usual(of: Brief) -> bytes:
    """The answer of ``POST /v1/decide`` to a usual call."""
    body = wire.brief_json(of)
    size = len(body)
    return _HEADS[size] + body if size < len(_HEADS) else _OK_JSON % (size, body)


class Slot:
    """The place of one answer in the order of a connection."""

    __slots__ = ("_flush", "content")

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self.content: bytes | None = None

    def fill(self, content: bytes) -> None:
        """The answer is known."""
        self.content = content
        self._flush()

    def verdict(self, verdict: Verdict) -> None:
        """The answer of ``POST /v1/decide``."""
        body = wire.json(wire.told(verdict))
        self.fill(_OK_JSON % (len(body), body))

    def word(self, verdict: Verdict) -> None:
        """The answer of ``GET /gate``."""
        self.fill(ALLOW if verdict.allow else response(b"200 OK", TEXT, wire.word(verdict).encode()))


class Collected:
    """The answers of a batch, in the order of its questions."""

    __slots__ = ("_left", "_slot", "found")

    def __init__(self, slot: Slot, count: int) -> None:
        self._slot = slot
        self._left = count
        self.found: list[wire.Told | None] = [None] * count

    def place(self, at: int) -> Callable[[Verdict], None]:
        """Where the answer of one question goes."""

        def put(verdict: Verdict) -> None:
            self.found[at] = wire.told(verdict)
            self._left -= 1
            if self._left == 0:
                self._slot.fill(response(b"200 OK", JSON, wire.json({"answers": self.found})))

        return put
