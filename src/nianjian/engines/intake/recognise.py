"""Which source wrote a file: a sample of its beginning, scored by every format of the catalogue."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from nianjian.engines.intake.clean_copies import text_blocks
from nianjian.engines.intake.columns import join_masked_names
from nianjian.engines.intake.format import FileMapping, Format, Sample
from nianjian.engines.intake.formats import catalogue, generic
from nianjian.engines.intake.read import Item, Stream
from nianjian.engines.intake.tables import (
    column_names,
    delimiter_of,
    find_header,
    mapped_header,
    split_cells,
)
from nianjian.engines.kernel.errors import NianjianError

SAMPLE: Final = 1 << 16  # bytes

_SHEET_ROWS: Final = 200
_SHEET_WIDTH: Final = 1_000  # columns that are looked at; what lies beyond is reported row by row


def read_sample(item: Item, encoding: str) -> Sample:
    """The first 64 KiB in whole lines; NianjianError ``file_empty`` if there is no line, ``pack_broken``."""
    listed = _sheet_lines(item) if item.kind == "sheet" else enumerate(_read_head(item, encoding).split("\n"), 1)
    filled = [(number, line) for number, line in listed if line.strip()]
    if not filled:
        raise NianjianError("file_empty", file=item.name)
    lines = tuple(line for _, line in filled)
    mark = "," if item.kind == "sheet" else delimiter_of(lines[0])
    return Sample(
        name=item.name.rsplit("/", 1)[-1],
        text="\n".join(lines) + "\n",
        lines=lines,
        header=split_cells(lines[0], mark),
        delimiter=mark,
        numbers=tuple(number for number, _ in filled),
        file=item.name,
    )


def choose_format(found: Sample, source: str, mapping: FileMapping) -> tuple[Format, Sample]:
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
        start = _named_sample(found, form, mapping)
    else:
        recognised = find_header(found, lambda one: any(form.recognise(one) for form in known.values()))
        start = recognised or find_header(found, generic.is_familiar) or found
        form = _best_format(start)
    if form.name == "generic":
        generic.require_columns(start, mapping)
    return form, start


def _named_sample(found: Sample, form: Format, mapping: FileMapping) -> Sample:
    if column_names(mapping):
        return mapped_header(found, mapping)
    if mapping.columns or mapping.cdr_custom_conf:
        return found
    return find_header(found, form.recognise) or found


def _best_format(found: Sample) -> Format:
    known = catalogue()
    scores = sorted(((form.recognise(found), form.name) for form in known.values()), reverse=True)
    best = [name for score, name in scores if score == scores[0][0]]
    if scores[0][0] <= 0:
        if generic.is_familiar(found):
            return known["generic"]
        raise NianjianError("source_unrecognised", file=found.file, header=join_masked_names(found.header, " | ")[:200])
    if len(best) > 1:
        raise NianjianError("source_ambiguous", file=found.file, sources=", ".join(best))
    return known[best[0]]


def _read_head(item: Item, encoding: str) -> str:
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
