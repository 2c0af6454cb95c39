"""Parts of lists: as many rows as are asked for, and one to know whether more come."""

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from ninja import Field, Schema

from nianjian.engines.kernel.slices import Sliceable

MOST: Final = 200
FARTHEST: Final = 1_000_000
T = TypeVar("T")


class Cut(Schema):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=MOST, description="rows in one answer")
    offset: int = Field(0, ge=0, le=FARTHEST, description="rows before the first")


class Page(Schema, Generic[T]):
    """A part of a list; ``next``: address of the part that follows, null at the end."""

    items: list[T]
    next: str | None


def paged(
    request: HttpRequest, cut: Cut, rows: Sliceable[Any], shape: Callable[[Any], Any] = lambda row: row
) -> dict[str, object]:
    """Cut out the part and give each row its shape; it is checked against the answer's schema."""
    items = list(rows[cut.offset : cut.offset + cut.limit + 1])
    on = cut.offset + cut.limit
    more = len(items) > cut.limit and on <= FARTHEST
    return {"items": [shape(one) for one in items[: cut.limit]], "next": after(request, offset=on) if more else None}


def after(request: HttpRequest, **changes: object) -> str:
    """Address of this list with other values in its query."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = str(value)
    return f"{escape_uri_path(request.path)}?{query.urlencode()}"
