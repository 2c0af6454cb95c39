"""Follow a growing text file: whole lines, once each, through rotation, truncation and restarts.

What was read is a place that the caller keeps together with what it made of the lines; so a line counts once, whenever
the process dies. Nothing is locked and nothing is written.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

MOST: Final = 1 << 22  # bytes that are read at once
MARK: Final = 256  # bytes before a place, by which it is known again
PACKED: Final = (".gz", ".bz2", ".xz", ".zst", ".zip")


@dataclass(frozen=True, slots=True)
class Place:
    """Up to where a file was read: ``offset`` in bytes, ``mark``: digest of what stands just before it."""

    device: int
    inode: int
    offset: int
    mark: str


@dataclass(slots=True)
class TailLines:
    """``lines`` without their ends, and the ``place`` behind them.

    ``more``: there is more to read at once. ``gap``: the file that was read before is gone, and nobody knows whether
    it was read to its end. ``torn``: lines that were too long, or broke off at the end of a rotated file.
    """

    place: Place
    lines: list[bytes] = field(default_factory=list)
    more: bool = False
    gap: bool = False
    torn: int = 0


def read_tail(path: Path, since: Place | None, most: int = MOST) -> TailLines:
    """What was written since ``since`` (None: since ever), at most ``most`` bytes of it; OSError of the file.

    A file that was moved away is read to its end first; it stands beside, under a name that begins with this one's.
    """
    with path.open("rb") as file:
        if since is None:
            return _read_part(file, 0, most)
        if _continues(file, since):
            return _read_part(file, since.offset, most)
        earlier = _earlier_files(path, since)
        if earlier is None:
            news = _read_part(file, 0, most)
            news.gap = True
            return news
        return _read_chain(file, earlier, most)


def _read_chain(file: IO[bytes], earlier: list[tuple[Path, int]], most: int) -> TailLines:
    """The files that were moved away, oldest first, then the one that is written now."""
    lines: list[bytes] = []
    torn = size = 0
    for path, start in earlier:
        with path.open("rb") as old:
            news = _read_part(old, start, most)
            lines += news.lines
            torn += news.torn
            size += news.place.offset - start
            if news.more or size >= most:
                return TailLines(news.place, lines, more=True, torn=torn)
            torn += news.place.offset < os.fstat(old.fileno()).st_size  # nobody will end this line any more
    news = _read_part(file, 0, most)
    return TailLines(news.place, lines + news.lines, news.more, torn=torn + news.torn)


def _read_part(file: IO[bytes], start: int, most: int) -> TailLines:
    file.seek(start)
    chunk = file.read(most)
    end = chunk.rfind(b"\n") + 1
    torn = 0
    if not end and len(chunk) == most:  # one line of such a length is none
        end, torn = len(chunk), 1
    lines = chunk[:end].split(b"\n")[:-1] if not torn else []
    more = os.fstat(file.fileno()).st_size > start + len(chunk)
    return TailLines(_place_at(file, start + end), [one.removesuffix(b"\r") for one in lines], more, torn=torn)


def _place_at(file: IO[bytes], offset: int) -> Place:
    about = os.fstat(file.fileno())
    return Place(about.st_dev, about.st_ino, offset, _mark_at(file, offset))


def _mark_at(file: IO[bytes], offset: int) -> str:
    start = max(0, offset - MARK)
    file.seek(start)
    return hashlib.sha256(file.read(offset - start)).hexdigest()[:32]


def _continues(file: IO[bytes], since: Place) -> bool:
    """Whether a file goes on behind a place: by what stands before it; an empty beginning alone by the file's node.

    A restored home and a machine that was started anew have other nodes for the same file.
    """
    about = os.fstat(file.fileno())
    same = (about.st_dev, about.st_ino) == (since.device, since.inode) or since.offset > 0
    return same and about.st_size >= since.offset and _mark_at(file, since.offset) == since.mark


def _earlier_files(path: Path, since: Place) -> list[tuple[Path, int]] | None:
    """Files beside ``path`` that were moved away, from the one that was being read on; None: it is not there.

    The file itself, by its node, comes before a copy of it.
    """
    beside = sorted(_files_beside(path), key=lambda one: one.stat().st_mtime_ns)
    nodes = [(about.st_dev, about.st_ino) == (since.device, since.inode) for about in map(Path.stat, beside)]
    for place in sorted(range(len(beside)), key=lambda place: not nodes[place]):
        with beside[place].open("rb") as file:
            if _continues(file, since):
                return [(beside[place], since.offset), *((later, 0) for later in beside[place + 1 :])]
    return None


def _files_beside(path: Path) -> Iterator[Path]:
    for one in path.parent.iterdir():
        tail = one.name.removeprefix(path.name)
        if tail != one.name and tail[:1] in {".", "-"} and not tail.endswith(PACKED) and one.is_file():
            yield one
