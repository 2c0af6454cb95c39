"""Encrypted files on disk: ``<home>/vault/<2 hex>/<id>``, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from nianjian.kernel.errors import NianjianError
from nianjian.vault import keyring

ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file: ``sha256`` and ``size`` (bytes) are those of the plain content."""

    id: str
    sha256: str
    size: int


def put(content: bytes) -> Blob:
    """Encrypt and store; the file is on disk when this returns."""
    made = uuid.uuid4().hex
    _write(_path(made), keyring.current().encrypt(content, _context(made)))
    return Blob(made, hashlib.sha256(content).hexdigest(), len(content))


def get(blob: str) -> bytes:
    """Read and decrypt; ``blob_missing``, ``key_unknown``, ``sealed_damaged``."""
    try:
        sealed = _path(blob).read_bytes()
    except FileNotFoundError as fault:
        raise NianjianError("blob_missing", blob=blob) from fault
    return keyring.decrypt(sealed, _context(blob))


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
    found = []
    for blob in blobs():
        with suppress(FileNotFoundError):
            if _path(blob).stat().st_mtime < moment.timestamp():
                found.append(blob)
    return found


def key_of(blob: str) -> str:
    """Id of the key that sealed a file; ``blob_missing``."""
    try:
        with _path(blob).open("rb") as file:
            return keyring.key_id(file.read(keyring.KEY_ID_BYTES))
    except FileNotFoundError as fault:
        raise NianjianError("blob_missing", blob=blob) from fault


def reseal(blob: str) -> None:
    """Encrypt anew with the active key."""
    _write(_path(blob), keyring.current().encrypt(get(blob), _context(blob)))


def _context(blob: str) -> bytes:
    return f"blob.{blob}".encode()


def _path(blob: str) -> Path:
    if not ID.fullmatch(blob):
        raise NianjianError("blob_missing", blob=blob)
    return keyring.home() / "vault" / blob[:2] / blob


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
