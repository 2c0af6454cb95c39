"""Which item a file is, by what stands on its first pages: a proposal with its evidence; a person decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.kinds.catalogue import ITEMS
from nianjian.features.dossier.kinds.item import Item
from nianjian.features.dossier.reading import readers
from nianjian.features.dossier.reading.text.lines import Line, PageText
from nianjian.features.dossier.reading.text.names import edit_distance

PAGES: Final = 2  # that are read: a paper says at its beginning what it is
UPPER: Final = 0.5  # of the first page: a heading stands in it
TITLE, ELSEWHERE, WORDS, FIELDS = 50, 20, 25, 25  # points at most, of 100
LEAST: Final = 30  # points below which nothing is proposed
SURE: Final = 65  # points (a heading and three words of five, say) and
LEAD: Final = 25  # lead over the next from which the proposal is called sure
CLOSE: Final = 10  # lead below which two speak alike
SLACK: Final = 12  # signs that a heading may have besides its title: the firm's name, a year
NEAR: Final = 5  # signs from which on a title may be misread by one


@dataclass(frozen=True, slots=True)
class Guess:
    """``points``: no probability, but an order. ``title``: as it stands, or ""; ``words`` and ``fields`` found."""

    item: str
    points: int
    title: str
    words: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """``item`` None: nothing speaks clearly for one. ``sure``: it leads well; still a person decides."""

    item: str | None
    sure: bool
    guesses: tuple[Guess, ...]


def recognise(pages: Sequence[PageText], rulebook: Rulebook, day: date) -> Proposal:
    """The items that the first pages speak for, the likeliest first."""
    first = list(pages)[:PAGES]
    found = [_guess(item, first) for item in ITEMS.values()]
    found = [_with_fields(one, first, rulebook, day) for one in found if one.points]
    found.sort(key=lambda one: -one.points)
    if not found or found[0].points < LEAST:
        return Proposal(None, sure=False, guesses=tuple(found[:3]))
    lead = found[0].points - (found[1].points if len(found) > 1 else 0)
    if lead < CLOSE:
        return Proposal(None, sure=False, guesses=tuple(found[:3]))
    return Proposal(found[0].item, sure=found[0].points >= SURE and lead >= LEAD, guesses=tuple(found[:3]))


def _guess(item: Item, pages: Sequence[PageText]) -> Guess:
    """By headings and words."""
    points, title = 0, ""
    for place, page in enumerate(pages):
        for row in page.rows:
            if _titled(item, row):
                worth = TITLE if place == 0 and row.box.middle < UPPER * page.height else ELSEWHERE
                if worth > points:
                    points, title = worth, row.text
    text = "".join(page.plain for page in pages)
    words = tuple(word for word in item.words if word in text)
    return Guess(item.name, points + WORDS * len(words) // max(1, len(item.words)), title, words, ())


def _titled(item: Item, row: Line) -> bool:
    """Whether a row is the heading of such papers: the title and not much more, one sign misread at most."""
    text = row.plain.replace(".", "").rstrip(":")
    for title in item.titles:
        if len(text) <= len(title) + SLACK and title in text:
            return True
        if len(title) >= NEAR and len(text) == len(title) and edit_distance(text, title) <= 1:
            return True
    return False


def _with_fields(one: Guess, pages: Sequence[PageText], rulebook: Rulebook, day: date) -> Guess:
    """What the item's own reader reads speaks for it."""
    if one.item not in readers.READERS:
        return one
    read = readers.read(one.item, pages, rulebook, day, {}).fields
    wanted = ITEMS[one.item].fields
    fields = tuple(name for name in wanted if read.get(name) not in (None, "", "unclear", []))
    return Guess(one.item, one.points + FIELDS * len(fields) // len(wanted), one.title, one.words, fields)


def proposal_to_document(one: Proposal) -> Mapping[str, object]:
    """As JSON."""
    guesses = [
        {
            "item": guess.item,
            "points": guess.points,
            "title": guess.title,
            "words": list(guess.words),
            "fields": list(guess.fields),
        }
        for guess in one.guesses
    ]
    return {"item": one.item, "sure": one.sure, "guesses": guesses}
