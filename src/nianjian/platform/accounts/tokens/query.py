"""Read what tokens a person has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nianjian.engines.kernel import clock
from nianjian.platform.accounts import models


@dataclass(frozen=True, slots=True)
class Issued:
    """A token without its secret. ``scopes`` None: all that the roles allow; ``used_at``: to the hour."""

    id: str
    user: str
    name: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    over: bool


def of(user: str) -> list[Issued]:
    """Return a person's tokens, oldest first."""
    return [issued(token) for token in models.Token.objects.filter(user_id=user).order_by("created_at", "id")]


def issued(token: models.Token) -> Issued:
    """Return a token as a value."""
    over = token.expires_at is not None and token.expires_at <= clock.now()
    scopes = None if token.scopes is None else tuple(sorted(token.scopes))
    return Issued(token.id, token.user_id, token.name, scopes, token.created_at, token.expires_at, token.used_at, over)
