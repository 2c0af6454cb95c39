"""Read the inspection days."""

from __future__ import annotations

from datetime import date

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.visits.model import Visit


def visits(enterprise: str) -> list[Visit]:
    """Those of an enterprise, the latest first."""
    return list(Visit.objects.filter(enterprise_id=enterprise).order_by("-day"))


def visit(enterprise: str, day: date) -> Visit:
    """The one of a day; ``visit_unknown``."""
    found = Visit.objects.filter(enterprise_id=enterprise, day=day).first()
    if found is None:
        raise NianjianError("visit_unknown", day=day.isoformat())
    return found


def coming(found: list[Visit], today: date) -> Visit | None:
    """The next one from today on, else the last one that was; None: there is none. ``found``: the latest first."""
    ahead = [one for one in found if one.day >= today]
    return ahead[-1] if ahead else found[0] if found else None
