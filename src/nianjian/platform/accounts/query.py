"""Read tenants and users, and say who is acting."""

import getpass
import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import F, Q

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.kernel.memo import per_request
from nianjian.platform.accounts import models
from nianjian.platform.accounts.models import Membership, User
from nianjian.platform.accounts.roles import Permission, allowed, allows


def list_readers(enterprise: str) -> dict[str, frozenset[str]]:
    """Roles of every open account that may read the enterprise, by name; a role of the installation holds here too."""
    at = Q(enterprise=None) | Q(enterprise_id=enterprise)
    by_user: dict[str, set[str]] = {}
    for name, role in Membership.objects.filter(at, user__is_active=True).values_list("user_id", "role"):
        by_user.setdefault(name, set()).add(role)
    return {name: frozenset(roles) for name, roles in sorted(by_user.items()) if allows(roles, Permission.READ)}


def find_spoken_language(name: str) -> tuple[str, str] | None:
    """E-mail address and language of an open account, each "" where it has none; None where there is no such one."""
    row = User.objects.filter(pk=name, is_active=True).values_list("email", "language").first()
    return None if row is None else (row[0], row[1])


USER: Final = "user"
LOCAL: Final = "os"


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A tenant."""

    code: str
    name: str
    province: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: ``kind`` is ``user`` (proved by a session or a token) or ``os`` (the local operator).

    ``scopes``: the acts that the token at hand is for; None: whatever the roles allow.
    """

    name: str
    kind: str = LOCAL
    scopes: frozenset[str] | None = None

    @property
    def proved(self) -> bool:
        """Whether this person has shown who it is: only such a one can be the second of two."""
        return self.kind == USER

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


CLOCK: Final = Actor("clock", "system")
"""The worker itself, for what it does at its hours and nobody asked for."""


@per_request
def enterprise(code: str) -> Enterprise:
    """Find a tenant; ``enterprise_unknown`` if there is none of that code."""
    row = get_or_raise(models.Enterprise.objects.filter(pk=code), "enterprise_unknown", enterprise=code)
    return Enterprise(row.code, row.name, row.province)


def known_since(codes: Collection[str]) -> dict[str, date]:
    """The day on which each tenant was made here, by code; what is no tenant is not in it."""
    return _load_creation_days(tuple(sorted(codes)))


@per_request
def _load_creation_days(codes: tuple[str, ...]) -> dict[str, date]:
    rows = models.Enterprise.objects.filter(pk__in=codes).values_list("code", "created_at")
    return {code: at.astimezone(clock.ZONE).date() for code, at in rows}


def enterprises() -> list[Enterprise]:
    """All tenants by code."""
    return [Enterprise(one.code, one.name, one.province) for one in models.Enterprise.objects.order_by("code")]


def count_tokens() -> int:
    """How many tokens of programs hold."""
    return models.Token.objects.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now())).count()


def users() -> list[str]:
    """All users' names, sorted."""
    return list(models.User.objects.order_by("name").values_list("name", flat=True))


def exists(user: str) -> bool:
    """Whether there is an account of that name, open or closed."""
    return models.User.objects.filter(pk=user).exists()


def by_email(addresses: set[str]) -> models.User | None:
    """Return the open account that has had one of these e-mail addresses longest, whatever the case; None for none.

    Enterprises do not learn of each other's people, so two of them may have set the same address. None as well where
    it is not known who was first.
    """
    emails = {address.casefold() for address in addresses}
    accounts = (
        models.User.objects.filter(is_active=True).exclude(email="").order_by(F("email_at").asc(nulls_first=True))
    )
    oldest = [account for account in accounts if account.email.casefold() in emails][:2]
    unsure = len(oldest) > 1 and oldest[0].email_at == oldest[1].email_at
    return oldest[0] if oldest and not unsure else None


@dataclass(frozen=True, slots=True)
class MembershipValue:
    """A role that a user holds; ``enterprise`` None: in the whole installation; ``team``: of an outsourcer."""

    user: str
    role: str
    enterprise: str | None
    team: str = ""


def list_memberships(places: Collection[str] | None = None) -> list[MembershipValue]:
    """Users' roles at these enterprises (None: everywhere), by user, enterprise, role; the installation's first."""
    return _memberships({} if places is None else {"enterprise_id__in": places})


def first_with(role: str) -> str | None:
    """The first user by name who holds a role anywhere; None: nobody does."""
    names = models.Membership.objects.filter(role=role).order_by("user_id").values_list("user_id", flat=True)
    return names.first()


def roles_of(user: str) -> list[MembershipValue]:
    """Every role of one user, as `list_memberships` orders them."""
    return _memberships({"user_id": user})


def _memberships(filters: Mapping[str, Any]) -> list[MembershipValue]:
    queryset = models.Membership.objects.filter(**filters)
    rows = queryset.order_by("user_id", F("enterprise_id").asc(nulls_first=True), "role")
    return [MembershipValue(*row) for row in rows.values_list("user_id", "role", "enterprise_id", "team")]


def permissions_of(user: str) -> frozenset[Permission]:
    """Return the acts that one of the user's roles allows somewhere: the widest that a token may be for."""
    return frozenset(act for one in roles_of(user) for act in allowed(one.role))


def holds(user: str, roles: Iterable[str]) -> bool:
    """Whether the user is one of these anywhere."""
    return models.Membership.objects.filter(user_id=user, role__in=list(roles)).exists()


def digest(token: str) -> str:
    """What is kept of a token: sha256, hex. Tokens are random, so no salt and no slow hash is needed."""
    return hashlib.sha256(token.strip().encode()).hexdigest()


def actor(name: str | None, token: str | None = None) -> Actor:
    """Who acts: the OS user, or the named user who proves itself by the token.

    ``token_missing`` without a token; ``token_refused`` for an unknown user or another token, without telling which.
    """
    if name is None:
        try:
            return Actor(getpass.getuser(), LOCAL)
        except (KeyError, OSError):  # a container may run under a number without a name
            return Actor("unknown", LOCAL)
    if not token:
        raise NianjianError("token_missing", user=name)
    owner = bearer(token)
    if owner is None or not hmac.compare_digest(owner.name.encode(), name.encode()):
        raise NianjianError("token_refused", user=name)
    return owner


def bearer(token: str) -> Actor | None:
    """Return whose token this is, with its scopes; None for one that is unknown, expired or of a closed account."""
    tokens = models.Token.objects.filter(sha256=digest(token), user__is_active=True)
    row = tokens.exclude(expires_at__lte=clock.now()).first()
    if row is None:
        return None
    return Actor(row.user_id, USER, None if row.scopes is None else frozenset(row.scopes))


def asked_by(text: str) -> Actor:
    """Who asked for work, from how it was written down (``str(Actor)``); ``account_closed`` for whom may no longer."""
    actor = recorded_actor(text)
    if actor.proved and not models.User.objects.filter(pk=actor.name, is_active=True).exists():
        raise NianjianError("account_closed", user=actor.name)
    return actor


def recorded_actor(text: str) -> Actor:
    """Read an actor as it was written down (``str(Actor)``)."""
    kind, _colon, name = text.partition(":")
    return Actor(name, kind)


def lock_enterprise(enterprise: str) -> None:
    """Make two writers of one enterprise go one after the other, to the end of their transaction."""
    list(models.Enterprise.objects.select_for_update().filter(pk=enterprise))
