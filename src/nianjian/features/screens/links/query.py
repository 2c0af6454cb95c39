"""Read the links."""

from __future__ import annotations

from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.features.screens.links.model import ScreenLink
from nianjian.platform.accounts.query import digest


def valid() -> QuerySet[ScreenLink]:
    """Links that are neither over nor ended."""
    return ScreenLink.objects.filter(revoked_at=None, expires_at__gt=clock.now())


def by_secret(secret: str) -> ScreenLink | None:
    """The link that a secret is; None where it opens nothing, or nothing any more."""
    return valid().filter(sha256=digest(secret)).first()


def of(enterprise: str) -> list[ScreenLink]:
    """An enterprise's open links, newest first."""
    return list(valid().filter(enterprise_id=enterprise).order_by("-made_at", "id"))
