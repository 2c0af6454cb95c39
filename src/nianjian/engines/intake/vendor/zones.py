"""Whether the stamps of a file say themselves which clock they were read from: an offset, a Z, or an epoch."""

from __future__ import annotations

import re
from typing import Final

from nianjian.engines.intake.format import Fields, Sample
from nianjian.engines.intake.vendor.heading import cells
from nianjian.engines.intake.vendor.tables import is_json
from nianjian.engines.lake.schema import literal, quoted

_TIMES: Final = ("start", "ring", "answer", "end")

# As `moments.either` reads them; nothing at all needs no zone.
SAID: Final = r"[-/]*|0([.]0*)?|([0-9]{10}|[0-9]{13}|[0-9]{16})([.][0-9]*)?|.*:.*[0-9](Z|[ ]?[+-][0-9]{2}(:?[0-9]{2})?)"


def time_columns(fields: Fields) -> list[str]:
    """The raw columns out of which the times are read."""
    return list(dict.fromkeys(name for field, name in fields.columns.items() if field in _TIMES))


def likely(found: Sample, columns: list[str]) -> bool:
    """Whether the sample alone lets it be so; the whole file is asked only then."""
    if is_json(found) or not columns:
        return bool(columns)
    places = [place for place, name in enumerate(found.header) if name in columns]
    said = re.compile(SAID)
    rows = [cells(line, found.delimiter) for line in found.lines[1:51]]
    return all(said.fullmatch(row[place]) for row in rows for place in places if place < len(row))


def silent(scan: str, columns: list[str]) -> str:
    """A SELECT of how many rows have a stamp that says nothing (n)."""
    mute = " or ".join(
        f"({quoted(name)} is not null and not regexp_full_match({quoted(name)}, {literal(SAID)}))" for name in columns
    )
    return f"select count(*) as n from {scan} where {mute}"
