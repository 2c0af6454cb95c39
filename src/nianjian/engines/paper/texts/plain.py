"""Text from files as a terminal may show it: a control sequence in a header or a name must not act."""

from __future__ import annotations

import unicodedata
from typing import Final

INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """The text with control, format and unassigned characters replaced; line ends and tabs become blanks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(sign) for sign in text)


def _shown(sign: str) -> str:
    if sign in "\r\n\t":
        return " "
    return INSTEAD if unicodedata.category(sign).startswith("C") else sign
