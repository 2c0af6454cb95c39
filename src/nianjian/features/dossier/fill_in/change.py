"""What differs from last year, compared exactly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

HUNDREDTH: Final = Decimal("0.01")
Known = str | int | Fraction | Sequence[str] | None


class Kind(StrEnum):
    """How this year's value stands to last year's."""

    SAME = "same"
    DIFFERS = "differs"
    UNKNOWN = "unknown"  # one of the two is not known


@dataclass(frozen=True, slots=True)
class Change:
    """``relative``: the change as a share of last year's value; None: no figures, or last year's was 0.

    ``over``: whether it is more than the limit; None: there is no limit, or it cannot be told.
    """

    kind: Kind
    relative: Fraction | None = None
    over: bool | None = None


def changed(now: Known, before: Known, limit: Decimal | None) -> Change:
    """Compare; a limit is exceeded by more than itself (超), on whole numbers, never on rounded ones."""
    if now is None or before is None:
        return Change(Kind.UNKNOWN)
    kind = Kind.SAME if _plain(now) == _plain(before) else Kind.DIFFERS
    if not isinstance(now, int | Fraction) or not isinstance(before, int | Fraction):
        return Change(kind)
    if before == 0:
        over = None if limit is None or now != 0 else False
        return Change(kind, Fraction(0) if now == 0 else None, over)
    relative = abs(Fraction(now) - Fraction(before)) / abs(Fraction(before))
    return Change(kind, relative, None if limit is None else relative > Fraction(limit))


def _plain(value: Known) -> object:
    return value if value is None or isinstance(value, str | int | Fraction) else sorted(value)


def percent(value: Fraction) -> str:
    """A share in percent with two decimals, as it is shown; nothing is compared after it."""
    exact = Decimal(value.numerator * 100) / Decimal(value.denominator)
    return str(exact.quantize(HUNDREDTH, ROUND_HALF_UP))
