"""Invitations to a role. Who makes one learns nothing of the person before it is accepted."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import query, service
from nianjian.platform.accounts.access import has_permission, require_permission, require_token_scope
from nianjian.platform.accounts.links import SECRET_BYTES, NewLink
from nianjian.platform.accounts.models import Invitation
from nianjian.platform.accounts.query import USER, Actor, digest
from nianjian.platform.accounts.roles import Permission, allowed
from nianjian.platform.audit.record import record

if TYPE_CHECKING:
    from django.db.models import QuerySet


def open_invitations(enterprise: str) -> QuerySet[Invitation]:
    """An enterprise's invitations that can still be accepted, oldest first."""
    return _valid_invitations().filter(enterprise_id=enterprise).order_by("created_at", "id")


def find_invitation(secret: str) -> Invitation | None:
    """Return the invitation of a secret; None if nobody can accept it (any more), or its maker may not invite now."""
    row = _valid_invitations().filter(sha256=digest(secret)).first()
    if row is None or (row.user and not has_permission(Actor(row.user, USER), row.enterprise_id, Permission.PEOPLE)):
        return None
    return row


def _valid_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())


VALID_FOR: Final = timedelta(days=7)


def invite(*, role: str, enterprise: str, actor: Actor, team: str = "") -> NewLink:
    """Make an invitation, whose user is nobody yet.

    ``role_missing``, ``enterprise_unknown``, ``role_unknown``, ``token_too_narrow``.
    """
    require_permission(actor, enterprise, Permission.PEOPLE)
    service.check_role(role)
    require_token_scope(actor, allowed(role), role)
    secret, now = secrets.token_urlsafe(SECRET_BYTES), clock.now()
    with transaction.atomic():
        code, maker = query.enterprise(enterprise).code, actor.name if actor.proved else ""
        row = Invitation.objects.create(
            id=f"V{secrets.token_hex(4)}", enterprise_id=code, role=role, team=team, user=maker, sha256=digest(secret),
            created_at=now, expires_at=now + VALID_FOR,
        )  # fmt: skip
        data = {"invitation": row.id, "role": role}
        record(verb="user.invite", enterprise=enterprise, actor=actor, data=data)
    return NewLink(row.id, "", secret, row.expires_at, "join")


def accept_invitation(*, secret: str, actor: Actor) -> Invitation:
    """Take the role, as the person who is signed in. ``link_invalid``."""
    with transaction.atomic():
        Invitation.objects.select_for_update().filter(sha256=digest(secret)).first()
        row = find_invitation(secret)
        if row is None or not actor.proved or actor.scopes is not None:
            raise NianjianError("link_invalid")
        row.used_at = clock.now()
        row.save(update_fields=["used_at"])
        given = {"role": row.role, "team": row.team, "invitation": row.id}
        service.give(user=actor.name, enterprise=row.enterprise_id, actor=actor, **given)
    return row


def withdraw_invitation(*, invitation: str, enterprise: str, actor: Actor) -> None:
    """End an invitation that nobody has accepted. ``role_missing``, ``invitation_unknown``."""
    require_permission(actor, enterprise, Permission.PEOPLE)
    with transaction.atomic():
        if not open_invitations(enterprise).filter(pk=invitation).update(revoked_at=clock.now()):
            raise NianjianError("invitation_unknown", invitation=invitation)
        record(verb="user.uninvite", enterprise=enterprise, actor=actor, data={"invitation": invitation})
