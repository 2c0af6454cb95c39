"""The first administrator."""

from __future__ import annotations

from django.db import transaction

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import query, service
from nianjian.platform.accounts.access import EVERYWHERE, require
from nianjian.platform.accounts.links.service import Made, make_first
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act, Role


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
