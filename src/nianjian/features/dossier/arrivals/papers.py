"""Where the papers of one scan begin, by the headings of its pages: a proposal; a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.arrivals.ranges import Range
from nianjian.features.dossier.arrivals.recognise import TITLE, recognise
from nianjian.features.dossier.reading.text.lines import PageText

MOST: Final = 60  # pages that are read for headings; a person says what the others are


def papers(pages: Sequence[PageText], count: int, rulebook: Rulebook, day: date) -> tuple[Range, ...]:
    """Ranges of a file with ``count`` pages, of which the first are ``pages``; () where nothing speaks for several.

    A paper reaches to where another one begins. An item "" is left to a person: pages before the first heading, and a
    paper of an item that an earlier range is already.
    """
    begun: list[tuple[str, int]] = []
    for number, page in enumerate(pages, 1):
        item = _begins(page, rulebook, day)
        if item and (not begun or begun[-1][0] != item):
            begun.append((item, number))
    if not begun or (len(begun) == 1 and begun[0][1] == 1):
        return ()
    if begun[0][1] > 1:
        begun.insert(0, ("", 1))
    ends = [first - 1 for _, first in begun[1:]] + [count]
    found: list[Range] = []
    for (item, first), last in zip(begun, ends, strict=True):
        known = any(one.item == item for one in found)
        found.append(Range("" if known else item, first, last))
    return tuple(found)


def _begins(page: PageText, rulebook: Rulebook, day: date) -> str:
    """The item whose heading stands in the page's upper half and leads; "": the page goes on with what was before."""
    found = recognise([page], rulebook, day)
    return found.item if found.item and found.guesses[0].points >= TITLE and found.guesses[0].title else ""
