"""The season as a value: which licence reports on which data year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from nianjian.engines.kernel.clock import FIRST_DAY, LAST_DAY
from nianjian.engines.kernel.errors import NianjianError

LAST_MONTH: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class Season:
    """``licence``: its number, "" where the register names none; ``year``: the data year, filed in the year after."""

    licence: str
    year: int

    def __post_init__(self) -> None:
        """NianjianError season_year_wrong beyond the days that may be asked for."""
        if not FIRST_DAY.year <= self.year < LAST_DAY.year:
            raise NianjianError("season_year_wrong", year=self.year, first=FIRST_DAY.year, last=LAST_DAY.year - 1)

    @property
    def filed_in(self) -> int:
        """The calendar year in which the reports are handed in."""
        return self.year + 1

    @property
    def year_end(self) -> date:
        """The last day of the data year."""
        return date(self.year, LAST_MONTH, 31)
