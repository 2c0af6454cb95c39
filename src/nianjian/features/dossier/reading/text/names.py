"""Names as the recogniser gives them against names that are known: variants folded, one sign misread."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.reading.text.lines import plain

VARIANTS: Final = str.maketrans(
    "瑤峯羣喆昇堃淼煒瑋傑國華龍靜艷豔鉅麗陳張劉楊趙黃吳", "瑶峰群哲升坤森炜玮杰国华龙静艳艳巨丽陈张刘杨赵黄吴"
)
"""Signs that are written either way, or that are taken for each other at low resolution."""


def folded(name: str) -> str:
    """The name for comparing: plain, dots out, variants in one form."""
    return plain(name).replace(".", "").translate(VARIANTS)


def edit_distance(one: str, other: str) -> int:
    """Edits (sign added, left out, changed) between two short texts."""
    before = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (sign != against)))
        before = now
    return before[-1]


def same(read: str, known: str) -> bool:
    """Whether two names are one after folding."""
    return folded(read) == folded(known)


def nearly(read: str, known: str) -> bool:
    """Whether they differ in one sign at most; a name of two signs must have one of them and its length."""
    return edit_distance(folded(read), folded(known)) <= 1
