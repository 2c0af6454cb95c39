"""A day's journal in parts that are read in seconds, however many decisions all enterprises have had that day.

A part is a span of moments. Where it ends is told by places in the files, so nothing is read to find it, and the parts
of a day follow each other without a gap, also while the day goes on.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final

from nianjian.engines.gate.decisions import record
from nianjian.engines.gate.decisions.record import Decision
from nianjian.engines.gate.decisions.search import DIGITS, NEAR, Found

PART: Final = 1 << 27  # bytes of all files that a part may have at most


def end_of_part(files: Sequence[Path], since: int | None) -> int | None:
    """The moment (epoch milliseconds) with which the part that begins at ``since`` ends; None: with the day.

    ``since`` None: the first part. Each file has a mark at every so many bytes. Between two marks of a file lies as
    much of it, so a span that holds as many marks as there are files holds at most twice the files' number of such
    pieces: a part.
    """
    return next((one for one in beginnings(files) if since is None or one > since), None)


def beginnings(files: Sequence[Path]) -> list[int]:
    """The moments with which the parts of a day begin, but for the first."""
    step = max(PART // (2 * max(len(files), 1)), 1)
    marks = sorted(one for path in files for one in _marks(path, step))
    return list(dict.fromkeys(marks[len(files) - 1 :: max(len(files), 1)]))


def between(
    path: Path, enterprise: str, since: int | None, until: int | None, found: Found | None = None
) -> Iterator[Decision]:
    """An enterprise's decisions of one file, oldest first; of lines that are another's no more than its name is read.

    ``until`` is not included; damaged lines are counted in ``found``.
    """
    name = b"\t%b\t" % enterprise.encode()
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file:
        if since is not None:
            file.seek(_start(file, since))
        for raw in file:
            if raw.startswith(b"#") or not raw.endswith(b"\n"):  # the heading, and what is still being written
                continue
            moment = _moment(raw)
            if moment is not None and since is not None and moment < since:
                continue
            if moment is not None and until is not None and moment >= until:
                return
            if name not in raw:
                continue
            one = record.read(raw.rstrip(b"\n"))
            if one is not None and one.request.enterprise == enterprise:
                yield one
            elif one is None and found is not None:
                found.damaged += 1


def _marks(path: Path, step: int) -> Iterator[int]:
    """The moments of the lines behind every so many bytes."""
    with path.open("rb") as file:
        for place in range(step, path.stat().st_size, step):
            file.seek(place)
            file.readline()
            moment = _moment(file.readline())
            if moment is not None:
                yield moment


def _moment(raw: bytes) -> int | None:
    text = raw[: max(raw.find(b"\t", 0, DIGITS), 0)]
    return int(text) if text.isdigit() else None


def _start(file: IO[bytes], since: int) -> int:
    """The beginning of a line not far before the first of ``since``: lines stand in order of their moments."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        low, high = 0, len(content)
        while high - low > NEAR:
            middle = (low + high) // 2
            start = content.rfind(b"\n", 0, middle) + 1
            moment = _moment(content[start : start + DIGITS])
            if moment is not None and moment < since:
                low = max(start, low + 1)
            else:
                high = middle
        return content.rfind(b"\n", 0, low) + 1
