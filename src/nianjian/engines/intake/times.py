"""The four times of a vendor's row, with the difference between "not set" and "unreadable" kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import Fields, FileMapping
from nianjian.engines.intake.mapping import raw_name
from nianjian.engines.intake.sql import NO_TIME, any_time, epoch_time, first_of, time_by_format
from nianjian.engines.lake.schema import quoted

# Vendors write 0 (and one of them -1) for a time that never came.
_NOT_SET = "[-+]?[01]?|0+([.]0*)?|null|NULL"


def read_epochs(column: str, _zone: str) -> str:
    """Of a source that writes seconds or milliseconds since 1970, wherever it stands."""
    return epoch_time(column)


def read_times(
    columns: Columns,
    mapping: FileMapping,
    zone: str,
    read: Callable[[str, str], str] = any_time,
    **fields: Sequence[str],
) -> Fields:
    """Only the times, to be completed by `replace`. ``read`` turns a column of a zone into a TIMESTAMP.

    ``fields``: start, ring, answer, end -> names to look for; several names of one field are tried in turn in each row.
    A mapping's own column and format of a field win, also in what follows from it: an end that is the start and a
    duration.
    """
    built: dict[str, str] = {}
    origin: dict[str, str] = {}
    checks: list[tuple[str, str, str]] = []
    for field, wanted in fields.items():
        names = list(dict.fromkeys(name for name in map(columns.find, wanted) if name is not None))
        form, reader = mapping.formats.get(field), read
        if isinstance(said := mapping.columns.get(field), str | int):
            names, reader = [raw_name(columns, said)], any_time
        parts = [time_by_format(quoted(name), form, zone) if form else reader(quoted(name), zone) for name in names]
        built[field] = first_of((*parts, NO_TIME))
        if names:
            origin[field] = names[0]
        if field != "start":
            for name, part in zip(names, parts, strict=True):
                unset = f"regexp_full_match({quoted(name)}, '{_NOT_SET}')"
                fault = f"{quoted(name)} is not null and not {unset} and {part} is null"
                checks.append((f"{field}_unreadable", name, fault))
    texts = {"start": origin["start"]} if "start" in origin else {}
    return Fields(texts=texts, columns=origin, checks=tuple(checks), **built)  # type: ignore[arg-type] # by field name
