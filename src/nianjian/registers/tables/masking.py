"""What is shown of a personal value: enough to recognise, not enough to use."""

from __future__ import annotations

from typing import Final

from nianjian.kernel import numbers
from nianjian.registers.tables.column import Kind

IDENTITY_ENDS: Final = (3, 4)
TAIL: Final = 4


def masked(text: str, kind: Kind) -> str:
    """``张*``, ``138****1234``, ``110***********1234``; of a longer text only its first character and its length."""
    if kind is Kind.PHONE:
        return numbers.mask(text)
    if kind is Kind.IDENTITY:
        first, last = IDENTITY_ENDS
        hidden = len(text) - first - last
        return text[:first] + "*" * hidden + text[-last:] if hidden > 0 else "*" * len(text)
    if kind is Kind.CODE:  # an account: its tail alone
        return "*" * (len(text) - TAIL) + text[-TAIL:] if len(text) > TAIL else "*" * len(text)
    return text[:1] + "*" * (len(text) - 1)
