"""Texts that people write into a case, an order or the watch list: without space around them, no longer than kept."""

from __future__ import annotations

from typing import Final

from nianjian.engines.kernel.errors import NianjianError

NUMBER: Final = 120  # characters of a 文号, or of the number of a test report
ISSUER: Final = 200
CHANNEL: Final = 120
LICENCE: Final = 80


def short(field: str, text: str, most: int) -> str:
    """The text without space around it; ``rectify_text_long``. It may be empty."""
    plain = text.strip()
    if len(plain) > most:
        raise NianjianError("rectify_text_long", field=field, most=most)
    return plain
