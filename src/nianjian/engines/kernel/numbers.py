"""Telephone numbers: from the text of a call record to a shape and a value, and back to print.

The order of steps is the one of the project's number rules: the raw text is never changed, a leading 0 is
looked at before it is removed, and what is ambiguous is unknown. The engine has a twin of `normalise`
(``intake``), a property test holds both equal. Nothing here knows the ledger but `classify`.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

MOST_DIGITS: Final = 18
"""More digits fit no 64-bit integer and are no telephone number."""


class Shape(StrEnum):
    """What a number looks like; the ledger decides later whose it is."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SHORT = "short"  # 95/96, 5-6 digits
    SHORT_LONG = "short_long"  # 95/96 with 7 digits and more: an own root of that length, or unknown
    SHORT_OR_LANDLINE = "short_or_landline"  # 951-955, 10-11 digits after a country code: an own root, or Ningxia
    SHORT_OR_OTHER = "short_or_other"  # 86 without a sign, then 95/96 with 7 digits and more: an own root, or other
    SERVICE_400_800 = "service_400_800"
    ZERO_LOST = "zero_lost"  # area code and subscriber without the 0: never repaired
    OTHER = "other"  # a real number of no class: 110, 10086, 106..., an extension
    INTERNATIONAL = "international"
    MASKED = "masked"
    DAMAGED = "damaged"  # a spreadsheet made a float of it
    NONE = "none"


class NumberClass(StrEnum):
    """Class of a displayed number on a day (D3); the values are the component names of the portrait."""

    OWN_SHORT = "own_short"
    OTHER_SHORT = "other_short"
    LANDLINE = "landline"
    MOBILE = "mobile"
    SHARED_400_800 = "shared_400_800"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Number:
    """A shape and the national significant number: no trunk 0, no 86. ``international`` keeps its country code."""

    shape: Shape
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """One dated row of the ledger: ``root`` (95013) with its approved ``total_length`` in digits.

    ``filed``: filed, valid and permitted for outbound calls from ``valid_from`` to ``valid_to`` (included; None: open);
    None where the ledger says that it is filed but not since when.
    """

    root: str
    total_length: int
    filed: bool | None
    valid_from: date | None = None
    valid_to: date | None = None

    def fits(self, digits: str) -> bool:
        """Whether ``digits`` begin with the root and have exactly the approved length."""
        return len(digits) == self.total_length and digits.startswith(self.root)

    def stands(self, day: date) -> bool | None:
        """Whether the number may be displayed on ``day``; None: not known."""
        inside = (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)
        return self.filed if inside else False


_DAMAGED: Final = re.compile(r"[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+|[0-9]+\.0+")
_INSIDE: Final = re.compile(r"<([^<>]*)>")
_SCHEME: Final = re.compile(r"^(sips?|tel):", re.IGNORECASE)
_NOISE: Final = re.compile(r"[\s<>()-]+", re.ASCII)
# 138****8000, 138XXXX8000, or wholly hidden. One x alone hides nothing: 0x17354 a program wrote, 88886666x12 has
# an extension. Possessive, so that a long row of x is read in one way only.
_MASKED: Final = re.compile(r"(?=.*[0-9])(?=.*[*xX])\+?(?:[0-9*]|[xX]{2,}+)+|[*]+")
# *98, *72*1234, **1000: dialled within the switch. Three stars and more in front hide digits.
_FEATURE: Final = re.compile(r"[*#]{1,2}[0-9][0-9*#]*")
_DIGITS: Final = re.compile(r"\+?[0-9]+")

# Complete as it stands: a trunk prefix is not looked for, or "9" would eat 95013.
_COMPLETE: Final = re.compile(r"1[3-9][0-9]{9}|0(10|2[0-9]|[3-9][0-9]{2})[0-9]{7,8}|0?9[56][0-9]{3,16}|[48]00[0-9]{7}")

# Area codes as libphonenumber 9.0.43 has them for China (26 is not used); those that were merged away (0378, 0410,
# 0732, 0852, 0910) went before the first year that the rulebook reaches. 10 and 2x have 8 subscriber digits, all others
# 7 or 8.
_BIG_CITIES: Final = "10 20-25 27-29"
_OTHER_AREAS: Final = """
310-319 335 349 350-359 370-377 379 391-396 398 411 412 415-419 421 427 429 431-439 451-459 464 467-469 470-479 482 483
510-519 523 527 530-539 543 546 550-559 561-564 566 570-579 580 591-599 631-633 635 660 662 663 668 691 692 701 710-719
722 724 728 730 731 734-739 743-746 750-759 760 762 763 766 768-779 790-799 812 813 816-818 825-827 830-839 851 854-859
870-879 883 886-888 891-898 901-903 906 908 909 911-917 919 930-939 941 943 951-955 970-979 990-999
"""


def _codes(listed: str) -> frozenset[str]:
    spans = (span.partition("-") for span in listed.split())
    return frozenset(str(code) for first, _, last in spans for code in range(int(first), int(last or first) + 1))


BIG_CITIES: Final = _codes(_BIG_CITIES)
OTHER_AREAS: Final = _codes(_OTHER_AREAS)

_BIG: Final = f"(?:{'|'.join(sorted(BIG_CITIES))})"
_SMALL: Final = f"(?:{'|'.join(sorted(OTHER_AREAS))})"
# No subscriber number begins with 0 or 1. Of Ningxia (0951 to 0955) that is not asked: the long numbers of 95 begin
# in the same way, and what could be either is no number of one's own.
_SUBSCRIBER: Final = f"(?:{_BIG}[2-9][0-9]{{7}}|{_SMALL}[2-9][0-9]{{6,7}}|95[1-5][0-9]{{7,8}})"

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(f"0{_SUBSCRIBER}")
_AREA_FIRST: Final = re.compile(_SUBSCRIBER)
_SHORT: Final = re.compile(r"9[56][0-9]{3,4}")
_SHORT_LONG: Final = re.compile(r"9[56][0-9]{5,}")
_NINGXIA: Final = re.compile(r"95[1-5][0-9]{7,8}")
_SERVICE: Final = re.compile(r"[48]00[0-9]{7}")
_CODE_OF_AREA: Final = re.compile(f"0(?:{_BIG}|{_SMALL})(?:(1[0-9]{{2}}(?:[0-9]{{2}})?)|(9[56][0-9]{{3,4}}))")
_AREA: Final = re.compile(r"10|2[0-9]|[0-9]{3}")


def normalise(raw: str | None, *, trunk_prefixes: Iterable[str] = ()) -> Number:
    """Shape and value of a number as written in a call record; never an error.

    ``trunk_prefixes`` are those configured for this source only (``9``, ``17951``, a gateway's tag): the
    longest that fits is taken off once, unless the text already is a complete number.
    """
    text = unicodedata.normalize("NFKC", raw or "").strip()
    if _DAMAGED.fullmatch(text):
        return Number(Shape.DAMAGED)
    text = _without_prefix(_bare(text), trunk_prefixes)
    if _FEATURE.fullmatch(text):
        return Number(Shape.OTHER)
    if _MASKED.fullmatch(text):
        return Number(Shape.MASKED)
    number = _read(text) if _DIGITS.fullmatch(text) else Number(Shape.NONE)
    too_long = number.value is not None and number.value >= 10**MOST_DIGITS
    return Number(Shape.NONE) if too_long else number


# A bare 86 is a country code only before one of these; "8612345" is a number of its own.
_AFTER_BARE_86: Final = frozenset(
    {Shape.MOBILE, Shape.LANDLINE, Shape.SHORT, Shape.SHORT_OR_LANDLINE, Shape.SERVICE_400_800}
)


def _bare(text: str) -> str:
    """The user part of an address without display name, scheme, host, parameters and separators."""
    if match := _INSIDE.search(text):
        text = match[1].strip()
    text = _SCHEME.sub("", text)
    return _NOISE.sub("", text.split("@", 1)[0].split(";", 1)[0])


def _without_prefix(text: str, prefixes: Iterable[str]) -> str:
    if _COMPLETE.fullmatch(text):
        return text
    for prefix in sorted(prefixes, key=len, reverse=True):
        if prefix and text.startswith(prefix) and text != prefix:
            return text.removeprefix(prefix)
    return text


def _read(text: str) -> Number:
    """Take the country code off ``text`` (digits, perhaps a plus) and read the rest."""
    for code in ("+86", "0086"):
        if text.startswith(code):
            return _national(text.removeprefix(code), coded=True)
    for sign in ("+", "00"):
        if text.startswith(sign):
            digits = text.removeprefix(sign)
            none = not digits or digits.startswith("0")
            return Number(Shape.NONE) if none else Number(Shape.INTERNATIONAL, int(digits))
    if text.startswith("86"):
        inside = _national(text[2:], coded=True)
        if inside.shape is Shape.SHORT_LONG:
            return Number(Shape.SHORT_OR_OTHER, inside.value)
        if inside.shape in _AFTER_BARE_86:
            return inside
    return _national(text, coded=False)


def _national(digits: str, *, coded: bool) -> Number:
    """Steps 4 to 8 of the order; ``coded``: a country code stood before the digits."""
    if digits.startswith("0"):
        return _after_zero(digits, coded=coded)
    if _SHORT.fullmatch(digits):
        shape = Shape.SHORT
    elif coded and _NINGXIA.fullmatch(digits):
        shape = Shape.SHORT_OR_LANDLINE
    elif _SHORT_LONG.fullmatch(digits):
        shape = Shape.SHORT_LONG
    elif _SERVICE.fullmatch(digits):
        shape = Shape.SERVICE_400_800
    elif _MOBILE.fullmatch(digits):
        shape = Shape.MOBILE
    elif _AREA_FIRST.fullmatch(digits):
        shape = Shape.LANDLINE if coded else Shape.ZERO_LOST
    else:
        shape = Shape.OTHER if digits else Shape.NONE
    return Number(shape, int(digits) if digits else None)


def _after_zero(digits: str, *, coded: bool) -> Number:
    """A leading 0 is looked at first: 0 + mobile, 0 + area code, or a stray 0 before another number (095588).

    An area code may stand before a short code too: 01095588 is 95588, 057112345 the city's 12345.
    """
    rest = digits[1:]
    if _MOBILE.fullmatch(rest):
        return Number(Shape.MOBILE, int(rest))
    if _LANDLINE.fullmatch(digits):
        either = coded and _NINGXIA.fullmatch(rest)
        return Number(Shape.SHORT_OR_LANDLINE if either else Shape.LANDLINE, int(rest))
    whole = _national(rest, coded=False)
    if whole.shape in {Shape.SERVICE_400_800, Shape.SHORT}:
        return whole
    if match := _CODE_OF_AREA.fullmatch(digits):
        return Number(Shape.OTHER, int(match[1])) if match[1] else Number(Shape.SHORT, int(match[2]))
    return whole if whole.shape is Shape.SHORT_LONG else Number(Shape.NONE)


def printed(shape: Shape | str, value: int | None) -> str:
    """The canonical text of a number, which `normalise` reads back to the same; "" where there is no value."""
    if value is None:
        return ""
    before = {
        Shape.LANDLINE: "0",
        Shape.INTERNATIONAL: "00",
        Shape.SHORT_OR_LANDLINE: "+86",
        Shape.SHORT_OR_OTHER: "86",
    }
    return f"{before.get(Shape(shape), '')}{value}"


def mask(text: str) -> str:
    """A number as a door may show it: 138****1234, 0571****34, +44****34; numbers of no person stay whole.

    Text that is no number loses every digit but the first three and the last two of it.
    """
    number = normalise(text)
    digits = "" if number.value is None else str(number.value)
    match number.shape:
        case Shape.MOBILE:
            return f"{digits[:3]}****{digits[-4:]}"
        case Shape.LANDLINE | Shape.ZERO_LOST | Shape.SHORT_OR_LANDLINE:
            prefix = _AREA.match(digits)
            area = prefix[0] if prefix else ""
            return f"{'' if number.shape is Shape.ZERO_LOST else '0'}{area}****{digits[-2:]}"
        case Shape.INTERNATIONAL:
            return f"+{digits[:2]}****{digits[-2:]}"
        case Shape.SHORT | Shape.SHORT_LONG | Shape.SHORT_OR_OTHER | Shape.SERVICE_400_800:
            return digits
        case _:
            places = [place for place, sign in enumerate(text) if sign.isdigit()]
            if len(places) <= _WHOLE:
                return text
            hidden = set(places[3:-2])
            return "".join("*" if place in hidden else sign for place, sign in enumerate(text))


def mask_value(value: int) -> str:
    """A number that the lake holds as a whole number, as `mask`; a landline has its 0 again."""
    lost = normalise(str(value)).shape is Shape.ZERO_LOST
    return mask(printed(Shape.LANDLINE if lost else Shape.OTHER, value))


_WHOLE: Final = 6  # so few digits are a service number or an extension


_CLASS: Final = {
    Shape.MOBILE: NumberClass.MOBILE,
    Shape.LANDLINE: NumberClass.LANDLINE,
    Shape.SERVICE_400_800: NumberClass.SHARED_400_800,
    Shape.OTHER: NumberClass.OTHER,
    Shape.INTERNATIONAL: NumberClass.OTHER,
}
_WITHOUT_ROOT: Final = {
    Shape.SHORT: NumberClass.OTHER_SHORT,
    Shape.SHORT_LONG: NumberClass.UNKNOWN,
    Shape.SHORT_OR_LANDLINE: NumberClass.LANDLINE,
    Shape.SHORT_OR_OTHER: NumberClass.OTHER,
}

# Of the numbers with six digits and less, those that are dialled from outside: 110 to 122, 100xx, 12345, 116114.
# The others are extensions of a switch.
PUBLIC_CODES: Final = "11[0-9]|12[0-2]|100[0-9]{2}|111[0-9]{2}|118[0-9]{2}|12[1-5][0-9]{2}|11[468][0-9]{3}"
EXTENSIONS_END: Final = 10**6


def classify(number: Number, day: date, roots: Iterable[Root]) -> NumberClass:
    """Class of a displayed number on the ``day`` of the call, by the ledger's ``roots``.

    The longest fitting root decides: own where one of its rows stands on the day, unknown where one may stand,
    else foreign (known, but not filed, expired or not permitted for outbound calls).
    """
    if number.shape not in _WITHOUT_ROOT:
        return _CLASS.get(number.shape, NumberClass.UNKNOWN)
    digits = str(number.value)
    fitting = [root for root in roots if root.fits(digits)]
    if not fitting:
        return _WITHOUT_ROOT[number.shape]
    longest = max(len(root.root) for root in fitting)
    stands = {root.stands(day) for root in fitting if len(root.root) == longest}
    if True in stands:
        return NumberClass.OWN_SHORT
    return NumberClass.UNKNOWN if None in stands else NumberClass.OTHER_SHORT
