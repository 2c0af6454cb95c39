"""Codes of firms and persons: 统一社会信用代码 (GB 32100-2015), 居民身份证 (GB 11643), the licence number.

Full-width and lower-case input is read. A refused code is never repeated in the error: it may be personal.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum.cn import ric, uscc

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.provinces import SIGNS

_CREDIT_LENGTH: Final = 18
_CREDIT: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_COMPANY: Final = "91"
_ORGANISATION: Final = re.compile(r"[0-9A-Z]{8}")
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_LENGTH: Final = 18
_IDENTITY: Final = re.compile(r"[0-9]{17}[0-9X]")
_LICENCE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]?(?:[AB][12]\.)*B[12]-(?:19|20)[0-9]{6}(?:-[0-9]+)?"
)


def compact(text: str) -> str:
    """The code without spaces, full-width forms made plain, letters upper-case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A checked 统一社会信用代码; ``organisation`` is its organisation code (positions 9-17, GB 11714)."""

    text: str

    @property
    def organisation(self) -> str:
        """Nine characters, the last one a check digit of its own."""
        return self.text[8:17]

    @property
    def organisation_fits(self) -> bool:
        """Whether the organisation code's own check digit is right; a wrong one is a warning, not an error."""
        return organisation_check_digit(self.organisation[:8]) == self.organisation[8]

    @property
    def company(self) -> bool:
        """Whether it is the code of a company (91...), which a licence holder has."""
        return self.text.startswith(_COMPANY)


def credit_code(text: str) -> CreditCode:
    """Read a 统一社会信用代码. NianjianError: credit_code_length, credit_code_character, credit_code_check_digit.

    Two letters may stand in front (the standard allows them, python-stdnum does not).
    """
    code = compact(text)
    if len(code) != _CREDIT_LENGTH:
        raise NianjianError("credit_code_length", length=len(code))
    if not _CREDIT.fullmatch(code):
        raise NianjianError("credit_code_character")
    if uscc.calc_check_digit(code) != code[-1]:
        raise NianjianError("credit_code_check_digit")
    return CreditCode(code)


def organisation_check_digit(body: str) -> str:
    """Check digit of the eight characters of an organisation code (GB 11714): 60003734 gives 1."""
    if not _ORGANISATION.fullmatch(body):
        raise NianjianError("organisation_code_character")
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """A checked number of a 居民身份证 (also permanent-resident cards of the same form)."""

    text: str
    born: date


def identity_card(text: str) -> IdentityCard:
    """Read an identity card number. The region code is not looked up: revoked ones exist.

    NianjianError: identity_length, identity_character, identity_check_digit, identity_birth_date.
    """
    number = compact(text)
    if len(number) != _IDENTITY_LENGTH:
        raise NianjianError("identity_length", length=len(number))
    if not _IDENTITY.fullmatch(number):
        raise NianjianError("identity_character")
    if ric.calc_check_digit(number) != number[-1]:
        raise NianjianError("identity_check_digit")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise NianjianError("identity_birth_date") from error
    return IdentityCard(number, born)


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    """A licence number as given; ``usual``: of the known shape (浙B2-20080101). An unusual one is warned about only."""

    text: str
    usual: bool

    @property
    def province(self) -> str:
        """Short name of the province whose sign stands before it; "" where none does."""
        return SIGNS.get(self.text[:1], "")


def licence_number(text: str) -> LicenceNumber:
    """Read a licence number; never an error."""
    number = compact(text)
    return LicenceNumber(number, _LICENCE.fullmatch(number) is not None)
