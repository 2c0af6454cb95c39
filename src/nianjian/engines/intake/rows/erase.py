"""Take call records out of the lake for good when their time is over: whole months, and rejects by day of import.

One commit makes the version without them; then their files are deleted, those that only older versions name as well.
An older version cannot be read any more where it needs one of them (`Lake.files` says so).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from nianjian.engines.intake import ledger
from nianjian.engines.intake.ledger import CALLS
from nianjian.engines.kernel.crash import crash_point
from nianjian.engines.lake.schema import REJECTED
from nianjian.engines.lake.tables import Lake, OldFile

ACT: Final = "erase"
STAMP: Final = re.compile(r"B(\d{4})(\d{2})(\d{2})\d{6}")  # how a batch's id begins: the UTC moment of the import
MONTH: Final = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class Due:
    """What lies in the lake of a class: ``rows`` of it are over their time, the ``oldest`` day or month left or not."""

    rows: int
    files: int
    oldest: str | None


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls of months before ``month`` (YYYY-MM) and rejects of imports before ``day`` are over their time."""

    month: str
    day: date

    def over(self, path: str, part: str) -> bool:
        """Whether a file of the partition ``part`` is over its time as a whole."""
        if part == REJECTED:
            imported = _imported(path)
            return imported is not None and imported < self.day
        return MONTH.fullmatch(part) is not None and part < self.month


def due(lake: Lake, limits: Limits) -> tuple[Due, Due]:
    """Of the good rows in the newest version, and of the rejected ones, whose ``oldest`` is the day of their import."""
    calls: list[OldFile] = []
    rejects: list[OldFile] = []
    for old in lake.old_files(CALLS):
        (rejects if old.partition["part"] == REJECTED else calls).append(old)
    return _due(calls, limits), _due(rejects, limits)


def left_behind(lake: Lake, limits: Limits) -> list[str]:
    """Files over their time that only older versions name, relative to the table's folder."""
    standing = {old.path for old in lake.old_files(CALLS)}
    return [path for path in _on_disk(lake) if path not in standing and limits.over(path, _part(path))]


def erase(lake: Lake, limits: Limits, *, intent: str) -> None:
    """Make the version without them and delete the files; hold the lake's lock.

    ``intent`` stands in the commit, also where only older versions held any: recovery looks for it. The commit names
    no days: a rollup of these calls is built anew as a whole.
    """
    gone = [old for old in lake.old_files(CALLS) if limits.over(old.path, old.partition["part"])]
    lake.commit(
        CALLS,
        remove=gone,
        metadata={"act": ACT, "intent": intent, "month": limits.month, "day": limits.day.isoformat()},
        now_ms=ledger.now_ms(),
    )
    crash_point("after_commit")
    delete(lake, limits)


def delete(lake: Lake, limits: Limits) -> None:
    """Delete every file over its time, and what was derived from it; may be repeated."""
    standing = {old.path for old in lake.old_files(CALLS)}
    keys = ledger.keys_of(lake)
    for path in _on_disk(lake):
        if path not in standing and limits.over(path, _part(path)):
            (lake.path(CALLS) / path).unlink(missing_ok=True)
            keys.forget(path)


def committed(lake: Lake, intent: str) -> bool:
    """Whether the commit that carries the intent was made."""
    return any(entry.get("intent") == intent and entry.get("act") == ACT for entry in _log(lake))


def _log(lake: Lake) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", lake.history(CALLS, -1))


def _due(files: list[OldFile], limits: Limits) -> Due:
    over = [old for old in files if limits.over(old.path, old.partition["part"])]
    ages = [_age(old) for old in files]
    return Due(sum(old.rows for old in over), len(over), min((age for age in ages if age), default=None))


def _age(old: OldFile) -> str | None:
    if old.partition["part"] != REJECTED:
        return old.partition["part"]
    imported = _imported(old.path)
    return None if imported is None else imported.isoformat()


def _imported(path: str) -> date | None:
    found = STAMP.match(Path(path).name)
    return None if found is None else date(*(int(part) for part in found.groups()))


def _part(path: str) -> str:
    return Path(path).parent.name.removeprefix("part=")


def _on_disk(lake: Lake) -> Iterator[str]:
    folder = lake.path(CALLS)
    for path in sorted(folder.glob("part=*/*.parquet")):
        yield path.relative_to(folder).as_posix()
