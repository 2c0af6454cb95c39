"""What is shown of a personal value: enough to recognise, not enough to use."""

from __future__ import annotations

from typing import Final

from nianjian.engines.kernel import numbers
from nianjian.platform.registers.tables.column import Column, Kind

IDENTITY_ENDS: Final = (3, 4)
TAIL: Final = 4
DISPLAYED: Final = frozenset({"display"})  # fields that hold a telephone number as a code: it may be a person's own


def is_masked(column: Column) -> bool:
    """Whether a door may show the column's values only masked."""
    return column.personal or column.kind in {Kind.IDENTITY, Kind.PHONE} or column.field in DISPLAYED


def mask_cell(text: str, column: Column) -> str:
    """The value as a door may show it."""
    if not is_masked(column):
        return text
    return masked(text, Kind.PHONE if column.field in DISPLAYED else column.kind)


def masked(text: str, kind: Kind) -> str:
    """``张*``, ``138****1234``, ``110***********1234``; of a longer text only its first character and its length.

    A number of no person (95/96, 400/800) stays whole.
    """
    if kind is Kind.PHONE:
        return numbers.mask(text)
    if kind is Kind.IDENTITY:
        first, last = IDENTITY_ENDS
        hidden = len(text) - first - last
        return text[:first] + "*" * hidden + text[-last:] if hidden > 0 else "*" * len(text)
    if kind is Kind.CODE:  # an account: its tail alone
        return "*" * (len(text) - TAIL) + text[-TAIL:] if len(text) > TAIL else "*" * len(text)
    return text[:1] + "*" * (len(text) - 1)
