"""Page numbers in the footers (第 x 页 共 N 页): what was numbered together must stand together, in order and whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.text import PageText, ask, plain

NUMBER: Final = re.compile(r"第(\d{1,4})页[,/|-]?共(\d{1,4})页")
SHORT: Final = re.compile(r"(?:第(\d{1,4})页|-(\d{1,4})-|(\d{1,4})/(\d{1,4}))")
LOW: Final = 0.90  # share of the page's height below which a footer stands
TALL: Final = 0.08  # of the page: the place of a header


@dataclass(frozen=True, slots=True)
class PageNumber:
    """``page`` of the file says that it is ``number`` of ``total`` (None: not told)."""

    page: int
    number: int
    total: int | None


def parse_page_number(text: str) -> tuple[int, int | None] | None:
    """Number and total (None: not told) of a line that is a page number; None: it is none."""
    line = plain(text)
    if hit := NUMBER.search(line):
        return int(hit.group(1)), int(hit.group(2))
    if hit := SHORT.fullmatch(line):
        number = next(int(one) for one in hit.groups()[:3] if one)
        return number, int(hit.group(4)) if hit.group(4) else None
    return None


def page_number(page: PageText) -> PageNumber | None:
    """The number at the foot or head of a page; None where there is none or more than one."""
    found: set[tuple[int, int | None]] = set()
    for line in page.rows:
        height = line.box.middle / page.height
        if TALL < height < LOW:
            continue
        if (one := parse_page_number(line.text)) is not None:
            found.add(one)
    if len(found) != 1:
        return None
    number, total = found.pop()
    return PageNumber(page.number, number, total)


def gaps(pages: Sequence[PageText]) -> Iterator[tuple[PageNumber, PageNumber]]:
    """Neighbours of the file whose numbers do not follow each other; a new count may begin at 1."""
    yield from _gaps([one for page in pages if (one := page_number(page))])


def _gaps(numbers: Sequence[PageNumber]) -> Iterator[tuple[PageNumber, PageNumber]]:
    for one, other in pairwise(numbers):
        apart = other.page - one.page
        follows = other.number == one.number + apart and (one.total == other.total or None in {one.total, other.total})
        begins = other.number == 1 and one.total in {None, one.number}
        if not follows and not begins:
            yield one, other


def order(pages: Sequence[PageText]) -> tuple[Finding, ...]:
    """Findings about pages that are missing, doubled or out of order by their own numbers."""
    numbers = [one for page in pages if (one := page_number(page))]
    return ordered(numbers, pages[0].number, pages[-1].number) if pages else ()


def ordered(numbers: Sequence[PageNumber], first_page: int, last_page: int) -> tuple[Finding, ...]:
    """The same of numbers that were read elsewhere, of a file whose pages run from ``first_page`` to ``last_page``."""
    found = [ask("pages_missing", other.page, before=one.number, after=other.number) for one, other in _gaps(numbers)]
    if numbers:
        first, last = numbers[0], numbers[-1]
        if first.page == first_page and first.number != 1:
            found.append(ask("pages_begin_late", first.page, number=first.number))
        if last.page == last_page and last.total is not None and last.number != last.total:
            found.append(ask("pages_end_early", last.page, number=last.number, total=last.total))
    return tuple(found)
