"""What differs between two packages, from their manifests alone: items, and in each the pages, with their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from nianjian.features.dossier.editions.build import PAPER, UPLOAD
from nianjian.features.dossier.editions.compare import Kind as PageKind
from nianjian.features.dossier.editions.compare import closeness, compare
from nianjian.features.dossier.editions.verify import ALIKE

Json = Mapping[str, Any]


class Kind(StrEnum):
    """What became of an item."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # some of its pages differ
    RESAVED = "resaved"  # another file with the same pages
    UNTOLD = "untold"  # another file, and a manifest without the upload edition does not tell which pages


@dataclass(frozen=True, slots=True)
class PageChange:
    """``page`` of the item, ``book`` of the paper edition: in the new package, of a removed one in the old.

    ``book`` None: the manifest does not tell.
    """

    kind: PageKind
    page: int
    book: int | None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item of either package; ``before`` and ``after``: how many pages it has there, None where it is not in it."""

    item: str
    kind: Kind
    before: int | None
    after: int | None
    pages: tuple[PageChange, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    content: str
    look: str


class _Package:
    """A manifest by items."""

    def __init__(self, told: Json) -> None:
        self.items: dict[str, Json] = {str(one["item"]): one for one in told["items"]}
        self._pages: dict[str, dict[int, _Page]] = {}
        self._book: dict[tuple[str, int], int] = {}
        for file in told["files"]:
            for place, one in enumerate(file["pages"], start=1):
                item, page = str(one["item"]), int(one["source_page"])
                if file["edition"] == UPLOAD:
                    self._pages.setdefault(item, {})[page] = _Page(str(one["content"]), str(one["look"]))
                elif file["edition"] == PAPER:
                    self._book[item, page] = place

    def pages(self, item: str) -> Sequence[_Page]:
        """In order; none where the manifest has no upload edition."""
        return [page for _number, page in sorted(self._pages.get(item, {}).items())]

    def book(self, item: str, page: int) -> int | None:
        """The page of the paper edition."""
        return self._book.get((item, page))


def difference(before: Json, after: Json) -> tuple[ItemChange, ...]:
    """Every item of both, in the order of the newer package, those taken out last."""
    old, new = _Package(before), _Package(after)
    names = [*new.items, *(one for one in old.items if one not in new.items)]
    return tuple(_item(name, old, new) for name in names)


def _item(name: str, old: _Package, new: _Package) -> ItemChange:
    was, now = old.items.get(name), new.items.get(name)
    before = None if was is None else int(was["pages"])
    after = None if now is None else int(now["pages"])
    if was is None or now is None:
        return ItemChange(name, Kind.ADDED if was is None else Kind.REMOVED, before, after)
    changed = _pages(name, old, new)
    same = was["copy_sha256"] == now["copy_sha256"]
    if changed:
        return ItemChange(name, Kind.CHANGED, before, after, changed)
    if same:
        return ItemChange(name, Kind.SAME, before, after)
    told = bool(old.pages(name)) and bool(new.pages(name))
    return ItemChange(name, Kind.RESAVED if told else Kind.UNTOLD, before, after)


GONE: Final = PageKind.REMOVED


def _pages(name: str, old: _Package, new: _Package) -> tuple[PageChange, ...]:
    was, now = old.pages(name), new.pages(name)
    if not was or not now:
        return ()

    def alike(one: int, other: int) -> bool:
        return closeness(was[one].look, now[other].look) >= ALIKE

    found = compare(name, [one.content for one in was], [one.content for one in now], alike)
    return tuple(
        PageChange(one.kind, one.page, (old if one.kind is GONE else new).book(name, one.page))
        for one in found
        if one.page is not None
    )
