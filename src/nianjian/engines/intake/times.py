"""The four times of a vendor's row, with the difference between "not set" and "unreadable" kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.mapping import raw_name
from nianjian.engines.intake.sql import NO_TIME, any_time, epoch_time, time_by_format
from nianjian.engines.lake.schema import quoted

# Vendors write 0 (and one of them -1) for a time that never came.
_NOT_SET = "[-+]?[01]?|0+([.]0*)?|null|NULL"


@dataclass(frozen=True, slots=True)
class Times:
    """Expressions of the four times and what the loader needs to name a bad cell."""

    start: str
    ring: str
    answer: str
    end: str
    texts: dict[str, str]
    columns: dict[str, str]
    checks: tuple[tuple[str, str, str], ...]


def read_epochs(column: str, _zone: str) -> str:
    """Of a source that writes seconds or milliseconds since 1970, wherever it stands."""
    return epoch_time(column)


def read_times(
    columns: Columns,
    mapping: FileMapping,
    zone: str,
    read: Callable[[str, str], str] = any_time,
    **fields: Sequence[str],
) -> Times:
    """``fields``: start, ring, answer, end -> names to look for. ``read`` turns a column of a zone into a TIMESTAMP.

    Several names of one field are tried in turn in each row. A mapping's own column and format of a field win, also in
    what follows from it: an end that is the start and a duration.
    """
    built: dict[str, str] = {}
    texts: dict[str, str] = {}
    origin: dict[str, str] = {}
    checks: list[tuple[str, str, str]] = []
    for field, wanted in fields.items():
        names = list(dict.fromkeys(name for name in map(columns.find, wanted) if name is not None))
        form, reader = mapping.formats.get(field), read
        if isinstance(said := mapping.columns.get(field), str | int):
            names, reader = [raw_name(columns, said)], any_time
        parts = [time_by_format(quoted(name), form, zone) if form else reader(quoted(name), zone) for name in names]
        built[field] = NO_TIME if not parts else parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
        if names:
            origin[field] = names[0]
        if names and field == "start":
            texts[field] = names[0]
        for name, part in zip(names, parts, strict=True):
            if field != "start":
                checks.append((f"{field}_unreadable", name, _unreadable(quoted(name), part)))
    return Times(
        start=built.get("start", NO_TIME),
        ring=built.get("ring", NO_TIME),
        answer=built.get("answer", NO_TIME),
        end=built.get("end", NO_TIME),
        texts=texts,
        columns=origin,
        checks=tuple(checks),
    )


def _unreadable(cell: str, part: str) -> str:
    return f"{cell} is not null and not regexp_full_match({cell}, '{_NOT_SET}') and {part} is null"
