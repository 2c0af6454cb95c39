"""A sealed file that is too large for memory: pieces of a mebibyte, each sealed by itself and bound to its place.

``key id (8 bytes) + MARK (12)``, then for each piece its length (4, big-endian) and the piece as `Keyring.encrypt`
seals it. The last one is bound to being the last, so that none can be cut off, left out or put elsewhere unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.vault import keyring

PIECE: Final = 1 << 20  # bytes
MARK: Final = b"nianjian/pts"  # where a file sealed as a whole has twelve random bytes
HEAD: Final = keyring.KEY_ID_BYTES + len(MARK)
_LENGTH: Final = 4
_LONGEST: Final = PIECE + 256  # a sealed piece is a few bytes longer than it was


def pieces(source: IO[bytes]) -> Iterator[bytes]:
    """Read a plain file piece by piece."""
    while piece := source.read(PIECE):
        yield piece


def seal(plain: Iterable[bytes], target: IO[bytes], context: bytes) -> tuple[str, int]:
    """Write the pieces sealed; sha256 and size of the plain content. No piece is longer than `PIECE`."""
    ring, digest, size = keyring.current(), hashlib.sha256(), 0
    target.write(ring.active.encode() + MARK)
    before, number = b"", 0
    for piece in plain:
        if number or before:
            _put(target, ring.encrypt(before, _of(context, number)))
            number += 1
        digest.update(piece)
        size += len(piece)
        before = piece
    _put(target, ring.encrypt(before, _last(context, number)))
    return digest.hexdigest(), size


def is_parted(head: bytes) -> bool:
    """Whether a sealed file that begins with these bytes was sealed in pieces."""
    return head[keyring.KEY_ID_BYTES : HEAD] == MARK


def unseal(source: IO[bytes], context: bytes) -> Iterator[bytes]:
    """The plain pieces of a file that stands behind its head; ``key_unknown``, ``sealed_damaged``."""
    number, sealed = 0, _next(source)
    if not sealed:
        raise NianjianError("sealed_damaged", key="")
    while following := _next(source):
        yield keyring.decrypt(sealed, _of(context, number))
        number, sealed = number + 1, following
    yield keyring.decrypt(sealed, _last(context, number))


def _put(target: IO[bytes], sealed: bytes) -> None:
    target.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)


def _next(source: IO[bytes]) -> bytes:
    """The next sealed piece; empty at the end of the file."""
    length = int.from_bytes(source.read(_LENGTH), "big")
    sealed = source.read(length) if length <= _LONGEST else b""
    if len(sealed) != length:
        raise NianjianError("sealed_damaged", key=keyring.key_id(sealed))
    return sealed


def _of(context: bytes, number: int) -> bytes:
    return context + f".{number}".encode()


def _last(context: bytes, number: int) -> bytes:
    return context + f".{number}.last".encode()
