"""The first look at a file: who wrote it, in which encoding, under which headings, and how it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from nianjian.engines.intake.format import FileMapping, Sample
from nianjian.engines.intake.formats import catalogue, generic
from nianjian.engines.intake.mapping import FIELDS
from nianjian.engines.intake.preview import text_masking
from nianjian.engines.intake.read import Item, items
from nianjian.engines.intake.recognise import choose, sample
from nianjian.engines.intake.rows.prepare import encoding_of
from nianjian.engines.intake.vendor.columns import Columns
from nianjian.engines.intake.vendor.heading import cells
from nianjian.engines.intake.vendor.tables import is_json
from nianjian.engines.kernel.errors import NianjianError

LINES: Final = 6
WIDE: Final = 400  # signs of a line
MEMBERS: Final = 20  # of an archive or workbook that are looked at

_SHEET: Final = "sheet"


@dataclass(frozen=True, slots=True)
class Look:
    """``source`` "" where it is not told: then ``fault`` says why. ``lines`` are masked, the heading is the first.

    ``fields``: our field -> the file's heading that it is read from, as far as the generic form recognises it.
    ``zoned``: its times say their zone. ``mapped``: it is read by a mapping of its columns.
    """

    name: str
    encoding: str = ""
    source: str = ""
    title: str = ""
    evidence: str = ""
    header: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    zoned: bool = False
    mapped: bool = False
    fault: NianjianError | None = None


def looks(paths: Sequence[Path], source: str, mapping: FileMapping) -> list[Look]:
    """Look at each file under the paths; of an archive with many at the first `MEMBERS`."""
    found: list[Look] = []
    for path in paths:
        for number, item in enumerate(items([path])):
            if number == MEMBERS:
                break
            found.append(preview_item(item, source, mapping))
    return found


def preview_item(item: Item, source: str, mapping: FileMapping) -> Look:
    """Look at one; what cannot be read or recognised stands in ``fault``, nothing is raised for a file's sake."""
    if item.fault is not None:
        return Look(item.name, fault=item.fault)
    try:
        encoding = _SHEET if item.kind == _SHEET else encoding_of(item)
        beginning = sample(item, encoding)
    except NianjianError as fault:
        return Look(item.name, fault=fault)
    try:
        form, start = choose(beginning, source, mapping)
    except NianjianError as fault:
        return _shown(Look(item.name, encoding, fault=fault), beginning)
    told = Look(
        item.name,
        encoding,
        form.name,
        form.title,
        form.evidence,
        zoned=form.zone_in_file,
        mapped=form.name == generic.FORMAT.name or bool(mapping.columns),
    )
    return _shown(told, start)


def _shown(look: Look, found: Sample) -> Look:
    header = () if is_json(found) else tuple(cell for cell in found.header if cell)
    columns = Columns(list(header))
    fields = [(field, name) for field in FIELDS if (name := columns.find(*generic.list_headers(field))) is not None]
    first = found.lines[:LINES]
    if header:
        mark = found.delimiter
        lines = [
            text_masking.line(first[0]),
            *(mark.join(text_masking.cells(found.header, cells(one, mark))) for one in first[1:]),
        ]
    else:
        lines = [text_masking.member(one) for one in first]
    return replace(look, header=header, lines=tuple(one[:WIDE] for one in lines), fields=tuple(fields))


def sources() -> list[tuple[str, str, str]]:
    """Name, title and evidence of each source that can be read."""
    return [(one.name, one.title, one.evidence) for one in catalogue().values()]
