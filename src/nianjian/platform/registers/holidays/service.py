"""Write imported holidays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.registers.holidays.model import HolidayFile


def add(
    *,
    name: str,
    sha256: str,
    years: Sequence[int],
    papers: Sequence[str],
    days: Sequence[tuple[date, bool, str]],
    actor: Actor,
) -> bool:
    """Keep a file; ``days`` are (day, off, name). False, and nothing written, if it already is its years' newest."""
    with transaction.atomic():
        for known in HolidayFile.objects.order_by("-recorded_at", "-id"):
            if set(known.years) & set(years):
                if known.sha256 == sha256:
                    return False
                break
        HolidayFile(
            name=name,
            sha256=sha256,
            years=sorted(years),
            papers=list(papers),
            days=[[day.isoformat(), off, called] for day, off, called in sorted(days)],
            recorded_at=clock.now(),
            recorded_by=str(actor),
        ).save(force_insert=True)
        data = {"file": name, "sha256": sha256, "years": sorted(years), "days": len(days)}
        record(verb="holidays.import", enterprise="", actor=actor, data=data)
    return True
