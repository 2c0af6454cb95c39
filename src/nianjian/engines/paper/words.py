"""The catalogue of words for interfaces and papers: English message ids, Chinese from ``locale/``."""

import gettext
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

LOCALE: Final = Path(__file__).resolve().parents[2] / "locale"
DOMAIN: Final = "django"
ENGLISH: Final = "en"
CHINESE: Final = "zh_Hans"

Words = Callable[[str], str]


def mark(msgid: str) -> str:
    """Name a message id for the extractor where it is stored now and translated later."""
    return msgid


@cache
def words(language: str) -> Words:
    """Translate message ids into ``language``: ``en`` or ``zh_Hans``; anything else is Chinese."""
    if language == ENGLISH:
        return gettext.NullTranslations().gettext
    return gettext.translation(DOMAIN, LOCALE, [CHINESE]).gettext


def pair_text(name: object, value: object, _: Words) -> str:
    """A name and what it is, with the colon of the language."""
    return _("{name}: {value}").format(name=name, value=value)


def language_of(tag: str) -> str:
    """Pick the language for a locale name or language tag: ``en…`` is English, all else Chinese."""
    return ENGLISH if tag.strip().lower().startswith("en") else CHINESE


#: Signs that nobody sees and that are copied with the text around them (UAX 14: they only steer where a line breaks).
ZERO_WIDTH: Final[dict[int, None]] = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))


def strip_zero_width(text: str) -> str:
    """The text without zero-width signs: a code that is copied from a paper is the code."""
    return text.translate(ZERO_WIDTH)


INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"


def plain_text(text: str) -> str:
    """The text with control, format and unassigned characters replaced; line ends and tabs become blanks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible_sign(sign) for sign in text)


def _visible_sign(sign: str) -> str:
    if sign in "\r\n\t":
        return " "
    return INSTEAD if unicodedata.category(sign).startswith("C") else sign
