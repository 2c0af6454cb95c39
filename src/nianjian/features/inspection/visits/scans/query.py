"""Read scans of notices."""

from __future__ import annotations

from datetime import date

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.visits.scans.model import NoticeScan


def scans(visit: int) -> list[NoticeScan]:
    """Those of a day, in the order in which they came."""
    return list(NoticeScan.objects.filter(visit_id=visit).order_by("pk"))


def scan(enterprise: str, day: date, number: int) -> NoticeScan:
    """One of a day; ``visit_scan_unknown``."""
    found = NoticeScan.objects.filter(pk=number, visit__enterprise_id=enterprise, visit__day=day).first()
    if found is None:
        raise NianjianError("visit_scan_unknown", day=day.isoformat())
    return found
