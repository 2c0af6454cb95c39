"""What earlier runs of this process answered, out of its journal: a call asked again after a restart gets the same.

Of the newest `MOST` bytes alone, so that a start is never long. Only what was written since the machine started: a
killed process loses nothing that it wrote, a lost machine may lose the note of a give-back, and its call would then be
let go without a unit. What is not known any more is asked anew and takes a unit (strict).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nianjian.engines.gate.decisions import record
from nianjian.engines.gate.decisions.record import Decision

MOST: Final = 1 << 24  # bytes: some ninety thousand decisions, read in less than a second of the processor
BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
SUFFIX: Final = ".boot"


def boot() -> str:
    """What names this start of the machine; "" where nothing does: then nothing is remembered."""
    try:
        return BOOT.read_text("ascii").strip()
    except OSError:
        return ""


def mark(log: Path, started: str, size: int) -> None:
    """Beside a journal: from ``size`` on it was written since the machine started. An older mark of this start stays.

    A mark that cannot be written makes nothing unsafe: one of another start is not believed.
    """
    if started and _since(log, started) is None:
        with contextlib.suppress(OSError):
            log.with_suffix(SUFFIX).write_text(f"{started} {size}\n", "ascii")


def answered(logs: list[Path], started: str) -> Iterator[Decision]:
    """Decisions that hold still, oldest first, of journals in the order of their days.

    A call that was given back, or whose end made room, is asked about anew: its decisions are left out. Behind a line
    that cannot be read nobody knows what it gave back, so all before it is left out too.
    """
    known: dict[tuple[str, str], Decision] = {}
    for raw in _lines(logs, started):
        gone = record.read_back(raw)
        if gone is not None:
            known.pop(gone, None)
        elif raw.startswith(b"#") and not raw.startswith(record.BACK):
            continue
        elif (one := record.read(raw)) is None:
            known.clear()
        elif one.request.call_id:
            named = one.request.enterprise, one.request.call_id
            known.pop(named, None)  # the later answer takes the later place
            known[named] = one
    yield from known.values()


def _lines(logs: list[Path], started: str) -> Iterator[bytes]:
    """Whole lines of the newest bytes, in order."""
    left, parts = MOST, []
    for log in reversed(logs):
        since = _since(log, started)
        if since is None or left <= 0:
            break
        size = log.stat().st_size
        start = max(since, size - left)
        parts.append((log, start, start > since))
        left -= size - start
    for log, start, torn in reversed(parts):
        with log.open("rb") as file:
            file.seek(start)
            if torn:
                file.readline()  # the place lies within a line
            yield from (raw[:-1] for raw in file if raw.endswith(b"\n"))


def _since(log: Path, started: str) -> int | None:
    """Where what was written since this start of the machine begins; None: nothing was, or nobody knows."""
    try:
        told = log.with_suffix(SUFFIX).read_text("ascii")
    except (OSError, ValueError):
        return None
    name, _space, place = told.partition(" ")
    if not started or name != started or not place.endswith("\n") or not place[:-1].isdigit():
        return None
    return int(place) if int(place) <= _size(log) else None


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else -1
