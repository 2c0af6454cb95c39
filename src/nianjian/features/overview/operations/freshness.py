"""How old the data are: the last call of each source, the last entry of each register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nianjian.engines.kernel.periods import day_of
from nianjian.platform.registers import batches, kinds, versions


@dataclass(frozen=True, slots=True)
class Fresh:
    """``name`` of a source or kind of register; ``last`` None: nothing yet; ``age`` in days."""

    name: str
    last: date | None
    age: int | None


def _fresh(name: str, last: date | None, today: date) -> Fresh:
    return Fresh(name, last, None if last is None else max((today - last).days, 0))


def sources(enterprise: str, today: date) -> list[Fresh]:
    """Day of the last call of each source, as the newest imported files tell it; the oldest first."""
    found = [_fresh(name, day, today) for name, day in batches.last_call_days(enterprise).items()]
    return sorted(found, key=lambda one: (-(one.age or 0), one.name))


def registers(enterprise: str, today: date) -> list[Fresh]:
    """Day of the last entry of each register, in the registers' order."""
    found = []
    for kind in kinds.kinds():
        moment = versions.last_recorded_at(kinds.register(kind).model, enterprise)
        found.append(_fresh(kind, None if moment is None else day_of(moment), today))
    return found
