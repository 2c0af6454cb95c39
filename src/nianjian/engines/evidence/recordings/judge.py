"""What a sampled call proves of its recording, and what the sample makes of the log. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from nianjian.engines.evidence import retention
from nianjian.engines.evidence.recordings.audio import Length
from nianjian.engines.evidence.retention import Reach

KEPT, EMPTY, TOO_SHORT, UNTIMED, UNNAMED = "kept", "empty", "too_short", "untimed", "unnamed"
#: What is known to be wrong; every other verdict but ``kept`` proves nothing either way.
WRONG: Final = ("missing", EMPTY, TOO_SHORT)
VERDICTS: Final = (
    KEPT, *WRONG, "unreadable", "unknown_format", "ambiguous", "outside", "unsearched", UNTIMED, UNNAMED
)  # fmt: skip


def verdict(size: int, length: Length | str, talk_ms: int | None, tolerance_s: int) -> str:
    """Of a file that is there. Longer than the talk is fine; exactly so much shorter as is tolerated is, too.

    ``talk_ms``: None where the record does not tell when the talk began or ended.
    """
    if size == 0:
        return EMPTY
    if isinstance(length, str):
        return length
    if length.ms == 0:
        return EMPTY
    if talk_ms is None:
        return UNTIMED
    return TOO_SHORT if length.ms + tolerance_s * 1000 < talk_ms else KEPT


def judge_recordings(references: Reach, days: Mapping[date, Collection[str]] | None) -> Reach:
    """The log of recordings: ``references`` as the records tell them, ``days`` with what was found of their sample.

    None: no folder is known, so a reference is only a word. A file that is known to be wrong is a hole. What is worse
    by its references alone stays so. No run of days is unbroken over a day that is not proved.
    """
    if references.state == retention.UNKNOWN:
        return references
    wrong = sorted(day for day, found in (days or {}).items() if set(found) & set(WRONG))
    unproved = max((day for day, found in (days or {}).items() if set(found) != {KEPT}), default=None)
    since = references.since if unproved is None else retention.after(unproved, references.until)
    if wrong and references.state != retention.GAP:
        gaps = retention.stretches(wrong)
        return replace(references, state=retention.GAP, why="files_missing", since=since, gaps=gaps)
    if references.state != retention.OK:
        return references
    if days is None:
        return replace(references, state=retention.UNKNOWN, why="references_only")
    if not days or any(set(found) != {KEPT} for found in days.values()):
        return replace(references, state=retention.UNKNOWN, why="files_unproved", since=since)
    return replace(references, why="files_kept")


def unreadable(only: Reach) -> Reach:
    """The same where a folder is set and cannot be read."""
    return replace(only, why="folder_unreadable")
