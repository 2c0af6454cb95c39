"""Which columns an Asterisk file has: 16 to 21 by the switch's settings, those of a cdr_custom.conf, or a header's."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from nianjian.engines.intake.format import FileMapping, Layout, Sample
from nianjian.engines.intake.vendor.columns import plain
from nianjian.engines.intake.vendor.tables import distinct, is_json
from nianjian.engines.kernel.errors import NianjianError

BASE: Final = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
NEWER: Final = ("peeraccount", "linkedid", "sequence")  # newcdrcolumns=yes

_DISPOSITIONS: Final = {"NO ANSWER", "FAILED", "BUSY", "ANSWERED", "CONGESTION", "CANCEL", "NOANSWER", "UNKNOWN"}
_UNIQUEID: Final = re.compile(r"(?:[\w.-]+-)?\d{9,}\.\d+")
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")
_CHANNEL: Final = re.compile(r"(PJSIP|SIP|IAX2|DAHDI|Local|Dongle|Khomp|mISDN|SCCP|Zap|OOH323)/.+", re.IGNORECASE)
_MAPPING: Final = re.compile(r"^\s*([^;=\[\]]+?)\s*=>\s*(.+?)\s*$")
_FIELD: Final = re.compile(r"\$\{\s*(?:CDR|CHANNEL|CALLERID)\(\s*([\w-]+)\s*(?:,[^)]*)?\)\s*\}", re.IGNORECASE)
_LOOKED_AT: Final = 200
_ENOUGH: Final = 5  # of the table's own names make a header


def recognise(sample: Sample) -> int:
    """97 for Master.csv by the shape of its rows, 92 for a header of the SQL table, 40 for a cdr_custom file."""
    if is_json(sample):
        return 0
    if _headed(sample.header):
        return 92
    rows = _rows(sample)
    if _widths(rows):
        return 97
    custom = sum(1 for row in rows if _DISPOSITIONS & set(row) and any(_CHANNEL.fullmatch(cell) for cell in row))
    return 40 if rows and custom * 2 > len(rows) else 0


def _rows(sample: Sample) -> list[list[str]]:
    rows: list[list[str]] = []
    for line in sample.lines[:_LOOKED_AT]:
        try:
            rows.append(next(csv.reader([line]), []))
        except csv.Error:
            continue
    return rows


def _is_master(row: Sequence[str]) -> bool:
    """Disposition in place 15, start and end in places 10 and 12, nothing or a stamp in place 11."""
    return (
        len(BASE) <= len(row) <= len(BASE) + 5
        and row[14] in _DISPOSITIONS
        and bool(_STAMP.fullmatch(row[9]))
        and bool(_STAMP.fullmatch(row[11]) or not row[11])
        and bool(_STAMP.fullmatch(row[10]) or not row[10])
    )


def _widths(rows: Sequence[Sequence[str]]) -> Counter[int]:
    return Counter(len(row) for row in rows if _is_master(row))


def _headed(header: Sequence[str]) -> bool:
    have = {plain(cell) for cell in header}
    asked = {"disposition", "dst", "src", "dcontext", "lastapp", "channel", "dstchannel", "billsec"}
    return {"disposition", "dst"} <= have and len(have & asked) >= _ENOUGH and bool(have & {"start", "calldate"})


def layout(sample: Sample, mapping: FileMapping) -> Layout:
    """The columns in file order; NianjianError ``cdr_custom_conf_unreadable``, ``asterisk_columns_unknown``."""
    if mapping.cdr_custom_conf is not None:
        return Layout(columns=distinct(custom_columns(sample, mapping)))
    if _headed(sample.header):
        return Layout(columns=distinct(sample.header), header_lines=1, delimiter=sample.delimiter)
    rows = _rows(sample)
    widths = _widths(rows)
    if widths:
        width = widths.most_common(1)[0][0]
        return Layout(columns=master_columns(width, [row for row in rows if len(row) == width and _is_master(row)]))
    positions = {place: field for field, place in mapping.columns.items() if isinstance(place, int)}
    if not positions:
        raise NianjianError("asterisk_columns_unknown", file=sample.name, columns=str(len(sample.header)))
    return Layout(columns=tuple(f"column{place}" for place in range(1, len(sample.header) + 1)))


def master_columns(width: int, rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Names for 16 to 21 columns.

    17 and 20 have one of uniqueid (loguniqueid) and userfield (loguserfield): epoch.number is an id.
    """
    further = width - len(BASE)
    newer = NEWER if further >= len(NEWER) else ()
    optional: tuple[str, ...] = ("uniqueid", "userfield")
    if further - len(newer) == 1:
        filled = [row[16] for row in rows if row[16]]
        ids = sum(1 for cell in filled if _UNIQUEID.fullmatch(cell))
        optional = ("uniqueid",) if filled and ids * 2 > len(filled) else ("userfield",)
    elif further == len(newer):
        optional = ()
    return (*BASE, *optional, *newer)


def custom_columns(sample: Sample, mapping: FileMapping) -> tuple[str, ...]:
    """The ``${CDR(x)}`` of a cdr_custom.conf in their order; of several mappings the one named as the file is."""
    path = Path(mapping.base) / (mapping.cdr_custom_conf or "")
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise NianjianError("cdr_custom_conf_unreadable", file=str(path)) from error
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        hit = _MAPPING.match(line.split(";", 1)[0] if line.lstrip().startswith(";") else line)
        names = tuple(name.lower() for name in _FIELD.findall(hit.group(2))) if hit else ()
        if hit and names:
            found[hit.group(1)] = names
    if not found:
        raise NianjianError("cdr_custom_conf_unreadable", file=str(path))
    named = [names for file, names in found.items() if sample.name.endswith(Path(file).name)]
    fitting = [names for names in found.values() if len(names) == len(sample.header)]
    return (named or fitting or list(found.values()))[0]
