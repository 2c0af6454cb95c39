"""Values beside their labels: `名 称 某某公司`, in one piece, in the next one, or over two rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from nianjian.features.dossier.reading.text.lines import Line, PageText, cells

NEAR: Final = 1.6  # heights of a line: how far below a value may go on
MISREAD: Final = 1  # signs of a long label
LONG: Final = 4


def after(
    pages: Iterable[PageText], labels: Sequence[str], *, others: Sequence[str] = (), below: int = 0
) -> list[Line]:
    """What stands behind one of the ``labels``, best label first. ``others`` end it.

    ``below``: rows that may go on beneath, where nothing stands at the label's own place.
    """
    found: list[Line] = []
    held = list(pages)
    for label in labels:
        for page in held:
            rows = cells(page.lines)
            for number, row in enumerate(rows):
                found += _in_row(rows, number, label, others, below) if row else []
    return found


def _in_row(rows: list[list[Line]], number: int, label: str, others: Sequence[str], below: int) -> list[Line]:
    found = []
    row = rows[number]
    for place, piece in enumerate(row):
        start = _starts(row, place, label)
        if start is None:
            continue
        last, rest = start
        parts = [replace(row[last], text=rest)] if rest else []
        parts += row[last + 1 :]
        value = _until(parts, others)
        if value is None:
            continue
        for beneath in rows[number + 1 : number + 1 + below]:
            same = [one for one in beneath if abs(one.box.left - value.box.left) < 4 * piece.box.height]
            gap = beneath[0].box.top - value.box.bottom
            if not same or gap > NEAR * piece.box.height or _labelled(beneath, others):
                break
            value = _together([value, *same])
        found.append(value)
    return found


def _labelled(row: Sequence[Line], others: Sequence[str]) -> bool:
    """Whether another label begins in the row: in one of its pieces, or over several."""
    texts = ["".join(one.plain for one in row[at:]) for at in range(len(row))]
    return any(text.startswith(tuple(others)) for text in texts)


def _starts(row: list[Line], place: int, label: str) -> tuple[int, str] | None:
    """Where a label ends that begins with this piece: 名 and 称 may be two pieces."""
    text = ""
    for at in range(place, min(place + len(label), len(row))):
        text += row[at].plain
        if text.startswith(label):
            return at, text[len(label) :].lstrip(":.;")
        head = text[: len(label)]
        if (
            len(label) >= LONG
            and len(head) == len(label)
            and sum(a != b for a, b in zip(head, label, strict=True)) <= MISREAD
        ):
            return at, text[len(label) :].lstrip(":.;")
        if not label.startswith(text):
            return None
    return None


def _until(parts: list[Line], others: Sequence[str]) -> Line | None:
    kept = []
    for part in parts:
        if others and part.plain.startswith(tuple(others)):
            break
        cut = min((at for other in others if (at := part.plain.find(other)) > 0), default=None)
        kept.append(replace(part, text=part.plain[:cut]) if cut else part)
        if cut:
            break
    return _together(kept) if kept else None


def _together(parts: Sequence[Line]) -> Line:
    box = parts[0].box
    for part in parts[1:]:
        box = box.joined(part.box)
    text = "".join(part.plain for part in parts).lstrip(":.;")
    return Line(text, min(part.confidence for part in parts), box, parts[0].page)
