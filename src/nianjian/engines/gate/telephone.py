"""A telephone number as one unsigned 64-bit number, as the lists keep it and counters name it.

The key is kind * 10**18 + value, with the value of `kernel.numbers` (no trunk 0, no 86; at most 18 digits). The kinds
keep apart what has equal digits: a mobile number of China and a number abroad. A key of 0 is no number.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from nianjian.engines.kernel.numbers import Shape, normalise

KIND: Final = 10**18
UNREADABLE: Final = 0

_KINDS: Final = {
    Shape.MOBILE: 0,
    Shape.LANDLINE: 1,
    Shape.SHORT_OR_LANDLINE: 1,  # +86951…: who is called there is a subscriber of Ningxia
    Shape.SHORT: 2,
    Shape.SHORT_LONG: 2,
    Shape.SHORT_OR_OTHER: 2,
    Shape.SERVICE_400_800: 3,
    Shape.INTERNATIONAL: 4,
    Shape.OTHER: 5,
}
_CODES_END: Final = 10**6
_MOBILE: Final = 11
_MOBILES, _MOBILES_END = 13_000_000_000, 20_000_000_000


def number_key(text: str) -> int:
    """Key of a called number as a switch or a list writes it; `UNREADABLE` for what is no whole number.

    Digits without the 0 of their area code are not repaired: they are unreadable.
    """
    # nearly all callees are mobile numbers written plainly: a tenth of the time of the whole reading
    if len(text) == _MOBILE and text.isdecimal() and text.isascii():
        number = int(text)
        if _MOBILES <= number < _MOBILES_END:
            return number
    return _read_key(text)


@lru_cache(maxsize=65_536)
def _read_key(text: str) -> int:
    number = normalise(text)
    return value_key(number.shape, number.value)


def value_key(shape: Shape, value: int | None) -> int:
    """Key of a number that was read before, as call records keep it; `UNREADABLE` for a shape that has none.

    Digits of no class are a short code (110, 10086) or an extension; longer ones are a number behind a dial prefix
    (17951…, 9…) or without its area code, whose own entry on a list would not be found by them.
    """
    kind = _KINDS.get(shape)
    if kind is None or value is None or (shape is Shape.OTHER and value >= _CODES_END):
        return UNREADABLE
    return kind * KIND + value


def number_text(of: int) -> str:
    """The canonical text of a key; "" for `UNREADABLE`. `key` reads it back to the same."""
    kind, value = divmod(of, KIND)
    if of == UNREADABLE:
        return ""
    return f"{_BEFORE.get(kind, '')}{value}"


_BEFORE: Final = {1: "0", 4: "00"}
