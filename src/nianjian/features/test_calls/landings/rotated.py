"""Which files of a switch hold the records of a span of time, rotated ones among them, and their lines; bounded.

A rotated file is one beside the first, named as logrotate and its like do it: ``Master.csv.1``,
``Master.csv-20261127``, ``Master-20261127.csv``, each also packed. Its last write is its newest record; so the files in
order of their last writes hold spans that follow each other.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedIOBase
from pathlib import Path
from typing import Final

MOST: Final = 1 << 26  # bytes that are read of a file
LONGEST: Final = 1 << 20  # of a line
FILES: Final = 400  # that are read: a proxy may have one a process and day
_MARK: Final = r"[.-]\d[\d.T:_-]{0,24}"
_PACKED: Final = re.compile(r"\.(?:gz|bz2|xz|zst|lz4|zip|Z)")
OPENERS: Final[Mapping[str, Callable[[Path], BufferedIOBase]]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
TORN: Final = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""What reading a file may raise: one that is gone or locked away, broken, or packed in a way that is not known here."""


@dataclass(frozen=True, slots=True)
class File:
    """``until``: its last write; ``node``: its identity on the disk; ``after``: the last write of the one before it."""

    path: Path
    until: datetime
    node: int
    after: datetime | None = None


@dataclass(slots=True)
class Part:
    """``read`` bytes; what of a file was left out: what stands before the part that was read, or behind it."""

    read: int = 0
    before: bool = False
    behind: bool = False


def chosen(paths: Iterable[Path], first: datetime, last: datetime) -> tuple[list[File], datetime | None]:
    """The files of ``paths`` and the rotated ones beside them that hold records of a span; the newest first.

    Beside it the last write of the newest that is one too many: what was recorded up to then is not read.
    """
    found: dict[Path, File] = {}
    for path in paths:
        family = sorted(_family(path), key=lambda one: one.until)
        for place, one in enumerate(family):
            after = family[place - 1].until if place else None
            if one.path == path or (one.until >= first and (after is None or after <= last)):
                found.setdefault(one.path, File(one.path, one.until, one.node, after))
    files = sorted(found.values(), key=lambda one: one.until, reverse=True)
    return files[:FILES], files[FILES].until if len(files) > FILES else None


def _family(path: Path) -> Iterator[File]:
    try:
        names = [one for one in path.parent.iterdir() if one == path or _rotated(path.name, one.name)]
    except OSError:
        names = [path]
    for one in names:
        try:
            told = one.stat()
        except OSError:  # gone since, or not there at all
            continue
        if one.is_file():
            yield File(one, datetime.fromtimestamp(told.st_mtime, UTC), told.st_ino)


def _rotated(name: str, other: str) -> bool:
    end = Path(other).suffix
    bare = other.removesuffix(end) if _PACKED.fullmatch(end) else other
    stem, dot, kind = name.rpartition(".")
    shapes = [re.escape(name) + _MARK, *([re.escape(stem) + _MARK + re.escape(dot + kind)] if stem else [])]
    return any(re.fullmatch(shape, bare) for shape in shapes)


def lines(path: Path, part: Part, most: int = MOST) -> Iterator[bytes]:
    """Whole lines: of a plain file the last ``most`` bytes, of a packed one the first. Raises one of ``TORN``."""
    opener = OPENERS.get(path.suffix)
    if opener is None and _PACKED.fullmatch(path.suffix):
        raise OSError(path.suffix)
    with path.open("rb") if opener is None else opener(path) as file:
        if opener is None:
            size = file.seek(0, 2)
            part.before = size > most
            file.seek(max(0, size - most))
            if part.before:
                file.readline()
        yield from _whole(file, part, most)


def _whole(file: BufferedIOBase, part: Part, most: int) -> Iterator[bytes]:
    """Lines with an end, no longer than ``LONGEST``; a packed file may unpack to anything."""
    torn = False
    while chunk := file.readline(LONGEST):
        part.read += len(chunk)
        if part.read > most:
            part.behind = True
            return
        if not chunk.endswith(b"\n"):
            torn = True
        elif torn:
            torn = False
        else:
            yield chunk.rstrip(b"\r\n")
