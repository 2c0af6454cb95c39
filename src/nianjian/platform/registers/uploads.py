"""Where the files of a draft lie: in the home, one folder a draft and one a file, closed to others."""

import hashlib
import os
import secrets
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.home import env
from nianjian.platform.home.folders import make_private
from nianjian.platform.registers.drafts import DraftValue, Upload

INCOMING: Final = ".incoming"
LONGEST: Final = 120  # bytes of a name that a file system takes with room to spare
HOUR: Final = 3600
MIB: Final = 1 << 20


def folder() -> Path:
    """The folder of all drafts."""
    return env.read().home / "uploads"


def limit() -> int:
    """The largest file in bytes that a browser may send; ``setting_not_a_count``."""
    return env.read().upload_mib * MIB


def path(draft: str, upload: Upload) -> Path:
    """Where a file of a draft lies; under its own name, which sources are recognised by and receipts tell."""
    return folder() / draft / str(upload.number) / plain_name(upload.name)


def paths(draft: DraftValue) -> list[Path]:
    """Where the files lie, in the order in which they came."""
    return [path(draft.id, one) for one in draft.files]


def plain_name(name: str) -> str:
    """A name without folders and control characters, short enough for any disk."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip().lstrip(".") or "file"
    stem, dot, end = clean.rpartition(".")
    while len(clean.encode()) > LONGEST:
        stem = stem[:-1] if dot and stem else ""
        clean = f"{stem}{dot}{end}" if stem else clean[-40:]
    return clean


class Incoming:
    """A file that is being received: hashed as it comes, refused once it is too large, gone unless it is kept."""

    def __init__(self, name: str) -> None:
        place = folder() / INCOMING
        make_private(place)
        self.name, self.size = plain_name(name), 0
        self._limit, self._digest = limit(), hashlib.sha256()
        self._path = place / secrets.token_hex(16)
        self._out = open(self._path, "wb", opener=_private)  # noqa: SIM115 -- closed by `keep` or `drop`

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop it, unless it was kept."""
        self.drop()

    @property
    def sha256(self) -> str:
        """Of what has come so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Take a piece; ``upload_too_large``."""
        self.size += len(data)
        if self.size > self._limit:
            raise NianjianError("upload_too_large", file=self.name, limit=f"{self._limit // MIB} MiB")
        self._digest.update(data)
        self._out.write(data)

    def content(self, most: int) -> bytes:
        """All of it, taken into memory; ``file_too_large`` where that is more than ``most`` bytes."""
        if self.size > most:
            raise NianjianError("file_too_large", file=self.name, limit=most)
        self._out.flush()
        return self._path.read_bytes()

    def keep(self, draft: str, upload: Upload) -> None:
        """Put it into its place."""
        self._out.close()
        target = path(draft, upload)
        make_private(target.parent.parent)
        make_private(target.parent)
        self._path.rename(target)

    def drop(self) -> None:
        """Delete it where it was not kept."""
        self._out.close()
        self._path.unlink(missing_ok=True)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


@contextmanager
def temporary_upload(incoming: Incoming) -> Iterator[tuple[str, Path]]:
    """Put a file that is only looked at into a place that is emptied again: its name and the file. ``file_empty``."""
    if not incoming.size:
        raise NianjianError("file_empty", file=incoming.name)
    place, upload = secrets.token_hex(8), Upload(1, incoming.name, incoming.size, incoming.sha256)
    try:
        incoming.keep(place, upload)
        yield place, path(place, upload)
    finally:
        remove(place)


def remove(draft: str, number: int | None = None) -> None:
    """Delete one file of a draft, or all."""
    place = folder() / draft
    shutil.rmtree(place if number is None else place / str(number), ignore_errors=True)


def sweep(drafts: Sequence[str] | frozenset[str]) -> None:
    """Delete the folders of drafts that are no more, and pieces that never became a file."""
    place = folder()
    if not place.is_dir():
        return
    for one in place.iterdir():
        if one.name not in drafts and one.name != INCOMING:
            shutil.rmtree(one, ignore_errors=True)
    for piece in (place / INCOMING).glob("*"):
        if clock.now().timestamp() - piece.stat().st_mtime > HOUR * 24:
            piece.unlink(missing_ok=True)
