"""Tokens: what a program shows in a person's name, for no more than the person may do."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import models
from nianjian.platform.accounts.access import govern
from nianjian.platform.accounts.query import Actor, acts_of, digest
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token without its secret. ``scopes`` None: all that the roles allow; ``used_at``: to the hour."""

    id: str
    user: str
    name: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    over: bool


def list_user_tokens(user: str) -> list[IssuedToken]:
    """Return a person's tokens, oldest first."""
    return [issued_token(token) for token in models.Token.objects.filter(user_id=user).order_by("created_at", "id")]


def issued_token(token: models.Token) -> IssuedToken:
    """Return a token as a value."""
    over = token.expires_at is not None and token.expires_at <= clock.now()
    scopes = None if token.scopes is None else tuple(sorted(token.scopes))
    return IssuedToken(
        token.id, token.user_id, token.name, scopes, token.created_at, token.expires_at, token.used_at, over
    )


BYTES: Final = 32
NAME_LENGTH: Final = 80  # characters
LONGEST_DAYS: Final = 3660  # the longest that a token may hold
TOKENS_EACH: Final = 50  # tokens a person
READING: Final = frozenset({Act.READ, Act.READ_OWN})
"""One of these every token is for: to whom an enterprise may not be shown it does not exist."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A new token; ``secret`` is told now and never again."""

    token: IssuedToken
    secret: str


def create_token(*, user: str, name: str, scopes: Collection[str] | None, days: int | None, actor: Actor) -> NewToken:
    """Make a token that holds for so many days (None: until revoked), for these acts (None: all the roles allow).

    One's own only, lest an administrator be both of two people; the local operator may for anybody.
    ``user_unknown``, ``token_of_another``, ``token_by_token``, ``token_name``, ``token_days``, ``token_scopes``,
    ``token_without_reading``, ``tokens_too_many``.
    """
    if actor.proved and actor.name != user:
        raise NianjianError("token_of_another")
    _require_token_rights(actor, user)
    if not 0 < len(name.strip()) <= NAME_LENGTH:
        raise NianjianError("token_name", most=NAME_LENGTH)
    if days is not None and not 0 < days <= LONGEST_DAYS:
        raise NianjianError("token_days", most=LONGEST_DAYS)
    allowed = acts_of(user)
    if scopes is not None and (not scopes or not allowed.issuperset(scopes)):
        raise NianjianError("token_scopes", user=user, scopes=", ".join(sorted(allowed)))
    if scopes is not None and READING.isdisjoint(scopes):
        raise NianjianError("token_without_reading")
    secret, now = secrets.token_urlsafe(BYTES), clock.now()
    with transaction.atomic():
        if models.Token.objects.filter(user_id=user).count() >= TOKENS_EACH:
            raise NianjianError("tokens_too_many", user=user, most=TOKENS_EACH)
        token = models.Token(
            id=f"T{secrets.token_hex(4)}",
            user_id=user,
            name=name.strip(),
            sha256=digest(secret),
            scopes=None if scopes is None else sorted(set(scopes)),
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        token.save(force_insert=True)
        data = {"user": user, "token": token.id, "scopes": token.scopes, "days": days}
        record(verb="token.add", enterprise="", actor=actor, data=data)
    return NewToken(issued_token(token), secret)


def revoke_token(*, token: str, actor: Actor) -> IssuedToken:
    """End a token at once. ``token_unknown``, also for one that does not concern the actor."""
    with transaction.atomic():
        found = models.Token.objects.select_for_update().filter(pk=token).first()
        if found is None:
            raise NianjianError("token_unknown", token=token)
        try:
            _require_token_rights(actor, found.user_id)
        except NianjianError as refused:
            raise NianjianError("token_unknown", token=token) from refused
        told = issued_token(found)
        found.delete()
        record(verb="token.revoke", enterprise="", actor=actor, data={"user": told.user, "token": token})
    return told


def list_tokens(*, user: str, actor: Actor) -> list[IssuedToken]:
    """Return somebody's tokens to that person or to who governs it. ``role_missing``, ``user_unknown``."""
    _require_token_rights(actor, user)
    return list_user_tokens(user)


def record_use(token: str) -> None:
    """Write down, to the hour, that a token was shown; an hour's later uses cost one read and no write."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    found = models.Token.objects.filter(sha256=digest(token)).filter(Q(used_at=None) | Q(used_at__lt=hour))
    if found.exists():
        found.update(used_at=hour)


def _require_token_rights(actor: Actor, user: str) -> None:
    """One's own, or of somebody whom one governs; but a token of narrowed scope makes no tokens."""
    if actor.scopes is not None:
        raise NianjianError("token_by_token")
    if not (actor.proved and actor.name == user):
        govern(actor, user)
