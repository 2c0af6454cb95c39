"""Import call files into a lake of their own and read back what lies in it, row by row and call by call."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq

from nianjian.engines.intake import load, mapping, read
from nianjian.engines.lake.schema import CALLS
from nianjian.engines.lake.tables import Lake

Rows = list[dict[str, Any]]
REJECTED = "rejected"
COLUMNS = tuple(CALLS.names)
_ENTERPRISES = itertools.count(1)


@dataclass(slots=True)
class Desk:
    """One enterprise's lake; every `take` is one batch."""

    folder: Path
    lake: Lake = field(init=False)
    batches: int = 0

    def __post_init__(self) -> None:
        self.lake = Lake(url=str(self.folder), enterprise=f"e{next(_ENTERPRISES)}")

    def take(
        self, path: Path, *, source: str = "auto", timezone: str | None = None, mapping_file: Path | None = None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Import a file or folder; the receipts as plain mappings, one a file."""
        self.batches += 1
        chosen = mapping.read_mapping(mapping_file) if mapping_file else None
        return [
            load.import_file(
                lake=self.lake, item=item, source=source, mapping=chosen, timezone=timezone,
                batch=f"B2026030209000{self.batches:04x}",
            ).as_dict()
            for item in read.list_items([path])
        ]  # fmt: skip

    def rows(self) -> Rows:
        """All rows of the lake, quarantine too, in the order of file and line."""
        return rows(self.lake)


def rows(lake: Lake) -> Rows:
    """All rows of ``calls`` with ``part`` from the folder's name, by file and line."""
    records: Rows = []
    for name in lake.files("calls"):
        part = unquote(Path(name).parent.name.removeprefix("part="))
        records += [{**row, "part": part} for row in pq.read_table(name, partitioning=None).to_pylist()]
    return sorted(records, key=lambda row: (row["file"], row["line"], row["call_id"] or ""))


def good(records: Rows) -> Rows:
    return [row for row in records if row["part"] != REJECTED]


def bad(records: Rows) -> Rows:
    return [row for row in records if row["part"] == REJECTED]


def counted(row: Mapping[str, Any]) -> str:
    """Whether a row by itself is an outbound customer call: ``answered``, ``delivered`` or ``no``."""
    if row["direction"] != "out" or row["leg"] != "customer" or row["test"] or not row["delivered"]:
        return "no"
    return "answered" if row["answered"] else "delivered"


def calls(records: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows collapsed to calls: (source, key) → the representative row with ``delivered``, ``answered``, ``counted``.

    A row without a key is its own call. The customer's leg speaks for the call, a delivered and answered one first.
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in records:
        groups.setdefault((row["source"], row["call_key"] or f"row:{row['call_id']}"), []).append(row)
    result = {}
    for key, legs in groups.items():
        first = min(
            legs,
            key=lambda r: (r["leg"] != "customer", not r["delivered"], not r["answered"], r["start_ts"], r["call_id"]),
        )
        mine = [r for r in legs if r["leg"] == "customer"]
        call = {**first, "delivered": any(r["delivered"] for r in mine), "answered": any(r["answered"] for r in mine)}
        result[key] = {**call, "counted": counted(call)}
    return result


def printed(number: str | None) -> int | None:
    """The lake's value of a printed number: no trunk 0."""
    return None if number is None else int(number.removeprefix("0"))


def wall(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
