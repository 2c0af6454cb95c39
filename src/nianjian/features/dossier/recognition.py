"""Which item a file is and where its papers begin: a proposal with its evidence; a person decides."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.documents import ArrivalGuess, ArrivalPart, FileProposal
from nianjian.features.dossier.ingest.receive import DPI as PICTURE_DPI
from nianjian.features.dossier.ingest.receive import DrawnPage, SmallPicture, receive, render_pages, shrink_page
from nianjian.features.dossier.kinds import ITEMS, Item
from nianjian.features.dossier.reading import ocr, readers
from nianjian.features.dossier.reading.text import Line, PageText, edit_distance


@dataclass(frozen=True, slots=True)
class Range:
    """Pages ``first`` to ``last`` (from 1, both in it) are a paper of ``item``."""

    item: str
    first: int
    last: int


def check_ranges(ranges: Sequence[Range], pages: int, *, leave: bool) -> None:
    """Nothing where the ranges may be cut out of a file with so many pages; ``leave``: other pages may be lost.

    NianjianError dossier_cut_none, dossier_cut_outside, dossier_cut_overlap, dossier_cut_twice, dossier_cut_left.
    """
    if not ranges:
        raise NianjianError("dossier_cut_none")
    items: set[str] = set()
    for one in ranges:
        if not 1 <= one.first <= one.last <= pages:
            raise NianjianError("dossier_cut_outside", first=one.first, last=one.last, pages=pages)
        if one.item in items:
            raise NianjianError("dossier_cut_twice", item=one.item)
        items.add(one.item)
    taken: set[int] = set()
    for page in (page for one in ranges for page in range(one.first, one.last + 1)):
        if page in taken:
            raise NianjianError("dossier_cut_overlap", page=page)
        taken.add(page)
    over = format_leftover_pages(ranges, pages)
    if over and not leave:
        raise NianjianError("dossier_cut_left", pages=over)


def format_leftover_pages(ranges: Sequence[Range], pages: int) -> str:
    """Pages that lie in no range, such as "1, 11-12"; "" where there are none."""
    taken = {page for one in ranges for page in range(max(1, one.first), min(one.last, pages) + 1)}
    runs: list[list[int]] = []
    for page in range(1, pages + 1):
        if page in taken:
            continue
        if runs and runs[-1][1] == page - 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(format_range(first, last) for first, last in runs)


def format_range(first: int, last: int) -> str:
    """A range as people write it: "3" or "3-5"."""
    return str(first) if first == last else f"{first}-{last}"


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
class Proposal:
    """``item`` None: nothing speaks clearly for one. ``sure``: it leads well; still a person decides."""

    item: str | None
    sure: bool
    guesses: tuple[ArrivalGuess, ...]


def recognise_item(pages: Sequence[PageText], rulebook: Rulebook, day: date) -> Proposal:
    """The items that the first pages speak for, the likeliest first."""
    first = list(pages)[:PAGES]
    guesses = [_guess(item, first) for item in ITEMS.values()]
    guesses = [_with_fields(one, first, rulebook, day) for one in guesses if one.points]
    guesses.sort(key=lambda one: -one.points)
    best, second, *_rest = (*(one.points for one in guesses), 0, 0)
    if best < LEAST or best - second < CLOSE:
        return Proposal(None, sure=False, guesses=tuple(guesses[:3]))
    return Proposal(guesses[0].item, sure=best >= SURE and best - second >= LEAD, guesses=tuple(guesses[:3]))


def _guess(item: Item, pages: Sequence[PageText]) -> ArrivalGuess:
    points, title = 0, ""
    for place, page in enumerate(pages):
        for row in page.rows:
            if _titled(item, row):
                worth = TITLE if place == 0 and row.box.middle < UPPER * page.height else ELSEWHERE
                if worth > points:
                    points, title = worth, row.text
    text = "".join(page.plain for page in pages)
    words = [word for word in item.words if word in text]
    return ArrivalGuess(item.name, points + WORDS * len(words) // max(1, len(item.words)), title, words, [])


def _titled(item: Item, row: Line) -> bool:
    """Whether a row is the heading of such papers: the title and not much more, one sign misread at most."""
    text = row.plain.replace(".", "").rstrip(":")
    return any(
        (len(text) <= len(title) + SLACK and title in text)
        or (len(title) >= NEAR and len(text) == len(title) and edit_distance(text, title) <= 1)
        for title in item.titles
    )


def _with_fields(one: ArrivalGuess, pages: Sequence[PageText], rulebook: Rulebook, day: date) -> ArrivalGuess:
    """What the item's own reader reads speaks for it."""
    if one.item not in readers.READERS:
        return one
    read = readers.read(one.item, pages, rulebook, day, {}).fields
    names = ITEMS[one.item].fields
    fields = [name for name in names if read.get(name) not in (None, "", "unclear", [])]
    return replace(one, points=one.points + FIELDS * len(fields) // len(names), fields=fields)


PAGES_FOR_HEADINGS: Final = 60  # pages that are read for headings; a person says what the others are


def find_papers(pages: Sequence[PageText], count: int, rulebook: Rulebook, day: date) -> tuple[Range, ...]:
    """Ranges of a file with ``count`` pages, of which the first are ``pages``; () where nothing speaks for several.

    A paper reaches to where another one begins. An item "" is left to a person: pages before the first heading, and a
    paper of an item that an earlier range is already.
    """
    begun: list[tuple[str, int]] = []
    for number, page in enumerate(pages, 1):
        proposal = recognise_item([page], rulebook, day)
        # Its heading stands in the page's upper half and leads; else the page goes on with what was before.
        headed = proposal.item and proposal.guesses[0].points >= TITLE and proposal.guesses[0].title
        if proposal.item and headed and (not begun or begun[-1][0] != proposal.item):
            begun.append((proposal.item, number))
    if not begun or (len(begun) == 1 and begun[0][1] == 1):
        return ()
    if begun[0][1] > 1:
        begun.insert(0, ("", 1))
    ends = [first - 1 for _, first in begun[1:]] + [count]
    ranges: list[Range] = []
    for (item, first), last in zip(begun, ends, strict=True):
        is_repeat = any(one.item == item for one in ranges)
        ranges.append(Range("" if is_repeat else item, first, last))
    return tuple(ranges)


DPI: Final = 200
"""Headings are large: half the pixels of a check, half its time."""


def propose_items(
    file: Path, rulebook: Rulebook, day: date, room: Path | None = None, watch: Callable[[], None] = lambda: None, *,
    pictures: list[SmallPicture] | None = None,
) -> FileProposal:  # fmt: skip
    """The proposal for a file; NianjianError where it is not taken in or cannot be read. Nothing is kept of it.

    ``room``: where temporary files may lie; None: where the system has them. ``watch`` is called before each page; what
    it raises ends the look there. ``pictures``: where those of all pages are put, for who says where a paper ends. A
    file of several papers is surely none of them.
    """
    with tempfile.TemporaryDirectory(prefix="nianjian-sort-", dir=room) as folder:
        got = receive(file, Path(folder))
        if got.clean is None:
            return FileProposal(None, sure=False, guesses=[], pages=0)  # an OFD: not read
        some = render_pages(got.clean, min(got.pages, PAGES_FOR_HEADINGS), name=got.name, dpi=DPI)
        renderings = some if pictures is None else _collect_pictures(some, pictures)
        pages = []
        for page in ocr.read_sheets((one.facts.page, round(one.dpi), one.bgr) for one in renderings):
            watch()
            pages.append(page)
        if pictures is not None:
            # The pages behind those that are read, drawn to be looked at alone.
            rest = render_pages(got.clean, got.pages, name=got.name, dpi=PICTURE_DPI, first=PAGES_FOR_HEADINGS + 1)
            for _page in _collect_pictures(rest, pictures):
                watch()
    papers = [
        ArrivalPart(one.item or None, one.first, one.last) for one in find_papers(pages, got.pages, rulebook, day)
    ]
    whole = recognise_item(pages, rulebook, day)
    return FileProposal(whole.item, whole.sure and not papers, [*whole.guesses], got.pages, papers)


def _collect_pictures(pages: Iterable[DrawnPage], pictures: list[SmallPicture]) -> Iterator[DrawnPage]:
    """The same pages; the picture of each stands in ``pictures`` then."""
    for one in pages:
        pictures.append(shrink_page(one))
        yield one


def list_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and those that lie in the folders, sorted; hidden ones and links are left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for one in sorted(path.rglob("*")):
            if one.is_file() and not one.is_symlink() and not one.name.startswith("."):
                yield one


def propose_for_files(
    paths: Iterable[Path], book: Rulebook, day: date
) -> Iterator[tuple[Path, FileProposal | NianjianError]]:
    """For files of the person's own what each is, or why it was not taken in; nothing is kept. ``file_missing``."""
    for path in list_files(paths):
        if not path.exists():
            raise NianjianError("file_missing", file=str(path))
        try:
            yield path, propose_items(path, book, day)
        except NianjianError as error:
            yield path, error
