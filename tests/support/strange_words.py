"""What no browser and no program should send in an address or a query."""

from typing import Final

WORDS: Final = {
    "nul": "a%00b",
    "digits": "9" * 5000,
    "beyond 64 bits": "99999999999999999999",
    "beyond the plane": "%F0%9F%90%9B",
}
VALUES: Final = {**WORDS, "last day": "9999-12-31", "first day": "0001-01-01", "negative": "-1"}
NUL: Final = VALUES["nul"]
