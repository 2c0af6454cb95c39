"""The rules behind a portrait, told beside its figures: which value held, where it comes from, who changed it.

A later rulebook never rewrites an earlier verdict, so the rules travel with the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

UNDER: Final = ("portrait.", "conflict.")  # what decides a portrait, and where guide and law disagree about it
FIELDS: Final = (
    "key", "id", "value", "unit", "operator", "level", "citation", "url", "valid_from", "valid_to", "province",
    "title_zh", "title_en", "text_zh", "note_en",
)  # fmt: skip
OVERLAY: Final = ("value", "province", "enterprise", "valid_from", "valid_to", "reason", "who", "when")


class Book(Protocol):
    """What is read of a rulebook."""

    @property
    def overlays(self) -> Iterable[Mapping[str, object]]: ...  # noqa: D102 - as in the rulebook

    def rules(self, under: str = "") -> Sequence[object]: ...  # noqa: D102 - as in the rulebook


def rules_to_document(book: Book) -> list[dict[str, object]]:
    """Each rule as JSON can hold it, with the overlay that gave it its value."""
    acting = {str(one["key"]): one for one in book.overlays}  # in their order: the last one won
    found = []
    for under in UNDER:
        for rule in book.rules(under):
            line = {name: plain(getattr(rule, name)) for name in FIELDS}
            overlay = acting.get(str(line["key"]))
            line["overlay"] = None if overlay is None else {name: plain(overlay.get(name)) for name in OVERLAY}
            found.append(line)
    return found


def plain(value: object) -> object:
    """A rule's value in JSON: exact numbers and days as text."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(inside) for name, inside in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inside) for inside in value]
    return value if value is None or isinstance(value, bool | int) else str(value)
