"""Call records that a switch has posted, kept as lines until they are imported: one file a day, each leg once.

A leg stands in the file of the day on which it began, whenever it is posted; so a file tells whether it is known. Many
threads and processes may keep legs at once: who writes holds the file's lock. A line that broke off is cut away by the
next who writes. Numbers stand in it plainly: the folder is private, as the lake is.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

from nianjian.engines.intake.formats.freeswitch_post import extract_leg_id
from nianjian.engines.kernel.files import sync_folder

# What the live watch keeps in the home: its counts with their places, and the newest signs of life of each source.
#
# A file is replaced whole, so a reader sees the old or the new one; counts and the place up to which they were counted
# stand in one file, so a watch that died at any moment goes on where it was. Numbers stand in it plainly: it is
# private.

BEATS: Final = "beats.json"
GATE: Final = "gate.json"
LOCK: Final = ".lock"
PRIVATE: Final = 0o700


def folder(home: Path) -> Path:
    """Where it lies."""
    return home / "live"


def name(enterprise: str, source: str) -> str:
    """The file of a switch's counts."""
    return f"calls-{enterprise}-{source}.json"


def read(path: Path) -> dict[str, Any] | None:
    """What stands in a file; None where there is none, or nothing that can be read."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Replace a file; a power cut may lose the last second, which is then read again."""
    path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        # in one text: `json.dump` goes without the encoder in C, and this is written at every look
        file.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    fresh.replace(path)


DAY: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]")
SUFFIX: Final = ".jsonl"
FOLDER: Final = "posted"
DAYS: Final = 3  # files whose legs are known by heart: eight bytes a leg
WORD: Final = 8
STEP: Final = 1 << 20


@dataclass(slots=True)
class _FileIndex:
    """Digests of a file's legs in order, and up to where it was read."""

    offset: int = 0
    digests: array[int] = field(default_factory=lambda: array("Q"))


class Spool:
    """The files of one switch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._known: dict[date, _FileIndex] = {}  # the newest used last

    def keep(self, day: date, uuid: str, line: bytes) -> bool:
        """Keep a leg that began on ``day``; False: it is kept already. Durable when this returns; else OSError."""
        with self._lock:
            self._folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            path = file_of(self._folder, day)
            new = not path.exists()
            with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if new:
                    sync_folder(self._folder)  # its name is as durable as its lines
                return self._once(file, self._of(day), uuid, line)

    def _of(self, day: date) -> _FileIndex:
        index = self._known.pop(day, None) or _FileIndex()
        self._known[day] = index
        if len(self._known) > DAYS:
            del self._known[next(iter(self._known))]
        return index

    def _once(self, file: IO[bytes], index: _FileIndex, uuid: str, line: bytes) -> bool:
        for other in _lines(file, index):
            _add(index, extract_leg_id(other))
        if not _add(index, uuid):
            os.fsync(file.fileno())  # whoever wrote it may have died before it was durable
            return False
        file.truncate(index.offset)
        file.seek(index.offset)
        whole = line + b"\n"
        try:
            _write_line(file, whole)
        except OSError:
            index.digests.pop(_place(index, uuid)[0])
            file.truncate(index.offset)
            raise
        index.offset += len(whole)
        return True


def folder_of(live: Path, enterprise: str, source: str) -> Path:
    """Where a switch's files lie."""
    return live / FOLDER / enterprise / source


def file_of(folder: Path, day: date) -> Path:
    """The file of a day."""
    return folder / f"{day.isoformat()}{SUFFIX}"


def older(live: Path, enterprise: str, before: date) -> list[Path]:
    """The files of days before one, of all switches of an enterprise."""
    return [path for path in _files(live, enterprise) if path.stem < before.isoformat()]


def oldest(live: Path, enterprise: str) -> date | None:
    """The first day of which a switch of an enterprise has posted a leg; None for none."""
    return min((date.fromisoformat(path.stem) for path in _files(live, enterprise)), default=None)


def legs(paths: Iterable[Path]) -> int:
    """How many legs lie in files; one that broke off is none."""
    total = 0
    for path in paths:
        with suppress(FileNotFoundError), path.open("rb") as file:  # taken away meanwhile, as its time was over, too
            while chunk := file.read(STEP):
                total += chunk.count(b"\n")
    return total


def _files(live: Path, enterprise: str) -> list[Path]:
    paths = sorted((live / FOLDER / enterprise).glob(f"*/*{SUFFIX}"))
    return [path for path in paths if DAY.fullmatch(path.stem)]


def _lines(file: IO[bytes], index: _FileIndex) -> Iterator[bytes]:
    """Whole lines that others have written since; a file that has become shorter is read anew."""
    if os.fstat(file.fileno()).st_size < index.offset:
        index.offset, index.digests = 0, array("Q")
    file.seek(index.offset)
    left = b""
    while chunk := file.read(STEP):
        left += chunk
        end = left.rfind(b"\n") + 1
        yield from left[:end].split(b"\n")[:-1]
        index.offset += end
        left = left[end:]


def _write_line(file: IO[bytes], whole: bytes) -> None:
    """Write it, for good; what a full disk takes in part is no line, and cut away by the next."""
    if file.write(whole) != len(whole):
        raise OSError("written in part")
    os.fsync(file.fileno())


def _place(index: _FileIndex, uuid: str) -> tuple[int, int]:
    digest = int.from_bytes(blake2b(uuid.encode(), digest_size=WORD).digest())
    return bisect_left(index.digests, digest), digest


def _add(index: _FileIndex, uuid: str) -> bool:
    """Whether it was not known yet."""
    place, digest = _place(index, uuid)
    if place < len(index.digests) and index.digests[place] == digest:
        return False
    index.digests.insert(place, digest)
    return True
