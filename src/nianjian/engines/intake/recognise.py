"""Which source wrote a file: a sample of its beginning, scored by every format of the catalogue."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from nianjian.engines.intake.format import FileMapping, Format, Sample
from nianjian.engines.intake.formats import catalogue, generic
from nianjian.engines.intake.read import Item, Stream
from nianjian.engines.intake.rows.prepare import text_blocks
from nianjian.engines.intake.vendor.columns import join_masked_names
from nianjian.engines.intake.vendor.heading import (
    beginning,
    cells,
    column_names,
    delimiter,
    has_mapped_columns,
    nearest,
)
from nianjian.engines.kernel.errors import NianjianError

SAMPLE: Final = 1 << 16  # bytes

_SHEET_ROWS: Final = 200
_SHEET_WIDTH: Final = 1_000  # columns that are looked at; what lies beyond is reported row by row


def sample(item: Item, encoding: str) -> Sample:
    """The first 64 KiB in whole lines; NianjianError ``file_empty`` if there is no line, ``pack_broken``."""
    listed = _sheet_lines(item) if item.kind == "sheet" else enumerate(_head(item, encoding).split("\n"), 1)
    filled = [(number, line) for number, line in listed if line.strip()]
    if not filled:
        raise NianjianError("file_empty", file=item.name)
    lines = tuple(line for _, line in filled)
    mark = "," if item.kind == "sheet" else delimiter(lines[0])
    return Sample(
        name=item.name.rsplit("/", 1)[-1],
        text="\n".join(lines) + "\n",
        lines=lines,
        header=cells(lines[0], mark),
        delimiter=mark,
        numbers=tuple(number for number, _ in filled),
        file=item.name,
    )


def choose(found: Sample, source: str, mapping: FileMapping) -> tuple[Format, Sample]:
    """The format of a file: the named one, the mapping's, or the one that recognises it best.

    With it the sample from where the table begins. NianjianError ``source_unknown`` (no such name),
    ``source_unrecognised``, ``source_ambiguous``, ``columns_needed``.
    """
    known = catalogue()
    name = source if source != "auto" else mapping.source
    if source != "auto" and source not in known:
        raise NianjianError("source_unknown", source=source, known=", ".join(known))
    if name in known or mapping.columns:
        form = known[name if name in known else "generic"]
        start = _named(found, form, mapping)
    else:
        start = beginning(found, _is_known) or beginning(found, generic.familiar) or found
        form = _best(start)
    if form.name == "generic":
        generic.checked(start, mapping)
    return form, start


def _named(found: Sample, form: Format, mapping: FileMapping) -> Sample:
    if column_names(mapping):
        return beginning(found, has_mapped_columns(mapping)) or nearest(found, mapping)
    if mapping.columns or mapping.cdr_custom_conf:
        return found
    return beginning(found, lambda one: form.recognise(one) > 0) or found


def _is_known(found: Sample) -> bool:
    return any(form.recognise(found) > 0 for form in catalogue().values())


def _best(found: Sample) -> Format:
    known = catalogue()
    scores = sorted(((form.recognise(found), form.name) for form in known.values()), reverse=True)
    best = [name for score, name in scores if score == scores[0][0]]
    if scores[0][0] <= 0:
        if generic.familiar(found):
            return known["generic"]
        raise NianjianError("source_unrecognised", file=found.file, header=join_masked_names(found.header, " | ")[:200])
    if len(best) > 1:
        raise NianjianError("source_ambiguous", file=found.file, sources=", ".join(best))
    return known[best[0]]


def _head(item: Item, encoding: str) -> str:
    head, stream = b"", Stream(item)
    for block in text_blocks(stream, encoding):
        head += block
        if len(head) >= SAMPLE:
            break
    cut = head[:SAMPLE]
    if not head and stream.truncated:
        raise NianjianError("pack_broken", file=item.name)
    if len(head) > SAMPLE:
        cut = cut[: cut.rfind(b"\n") + 1] or cut
    return cut.decode("utf-8", "replace")


def _sheet_lines(item: Item) -> Iterator[tuple[int, str]]:
    """The first rows as lines of CSV with their numbers; a line end within a cell becomes a blank."""
    for row in islice(item.sheet_rows(_SHEET_WIDTH), _SHEET_ROWS):
        if any(row.cells):
            out = io.StringIO()
            csv.writer(out, lineterminator="").writerow([" ".join((cell or "").split("\n")) for cell in row.cells])
            yield row.number, out.getvalue()
