"""Make, accept and withdraw invitations. Who makes one learns nothing of the person before it is accepted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from nianjian.accounts import query, service
from nianjian.accounts.access import require, within
from nianjian.accounts.invitations.query import find, waiting
from nianjian.accounts.links.service import SECRET_BYTES, Made
from nianjian.accounts.models import Invitation
from nianjian.accounts.query import Actor, digest
from nianjian.accounts.roles import Act, allowed
from nianjian.audit.record import record
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError

HOLDS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited(Made):
    """A new invitation; ``user`` is nobody yet."""

    @property
    def path(self) -> str:
        """The address below the installation's own."""
        return f"/account/join/{self.secret}/"


def invite(*, role: str, enterprise: str, actor: Actor, team: str = "") -> Invited:
    """Make an invitation. ``role_missing``, ``enterprise_unknown``, ``role_unknown``, ``token_too_narrow``."""
    require(actor, enterprise, Act.PEOPLE)
    service.check_role(role)
    within(actor, allowed(role), role)
    secret, now = secrets.token_urlsafe(SECRET_BYTES), clock.now()
    with transaction.atomic():
        row = Invitation(
            id=f"V{secrets.token_hex(4)}",
            enterprise_id=query.enterprise(enterprise).code,
            role=role,
            team=team,
            user=actor.name if actor.proved else "",
            sha256=digest(secret),
            created_at=now,
            expires_at=now + HOLDS,
        )
        row.save(force_insert=True)
        data = {"invitation": row.id, "role": role}
        record(verb="user.invite", enterprise=enterprise, actor=actor, data=data)
    return Invited(row.id, "", secret, row.expires_at)


def accept(*, secret: str, actor: Actor) -> Invitation:
    """Take the role, as the person who is signed in. ``link_invalid``."""
    with transaction.atomic():
        Invitation.objects.select_for_update().filter(sha256=digest(secret)).first()
        row = find(secret)
        if row is None or not actor.proved or actor.scopes is not None:
            raise NianjianError("link_invalid")
        row.used_at = clock.now()
        row.save(update_fields=["used_at"])
        service.give(
            user=actor.name,
            role=row.role,
            enterprise=row.enterprise_id,
            team=row.team,
            actor=actor,
            invitation=row.id,
        )
    return row


def withdraw(*, invitation: str, enterprise: str, actor: Actor) -> None:
    """End an invitation that nobody has accepted. ``role_missing``, ``invitation_unknown``."""
    require(actor, enterprise, Act.PEOPLE)
    with transaction.atomic():
        if not waiting(enterprise).filter(pk=invitation).update(revoked_at=clock.now()):
            raise NianjianError("invitation_unknown", invitation=invitation)
        record(verb="user.uninvite", enterprise=enterprise, actor=actor, data={"invitation": invitation})
