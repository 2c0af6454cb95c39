"""May this person do that here? The one door that flows, services and verbs ask.

The local operator of the OS shell may do everything: who can start the program there can also read its files. Such
acts stand in the audit chain as ``os:NAME``. Everybody else needs a role, at the enterprise or in the installation.
"""

from collections.abc import Collection
from typing import Final

from django.db.models import QuerySet
from django.http import Http404

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.memo import per_request
from nianjian.engines.paper.people import set_enterprise
from nianjian.platform.accounts import query
from nianjian.platform.accounts.models import Enterprise as Row
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import Actor, Enterprise, enterprises
from nianjian.platform.accounts.roles import Permission, Role, allows, roles_for

EVERYWHERE: Final = ""
"""In place of an enterprise's code: the whole installation."""


def memberships(user: str) -> QuerySet[Membership]:
    """The roles by which a user may act now: a closed account has none, by whatever way somebody comes in its name."""
    return Membership.objects.filter(user_id=user, user__is_active=True)


@per_request
def _list_roles(user: str) -> list[tuple[str | None, str]]:
    """Enterprise (None: the installation) and role of each membership by which a user may act now."""
    return list(memberships(user).values_list("enterprise_id", "role"))


def roles(user: str, enterprise: str) -> frozenset[str]:
    """Return what a user is at an enterprise; a role of the installation holds at every one."""
    return frozenset(role for place, role in _list_roles(user) if place is None or place == enterprise)


def has_permission(actor: Actor, enterprise: str, act: Permission) -> bool:
    """Whether the actor may; ``enterprise`` is a code or `EVERYWHERE`."""
    if not actor.proved:
        return True
    return scoped(actor, act) and allows(roles(actor.name, enterprise), act)


def permissions(actor: Actor, enterprise: str) -> frozenset[Permission]:
    """All that the actor may do there, in one question."""
    if not actor.proved:
        return frozenset(Permission)
    user_roles = roles(actor.name, enterprise)
    return frozenset(act for act in Permission if scoped(actor, act) and allows(user_roles, act))


def scoped(actor: Actor, act: Permission) -> bool:
    """Whether the actor is here for such an act at all: a token that may read may read its own."""
    return (
        actor.scopes is None or act in actor.scopes or (act == Permission.READ_OWN and Permission.READ in actor.scopes)
    )


def team_of(actor: Actor, enterprise: str) -> str | None:
    """Return the team whose rows alone the actor may see; None: all rows. ``role_missing`` for whom has no team."""
    if has_permission(actor, enterprise, Permission.READ):
        return None
    own = memberships(actor.name).filter(enterprise_id=enterprise, role=Role.OUTSOURCER)
    team = own.values_list("team", flat=True).first()
    if not team:  # rows of no team are nobody's own
        require_permission(actor, enterprise, Permission.READ)
    return team


def require_permission(actor: Actor, enterprise: str, act: Permission) -> None:
    """Raise ``role_missing`` (``role_missing_everywhere`` for the installation) unless the actor may.

    Whether an enterprise exists is not told to whom it does not concern.
    """
    if has_permission(actor, enterprise, act):
        return
    needed = ", ".join(roles_for(act))
    if enterprise == EVERYWHERE:
        raise NianjianError("role_missing_everywhere", user=actor.name, act=act.value, roles=needed)
    raise NianjianError("role_missing", user=actor.name, enterprise=enterprise, act=act.value, roles=needed)


def enter_enterprise(actor: Actor, code: str, act: Permission) -> tuple[Enterprise, str | None]:
    """Let somebody in; the enterprise, and the team whose rows alone the actor may see, as `team_of`.

    From here on bare words name people of the enterprise (`engines.paper.people`).
    Http404 for an enterprise that there is not or that does not concern the actor; ``role_missing``.
    """
    if not has_permission(actor, code, Permission.READ_OWN):
        raise Http404
    try:
        tenant = query.enterprise(code)
    except NianjianError as error:
        raise Http404 from error
    require_permission(actor, code, act)
    set_enterprise(code)
    return tenant, team_of(actor, code)


def require_can_administer(actor: Actor, user: str) -> None:
    """Raise unless the actor administers every place where the user holds a role: who may act for it, or close it.

    ``role_missing_everywhere``: the same answer whether the user holds roles elsewhere or does not exist.
    ``user_unknown`` to an administrator of the installation. A user without a role is governed by the installation.
    ``token_too_narrow``: by a token that is not for all that the user may do, see `require_token_scope`.
    """
    if not administers(actor, user):
        require_permission(actor, EVERYWHERE, Permission.PEOPLE)
    if not query.exists(user):
        raise NianjianError("user_unknown", user=user)
    require_token_scope(actor, query.permissions_of(user), user)


def administers(actor: Actor, user: str) -> bool:
    """Whether the actor may administer people at every place where the user holds a role."""
    places = {one.enterprise or EVERYWHERE for one in query.roles_of(user)} or {EVERYWHERE}
    return all(has_permission(actor, place, Permission.PEOPLE) for place in places)


def require_token_scope(actor: Actor, acts: Collection[Permission], user: str) -> None:
    """Raise ``token_too_narrow`` where the token at hand is not for all of ``acts``, which ``user`` holds or is given.

    Whoever lets an account in could act as that account, so a token for some acts reaches accounts of these acts alone.
    """
    lacking = sorted(act for act in acts if not scoped(actor, act))
    if lacking:
        raise NianjianError("token_too_narrow", user=user, acts=", ".join(lacking))


def require_can_administer_another(actor: Actor, user: str) -> None:
    """As `require_can_administer`, for acts that would let a token's holder in as that person: ``own_account``."""
    require_can_administer(actor, user)
    if actor.proved and actor.name == user:
        raise NianjianError("own_account", user=user)


def people(actor: Actor) -> dict[str, list[dict[str, str | None]]]:
    """Every user's roles as far as the actor may read: of the installation, or of enterprises that concern the actor.

    Who holds none of these is named only to readers of the whole installation.
    """
    whole = has_permission(actor, EVERYWHERE, Permission.READ)
    by_user: dict[str, list[dict[str, str | None]]] = {name: [] for name in query.users()} if whole else {}
    for one in query.list_memberships(None if whole else _own(actor)):
        by_user.setdefault(one.user, []).append({"role": one.role, "enterprise": one.enterprise})
    return by_user


def _own(actor: Actor) -> list[str]:
    """The enterprises at which a person without a role in the installation may read."""
    if not scoped(actor, Permission.READ):
        return []
    own = memberships(actor.name).filter(role__in=roles_for(Permission.READ)).exclude(enterprise=None)
    return list(own.values_list("enterprise_id", flat=True))


@per_request
def list_accessible_enterprises(
    actor: Actor, act: Permission = Permission.READ_OWN, *, limit: int | None = None
) -> list[Enterprise]:
    """Return the enterprises at which the actor may do ``act``, by code, the first ``limit`` of them."""
    if not actor.proved:
        return enterprises()[:limit]
    if not scoped(actor, act):
        return []
    places = {place for place, role in _list_roles(actor.name) if role in roles_for(act)}
    rows = Row.objects.all() if None in places else Row.objects.filter(pk__in=[place for place in places if place])
    return [Enterprise(one.code, one.name, one.province) for one in rows.order_by("code")[:limit]]
