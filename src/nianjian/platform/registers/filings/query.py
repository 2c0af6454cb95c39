"""Read the filings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from nianjian.platform.registers.filings.model import Filing


def of_year(enterprise: str, year: int) -> list[Filing]:
    """The reports of a data year of which anything is known, by licence and report."""
    return list(Filing.objects.filter(enterprise_id=enterprise, year=year).order_by("licence", "track"))


def of_many(enterprises: Iterable[str], year: int) -> dict[str, list[Filing]]:
    """The same of many enterprises, by code; one query."""
    found: dict[str, list[Filing]] = {}
    for row in Filing.objects.filter(enterprise_id__in=list(enterprises), year=year).order_by("licence", "track"):
        found.setdefault(row.enterprise_id, []).append(row)
    return found


def notices(rows: Iterable[Filing]) -> list[tuple[str, str, date, str]]:
    """Report, licence, last day and name of the notices in these rows."""
    return [(one.track, one.licence, one.printed_due, one.notice) for one in rows if one.printed_due is not None]


def handed_in(enterprise: str, track: str) -> date | None:
    """When the newest report of a track was handed in; None: none was."""
    found = Filing.objects.filter(enterprise_id=enterprise, track=track).exclude(submitted_on=None)
    return found.order_by("-submitted_on").values_list("submitted_on", flat=True).first()
