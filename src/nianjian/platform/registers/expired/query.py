"""Which rows of a register are over their time. Nothing of their content is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet

from nianjian.engines.kernel.clock import ZONE
from nianjian.platform.registers.versions.row import Version

MONTH: Final = "month"  # of a payment or a contribution: the row is over with it


@dataclass(frozen=True, slots=True)
class Due:
    """``rows`` over their time; ``oldest``: first day on which a row still kept ended, None where none has."""

    rows: int
    oldest: date | None


def ended(model: type[Version], enterprise: str, day: date) -> QuerySet[Any]:
    """Versions that were superseded, or whose days or month ended, before ``day``; what stands today is never among."""
    return _rows(model, enterprise).filter(_over(model, day))


def _over(model: type[Version], day: date) -> Q:
    over = Q(superseded_at__lt=_begin(day)) | Q(valid_to__lt=day)
    names = {one.name for one in model._meta.concrete_fields}  # noqa: SLF001 -- Django's documented Meta API
    if MONTH in names:
        over |= Q(month__lt=f"{day:%Y-%m}")
    return over


def closed(model: type[Version], enterprise: str, day: date) -> QuerySet[Any]:
    """Every version of a ticket whose standing one was accepted before ``day`` and is closed."""
    found = _rows(model, enterprise)
    standing = found.filter(superseded_at=None, accepted_at__lt=_begin(day), closed_at__isnull=False)
    still = found.filter(superseded_at=None).exclude(accepted_at__lt=_begin(day), closed_at__isnull=False)
    return found.filter(key__in=standing.values("key")).exclude(key__in=still.values("key"))


def due_ended(model: type[Version], enterprise: str, day: date) -> Due:
    """Count what `ended` finds, in one pass over the register."""
    found = _rows(model, enterprise).aggregate(
        superseded=Min("superseded_at"),
        ended=Min("valid_to", filter=Q(superseded_at=None)),
        rows=Count("pk", filter=_over(model, day)),
    )
    gone: datetime | None = found["superseded"]
    ends = [end for end in (found["ended"], None if gone is None else gone.astimezone(ZONE).date()) if end]
    return Due(found["rows"], min(ends, default=None))


def due_closed(model: type[Version], enterprise: str, day: date) -> Due:
    """Count what `closed` finds; ``oldest``: the day on which the oldest ticket came."""
    oldest: datetime | None = _rows(model, enterprise).aggregate(oldest=Min("accepted_at"))["oldest"]
    return Due(closed(model, enterprise, day).count(), None if oldest is None else oldest.astimezone(ZONE).date())


def _rows(model: type[Version], enterprise: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.filter(enterprise_id=enterprise)  # noqa: SLF001 -- the manager of any model
    return rows


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
