"""The first administrator."""

from __future__ import annotations

from django.db import transaction

from nianjian.accounts import query, service
from nianjian.accounts.access import EVERYWHERE, require
from nianjian.accounts.links.service import Made, make_first
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act, Role
from nianjian.kernel.errors import NianjianError


def first_administrator(*, name: str, enterprise: str, again: bool, actor: Actor) -> Made:
    """Make an administrator of the enterprise ("": of the installation) and the one-time link.

    ``administrator_exists`` unless ``again``, by which somebody who is here already may be given the role and a new
    link. Errors as `service.add_user`, `service.grant` and `make_first`.
    """
    require(actor, EVERYWHERE, Act.PEOPLE)
    with transaction.atomic():
        already = query.first_with(Role.ADMINISTRATOR)
        if already and not again:
            raise NianjianError("administrator_exists", user=already)
        if not query.exists(name):
            service.add_person(name=name, actor=actor)
        service.grant(user=name, role=Role.ADMINISTRATOR, enterprise=enterprise, actor=actor)
        return make_first(user=name, actor=actor)
