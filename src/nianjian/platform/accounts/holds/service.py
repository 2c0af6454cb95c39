"""Note who let an account in, and let another administrator confirm that it is its person's alone.

The local operator's acts are not noted: who may start the program on the server reads its files anyway, and gives a
firm with one administrator the way to confirm its people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.access import govern_another
from nianjian.platform.accounts.holds import query
from nianjian.platform.accounts.models import Hold, Token, User
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Who might have been behind the account until now, what was ended, and the address that goes on letting in."""

    behind: list[str]
    ended: query.WaysIn
    email: str

    def as_dict(self) -> dict[str, object]:
        """As programs are told."""
        return {"behind": self.behind, "ended": self.ended.as_dict(), "email": self.email}


def note(*, user: str, actor: Actor) -> None:
    """Note that the actor has just had in hand what lets the account in; in the transaction of that act.

    It waits for a confirmation under way: that one either ends what was handed out, or goes before this note.
    """
    if actor.proved and actor.name != user:
        with transaction.atomic():
            _lock(user)
            Hold.objects.update_or_create(user_id=user, by=actor.name, defaults={"at": clock.now()})


def confirm(*, user: str, actor: Actor) -> Confirmed:
    """Vouch that the account is in the hands of its person alone, and end whatever a holder may have kept.

    Links, sessions, tokens, passkeys and connections of single sign-on end; the password, which the person is to have
    changed just before, the authenticator app and the e-mail address stay. Of an account that nobody holds nothing
    ends.

    ``user_unknown``, ``role_missing``, ``own_account``; ``confirm_not_apart``: somebody might be behind both accounts;
    ``confirm_password_kept``: the password is one that a holder may have chosen with the link that passed its hands.
    """
    govern_another(actor, user)
    with transaction.atomic():
        _lock(user)
        found = query.holders(user)
        both = query.behind_both(actor.name, user) if actor.proved else []
        if found and both:
            raise NianjianError("confirm_not_apart", user=user, behind=", ".join(both))
        if found and not query.password_fresh(user):
            raise NianjianError("confirm_password_kept", user=user, minutes=query.FRESH // timedelta(minutes=1))
        ended = end_ways_in(user) if found else query.WaysIn(0, 0, 0, 0, 0)
        if found:
            Hold.objects.filter(user_id=user, by__in=found).delete()
            data = {"user": user, "behind": found, "ended": ended.as_dict()}
            record(verb="user.confirm", enterprise="", actor=actor, data=data)
    return Confirmed(found, ended, query.email(user))


def end_ways_in(user: str) -> query.WaysIn:
    """End every way in that needs no password, within the caller's transaction; how many of each."""
    told = query.ways_in(user)
    query.first_links(user).update(revoked_at=clock.now())
    Session.objects.filter(pk__in=query.sessions(user)).delete()
    UserSession.objects.filter(user_id=user).delete()
    Token.objects.filter(user_id=user).delete()
    query.passkeys(user).delete()
    SocialAccount.objects.filter(user_id=user).delete()
    return told


def _lock(user: str) -> None:
    User.objects.select_for_update().filter(pk=user).first()
