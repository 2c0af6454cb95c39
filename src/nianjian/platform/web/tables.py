"""A table as a value, drawn by ``layout/parts/table.html``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from django.http import HttpRequest

from nianjian.platform.web.comfort import read_columns
from nianjian.platform.web.paging import Order


@dataclass(frozen=True, slots=True)
class Cell:
    """``text``; with ``href`` a link, with ``code`` a light, with ``badge`` one of those that parts.css knows.

    ``key``: the code of a thing whose name ``text`` is, set before it in grey; ``tone``: soft or overdue.

    ``figure``: a number, set to the right; ``day``: a date, which is not broken;
    ``says``: what a link says to those who do not see where it stands; ``here``: its row is shown beside the list;
    ``drawer``: the link opens over the page;
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
    key: str = ""
    tone: str = ""
    here: bool = False
    drawer: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column; ``href`` sorts by it, ``sorted`` is ``ascending``, ``descending`` or "".

    ``theirs``: a heading of somebody's file, which stays as it is in every language; ``name``: what a person's choice
    of columns calls it, "" for one that is always there; ``spare``: there only once it is chosen; ``brief``: one of
    the few that a narrow screen has, two of them on a line, at its ``start`` and its ``end``, or one on the ``whole``;
    ``named``: its label stands before it there.
    """

    label: str
    figure: bool = False
    href: str = ""
    sorted: str = ""
    theirs: bool = False
    name: str = ""
    spare: bool = False
    brief: str = ""
    named: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row that stands for a record called ``name``.

    ``href``: where its first cell leads; ``view``: the address that shows it beside the table, ``here``: it does;
    ``value``, ``version``: what its tick sends; ``group``: the heading that rows stand under.
    """

    cells: Sequence[Cell]
    name: str = ""
    href: str = ""
    view: str = ""
    here: bool = False
    value: str = ""
    version: int | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is drawn: cells with their columns, and the heading above it where another group begins."""

    row: Row
    cells: Sequence[tuple[Column, Cell]]
    heading: str


@dataclass(frozen=True, slots=True)
class Table:
    """``caption`` names it for those who do not see it; ``wrap`` lets long cells break, ``form`` is a further class.

    ``cards``: where the screen is narrow each row stands by itself, every cell under the name of its column;
    ``columns`` that a person left out are not drawn, see `choose_columns`. ``ticks``: the id of the form that takes
    the ticks of its rows, each under the name ``tick``; ``totals``: a last line; ``empty``: what stands where there
    are no rows, with ``clear``, the address without the filters.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell] | Row]
    wrap: bool = False
    form: str = ""
    cards: bool = False
    hidden: frozenset[str] = frozenset()
    ticks: str = ""
    tick: str = "row"
    totals: Sequence[Cell] = ()
    empty: str = ""
    clear: str = ""

    @property
    def heads(self) -> list[Column]:
        """The columns that are drawn."""
        return [column for column in self.columns if column.name not in self.hidden]

    @property
    def brief(self) -> bool:
        """Whether rows take two lines where the screen is narrow."""
        return any(column.brief for column in self.columns)

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.heads) + bool(self.ticks)

    @property
    def lines(self) -> Iterator[Line]:
        """The rows as they are drawn."""
        rows = [row if isinstance(row, Row) else Row(row) for row in self.rows]
        for last, row in pairwise([Row(()), *rows]):
            yield Line(row, self._match(row.cells), row.group if row.group != last.group else "")

    @property
    def sums(self) -> Sequence[tuple[Column, Cell]]:
        """The last line."""
        return self._match(self.totals) if self.totals else ()

    def _match(self, cells: Sequence[Cell]) -> Sequence[tuple[Column, Cell]]:
        pairs = zip(self.columns, cells, strict=True)
        return [(column, cell) for column, cell in pairs if column.name not in self.hidden]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Which columns of a list a person sees, drawn by ``layout/parts/columns.html``; ``back``: the list's address."""

    name: str
    columns: Sequence[Column]
    hidden: frozenset[str]
    back: str

    @property
    def ticks(self) -> list[tuple[str, str, bool]]:
        """(name, label, shown) of what may be left out."""
        return [(one.name, one.label, one.name not in self.hidden) for one in self.columns if one.name]


def choose_columns(request: HttpRequest, name: str, columns: Sequence[Column]) -> ColumnChoice:
    """Read what the person chose for the list of that name; at first the spare columns are left out."""
    chosen = read_columns(request, name)
    hidden = {one.name for one in columns if one.name and (one.spare if chosen is None else one.name not in chosen)}
    return ColumnChoice(name, columns, frozenset(hidden), request.get_full_path())


BRIEF: Final = ("end", "start", "end")  # where the first columns beside the key stand on a narrow screen


def shorten_rows(columns: Sequence[Column], hidden: frozenset[str]) -> list[Column]:
    """Mark what a narrow screen has of many columns: beside the key the first few that the person sees."""
    first = [one.name for one in columns if one.name and one.name not in hidden]
    places = dict(zip(first, BRIEF, strict=False))
    return [replace(one, brief=places[one.name], named=True) if one.name in places else one for one in columns]


def card_table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], figures: Sequence[int] = ()
) -> Table:
    """A table with long cells, whose rows stand by themselves on a narrow screen; ``figures``: columns of numbers."""
    columns = [Column(head, figure=place in figures) for place, head in enumerate(heads)]
    return Table(caption, columns, rows, wrap=True, cards=True)


def column(
    request: HttpRequest,
    order: Order,
    label: str,
    key: str,
    *,
    figure: bool = False,
    name: str = "",
    brief: str = "",
) -> Column:
    """Head of a column that sorts the rows."""
    return Column(label, figure, order.link(request, key), order.state(key), name=name, brief=brief)
