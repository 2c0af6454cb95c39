"""Make and end links; one transaction and one audit entry an act. The secret stays out of the chain."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens.links import query
from nianjian.features.screens.links.model import ScreenLink
from nianjian.platform.accounts.query import Actor, digest, lock_enterprise
from nianjian.platform.audit.record import record

BYTES: Final = 32
DAYS: Final = 31  # the longest that a link may hold
NAME: Final = 60
EACH: Final = 20  # open links of an enterprise


def add(*, enterprise: str, name: str, days: int, actor: Actor) -> tuple[ScreenLink, str]:
    """Make a link; it and its secret, told now and never again.

    ``screen_link_days``, ``screen_link_name``, ``screen_links_too_many``.
    """
    if not 0 < days <= DAYS:
        raise NianjianError("screen_link_days", most=DAYS)
    if not 0 < len(name.strip()) <= NAME:
        raise NianjianError("screen_link_name", most=NAME)
    secret, now = secrets.token_urlsafe(BYTES), clock.now()
    with transaction.atomic():
        lock_enterprise(enterprise)
        if len(query.of(enterprise)) >= EACH:
            raise NianjianError("screen_links_too_many", most=EACH)
        row = ScreenLink(
            id=f"K{secrets.token_hex(4)}",
            enterprise_id=enterprise,
            name=name.strip(),
            user=actor.name if actor.proved else "",
            sha256=digest(secret),
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        row.save(force_insert=True)
        data = {"link": row.id, "until": row.expires_at.isoformat(timespec="minutes")}
        record(verb="screen.link", enterprise=enterprise, actor=actor, data=data)
    return row, secret


def end(*, enterprise: str, link: str, actor: Actor) -> None:
    """End a link at once; ``screen_link_unknown``."""
    with transaction.atomic():
        row = query.valid().select_for_update().filter(pk=link, enterprise_id=enterprise).first()
        if row is None:
            raise NianjianError("screen_link_unknown", link=link)
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        record(verb="screen.unlink", enterprise=enterprise, actor=actor, data={"link": link})
