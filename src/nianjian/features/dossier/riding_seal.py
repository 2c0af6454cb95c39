"""骑缝章: which sheets each stamp of the riding seal takes, so that every joint is covered. Sheets, not pages.

Neighbouring stamps share sheets, as the rulebook says; stamps are of one size but for one sheet, and they alternate
between two heights, so that the two slices on a shared sheet do not touch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, cast

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
        held = {joint for stamp in self.stamps for joint in range(stamp.first, stamp.last)}
        return tuple(joint for joint in range(1, self.sheets) if joint not in held)


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
