"""Pages of lines as a recogniser would give them, without pixels: what readers are tested on."""

from collections.abc import Iterable, Sequence
from datetime import date

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.text import Box, Line, PageText

DAY = date(2027, 4, 1)
BOOK = Rulebook.on(DAY)
PITCH = 6.0
SIGNS = 38  # of a row


def page(
    rows: Sequence[str | Sequence[str]], number: int = 1, confidence: float = 0.99, columns: float = 35.0
) -> PageText:
    """A row is a text or its cells, ``columns`` millimetres apart."""
    lines = []
    for place, row in enumerate(rows):
        cells = [row] if isinstance(row, str) else row
        for column, text in enumerate(cells):
            if text:
                left, top = 25 + columns * column, 25 + PITCH * place
                wide = min(4.0 * len(text), columns - 2) if len(cells) > 1 else 4.0 * len(text)
                lines.append(Line(text, confidence, Box(left, top, left + wide, top + 3.5), number))
    return PageText(number, 210, 297, tuple(lines))


def typed(blocks: Iterable[tuple[str, str]], rows: int = 40) -> list[PageText]:
    """The blocks of a report in rows and pages."""
    lines: list[str] = []
    for _style, words in blocks:
        lines += [words[at : at + SIGNS] for at in range(0, len(words), SIGNS)]
    return [page(lines[at : at + rows], number) for number, at in enumerate(range(0, len(lines), rows), 1)]
