"""What of the package still stands in the way, once it is time for it."""

from __future__ import annotations

from datetime import date

from nianjian.features.dossier.materials import query
from nianjian.features.dossier.materials.query import ALGORITHM
from nianjian.platform.registers.seats import robot_rules_apply
from nianjian.platform.rulebook.deadlines import Calendar, data_year


def missing(enterprise: str, calendar: Calendar, today: date) -> tuple[int, int]:
    """Data year that is due next, and how many of its items are not ready.

    None counts before the plan for the first deadline starts and anybody has begun.
    """
    year = data_year(calendar, today)
    early = calendar.start is None or today < calendar.start
    unready, begun = query.unready(enterprise, year, on=today, further=calendar.further)
    if early and not begun:
        return year, 0
    if ALGORITHM in unready and not robot_rules_apply(enterprise, year, today):
        unready.remove(ALGORITHM)
    return year, len(unready)
