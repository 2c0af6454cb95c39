"""Read the looks into the call records."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from nianjian.features.test_calls.landings.model import Landing


def newest(trials: Collection[str]) -> dict[str, Landing]:
    """Test -> its newest look, for those that have one."""
    return {row.trial_id: row for row in Landing.objects.filter(trial_id__in=list(trials)).order_by("at", "pk")}


def recorded(trials: Collection[str]) -> dict[str, Landing]:
    """Test -> the newest look that found a record of it."""
    found = Landing.objects.filter(trial_id__in=list(trials)).exclude(records=[])
    return {row.trial_id: row for row in found.order_by("at", "pk")}


def of(trial: str) -> list[Landing]:
    """All looks of a test, the oldest first."""
    return list(Landing.objects.filter(trial_id=trial).order_by("at", "pk"))


def list_newest_verdicts(enterprise: str, numbers: Collection[str], since: datetime) -> dict[str, str]:
    """Test since a moment -> what its newest look says."""
    here = Landing.objects.filter(enterprise_id=enterprise, trial__number__in=numbers, trial__begun_at__gte=since)
    return dict(here.order_by("at", "pk").values_list("trial_id", "verdict"))
