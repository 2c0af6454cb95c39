"""Sentences for the codes of rooms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
}
