"""Tokens: what a program shows in a person's name, for no more than the person may do."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts import models
from nianjian.platform.accounts.access import require_can_administer
from nianjian.platform.accounts.query import Actor, digest, permissions_of
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record


def list_user_tokens(user: str) -> list[models.Token]:
    """Return a person's tokens, oldest first."""
    return list(models.Token.objects.filter(user_id=user).order_by("created_at", "id"))


BYTES: Final = 32
NAME_LENGTH: Final = 80  # characters
LONGEST_DAYS: Final = 3660  # the longest that a token may hold
TOKENS_EACH: Final = 50  # tokens a person
READING: Final = frozenset({Permission.READ, Permission.READ_OWN})
"""One of these every token is for: to whom an enterprise may not be shown it does not exist."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A new token; ``secret`` is told now and never again."""

    token: models.Token
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
    allowed = permissions_of(user)
    if scopes is not None and (not scopes or not allowed.issuperset(scopes)):
        raise NianjianError("token_scopes", user=user, scopes=", ".join(sorted(allowed)))
    if scopes is not None and READING.isdisjoint(scopes):
        raise NianjianError("token_without_reading")
    secret, now = secrets.token_urlsafe(BYTES), clock.now()
    with transaction.atomic():
        if models.Token.objects.filter(user_id=user).count() >= TOKENS_EACH:
            raise NianjianError("tokens_too_many", user=user, most=TOKENS_EACH)
        token = models.Token.objects.create(
            id=f"T{secrets.token_hex(4)}", user_id=user, name=name.strip(), sha256=digest(secret),
            scopes=None if scopes is None else sorted(set(scopes)), created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )  # fmt: skip
        data = {"user": user, "token": token.id, "scopes": token.scopes, "days": days}
        record(verb="token.add", enterprise="", actor=actor, data=data)
    return NewToken(token, secret)


def revoke_token(*, token: str, actor: Actor) -> models.Token:
    """End a token at once. ``token_unknown``, also for one that does not concern the actor."""
    with transaction.atomic():
        row = get_or_raise(models.Token.objects.select_for_update().filter(pk=token), "token_unknown", token=token)
        try:
            _require_token_rights(actor, row.user_id)
        except NianjianError as refused:
            raise NianjianError("token_unknown", token=token) from refused
        models.Token.objects.filter(pk=token).delete()
        record(verb="token.revoke", enterprise="", actor=actor, data={"user": row.user_id, "token": token})
    return row


def list_tokens(*, user: str, actor: Actor) -> list[models.Token]:
    """Return somebody's tokens to that person or to who governs it. ``role_missing``, ``user_unknown``."""
    _require_token_rights(actor, user)
    return list_user_tokens(user)


def record_use(token: str) -> None:
    """Write down, to the hour, that a token was shown; an hour's later uses cost one read and no write."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    rows = models.Token.objects.filter(sha256=digest(token)).filter(Q(used_at=None) | Q(used_at__lt=hour))
    if rows.exists():
        rows.update(used_at=hour)


def _require_token_rights(actor: Actor, user: str) -> None:
    """One's own, or of somebody whom one governs; but a token of narrowed scope makes no tokens."""
    if actor.scopes is not None:
        raise NianjianError("token_by_token")
    if not (actor.proved and actor.name == user):
        require_can_administer(actor, user)
