"""Codes with a check digit out of read text: found, and mended only where the check digit proves the mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import credit_code, identity_card
from nianjian.features.dossier.reading.text.lines import Line

LENGTH: Final = 18
RUN: Final = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")
CREDIT_MENDS: Final = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "U"}
"""Letters that no credit code has, and what they are misread from."""
IDENTITY_MENDS: Final = dict(zip("ODQILSZBGT", "0001152867", strict=True))


@dataclass(frozen=True, slots=True)
class Code:
    """A code whose check digit is right. ``repaired``: letters were changed to what they can only have been."""

    text: str
    line: Line
    repaired: bool = False


def credit_codes(lines: Iterable[Line]) -> tuple[list[Code], list[Line]]:
    """Credit codes, and lines that hold eighteen signs which are none."""
    return _codes(lines, _credit)


def identities(lines: Iterable[Line]) -> tuple[list[Code], list[Line]]:
    """Numbers of identity cards, and lines that hold eighteen signs which are none."""
    return _codes(lines, _identity)


def _codes(lines: Iterable[Line], check: Callable[[str], str | None]) -> tuple[list[Code], list[Line]]:
    found: list[Code] = []
    bad: list[Line] = []
    for line in lines:
        for hit in RUN.finditer(line.plain):
            text = hit.group().upper()
            told = check(text)
            if told:
                found.append(Code(told, line, told != text))
            elif sum(sign.isdigit() for sign in text) >= LENGTH // 2:
                bad.append(line)
    return found, bad


def _credit(text: str) -> str | None:
    """As it stands; with the letters that no code has put right."""
    mended = "".join(CREDIT_MENDS.get(sign, sign) for sign in text)
    for one in (text, mended):
        try:
            return credit_code(one).text
        except NianjianError:
            continue
    return None


def _identity(text: str) -> str | None:
    last = "X" if text[-1] in "XK" else IDENTITY_MENDS.get(text[-1], text[-1])
    mended = "".join(IDENTITY_MENDS.get(sign, sign) for sign in text[:-1]) + last
    for one in (text, mended):
        try:
            return identity_card(one).text
        except NianjianError:
            continue
    return None
