"""Who is here, for lists of people: a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Q

from nianjian.platform.accounts import models
from nianjian.platform.accounts.access import EVERYWHERE, administers, scoped
from nianjian.platform.accounts.query import Actor, MembershipValue, permissions_of, roles_of
from nianjian.platform.accounts.roles import Permission, allows


@dataclass(frozen=True, slots=True)
class Person:
    """An account with the roles that concern the reader; ``elsewhere``: it holds roles beyond these places, too."""

    name: str
    display_name: str
    email: str
    is_open: bool
    last_login: datetime | None
    has_password: bool
    roles: tuple[MembershipValue, ...]
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may do an act at a place, with the roles held there."""

    name: str
    display_name: str
    roles: tuple[str, ...]


def list_candidates(enterprise: str, act: Permission) -> list[Candidate]:
    """Everybody with an open account who may do the act at the enterprise (`EVERYWHERE`: in the installation)."""
    at = Q(enterprise=None) if enterprise == EVERYWHERE else Q(enterprise=None) | Q(enterprise_id=enterprise)
    held = models.Membership.objects.filter(at, user__is_active=True).order_by("user__display_name", "user_id", "role")
    people: dict[tuple[str, str], list[str]] = {}
    for name, display_name, role in held.values_list("user_id", "user__display_name", "role"):
        people.setdefault((name, display_name), []).append(role)
    return [Candidate(*person, tuple(dict.fromkeys(roles))) for person, roles in people.items() if allows(roles, act)]


class PersonList(Sequence[Person]):
    """The people of an enterprise (`EVERYWHERE`: of the installation, all of them), by name; read as they are cut."""

    def __init__(self, enterprise: str, search: str = "") -> None:
        found = models.User.objects.order_by("name")
        if enterprise != EVERYWHERE:
            here = Q(memberships__enterprise_id=enterprise) | Q(memberships__enterprise=None, memberships__isnull=False)
            found = found.filter(here).distinct()
        self._found = found.filter(Q(name__icontains=search) | Q(display_name__icontains=search)) if search else found
        self._enterprise = enterprise

    def __len__(self) -> int:
        return self._found.count()

    def __getitem__(self, part: int | slice) -> Person | list[Person]:  # type: ignore[override]
        """Read one, or some with their roles in two queries."""
        if isinstance(part, int):
            return self[part : part + 1][0]  # type: ignore[index]
        rows = list(self._found[part])
        held = models.Membership.objects.filter(user__in=rows).order_by("enterprise_id", "role")
        roles: dict[str, list[MembershipValue]] = {}
        for row in held.values_list("user_id", "role", "enterprise_id", "team"):
            roles.setdefault(row[0], []).append(MembershipValue(*row))
        return [_person(row, roles.get(row.name, []), self._enterprise) for row in rows]


def person(name: str, enterprise: str) -> Person | None:
    """Return somebody who holds a role at the enterprise or everywhere (`EVERYWHERE`: anybody), else None."""
    row = models.User.objects.filter(pk=name).first()
    if row is None:
        return None
    someone = _person(row, roles_of(name), enterprise)
    return someone if someone.roles or enterprise == EVERYWHERE else None


def governs(actor: Actor, user: str) -> bool:
    """Whether the actor administers every place where the user holds a role, as `require_can_administer`."""
    return administers(actor, user) and all(scoped(actor, act) for act in permissions_of(user))


def has_second_factor(user: str) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user, type__in=kinds).exists())


def _person(row: models.User, held: Sequence[MembershipValue], enterprise: str) -> Person:
    everywhere = enterprise == EVERYWHERE
    roles = tuple(role for role in held if everywhere or role.enterprise in {None, enterprise})
    elsewhere = not everywhere and any(role.enterprise != enterprise for role in held)
    usable = row.has_usable_password()
    return Person(row.name, row.display_name, row.email, row.is_active, row.last_login, usable, roles, elsewhere)
