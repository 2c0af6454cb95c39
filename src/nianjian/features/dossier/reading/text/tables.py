"""Tables without their lines: the header cells tell the columns, each cell belongs to the nearest of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nianjian.features.dossier.reading.text.lines import Line, PageText, cells


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row by the name of their column; pieces of one cell are put together."""

    page: int
    cells: Mapping[str, Line]


def table(pages: Sequence[PageText], columns: Mapping[str, Sequence[str]], needed: str) -> list[TableRow]:
    """Rows below the header. ``columns``: name -> header words; a header has ``needed`` and one more.

    A page without a header of its own goes on with the columns of the page before.
    """
    found: list[TableRow] = []
    heads: dict[str, Line] = {}
    for page in pages:
        for row in cells(page.lines):
            if (fresh := _header(row, columns)) and needed in fresh and len(fresh) > 1:
                heads = fresh
            elif heads and (told := _placed(row, heads)):
                found.append(TableRow(page.number, told))
    return found


def _header(row: Sequence[Line], columns: Mapping[str, Sequence[str]]) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for piece in row:
        for name, words in columns.items():
            if name not in found and piece.plain.rstrip("(%):").startswith(tuple(words)):
                found[name] = piece
                break
        else:
            found[f"other {piece.box.left:.0f}"] = piece
    return found if any(not name.startswith("other ") for name in found) else {}


def _placed(row: Sequence[Line], heads: Mapping[str, Line]) -> dict[str, Line]:
    told: dict[str, Line] = {}
    for piece in row:
        name = min(heads, key=lambda one: _apart(piece, heads[one]))
        if before := told.get(name):
            piece = replace(  # noqa: PLW2901 - the two pieces are one cell
                before,
                text=before.plain + piece.plain,
                confidence=min(before.confidence, piece.confidence),
                box=before.box.joined(piece.box),
            )
        told[name] = piece
    return {name: line for name, line in told.items() if not name.startswith("other ")}


def _apart(piece: Line, head: Line) -> float:
    """Between the boxes, then between the middles: wide cells overlap their own header."""
    gap = max(0.0, piece.box.left - head.box.right, head.box.left - piece.box.right)
    return (
        gap + abs(piece.box.centre - head.box.centre) / 1000 if gap else abs(piece.box.centre - head.box.centre) / 1000
    )
