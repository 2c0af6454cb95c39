"""Which channel draws more complaints than chance explains: an exact test of each against all others, never rounded."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key, lru_cache
from math import comb, log10
from typing import Final, Generic, TypeVar

_BITS: Final = 128  # of a shown figure
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tail:
    """The chance ``top / bottom`` of at least so many complaints at the common rate; not reduced, never rounded."""

    top: int
    bottom: int

    def at_most(self, limit: Fraction) -> bool:
        """Whether the chance is not above a limit."""
        return self.top * limit.denominator <= limit.numerator * self.bottom

    def less(self, other: Tail) -> int:
        """-1, 0 or 1, as the chance is below, equal to or above another one."""
        left, right = self.top, other.top
        if self.bottom != other.bottom:  # channels of one location share it
            left, right = left * other.bottom, right * self.bottom
        return (left > right) - (left < right)

    @property
    def text(self) -> str:
        """The chance with three figures, for reading only: ``0.0123``, ``4.56e-09``."""
        if not self.top:
            return "0"
        low, high = _short(self.top), _short(self.bottom)
        exponent = log10(low[0]) - log10(high[0]) + (low[1] - high[1]) * log10(2)
        if exponent > -5:  # noqa: PLR2004 - short enough to be written out
            return f"{10**exponent:.3g}"
        whole = int(exponent // 1)
        return f"{10 ** (exponent - whole):.2f}e{whole:03d}"


def _short(number: int) -> tuple[int, int]:
    """The leading bits of a number, and how many were cut off."""
    cut = max(0, number.bit_length() - _BITS)
    return number >> cut, cut


def upper_tail(complaints: int, total: int, calls: int, others: int) -> Tail:
    """P(X ≥ complaints) for X binomial with ``total`` trials and the share calls / (calls + others).

    ``complaints`` complaints of ``total`` stand at a channel with ``calls`` of all ``calls + others`` calls (not 0).
    """
    bottom = _all(calls + others, total)
    if complaints <= 0:
        return Tail(bottom, bottom)
    if complaints <= total - complaints + 1:  # the shorter side is summed
        return Tail(bottom - _sum(0, complaints, total, calls, others), bottom)
    return Tail(_sum(complaints, total + 1, total, calls, others), bottom)


def _sum(first: int, end: int, total: int, own: int, rest: int) -> int:
    """The sum over k from first to end - 1 of comb(total, k) own^k rest^(total-k)."""
    last = end - 1
    term, whole = comb(total, first) * own**first, 0
    for k in range(first, end):  # Horner: whole is the sum so far over rest^(total - k)
        whole = whole * rest + term
        term = term * own * (total - k) // (k + 1)
    return whole * int(rest ** (total - last))


@lru_cache(maxsize=2)
def _all(calls: int, total: int) -> int:
    return int(calls**total)


def holm(tails: Mapping[Key, Tail], tests: int, level: Fraction) -> frozenset[Key]:
    """The keys that stand out though ``tests`` channels were looked at: at most ``level`` for one false name.

    ``tails`` may leave out channels that lie below the common rate: these never stand out.
    """
    order = cmp_to_key(Tail.less)
    ordered = sorted(tails.items(), key=lambda item: order(item[1]))
    keys: set[Key] = set()
    for place, (key, tail) in enumerate(ordered):
        if not tail.at_most(level / (tests - place)):
            break
        keys.add(key)
    return frozenset(keys)


@dataclass(frozen=True, slots=True)
class Comparison(Generic[Key]):
    """``rest``: complaints and answered calls of all other channels; ``tails``: chances of those above their rate.

    ``standouts``: the channels that stand out beyond bad luck.
    """

    rest: Mapping[Key, tuple[int, int]]
    tails: Mapping[Key, Tail]
    standouts: frozenset[Key]


def compare_channels(complaints: Mapping[Key, int], answered: Mapping[Key, int], level: Fraction) -> Comparison[Key]:
    """Compare each channel with all others; ``answered`` holds every channel with answered calls, and no other."""
    total, all_calls = sum(complaints.get(key, 0) for key in answered), sum(answered.values())
    rest = {key: (total - complaints.get(key, 0), all_calls - own) for key, own in answered.items()}
    tails = {
        key: upper_tail(complaints[key], total, answered[key], others)
        for key, (fewer, others) in rest.items()
        if others and complaints.get(key, 0) * others > fewer * answered[key]
    }
    return Comparison(rest, tails, holm(tails, len(answered), level))
