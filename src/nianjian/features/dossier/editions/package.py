"""What goes into a package: frozen values, the plan of the riding seal (骑缝章), and how a page lies on A4."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook

#: Centre of a stamp, as a share of the page's height from its lower edge. 0.2 of an A4 page is 59 mm, more than a seal.
HEIGHTS: Final = (Fraction(3, 5), Fraction(2, 5))
LARGEST: Final = 100_000  # sheets; more is a slip of the hand


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers of the rulebook: millimetres and sheets."""

    diameter_mm: Decimal
    sliver_mm: Decimal
    most: int
    overlap: int

    @classmethod
    def of(cls, book: Rulebook, diameter_mm: Decimal | None = None) -> Rules:
        """As the rulebook has them; ``diameter_mm``: of the firm's own seal. ``riding_seal_diameter``."""
        usual = cast("tuple[int | Decimal, ...]", book.items("materials.riding_seal.diameter"))
        sliver, most = book.decimal("materials.riding_seal.sliver"), book.decimal("materials.seal.diameter")
        wide = Decimal(usual[0]) if diameter_mm is None else diameter_mm
        if not 2 * sliver <= wide <= most:
            raise NianjianError("riding_seal_diameter", given=str(wide), least=str(2 * sliver), most=str(most))
        sheets, overlap = book.integer("materials.riding_seal.sheets"), book.integer("materials.riding_seal.overlap")
        return cls(wide, sliver, sheets, overlap)

    @property
    def sheets(self) -> int:
        """How many sheets one stamp may take."""
        return min(self.most, int(self.diameter_mm // self.sliver_mm))


@dataclass(frozen=True, slots=True)
class Stamp:
    """One stamp on the fanned sheets ``first`` to ``last``, both included, counted from 1."""

    number: int
    first: int
    last: int
    diameter_mm: Decimal

    @property
    def sheets(self) -> int:
        """How many sheets it takes."""
        return self.last - self.first + 1

    @property
    def sliver_mm(self) -> Decimal:
        """Width of its slice on each sheet."""
        return self.diameter_mm / self.sheets

    @property
    def height(self) -> Fraction:
        """Its centre, as a share of the page's height from below."""
        return HEIGHTS[(self.number - 1) % len(HEIGHTS)]


@dataclass(frozen=True, slots=True)
class Slice:
    """What lies on one sheet: strip ``strip`` of ``strips`` (from 0, left to right) of stamp ``stamp``."""

    sheet: int
    stamp: int
    strip: int
    strips: int
    height: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """The stamps for ``sheets`` sheets, in order."""

    sheets: int
    duplex: bool
    rules: Rules
    stamps: tuple[Stamp, ...]

    def slices(self) -> Iterator[Slice]:
        """Every slice, sheet by sheet within a stamp."""
        for stamp in self.stamps:
            for strip in range(stamp.sheets):
                yield Slice(stamp.first + strip, stamp.number, strip, stamp.sheets, stamp.height)

    def pages(self, sheet: int) -> tuple[int, ...]:
        """The pages of a sheet, front first, counted from 1."""
        return (2 * sheet - 1, 2 * sheet) if self.duplex else (sheet,)

    def uncovered(self) -> tuple[int, ...]:
        """Joints without a stamp: ``n`` is the joint between sheet n and n + 1. Empty, or the plan is wrong."""
        covered = {joint for stamp in self.stamps for joint in range(stamp.first, stamp.last)}
        return tuple(joint for joint in range(1, self.sheets) if joint not in covered)


def plan(sheets: int, rules: Rules, *, duplex: bool = False) -> Plan:
    """The fewest stamps that cover every joint, evenly; ``riding_seal_sheets``. One sheet has no joint."""
    if not 1 <= sheets <= LARGEST:
        raise NianjianError("riding_seal_sheets", given=sheets, most=LARGEST)
    if sheets == 1:
        return Plan(sheets, duplex, rules, ())
    step = rules.sheets - rules.overlap
    count = math.ceil((sheets - rules.overlap) / step)
    base, extra = divmod(sheets - rules.overlap, count)
    stamps, first = [], 1
    for number in range(1, count + 1):
        last = first + base + (number <= extra) - 1 + rules.overlap
        stamps.append(Stamp(number, first, last, rules.diameter_mm))
        first = last + 1 - rules.overlap
    return Plan(sheets, duplex, rules, tuple(stamps))


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
class Overruled:
    """What a check found on an item's file and two named persons have overruled; ``page`` None: the whole file."""

    finding: str
    page: int | None
    reason: str
    asked_by: str
    approved_by: str
    approved_at: str
    approval: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What a check found on an item's file and the person who confirmed it explains."""

    finding: str
    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item with its clean copy. ``source_sha256``: of the untouched original, where that is another file.

    ``blanks``: findings of blanks that nobody has filled in or explained.
    ``run``: of the portrait that its figures come from, "" where it was brought in. ``sealed``: its pages as they were
    scanned out of the sealed book; they go into the upload edition, and never into a book.
    """

    name: str
    title: str
    board: Board
    file: Path
    seals: frozenset[Seal] = frozenset({Seal.COVER, Seal.RIDING})
    source_sha256: str = ""
    prints: tuple[Print, ...] = ()
    overruled: tuple[Overruled, ...] = ()
    explained: tuple[Explained, ...] = ()
    blanks: int = 0
    run: str = ""
    sealed: Path | None = None


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


def required_seals(book: Rulebook, *, copy: bool) -> frozenset[Seal]:
    """The seals that the rulebook asks of every document, and of a copy."""
    required = cast("Mapping[str, tuple[str, ...]]", book.value("materials.seals.required"))
    return frozenset(Seal(code) for code in (*required["every_document"], *(required["copies"] if copy else ())))


@dataclass(frozen=True, slots=True)
class Package:
    """``snapshot``: id of the run the figures come from, ``basis``: theirs in words.

    ``draft``: something is missing; it is marked on each page.

    ``pictures``: seals to print; a kind without one gets a marked place for the hand. ``approved``: two people have
    agreed to their use; else each page says that it is a preview.
    An item's own ``prints`` make it a draft whose pages say, with ``source`` of the rule, what they are not.
    """

    enterprise: str
    licence: str
    season: int
    items: tuple[Item, ...]
    limits: Limits
    snapshot: str = ""
    basis: str = ""
    draft: bool = False
    approved: bool = False
    pictures: Mapping[Seal, Picture] = field(default_factory=dict)
    source: str = ""

    @property
    def printed(self) -> bool:
        """Whether a picture was placed on a document by approval."""
        return any(item.prints for item in self.items)

    def require_one_run(self) -> None:
        """Refuse papers of another portrait than the one that the cover names; ``dossier_runs_differ``."""
        others = [item for item in self.items if item.run not in {"", self.snapshot}]
        if others:
            titles = "、".join(f"{item.title} ({item.run})" for item in others)
            raise NianjianError("dossier_runs_differ", run=self.snapshot or "–", papers=titles)


GUTTER: Final = 12.0  # mm that the glue takes from the binding edge
OUTER: Final = 2.0
TOP: Final = 4.0
FOOT: Final = 13.0  # for the page number

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Final[Matrix] = (1, 0, 0, 1, 0, 0)


def inherited_attribute(node: Any, key: str) -> Any:  # noqa: ANN401 -- objects of a PDF
    """An attribute of a page, its own or its parents'; None."""
    seen = 0
    while node is not None and seen < 100:  # noqa: PLR2004 -- deeper than any honest tree
        if key in node:
            return node[key]
        node, seen = node.get("/Parent"), seen + 1
    return None


def visible_box(page: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 -- a page of a PDF
    """The visible box, lower left and upper right, within the media box."""
    media = [float(one) for one in inherited_attribute(page.obj, "/MediaBox") or (0, 0, A4[0] * POINT, A4[1] * POINT)]
    crop = [float(one) for one in inherited_attribute(page.obj, "/CropBox") or media]
    low, high = (min(media[0], media[2]), min(media[1], media[3])), (max(media[0], media[2]), max(media[1], media[3]))
    x0, y0 = max(min(crop[0], crop[2]), low[0]), max(min(crop[1], crop[3]), low[1])
    x1, y1 = min(max(crop[0], crop[2]), high[0]), min(max(crop[1], crop[3]), high[1])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else (*low, *high)


def turn(page: Any) -> int:  # noqa: ANN401 -- a page of a PDF
    """How far the reader turns it, clockwise: 0, 90, 180 or 270."""
    return int(inherited_attribute(page.obj, "/Rotate") or 0) % 360 // 90 * 90


def compose(first: Matrix, second: Matrix) -> Matrix:
    """Both, one after the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def transform_point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where it takes a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def invert(matrix: Matrix) -> Matrix:
    """The way back."""
    a, b, c, d, e, f = matrix
    k = a * d - b * c
    return (d / k, -b / k, -c / k, a / k, (c * f - d * e) / k, (b * e - a * f) / k)


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as it is read: ``width`` and ``height`` in points, ``matrix`` from its own coordinates to those."""

    width: float
    height: float
    matrix: Matrix

    def upright(self) -> PageView:
        """A landscape page turned left, as it lies in the book; any other as it is."""
        if self.width <= self.height:
            return self
        return PageView(self.height, self.width, compose(self.matrix, (0, 1, -1, 0, self.height, 0)))

    def on_a4(self, *, back: bool) -> Matrix:
        """From the page's own coordinates onto A4: clear of glue and number, smaller where need be, never larger.

        ``back``: the glue is on the right.
        """
        book = self.upright()
        left, right = (OUTER, GUTTER) if back else (GUTTER, OUTER)
        x0, y0, x1, y1 = left * POINT, FOOT * POINT, (A4[0] - right) * POINT, (A4[1] - TOP) * POINT
        scale = min((x1 - x0) / book.width, (y1 - y0) / book.height, 1.0)
        x = x0 + ((x1 - x0) - scale * book.width) / 2
        y = y0 + ((y1 - y0) - scale * book.height) / 2
        return compose(book.matrix, (scale, 0, 0, scale, x, y))


def build_page_view(page: Any) -> PageView:  # noqa: ANN401 -- a page of a PDF
    """How the page is read."""
    x0, y0, x1, y1 = visible_box(page)
    wide, high = x1 - x0, y1 - y0
    match turn(page):
        case 90:
            return PageView(high, wide, (0, -1, 1, 0, -y0, x1))
        case 180:
            return PageView(wide, high, (-1, 0, 0, -1, x1, y1))
        case 270:
            return PageView(high, wide, (0, 1, -1, 0, y1, -x0))
        case _:
            return PageView(wide, high, (1, 0, 0, 1, -x0, -y0))


def to_operator(matrix: Matrix) -> str:
    """As an operator of a content stream."""
    return " ".join(f"{one:.5f}".rstrip("0").rstrip(".") for one in matrix) + " cm"
