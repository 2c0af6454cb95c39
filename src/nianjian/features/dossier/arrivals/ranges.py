"""Which pages of a file are which paper: what a person says of it is held against the file. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nianjian.engines.kernel.errors import NianjianError


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
    for one in ranges:
        for page in range(one.first, one.last + 1):
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
    return ", ".join(spoken(first, last) for first, last in runs)


def spoken(first: int, last: int) -> str:
    """A range as people write it: "3" or "3-5"."""
    return str(first) if first == last else f"{first}-{last}"
