"""Encrypted files on disk: ``<home>/vault/<2 hex>/<id>``, written whole or not at all."""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from math import inf
from pathlib import Path
from typing import IO, Final, TypeVar

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import replace_file
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
    _put(target, ring.encrypt(before, _of(context, number, last=True)))
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
    yield keyring.decrypt(sealed, _of(context, number, last=True))


def _put(target: IO[bytes], sealed: bytes) -> None:
    target.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)


def _next(source: IO[bytes]) -> bytes:
    """The next sealed piece; empty at the end of the file."""
    length = int.from_bytes(source.read(_LENGTH), "big")
    sealed = source.read(length) if length <= _LONGEST else b""
    if len(sealed) != length:
        raise NianjianError("sealed_damaged", key=keyring.key_id(sealed))
    return sealed


def _of(context: bytes, number: int, *, last: bool = False) -> bytes:
    return context + f".{number}{'.last' if last else ''}".encode()


ID: Final = re.compile(r"[0-9a-f]{32}")
HALF: Final = ".new-"  # how the name of a file begins that is being written
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file: ``sha256`` and ``size`` (bytes) are those of the plain content."""

    id: str
    sha256: str
    size: int


def put(content: bytes) -> Blob:
    """Encrypt and store; the file is on disk when this returns."""
    blob_id = uuid.uuid4().hex
    sealed = keyring.current().encrypt(content, _context(blob_id))
    _write(_path(blob_id), lambda file: file.write(sealed))
    return Blob(blob_id, hashlib.sha256(content).hexdigest(), len(content))


@contextmanager
def put_undoable(content: bytes) -> Iterator[Blob]:
    """Keep a file for what is written inside: what fails there takes it back."""
    blob = put(content)
    try:
        yield blob
    except BaseException:
        remove(blob.id)
        raise


def put_file(path: Path) -> Blob:
    """Encrypt and store a file of any size, a piece in memory at a time; it is on disk when this returns."""
    blob_id = uuid.uuid4().hex
    with path.open("rb") as plain:
        stats = _write(_path(blob_id), lambda file: seal(pieces(plain), file, _context(blob_id)))
    return Blob(blob_id, *stats)


def get(blob: str) -> bytes:
    """Read and decrypt; ``blob_missing``, ``key_unknown``, ``sealed_damaged``."""
    return b"".join(read(blob))


def read(blob: str) -> Iterator[bytes]:
    """As `get`, a piece at a time where the file was put so; the first is read before this returns."""
    plain = _plain(blob)
    return chain((next(plain),), plain)


def _plain(blob: str) -> Iterator[bytes]:
    try:
        with _path(blob).open("rb") as file:
            head = file.read(HEAD)
            if is_parted(head):
                yield from unseal(file, _context(blob))
                return
            sealed = head + file.read()
    except FileNotFoundError as fault:
        raise NianjianError("blob_missing", blob=blob) from fault
    yield keyring.decrypt(sealed, _context(blob))


def remove(blob: str) -> None:
    """Delete; an act that failed after `put` takes its file back so."""
    _path(blob).unlink(missing_ok=True)


def blobs() -> Iterator[str]:
    """Ids of all stored files, sorted."""
    for path in sorted((keyring.home() / "vault").glob("??/*")):
        if ID.fullmatch(path.name):
            yield path.name


def before(moment: datetime) -> list[str]:
    """Ids of the files that were last written before a moment; one that goes meanwhile is none."""
    return [blob for blob in blobs() if _age(_path(blob)) < moment.timestamp()]


def clear(moment: datetime) -> int:
    """Delete halves of files that killed processes began before a moment; how many."""
    halves = [one for one in (keyring.home() / "vault").glob(f"??/{HALF}*") if _age(one) < moment.timestamp()]
    for half in halves:
        half.unlink(missing_ok=True)
    return len(halves)


def key_of(blob: str) -> str:
    """Id of the key that sealed a file; ``blob_missing``."""
    try:
        with _path(blob).open("rb") as file:
            return keyring.key_id(file.read(keyring.KEY_ID_BYTES))
    except FileNotFoundError as fault:
        raise NianjianError("blob_missing", blob=blob) from fault


def reseal(blob: str) -> None:
    """Encrypt anew with the active key."""
    with _path(blob).open("rb") as file:
        parted = is_parted(file.read(HEAD))
    if parted:
        _write(_path(blob), lambda file: seal(read(blob), file, _context(blob)))
        return
    sealed = keyring.current().encrypt(get(blob), _context(blob))
    _write(_path(blob), lambda file: file.write(sealed))


def _context(blob: str) -> bytes:
    return f"blob.{blob}".encode()


def _path(blob: str) -> Path:
    if not ID.fullmatch(blob):
        raise NianjianError("blob_missing", blob=blob)
    return keyring.home() / "vault" / blob[:2] / blob


def _age(path: Path) -> float:
    """When it was last written, in seconds; of one that is gone: never before anything."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return inf


def _write(path: Path, fill: Callable[[IO[bytes]], Told]) -> Told:
    """Let ``fill`` write the whole file beside and move it in at once; what it tells."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with replace_file(path, prefix=HALF) as file:
        return fill(file)
