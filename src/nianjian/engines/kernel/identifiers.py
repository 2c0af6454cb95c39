"""Codes of companies and persons (统一社会信用代码, 居民身份证, licence number) and the 31 provinces (GB/T 2260)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum.cn import ric, uscc

from nianjian.engines.kernel.errors import NianjianError

_SUFFIXES: Final = {
    "省": "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 "
    "河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海",
    "市": "北京 天津 上海 重庆",
    "自治区": "内蒙古 西藏",
    "壮族自治区": "广西",
    "回族自治区": "宁夏",
    "维吾尔自治区": "新疆",
}
FULL: Final = {f"{name}{suffix}": name for suffix, names in _SUFFIXES.items() for name in names.split()}
"""Full name → the short one, which rules, overlays and registers carry."""
PROVINCES: Final = tuple(sorted(FULL.values()))
_SIGNED: Final = (
    "京北京 津天津 冀河北 晋山西 蒙内蒙古 辽辽宁 吉吉林 黑黑龙江 沪上海 苏江苏 浙浙江 皖安徽 闽福建 赣江西 "
    "鲁山东 豫河南 鄂湖北 湘湖南 粤广东 桂广西 琼海南 渝重庆 川四川 贵贵州 云云南 藏西藏 陕陕西 甘甘肃 "
    "青青海 宁宁夏 新新疆"
)
SIGNS: Final = {one[0]: one[1:] for one in _SIGNED.split()}
"""The sign before the number of a licence of one province (浙B2-20080101) → the short name of that province."""


def administration_name(province: str) -> str:
    """The communications administration (通信管理局) of a province given by its short name; "" for no province."""
    return next((f"{full}通信管理局" for full, name in FULL.items() if name == province), "")


def short(name: str) -> str:
    """The short name of a province given by either name; NianjianError ``province_unknown`` with the allowed ones."""
    text = name.strip()
    province = FULL.get(text, text)
    if province not in PROVINCES:
        raise NianjianError("province_unknown", province=name, allowed="、".join(PROVINCES))
    return province


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
