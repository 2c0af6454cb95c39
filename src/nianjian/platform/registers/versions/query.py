"""Read versions: as they hold on a day, and as they were believed at a moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Q, QuerySet

from nianjian.platform.registers.versions.row import Version

V = TypeVar("V", bound=Version)


def believed(model: type[V], enterprise: str, *, known_at: datetime | None = None) -> QuerySet[V]:
    """All versions that the register holds true now, or held true at the moment ``known_at``, by key and span."""
    found = model._default_manager.filter(enterprise_id=enterprise)  # noqa: SLF001 - the manager of any model
    if known_at is None:
        found = found.filter(superseded_at=None)
    else:
        found = found.filter(recorded_at__lte=known_at).exclude(superseded_at__lte=known_at)
    return found.order_by("key", "valid_from", "id")


def as_at(model: type[V], enterprise: str, day: date, *, known_at: datetime | None = None) -> QuerySet[V]:
    """The versions that hold on a day: at most one a key."""
    holds = (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gte=day))
    return believed(model, enterprise, known_at=known_at).filter(holds)


def current(model: type[V], enterprises: Collection[str], day: date) -> QuerySet[V]:
    """The versions of many enterprises' rows that are believed now and hold on a day."""
    holds = (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gte=day))
    manager = model._default_manager  # noqa: SLF001 - the manager of any model
    return manager.filter(holds, enterprise_id__in=list(enterprises), superseded_at=None)


def last_recorded(model: type[Version], enterprise: str) -> datetime | None:
    """When the register's newest entry was written; None: it has none."""
    return newest(model._default_manager.filter(enterprise_id=enterprise))  # noqa: SLF001 - the manager of any model


def newest(versions: QuerySet[V]) -> datetime | None:
    """When the last of these was written: rows are only ever added, so the highest key tells, and an index finds it."""
    found: datetime | None = versions.order_by("-pk").values_list("recorded_at", flat=True).first()
    return found
