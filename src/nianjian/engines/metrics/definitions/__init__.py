"""The metrics, one file each that knows no other, and the order in which a portrait shows them."""

from typing import Final

from nianjian.engines.metrics.definitions.closing_rate import ClosingRate
from nianjian.engines.metrics.definitions.complaint_rate import ComplaintRate
from nianjian.engines.metrics.definitions.number_consistency import NumberConsistency
from nianjian.engines.metrics.definitions.seat_vacancy import SeatVacancy
from nianjian.engines.metrics.metric import Definition

METRICS: Final[tuple[Definition, ...]] = (SeatVacancy(), ComplaintRate(), NumberConsistency(), ClosingRate())
