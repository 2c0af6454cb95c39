"""Read closed seasons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from typing import Any

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives.model import Archive, Kept


def years(enterprise: str) -> list[int]:
    """Data years whose season is closed, newest first."""
    return list(
        Archive.objects.filter(enterprise_id=enterprise, opened_at=None)
        .order_by("-year")
        .values_list("year", flat=True)
    )


def refuse_closed(enterprise: str, year: int) -> None:
    """``season_archived`` for a season that is closed: its reports and tasks do not change any more."""
    if Archive.objects.filter(enterprise_id=enterprise, year=year, opened_at=None).exists():
        raise NianjianError("season_archived", year=year)


def get_closed_archive(enterprise: str, year: int) -> Archive:
    """The row of a season that is closed now; ``season_archive_unknown``."""
    row = Archive.objects.filter(enterprise_id=enterprise, year=year, opened_at=None).first()
    if row is None:
        raise NianjianError("season_archive_unknown", year=year)
    return row


def openings(subjects: Collection[str]) -> list[Archive]:
    """The rows that requests for reopening speak of, as far as there are any."""
    return list(Archive.objects.filter(pk__in=[one for one in subjects if one.isascii() and one.isdecimal()]))


def get_archived_file(enterprise: str, year: int, part: str) -> Kept:
    """A file of a closed season; ``season_archive_unknown``, ``season_file_unknown``."""
    row = get_closed_archive(enterprise, year)
    found = Kept.objects.filter(archive=row, part=part).first()
    if found is None:
        raise NianjianError("season_file_unknown", year=year)
    return found


def sealed() -> set[str]:
    """The sealed files that closed seasons keep: nothing else may delete them."""
    return set(Kept.objects.values_list("blob", flat=True))


def archive(enterprise: str, year: int) -> dict[str, Any]:
    """A closed season as it stood, with its digest; ``season_archive_unknown``, ``season_archive_damaged``."""
    row = get_closed_archive(enterprise, year)
    text = row.told or ""
    if hashlib.sha256(text.encode()).hexdigest() != row.sha256:
        raise NianjianError("season_archive_damaged", year=year)
    told: dict[str, Any] = {"files": [], **json.loads(text)}  # an older program kept none
    return {**told, "sha256": row.sha256, "closed_at": row.closed_at.isoformat(), "closed_by": row.closed_by}
