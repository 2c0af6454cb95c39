"""Who may read an enterprise: the people that it may be talked about with."""

from __future__ import annotations

from django.db.models import Q

from nianjian.platform.accounts.models import Membership, User
from nianjian.platform.accounts.roles import Act, allows


def readers(enterprise: str) -> dict[str, frozenset[str]]:
    """Roles of every open account that may read the enterprise, by name; a role of the installation holds here too."""
    at = Q(enterprise=None) | Q(enterprise_id=enterprise)
    found: dict[str, set[str]] = {}
    for name, role in Membership.objects.filter(at, user__is_active=True).values_list("user_id", "role"):
        found.setdefault(name, set()).add(role)
    return {name: frozenset(roles) for name, roles in sorted(found.items()) if allows(roles, Act.READ)}


def spoken_to(name: str) -> tuple[str, str] | None:
    """E-mail address and language of an open account, each "" where it has none; None where there is no such one."""
    found = User.objects.filter(pk=name, is_active=True).values_list("email", "language").first()
    return None if found is None else (found[0], found[1])
