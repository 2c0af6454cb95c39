"""Which source wrote a file: a sample of its beginning, scored by every format of the catalogue."""

from __future__ import annotations

import csv
import io
from typing import Final

import python_calamine

from nianjian.intake.format import FileMapping, Format, Sample
from nianjian.intake.formats import catalogue
from nianjian.intake.read import Item, Stream
from nianjian.intake.rows.prepare import text_blocks
from nianjian.kernel.errors import NianjianError

SAMPLE: Final = 1 << 16  # bytes

_DELIMITERS: Final = ",\t|;"
_SHEET_ROWS: Final = 200


def sample(item: Item, encoding: str) -> Sample:
    """The first 64 KiB in whole lines; NianjianError ``file_empty`` if there is no line."""
    text = _sheet_text(item) if item.kind == "sheet" else _head(item, encoding)
    lines = tuple(line for line in text.splitlines() if line.strip())
    if not lines:
        raise NianjianError("file_empty", file=item.name)
    delimiter = max(_DELIMITERS, key=_unquoted(lines[0]).count)
    return Sample(
        name=item.name.rsplit("/", 1)[-1],
        text=text,
        lines=lines,
        header=cells(lines[0], delimiter),
        delimiter=delimiter,
    )


def choose(found: Sample, source: str, mapping: FileMapping) -> Format:
    """The format of a file: the named one, the mapping's, or the one that recognises it best.

    NianjianError ``source_unknown`` (no such name), ``source_unrecognised``, ``source_ambiguous``.
    """
    known = catalogue()
    name = source if source != "auto" else mapping.source
    if name in known:
        return known[name]
    if source != "auto":
        raise NianjianError("source_unknown", source=source, known=", ".join(known))
    if mapping.columns:
        return known["generic"]
    scores = sorted(((form.recognise(found), form.name) for form in known.values()), reverse=True)
    best = [name for score, name in scores if score == scores[0][0]]
    if scores[0][0] <= 0:
        raise NianjianError("source_unrecognised", file=found.name, header=" | ".join(found.header)[:200])
    if len(best) > 1:
        raise NianjianError("source_ambiguous", file=found.name, sources=", ".join(best))
    return known[best[0]]


def cells(line: str, delimiter: str) -> tuple[str, ...]:
    """The cells of one line, quotes and outer blanks taken off."""
    try:
        row = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        row = line.split(delimiter)
    return tuple(cell.strip().removeprefix("\ufeff") for cell in row)


def _head(item: Item, encoding: str) -> str:
    head = b""
    for block in text_blocks(Stream(item), encoding):
        head += block
        if len(head) >= SAMPLE:
            break
    cut = head[:SAMPLE]
    if len(head) > SAMPLE:
        cut = cut[: cut.rfind(b"\n") + 1] or cut
    return cut.decode("utf-8", "replace")


def _sheet_text(item: Item) -> str:
    book = python_calamine.CalamineWorkbook.from_path(str(item.path))
    rows = book.get_sheet_by_name(item.member or "").to_python(skip_empty_area=False, nrows=_SHEET_ROWS)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _unquoted(line: str) -> str:
    """The line without what stands between quotes, so that a quoted comma does not count."""
    return "".join(line.split('"')[::2])
