"""What a search asks and answers, and how well a text fits: pure, no database and no words of any kind of thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from nianjian.engines.paper.words import strip_zero_width
from nianjian.platform.registers.prefixes import fold_text

MOST: Final = 5  # hits of a kind
LONGEST: Final = 64  # signs of a search that are looked at
READ: Final = 1000  # signs of what was typed that are read
SHORTEST: Final = 2  # what is shorter finds pages alone
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
TAIL: Final = re.compile(r"[0-9]{4}")
LONG_NUMBER: Final = re.compile(r"\+?[0-9][0-9 -]{6,}")


class Fit(IntEnum):
    """How a text fits, the best first."""

    EXACT = 0
    BEGINNING = 1
    WORD = 2  # one of its words begins so
    PART = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: its code, its name, one fact, and where it stands."""

    fit: Fit
    code: str
    name: str
    fact: str
    address: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The best hits of one kind; ``title`` in the reader's language, ``icon``: a symbol of ``icons.svg``.

    ``more``: that others of the kind fit, too.
    """

    kind: str
    title: str
    icon: str
    hits: tuple[Hit, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class SearchText:
    """A search without signs that nobody sees, in plain width; ``folded``: as texts are compared.

    ``forms``: as it may be stored: in plain width, and as it was typed where that is something else.
    """

    plain: str
    folded: str = field(repr=False)
    forms: tuple[str, ...] = field(repr=False)

    @property
    def tail(self) -> str:
        """Four digits, the last of a number; "": it is not that."""
        return self.plain if TAIL.fullmatch(self.plain) else ""

    @property
    def is_long_number(self) -> bool:
        """Whether it is as long as a telephone number, by which nobody is found."""
        return LONG_NUMBER.fullmatch(self.plain) is not None


def read_search(text: str) -> SearchText:
    """Read what somebody typed."""
    visible = strip_zero_width(CONTROL.sub(" ", text[:READ]))
    plain, typed = _clean(unicodedata.normalize("NFKC", visible)), _clean(visible)
    return SearchText(plain, fold_text(plain), tuple(dict.fromkeys((plain, typed))))


def _clean(text: str) -> str:
    return " ".join(text.split())[:LONGEST].strip()


def measure_fit(search: SearchText, *texts: str | None) -> Fit | None:
    """How well the best of the texts fits; None: none does, though all words together may stand in them."""
    folded = [fold_text(text) for text in texts if text]
    fits = [fit for text in folded if (fit := _fit(search.folded, text)) is not None]
    if fits:
        return min(fits)
    whole, words = "\n".join(folded), search.folded.split()
    return Fit.PART if len(words) > 1 and all(word in whole for word in words) else None


def _fit(wanted: str, text: str) -> Fit | None:
    place = text.find(wanted)
    if place <= 0:
        return None if place < 0 else Fit.EXACT if text == wanted else Fit.BEGINNING
    while place > 0:
        if not text[place - 1].isalnum():
            return Fit.WORD
        place = text.find(wanted, place + 1)
    return Fit.PART


def choose_best(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The first few and one more, which tells that there are more; of equal ones the shorter and the smaller code."""
    return tuple(sorted(hits, key=lambda hit: (hit.fit, len(hit.code), hit.code, hit.name))[: MOST + 1])
