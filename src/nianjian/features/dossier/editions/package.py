"""What goes into a package: frozen values, given by the caller; nothing here reads a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Final, cast

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.riding_seal import Rules

A4: Final = (210.0, 297.0)  # mm
POINT: Final = 72 / 25.4  # points a millimetre


class Seal(StrEnum):
    """The kinds of the guide, and one slot more."""

    COVER = "cover_seal"
    RIDING = "riding_seal"
    COPY = "copy_seal"
    FURTHER = "further_seal"


class Board(StrEnum):
    """通用 or 专项."""

    GENERAL = "general"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Picture:
    """A seal as PNG, and how wide it is on paper."""

    png: bytes
    width_mm: float


@dataclass(frozen=True, slots=True)
class Print:
    """A picture that two people have agreed to, on page ``page`` (from 1) of one document, in place of a mark.

    Its centre lies ``x_mm`` and ``y_mm`` from the lower left of the document's upright page. ``id``: of the approval.
    """

    id: str
    seal: Seal
    picture: Picture
    page: int
    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class Item:
    """One item with its clean copy. ``source_sha256``: of the untouched original, where that is another file."""

    name: str
    title: str
    board: Board
    file: Path
    seals: frozenset[Seal] = frozenset({Seal.COVER, Seal.RIDING})
    source_sha256: str = ""
    prints: tuple[Print, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a seal's centre lies on the upright page, in mm from the lower left; ``every``: on all pages."""

    x_mm: float
    y_mm: float
    every: bool = False


#: Beside each other at the foot of an item's first page.
PLACES: Final[Mapping[Seal, Place]] = {
    Seal.COVER: Place(158.0, 58.0),
    Seal.COPY: Place(62.0, 58.0),
    Seal.FURTHER: Place(110.0, 58.0),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of the rulebook that an edition must keep."""

    dpi: int
    file_bytes: int
    name: str  # an example: number, bar, title
    riding: Rules

    @classmethod
    def of(cls, book: Rulebook, diameter_mm: Decimal | None = None) -> Limits:
        """A megabyte is a million bytes here: the smaller reading of "5 MB"."""
        return cls(
            book.integer("materials.scan.dpi"),
            int(book.decimal("materials.scan.megabytes") * 1_000_000),
            book.text("materials.scan.name"),
            Rules.of(book, diameter_mm),
        )


def seals(book: Rulebook, *, copy: bool) -> frozenset[Seal]:
    """The seals that the rulebook asks of every document, and of a copy."""
    required = cast("Mapping[str, tuple[str, ...]]", book.value("materials.seals.required"))
    return frozenset(Seal(code) for code in (*required["every_document"], *(required["copies"] if copy else ())))


@dataclass(frozen=True, slots=True)
class Package:
    """``snapshot``: id of the run the figures come from. ``draft``: something is missing; it is marked on each page.

    ``pictures``: seals to print; a kind without one gets a marked place for the hand. ``approved``: two people have
    agreed to their use; else each page says that it is a preview. ``language``: of the package's own words.
    An item's own ``prints`` make it a draft whose pages say, with ``source`` of the rule, what they are not.
    """

    enterprise: str
    licence: str
    season: int
    items: tuple[Item, ...]
    limits: Limits
    snapshot: str = ""
    draft: bool = False
    approved: bool = False
    duplex: bool = True
    pictures: Mapping[Seal, Picture] = field(default_factory=dict)
    places: Mapping[Seal, Place] = field(default_factory=lambda: PLACES)
    language: str = "zh_Hans"
    source: str = ""

    @property
    def printed(self) -> bool:
        """Whether a picture was placed on a document by approval."""
        return any(item.prints for item in self.items)
