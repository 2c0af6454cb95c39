"""Cells of a CSV that a spreadsheet program would run as a formula: an apostrophe in front keeps them text.

`restored` takes away exactly what `harmless` has put there, so that a file may come back.
"""

import re
from collections.abc import Iterable
from typing import Final

_BLANKS: Final = "\\t\\n\\v\\f\\r \u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
_QUOTES: Final = "'\"‘’“”`"
_SIGNS: Final = "=+@＝＋－＠﹦﹢﹣﹫−-"  # full-width ones, too: a Chinese keyboard types them, and programs read them
ACTIVE: Final = f"^(?:[{_QUOTES}]*[\\t\\n\\r]|[{_BLANKS}{_QUOTES}]*[{_SIGNS}])"
"""A regular expression of Python and of RE2: what a program may run, blanks and quotes before it or not."""
PLAIN: Final = "^(?:-?[0-9]+(?:[.][0-9]+)?|-+)$"
"""A number runs nothing, and stays one for whoever adds it up; a dash says that there is none."""

_ACTIVE: Final = re.compile(ACTIVE)
_PLAIN: Final = re.compile(PLAIN.replace("$", r"\Z"))


def harmless(cell: str) -> str:
    """The cell as a CSV for people may hold it."""
    return f"'{cell}" if _ACTIVE.match(cell) and not _PLAIN.match(cell) else cell


def harmless_row(cells: Iterable[object]) -> list[object]:
    """The same of a row; what is no text stays."""
    return [harmless(cell) if isinstance(cell, str) else cell for cell in cells]


def restored(cell: str) -> str:
    """The cell as it was before `harmless`."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell
