"""Find invitations by their secret or their enterprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.models import Invitation
from nianjian.platform.accounts.query import USER, Actor, digest
from nianjian.platform.accounts.roles import Act

if TYPE_CHECKING:
    from django.db.models import QuerySet


def waiting(enterprise: str) -> QuerySet[Invitation]:
    """An enterprise's invitations that can still be accepted, oldest first."""
    return _valid().filter(enterprise_id=enterprise).order_by("created_at", "id")


def find(secret: str) -> Invitation | None:
    """Return the invitation of a secret; None if nobody can accept it (any more), or its maker may not invite now."""
    row = _valid().filter(sha256=digest(secret)).first()
    if row is None or (row.user and not may(Actor(row.user, USER), row.enterprise_id, Act.PEOPLE)):
        return None
    return row


def _valid() -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())
