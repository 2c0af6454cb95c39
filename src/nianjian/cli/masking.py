"""What the shell shows of persons: telephone numbers and identity data are masked at this door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.kernel.numbers import mask

# Fields of any register that hold a person's number, name or identity; everything else is the enterprise's own.
NUMBERS: Final = frozenset({"complainant", "complained", "number", "contact", "display", "default_display", "phone"})
PERSONS: Final = frozenset({"name", "person", "identity", "id_number", "account", "content", "holder", "contact_name"})
PERSONAL_KINDS: Final = frozenset({"staff", "social-insurance", "wages", "seats", "complaints", "consents"})
KEEP: Final = 1


def _hidden(text: str) -> str:
    return text[:KEEP] + "*" * max(len(text) - KEEP, 2) if text else text


def masked(kind: str, row: Mapping[str, object]) -> dict[str, object]:
    """Return the row as this door may show it: personal fields keep at most their first character."""
    shown: dict[str, object] = {}
    for field, value in row.items():
        if value in (None, "") or kind not in PERSONAL_KINDS:
            shown[field] = value
        elif field in NUMBERS:
            shown[field] = mask(str(value))
        elif field in PERSONS:
            shown[field] = _hidden(str(value))
        else:
            shown[field] = value
    return shown
