"""The order of the book's pages: front, items, blank backs; and where each thing starts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FRONT = -1
BLANK = -2


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the book: page ``page`` (from 0) of item ``item``, of the front, or a blank back."""

    item: int
    page: int


@dataclass(frozen=True, slots=True)
class Layout:
    """``starts``: first page of each item, counted from 1."""

    leaves: tuple[Leaf, ...]
    starts: tuple[int, ...]
    duplex: bool

    @property
    def sheets(self) -> int:
        """Sheets of paper."""
        return math.ceil(len(self.leaves) / 2) if self.duplex else len(self.leaves)

    def back(self, place: int) -> bool:
        """Whether the page at ``place`` (from 0) is printed on a sheet's back."""
        return self.duplex and place % 2 == 1


def lay_out(front: int, counts: Sequence[int], *, duplex: bool) -> Layout:
    """Each item begins on the front of a sheet, so that it can be stamped and taken out whole."""
    leaves: list[Leaf] = []
    starts: list[int] = []
    for item, count in ((FRONT, front), *enumerate(counts)):
        if item != FRONT:
            starts.append(len(leaves) + 1)
        leaves += [Leaf(item, page) for page in range(count)]
        if duplex and len(leaves) % 2:
            leaves.append(Leaf(BLANK, 0))
    return Layout(tuple(leaves), tuple(starts), duplex)
