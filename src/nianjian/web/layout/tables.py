"""A table as a value, drawn by ``layout/parts/table.html``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from nianjian.web.layout.paging import Order


@dataclass(frozen=True, slots=True)
class Cell:
    """``text``; with ``href`` a link, with ``code`` a light, with ``badge`` (good, warn, bad, plain) a badge.

    ``figure``: a number, set to the right; ``says``: what a link says to those who do not see where it stands.
    """

    text: object
    href: str = ""
    code: str = ""
    badge: str = ""
    figure: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column; ``href`` sorts by it, ``sorted`` is ``ascending``, ``descending`` or ""."""

    label: str
    figure: bool = False
    href: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """``caption`` names it for those who do not see it; ``wrap`` lets long cells break, ``form`` is a further class."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    wrap: bool = False
    form: str = ""


def column(request: HttpRequest, order: Order, label: str, key: str, *, figure: bool = False) -> Column:
    """Head of a column that sorts the rows."""
    return Column(label, figure, order.link(request, key), order.state(key))
