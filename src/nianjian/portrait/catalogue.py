"""The metrics of the portrait, in the order in which they are shown."""

from __future__ import annotations

from typing import Final

from nianjian.portrait.definitions.closing_rate import ClosingRate
from nianjian.portrait.definitions.complaint_rate import ComplaintRate
from nianjian.portrait.definitions.number_consistency import NumberConsistency
from nianjian.portrait.definitions.seat_vacancy import SeatVacancy
from nianjian.portrait.metric import Definition

METRICS: Final[tuple[Definition, ...]] = (SeatVacancy(), ComplaintRate(), NumberConsistency(), ClosingRate())
