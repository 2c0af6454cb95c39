"""Pages of rows, and their order. A page never loads more rows than it shows, and one to know whether more come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.http import HttpRequest

from nianjian.engines.kernel.slices import Sliceable

SIZE: Final = 50
FARTHEST: Final = 1000  # pages; who needs row 50,001 filters

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows: numbers ``first`` to ``last``, of ``total`` where it is known; addresses ``back`` and ``on`` or ""."""

    rows: Sequence[T]
    first: int
    last: int
    total: int | None
    back: str
    on: str


def paged(
    request: HttpRequest,
    rows: Sliceable[T],
    *,
    total: int | Callable[[], int | None] | None = None,
    size: int = SIZE,
    farthest: int = FARTHEST,
    name: str = "page",
) -> Page[T]:
    """Cut out the page that ``?page=``, or another ``name``, asks for.

    A number that makes no sense is the first page. A ``total`` to be called counts where the rows go on, or end
    before the page; the last page tells it without.
    """
    page = min(number(request, name), farthest)
    start = (page - 1) * size
    window: list[T] = list(rows[start : start + size + 1])
    page_rows = window[:size]
    if callable(total):
        ends = len(window) <= size and (page_rows or not start)
        total = start + len(page_rows) if ends else total()
    return Page(
        rows=page_rows,
        first=start + 1 if page_rows else 0,
        last=start + len(page_rows),
        total=total,
        back=_at(request, name, page - 1) if page > 1 else "",
        on=_at(request, name, page + 1) if len(window) > size and page < farthest else "",
    )


def number(request: HttpRequest, name: str = "page") -> int:
    """Return the number of the page that is asked for."""
    text = request.GET.get(name, "")
    sensible = text.isascii() and text.isdigit() and len(text) <= len(str(FARTHEST)) and int(text)
    return min(int(text), FARTHEST) if sensible else 1


def _at(request: HttpRequest, name: str, page: int) -> str:
    return address(request, **{name: "" if page == 1 else str(page)})


def address(request: HttpRequest, **changed: str) -> str:
    """Return this page's address with parameters changed; "" takes one out."""
    query = request.GET.copy()
    for name, value in changed.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    inside = query.urlencode()
    return f"{request.path}?{inside}" if inside else request.path


@dataclass(frozen=True, slots=True)
class Order:
    """In which order rows stand: ``by``, for `QuerySet.order_by`, with ``column`` and ``descending`` as asked."""

    by: tuple[str, ...]
    column: str
    descending: bool

    def link(self, request: HttpRequest, column: str) -> str:
        """Return the address that sorts by a column; by the one that stands, the other way round."""
        back = column == self.column and not self.descending
        return address(request, sort=f"-{column}" if back else column, page="")

    def state(self, column: str) -> str:
        """Return what ``aria-sort`` says of a column; "" for one that does not lead."""
        if column != self.column:
            return ""
        return "descending" if self.descending else "ascending"


def ordered(request: HttpRequest, columns: Mapping[str, Sequence[str]], first: str) -> Order:
    """Read ``?sort=column`` or ``-column``; ``first`` holds when none is asked.

    ``columns``: column -> names of fields. The last field should be unique, else rows may show twice on two pages.
    """
    sort = request.GET.get("sort", first)
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    if column not in columns:
        column, descending = first.removeprefix("-"), first.startswith("-")
    fields = tuple(columns[column])
    if descending:
        fields = tuple(field[1:] if field.startswith("-") else f"-{field}" for field in fields)
    return Order(fields, column, descending)
