"""Lists that are read only where a part of them is cut out, for pages and for the API."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Sliceable(Protocol[T_co]):
    """What can be cut: a queryset, a list, `LazyRows`."""

    def __getitem__(self, part: slice, /) -> Any:  # noqa: ANN401 -- a queryset gives a queryset, a list a list
        """Cut out a part."""


class LazyRows(Generic[T]):
    """Rows that a function reads: ``read(first, count)``."""

    def __init__(self, read: Callable[[int, int], Sequence[T]]) -> None:
        self._read = read

    def __getitem__(self, part: slice, /) -> Sequence[T]:
        """Read a part; both ends are given."""
        return self._read(part.start, part.stop - part.start)
