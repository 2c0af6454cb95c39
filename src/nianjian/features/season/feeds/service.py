"""Make and revoke feeds; one transaction and one audit entry an act."""

from __future__ import annotations

import secrets
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.season.feeds import query
from nianjian.features.season.feeds.model import Feed
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record

BYTES: Final = 32
EACH: Final = 10  # open feeds a person and enterprise


def add(*, enterprise: str, actor: Actor) -> tuple[Feed, str]:
    """Make a feed for the actor; it and its secret, told now and never again. ``season_feeds_too_many``."""
    tenant, secret = accounts.enterprise(enterprise), secrets.token_urlsafe(BYTES)
    with transaction.atomic():
        if len(query.own(tenant.code, actor.name)) >= EACH:
            raise NianjianError("season_feeds_too_many", user=actor.name, most=EACH)
        row = Feed(
            id=f"F{secrets.token_hex(4)}",
            enterprise_id=tenant.code,
            user=actor.name,
            sha256=query.digest(secret),
            made_at=clock.now(),
        )
        row.save(force_insert=True)
        record(verb="season.feed_added", enterprise=tenant.code, actor=actor, data={"feed": row.id})
    return row, secret


def revoke(*, enterprise: str, feed: str, actor: Actor, anybodys: bool) -> None:
    """End a feed at once: one's own, or ``anybodys`` for who administers. ``season_feed_unknown``."""
    with transaction.atomic():
        row = Feed.objects.select_for_update().filter(pk=feed, enterprise_id=enterprise, revoked_at=None).first()
        if row is None or not (anybodys or row.user == actor.name):
            raise NianjianError("season_feed_unknown")
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        data = {"feed": feed, "user": row.user}
        record(verb="season.feed_revoked", enterprise=enterprise, actor=actor, data=data)
