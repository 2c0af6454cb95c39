"""A table as a value, drawn by ``layout/parts/table.html``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from nianjian.platform.web.paging import Order


@dataclass(frozen=True, slots=True)
class Cell:
    """``text``; with ``href`` a link, with ``code`` a light, with ``badge`` (good, warn, bad, plain) a badge.

    ``figure``: a number, set to the right; ``day``: a date, which is not broken;
    ``says``: what a link says to those who do not see where it stands; ``here``: its row is shown beside the list;
    ``pairs``: (name, value) in place of ``text``, which then sums up what is folded away.
    """

    text: object
    href: str = ""
    code: str = ""
    badge: str = ""
    figure: bool = False
    says: str = ""
    pairs: Sequence[tuple[str, str]] = ()
    day: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column; ``href`` sorts by it, ``sorted`` is ``ascending``, ``descending`` or "".

    ``theirs``: a heading of somebody's file, which stays as it is in every language.
    """

    label: str
    figure: bool = False
    href: str = ""
    sorted: str = ""
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``caption`` names it for those who do not see it; ``wrap`` lets long cells break, ``form`` is a further class.

    ``cards``: where the screen is narrow each row stands by itself, every cell under the name of its column.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    wrap: bool = False
    form: str = ""
    cards: bool = False

    @property
    def labelled(self) -> list[list[tuple[str, Cell]]]:
        """Rows of (name of the column, cell); no name where rows do not stand by themselves."""
        labels = [column.label if self.cards else "" for column in self.columns]
        return [list(zip(labels, row, strict=True)) for row in self.rows]


def card_table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], figures: Sequence[int] = ()
) -> Table:
    """A table with long cells, whose rows stand by themselves on a narrow screen; ``figures``: columns of numbers."""
    columns = [Column(head, figure=place in figures) for place, head in enumerate(heads)]
    return Table(caption, columns, rows, wrap=True, cards=True)


def column(request: HttpRequest, order: Order, label: str, key: str, *, figure: bool = False) -> Column:
    """Head of a column that sorts the rows."""
    return Column(label, figure, order.link(request, key), order.state(key))
