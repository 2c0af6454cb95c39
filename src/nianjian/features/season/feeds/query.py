"""Read the feeds."""

from __future__ import annotations

import hashlib

from nianjian.features.season.feeds.model import Feed


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def by_secret(secret: str) -> Feed | None:
    """The feed that a secret opens; None where there is none, or it was revoked."""
    return Feed.objects.filter(sha256=digest(secret), revoked_at=None).first()


def own(enterprise: str, user: str) -> list[Feed]:
    """A person's feeds of an enterprise that are open, newest first."""
    return list(Feed.objects.filter(enterprise_id=enterprise, user=user, revoked_at=None).order_by("-made_at", "id"))
