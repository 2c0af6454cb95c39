"""Which enterprises concern a person: one question for the portfolio and the switcher, not one an enterprise."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from nianjian.platform.accounts.access import memberships, scoped
from nianjian.platform.accounts.models import Enterprise as Row
from nianjian.platform.accounts.query import Actor, Enterprise, enterprises
from nianjian.platform.accounts.roles import Act, roles_for


def reach(actor: Actor, act: Act = Act.READ_OWN, *, limit: int | None = None) -> list[Enterprise]:
    """Return the enterprises at which the actor may do ``act``, by code, the first ``limit`` of them."""
    if not actor.proved:
        return enterprises()[:limit]
    if not scoped(actor, act):
        return []
    held = memberships(actor.name).filter(role__in=roles_for(act))
    if held.filter(enterprise=None).exists():
        found = Row.objects.all()
    else:
        found = Row.objects.filter(Exists(held.filter(enterprise__isnull=False, enterprise=OuterRef("pk"))))
    return [Enterprise(one.code, one.name, one.province) for one in found.order_by("code")[:limit]]
