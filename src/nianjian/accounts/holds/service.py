"""Note who let an account in, and let another administrator confirm that it is its person's alone.

The local operator's acts are not noted: who may start the program on the server reads its files anyway, and gives a
firm with one administrator the way to confirm its people.
"""

from __future__ import annotations

from django.db import transaction

from nianjian.accounts.access import govern_another
from nianjian.accounts.holds import query
from nianjian.accounts.models import Hold
from nianjian.accounts.query import Actor
from nianjian.audit.record import record
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError


def note(*, user: str, actor: Actor) -> None:
    """Note that the actor has just had in hand what lets the account in; in the transaction of that act."""
    if actor.proved and actor.name != user:
        with transaction.atomic():
            Hold.objects.get_or_create(user_id=user, by=actor.name, defaults={"at": clock.now()})


def confirm(*, user: str, actor: Actor) -> list[str]:
    """Vouch that the account is in the hands of its person alone; who might have been behind it until now.

    ``user_unknown``, ``role_missing``, ``own_account``; ``confirm_not_apart``: somebody might be behind both accounts.
    """
    govern_another(actor, user)
    with transaction.atomic():
        found = query.holders(user)
        both = query.behind_both(actor.name, user) if actor.proved else []
        if found and both:
            raise NianjianError("confirm_not_apart", user=user, behind=", ".join(both))
        if found:
            Hold.objects.filter(user_id=user, by__in=found).delete()
            record(verb="user.confirm", enterprise="", actor=actor, data={"user": user, "behind": found})
    return found
