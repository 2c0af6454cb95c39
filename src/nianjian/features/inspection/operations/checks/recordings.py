"""Recordings proved by sample: of every day some calls, whose files are looked for and opened.

A file on the server is opened and read only as far as its length asks. Nothing leaves the server but a verdict, how
long it is, and its name with numbers masked.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from nianjian.engines.evidence import audio, recordings, sampling
from nianjian.engines.evidence import recordings as folder
from nianjian.engines.evidence import recordings as judge
from nianjian.engines.evidence.audio import Length
from nianjian.engines.evidence.recordings import Index, Parts
from nianjian.engines.evidence.retention import Reach
from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import Shape
from nianjian.features.inspection.operations.checks.grounds import Calls, Grounds, Json
from nianjian.platform.home import env

SAMPLE: Final = "inspection.recordings.sample"
TOLERANCE: Final = "inspection.recordings.tolerance"
MOST_A_DAY: Final = 20
TOLD: Final = 50  # calls without their recording that are told
MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class SampledCall:
    """A sampled call. ``file``: its name, masked; lengths in ms, None: not told; ``by_size``: by nothing else."""

    day: date
    at: datetime
    callee: str
    file: str
    verdict: str
    talk_ms: int | None
    length_ms: int | None = None
    by_size: bool = False


def seed_of(enterprise: str, day: date, version: int | None) -> str:
    """What the sample is drawn by: another day or another state of the calls draws others. 16 hex digits."""
    return hashlib.sha256(f"{enterprise} {day.isoformat()} {version}".encode()).hexdigest()[:16]


def place(enterprise: str, given: Path | None) -> tuple[Path | None, str]:
    """The folder without links and where it comes from: ``given``, ``setting``, or ``none``.

    One that is set and cannot be read is ``unreadable``: a disk that is gone must not stop the look at other logs.
    ``recordings_folder_wrong`` for a given one, ``recordings_malformed``.
    """
    if given is not None:
        return folder.resolve_root(given), "given"
    found = folder.parse_folders(env.text(folder.SETTING, os.environ)).get(enterprise)
    if found is None:
        return None, "none"
    try:
        return folder.resolve_root(found), "setting"
    except NianjianError:
        return None, "unreadable"


def check_recordings(
    grounds: Grounds, lake: Calls, references: Reach, given: Path | None, beat: Callable[[], None]
) -> tuple[Reach, Json]:
    """The log as its references and the sample prove it, and the sample itself.

    ``beat`` is called now and then while a folder is gone through. Cost: two passes over the calls of the days, some
    look-ups a sampled call, and one pass over the folder where those do not find a file.
    """
    root, source = place(grounds.enterprise, given)
    seed = seed_of(grounds.enterprise, grounds.day, lake.version)
    count = max(1, min(grounds.book.integer(SAMPLE), MOST_A_DAY))
    tolerance = grounds.book.integer(TOLERANCE)
    told: Json = {"folder": source, "seed": seed, "a_day": count, "tolerance_s": tolerance}
    if root is None:
        reach = judge.judge_recordings(references, None)
        if source == "unreadable" and reach.why == "references_only":
            reach = judge.mark_unreadable(reach)
        return reach, told | _counted([], Index())
    calls, draw = lake.tables["calls"], sampling.Draw(references.begin, references.until, seed, count)
    ids = {str(row["call_id"]) for row in lake.engine.rows(sampling.draw_ids(calls, draw))}
    rows = lake.engine.rows(sampling.draw_sample(calls, draw, sorted(ids)))
    found, known = _looked(root, rows, tolerance, beat)
    days: dict[date, list[str]] = defaultdict(list)
    for one in found:
        days[one.day].append(one.verdict)
    return judge.judge_recordings(references, days), told | _counted(found, known)


def _looked(
    root: Path, rows: Sequence[Mapping[str, object]], tolerance: int, beat: Callable[[], None]
) -> tuple[list[SampledCall], Index]:
    """Every sampled call; the folder is gone through only if some file lies nowhere by its path."""
    said = [recordings.list_references(None if row["extra"] is None else str(row["extra"])) for row in rows]
    wanted = [[recordings.split_reference(one) for one in some] for some in said]
    direct = [_direct(root, some) for some in wanted]
    open_ones = {one[-1] for some, at in zip(wanted, direct, strict=True) if at is None for one in some if one}
    known = folder.index_folder(root, open_ones, beat) if open_ones else Index(whole=True)
    found: list[SampledCall] = []
    for row, some, parts, at in zip(rows, said, wanted, direct, strict=True):
        beat()
        found.append(_one(row, some, at or _searched(root, some, parts, known), tolerance))
    return found, known


def _direct(root: Path, wanted: Sequence[Parts]) -> Path | None:
    for one in wanted:
        at = folder.find_below(root, one)
        if isinstance(at, Path):
            return at
    return None


def _searched(root: Path, said: Sequence[str], wanted: Sequence[Parts], known: Index) -> Path | str:
    """By name in the whole folder. What neither looks like a path nor like a file's name proves no file missing."""
    why = judge.UNNAMED
    for text, one in zip(said, wanted, strict=True):
        if not one:
            why = folder.OUTSIDE
            continue
        at = folder.find_recording(root, one, known)
        if isinstance(at, Path):
            return at
        if at == folder.MISSING and folder.find_below(root, one) == folder.OUTSIDE:
            at = folder.OUTSIDE
        if at != folder.MISSING or "/" in text or "\\" in text or audio.file_suffix(text) in audio.SUFFIXES:
            why = at if why == judge.UNNAMED else why
    return why


def _one(row: Mapping[str, object], said: Sequence[str], at: Path | str, tolerance: int) -> SampledCall:
    day, begun = row["day"], row["at"]
    assert isinstance(day, date)  # noqa: S101 -- the engine's types
    assert isinstance(begun, datetime)  # noqa: S101 -- as above
    talk = _talk(row["answer"], row["end"])
    callee = numbers.mask(numbers.printed(str(row["callee_shape"] or Shape.NONE), _whole(row["callee"])))
    name = recordings.mask_file_name(said[0]) if said else ""
    if isinstance(at, str):
        return SampledCall(day, begun, callee, name, at, talk)
    size, length = _measured(at)
    ms, by_size = (length.ms, length.by == audio.SIZE) if isinstance(length, Length) else (None, False)
    return SampledCall(day, begun, callee, name, judge.judge_file(size, length, talk, tolerance), talk, ms, by_size)


def _measured(path: Path) -> tuple[int, Length | str]:
    try:
        with folder.open_recording(path) as (file, size):
            return size, audio.measure_length(file, size, path.name)
    except OSError:
        return 1, audio.UNREADABLE


def _talk(answer: object, end: object) -> int | None:
    if isinstance(answer, datetime) and isinstance(end, datetime) and end >= answer:
        return (end - answer) // MS
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _counted(found: Sequence[SampledCall], known: Index) -> Json:
    days: dict[date, set[str]] = defaultdict(set)
    for one in found:
        days[one.day].add(one.verdict)
    failing = [one for one in found if one.verdict != judge.KEPT]
    return {
        "calls": len(found),
        "days": len(days),
        "days_kept": sum(verdicts == {judge.KEPT} for verdicts in days.values()),
        "verdicts": dict.fromkeys(judge.VERDICTS, 0) | Counter(one.verdict for one in found),
        "by_size": sum(one.by_size for one in found if one.verdict == judge.KEPT),
        "searched": known.seen,
        "searched_whole": known.whole,
        "failing": [_told(one) for one in failing[:TOLD]],
        "failing_left_out": max(0, len(failing) - TOLD),
    }


def _told(one: SampledCall) -> Json:
    return {
        "day": one.day.isoformat(),
        "at": one.at.isoformat(sep=" ", timespec="seconds"),
        "callee": one.callee,
        "file": one.file,
        "verdict": one.verdict,
        "talk_ms": one.talk_ms,
        "length_ms": one.length_ms,
    }
