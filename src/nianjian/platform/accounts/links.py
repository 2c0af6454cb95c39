"""One-time and inspectors' links; whoever holds one is that person, so only who governs all its roles makes it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts import models, query, service
from nianjian.platform.accounts.access import (
    has_permission,
    require_can_administer,
    require_can_administer_another,
    require_permission,
    require_token_scope,
)
from nianjian.platform.accounts.holds import record_hold
from nianjian.platform.accounts.models import Invitation
from nianjian.platform.accounts.query import USER, Actor, digest
from nianjian.platform.accounts.roles import Permission, Role, allowed
from nianjian.platform.audit.record import record

if TYPE_CHECKING:
    from django.db.models import QuerySet


def valid_links(purpose: str) -> QuerySet[models.Link]:
    """Links of a purpose that still let somebody in."""
    links = models.Link.objects.filter(
        purpose=purpose, revoked_at=None, expires_at__gt=clock.now(), user__is_active=True
    )
    return links.filter(used_at=None) if purpose == models.Link.FIRST else links


def find_link(purpose: str, secret: str) -> models.Link | None:
    """Return the link of this secret; None if it does not let anybody in (any more)."""
    return valid_links(purpose).filter(sha256=digest(secret)).first()


def find_inspection_end(link: str) -> datetime | None:
    """Return when an inspector's link ends; None if it has ended."""
    return valid_links(models.Link.INSPECT).filter(pk=link).values_list("expires_at", flat=True).first()


def list_links(users: list[str]) -> dict[str, list[models.Link]]:
    """Return the links of these people that still let them in."""
    by_user: dict[str, list[models.Link]] = {}
    for purpose in (models.Link.FIRST, models.Link.INSPECT):
        for link in valid_links(purpose).filter(user__in=users).order_by("created_at"):
            by_user.setdefault(link.user_id, []).append(link)
    return by_user


FIRST_HOURS: Final = 24
INSPECT_DAYS: Final = 366  # the longest that an inspector's link may hold
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class NewLink:
    """A new link: its secret is told now and never again."""

    id: str
    user: str
    secret: str
    expires_at: datetime

    word: str = "first"

    @property
    def path(self) -> str:
        """The address below the installation's own."""
        return f"/account/{self.word}/{self.secret}/"


def create_first_link(*, user: str, actor: Actor) -> NewLink:
    """Make the one-time link by which a person chooses a (new) password; an older one ends.

    ``user_unknown``, ``user_closed``, ``role_missing``, ``own_account``.
    """
    require_can_administer_another(actor, user)
    with transaction.atomic():
        _require_open(user)
        now = clock.now()
        valid_links(models.Link.FIRST).filter(user_id=user).update(revoked_at=now)
        link = _insert_link(user, models.Link.FIRST, now + timedelta(hours=FIRST_HOURS))
        record_hold(user=user, actor=actor)
        record(verb="user.link", enterprise="", actor=actor, data={"user": user, "link": link.id})
    return link


def use_first_link(*, secret: str, password: str) -> str:
    """Set the password and use the link up; the person. ``link_invalid``. The password has been validated."""
    with transaction.atomic():
        link = _use_link(models.Link.FIRST, secret)
        person = models.User.objects.get(pk=link.user_id)
        person.set_password(password)
        person.save(update_fields=["password"])
        by = Actor(person.name, USER)
        record(verb="user.password", enterprise="", actor=by, data={"user": person.name, "link": link.id})
    return person.name


def create_inspection(*, user: str, expires_at: datetime, actor: Actor) -> NewLink:
    """Make a link that opens a read-only session until it expires.

    ``user_unknown``, ``user_closed``, ``role_missing``, ``inspector_missing``: the person is no inspector;
    ``link_expiry``: in the past or more than a year away.
    """
    require_can_administer(actor, user)
    now = clock.now()
    if not now < expires_at <= now + timedelta(days=INSPECT_DAYS):
        raise NianjianError("link_expiry", days=INSPECT_DAYS)
    with transaction.atomic():
        _require_open(user)
        if not models.Membership.objects.filter(user_id=user, role=Role.INSPECTOR).exists():
            raise NianjianError("inspector_missing", user=user)
        link = _insert_link(user, models.Link.INSPECT, expires_at)
        data = {"user": user, "link": link.id, "until": expires_at.isoformat(timespec="minutes")}
        record(verb="user.inspection", enterprise="", actor=actor, data=data)
    return link


def open_inspection(*, secret: str) -> models.Link:
    """Note that an inspector's link was opened. ``link_invalid``."""
    with transaction.atomic():
        link = _use_link(models.Link.INSPECT, secret)
        by = Actor(link.user_id, USER)
        record(verb="inspection.open", enterprise="", actor=by, data={"user": link.user_id, "link": link.id})
    return link


def _use_link(purpose: str, secret: str) -> models.Link:
    link = get_or_raise(valid_links(purpose).select_for_update().filter(sha256=digest(secret)), "link_invalid")
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    return link


def revoke_link(*, link: str, actor: Actor) -> None:
    """End a link, and with it the sessions that it opened. ``link_invalid``, ``role_missing``."""
    with transaction.atomic():
        row = get_or_raise(models.Link.objects.select_for_update().filter(pk=link, revoked_at=None), "link_invalid")
        require_can_administer(actor, row.user_id)
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        record(verb="user.unlink", enterprise="", actor=actor, data={"user": row.user_id, "link": link})


def _require_open(user: str) -> None:
    """Raise ``user_closed`` for a closed account."""
    if not models.User.objects.filter(pk=user, is_active=True).exists():
        raise NianjianError("user_closed", user=user)


def _insert_link(user: str, purpose: str, expires_at: datetime) -> NewLink:
    secret, id_ = secrets.token_urlsafe(SECRET_BYTES), f"L{secrets.token_hex(4)}"
    row = {"id": id_, "user_id": user, "purpose": purpose, "created_at": clock.now(), "expires_at": expires_at}
    models.Link.objects.create(**row, sha256=digest(secret))
    return NewLink(id_, user, secret, expires_at, purpose)


# Invitations to a role. Who makes one learns nothing of the person before it is accepted.


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
        grant = {"role": row.role, "team": row.team, "invitation": row.id}
        service.give(user=actor.name, enterprise=row.enterprise_id, actor=actor, **grant)
    return row


def withdraw_invitation(*, invitation: str, enterprise: str, actor: Actor) -> None:
    """End an invitation that nobody has accepted. ``role_missing``, ``invitation_unknown``."""
    require_permission(actor, enterprise, Permission.PEOPLE)
    with transaction.atomic():
        if not open_invitations(enterprise).filter(pk=invitation).update(revoked_at=clock.now()):
            raise NianjianError("invitation_unknown", invitation=invitation)
        record(verb="user.uninvite", enterprise=enterprise, actor=actor, data={"invitation": invitation})
