"""The live screens: which sources there are, the watch over them, what the screens show, and the links of kiosks."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.features.screens import queries
from nianjian.features.screens.models import ScreenLink
from nianjian.features.screens.queries import Json, link_to_document
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, digest, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record

SECRET_BYTES: Final = 32
LONGEST_DAYS: Final = 31  # the longest that a link may hold
NAME_LENGTH: Final = 60
MOST_LINKS: Final = 20  # open links of an enterprise


def create_link(*, enterprise: str, name: str, days: int, actor: Actor) -> Json:
    """Make a link; its secret's path is told now only.

    ``role_missing``, ``screen_link_days``, ``screen_link_name``, ``screen_links_too_many``.
    """
    require_permission(actor, enterprise, Permission.ADMINISTER)
    code, text = accounts.enterprise(enterprise).code, name.strip()
    if not 0 < days <= LONGEST_DAYS:
        raise NianjianError("screen_link_days", most=LONGEST_DAYS)
    if not 0 < len(text) <= NAME_LENGTH:
        raise NianjianError("screen_link_name", most=NAME_LENGTH)
    secret, now = secrets.token_urlsafe(SECRET_BYTES), clock.now()
    with transaction.atomic():
        lock_enterprise(code)
        if queries.open_links(code).count() >= MOST_LINKS:
            raise NianjianError("screen_links_too_many", most=MOST_LINKS)
        row = ScreenLink.objects.create(
            id=f"K{secrets.token_hex(4)}", enterprise_id=code, name=text, user=actor.name if actor.proved else "",
            sha256=digest(secret), made_at=now, expires_at=now + timedelta(days=days),
        )  # fmt: skip
        data = {"link": row.id, "until": row.expires_at.isoformat(timespec="minutes")}
        record(verb="screen.link", enterprise=code, actor=actor, data=data)
    return {**link_to_document(row), "path": f"/screens/{secret}/"}


def end_link(*, enterprise: str, link: str, actor: Actor) -> None:
    """End a link at once; ``role_missing``, ``screen_link_unknown``."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    with transaction.atomic():
        row = get_or_raise(
            queries.open_links(enterprise).select_for_update().filter(pk=link), "screen_link_unknown", link=link
        )
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        record(verb="screen.unlink", enterprise=enterprise, actor=actor, data={"link": link})
