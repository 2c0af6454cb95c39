"""Make, use and revoke links. Whoever holds one is that person, so only who governs all of its roles may make it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import models
from nianjian.platform.accounts.access import govern, govern_another
from nianjian.platform.accounts.holds.service import note
from nianjian.platform.accounts.links import query
from nianjian.platform.accounts.query import USER, Actor, digest
from nianjian.platform.accounts.roles import Role
from nianjian.platform.audit.record import record

FIRST_HOURS: Final = 24
INSPECT_DAYS: Final = 366  # the longest that an inspector's link may hold
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Made:
    """A new link: its secret is told now and never again."""

    id: str
    user: str
    secret: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """The address below the installation's own."""
        return f"/account/first/{self.secret}/"


@dataclass(frozen=True, slots=True)
class Inspection(Made):
    """An inspector's link."""

    @property
    def path(self) -> str:
        """The address below the installation's own."""
        return f"/account/inspect/{self.secret}/"


def make_first(*, user: str, actor: Actor) -> Made:
    """Make the one-time link by which a person chooses a (new) password; an older one ends.

    ``user_unknown``, ``user_closed``, ``role_missing``, ``own_account``.
    """
    govern_another(actor, user)
    with transaction.atomic():
        _open(user)
        now = clock.now()
        query.valid(models.Link.FIRST).filter(user_id=user).update(revoked_at=now)
        made = Made(*_insert(user, models.Link.FIRST, now + timedelta(hours=FIRST_HOURS)))
        note(user=user, actor=actor)
        record(verb="user.link", enterprise="", actor=actor, data={"user": user, "link": made.id})
    return made


def use_first(*, secret: str, password: str) -> str:
    """Set the password and use the link up; the person. ``link_invalid``. The password has been validated."""
    with transaction.atomic():
        link = query.valid(models.Link.FIRST).select_for_update().filter(sha256=digest(secret)).first()
        if link is None:
            raise NianjianError("link_invalid")
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])
        person = models.User.objects.get(pk=link.user_id)
        person.set_password(password)
        person.save(update_fields=["password"])
        by = Actor(person.name, USER)
        record(verb="user.password", enterprise="", actor=by, data={"user": person.name, "link": link.id})
    return person.name


def make_inspection(*, user: str, expires_at: datetime, actor: Actor) -> Inspection:
    """Make a link that opens a read-only session until it expires.

    ``user_unknown``, ``user_closed``, ``role_missing``, ``inspector_missing``: the person is no inspector;
    ``link_expiry``: in the past or more than a year away.
    """
    govern(actor, user)
    now = clock.now()
    if not now < expires_at <= now + timedelta(days=INSPECT_DAYS):
        raise NianjianError("link_expiry", days=INSPECT_DAYS)
    with transaction.atomic():
        _open(user)
        if not models.Membership.objects.filter(user_id=user, role=Role.INSPECTOR).exists():
            raise NianjianError("inspector_missing", user=user)
        made = Inspection(*_insert(user, models.Link.INSPECT, expires_at))
        data = {"user": user, "link": made.id, "until": expires_at.isoformat(timespec="minutes")}
        record(verb="user.inspection", enterprise="", actor=actor, data=data)
    return made


def open_inspection(*, secret: str) -> query.Issued:
    """Note that an inspector's link was opened. ``link_invalid``."""
    with transaction.atomic():
        link = query.valid(models.Link.INSPECT).select_for_update().filter(sha256=digest(secret)).first()
        if link is None:
            raise NianjianError("link_invalid")
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])
        by = Actor(link.user_id, USER)
        record(verb="inspection.open", enterprise="", actor=by, data={"user": link.user_id, "link": link.id})
    return query.Issued(link.id, link.user_id, link.purpose, link.created_at, link.expires_at, link.used_at)


def revoke(*, link: str, actor: Actor) -> None:
    """End a link, and with it the sessions that it opened. ``link_invalid``, ``role_missing``."""
    with transaction.atomic():
        found = models.Link.objects.select_for_update().filter(pk=link, revoked_at=None).first()
        if found is None:
            raise NianjianError("link_invalid")
        govern(actor, found.user_id)
        found.revoked_at = clock.now()
        found.save(update_fields=["revoked_at"])
        record(verb="user.unlink", enterprise="", actor=actor, data={"user": found.user_id, "link": link})


def _open(user: str) -> None:
    """Raise ``user_closed`` for a closed account."""
    if not models.User.objects.filter(pk=user, is_active=True).exists():
        raise NianjianError("user_closed", user=user)


def _insert(user: str, purpose: str, expires_at: datetime) -> tuple[str, str, str, datetime]:
    """Keep a new link; its id, person, secret and end."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = models.Link(
        id=f"L{secrets.token_hex(4)}",
        user_id=user,
        purpose=purpose,
        sha256=digest(secret),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    link.save(force_insert=True)
    return link.id, user, secret, expires_at
