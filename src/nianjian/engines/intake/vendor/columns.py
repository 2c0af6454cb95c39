"""Finds a vendor's field among a file's columns, however the export spelled it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from nianjian.engines.intake.vendor.sql import NULL, first_of
from nianjian.engines.kernel import numbers
from nianjian.engines.lake.schema import quoted


def plain(name: str) -> str:
    """A field name without case, blanks and signs: `Start_Time`, `startTime` and `START TIME` are one."""
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", name.lower())


def closest(wanted: str, names: Iterable[str]) -> str:
    """The names in one line for people, the one that may have been meant first."""
    asked = plain(wanted) or wanted

    def distance(name: str) -> float:
        spellings = [plain(part) or part for part in re.split(r"[ ()]+", name) if part]
        return -max((SequenceMatcher(None, asked, one).ratio() for one in spellings), default=0)

    return join_masked_names(sorted(names, key=distance))


def join_masked_names(names: Iterable[str], between: str = ", ") -> str:
    """Names for people. What is taken for a header may be a row of calls: telephone numbers among them are masked."""
    return between.join(map(numbers.mask, names))


@dataclass(frozen=True, slots=True)
class Columns:
    """The raw columns of one file."""

    names: Sequence[str]

    def find(self, *wanted: str) -> str | None:
        """The raw name of the first of ``wanted`` that the file has."""
        have: dict[str, str] = {}
        for name in self.names:
            have.setdefault(plain(name), name)
        return next((have[plain(name)] for name in wanted if plain(name) in have), None)

    def cell(self, *wanted: str) -> str:
        """The first of ``wanted`` that the file has, as an expression; NULL when it has none."""
        name = self.find(*wanted)
        return NULL if name is None else quoted(name)

    def filled(self, *wanted: str) -> str:
        """The first of ``wanted`` that is filled in this row."""
        return first_of(self.cell(name) for name in wanted)

    def origin(self, **fields: Sequence[str]) -> dict[str, str]:
        """Our field -> the raw name it came from, for messages; fields that the file lacks are left out."""
        found = {field: self.find(*wanted) for field, wanted in fields.items()}
        return {field: name for field, name in found.items() if name is not None}
