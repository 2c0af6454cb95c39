"""Links by which a kiosk shows the live screens: made and ended by an administrator, read by whoever has one."""

from __future__ import annotations

from typing import Any

from nianjian.features.screens.links import query, service
from nianjian.features.screens.links.model import ScreenLink
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import may, require
from nianjian.platform.accounts.query import USER, Actor, Enterprise
from nianjian.platform.accounts.roles import Act

Json = dict[str, Any]


def add(*, enterprise: str, name: str, days: int, actor: Actor) -> Json:
    """Make a link; its secret's path is told now only.

    ``role_missing``, ``screen_link_days``, ``screen_link_name``, ``screen_links_too_many``.
    """
    require(actor, enterprise, Act.ADMINISTER)
    row, secret = service.add(enterprise=accounts.enterprise(enterprise).code, name=name, days=days, actor=actor)
    return {**_plain(row), "path": f"/screens/{secret}/"}


def end(*, enterprise: str, link: str, actor: Actor) -> None:
    """End a link at once; ``role_missing``, ``screen_link_unknown``."""
    require(actor, enterprise, Act.ADMINISTER)
    service.end(enterprise=enterprise, link=link, actor=actor)


def list_links(*, enterprise: str, actor: Actor) -> list[Json]:
    """The open links, newest first, without their secrets; ``role_missing``."""
    require(actor, enterprise, Act.ADMINISTER)
    return [_plain(row) for row in query.of(enterprise)]


def find_enterprise_by_secret(secret: str) -> Enterprise | None:
    """The enterprise whose screens a secret opens; None: none, or its maker may not administer there any more."""
    row = query.by_secret(secret)
    if row is None or (row.user and not may(Actor(row.user, USER), row.enterprise_id, Act.ADMINISTER)):
        return None
    return accounts.enterprise(row.enterprise_id)


def _plain(row: ScreenLink) -> Json:
    return {
        "link": row.id,
        "name": row.name,
        "made_by": row.user,
        "made_at": row.made_at.isoformat(timespec="seconds"),
        "expires_at": row.expires_at.isoformat(timespec="seconds"),
    }
