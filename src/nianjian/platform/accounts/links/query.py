"""Find links by their secret or their person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from nianjian.engines.kernel import clock
from nianjian.platform.accounts import models
from nianjian.platform.accounts.query import digest

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Issued:
    """A link as its person's administrators see it; its secret is not kept."""

    id: str
    user: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


def valid(purpose: str) -> QuerySet[models.Link]:
    """Links of a purpose that still let somebody in."""
    found = models.Link.objects.filter(
        purpose=purpose, revoked_at=None, expires_at__gt=clock.now(), user__is_active=True
    )
    return found.filter(used_at=None) if purpose == models.Link.FIRST else found


def find(purpose: str, secret: str) -> Issued | None:
    """Return the link of this secret; None if it does not let anybody in (any more)."""
    link = valid(purpose).filter(sha256=digest(secret)).first()
    return None if link is None else _issued(link)


def ends_at(link: str) -> datetime | None:
    """Return when an inspector's link ends; None if it has ended."""
    return valid(models.Link.INSPECT).filter(pk=link).values_list("expires_at", flat=True).first()


def of(users: list[str]) -> dict[str, list[Issued]]:
    """Return the links of these people that still let them in."""
    found: dict[str, list[Issued]] = {}
    for purpose in (models.Link.FIRST, models.Link.INSPECT):
        for link in valid(purpose).filter(user__in=users).order_by("created_at"):
            found.setdefault(link.user_id, []).append(_issued(link))
    return found


def _issued(link: models.Link) -> Issued:
    return Issued(link.id, link.user_id, link.purpose, link.created_at, link.expires_at, link.used_at)
