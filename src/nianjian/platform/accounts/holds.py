"""Who else might be behind an account: whoever let it in, until another administrator vouches for its person.

Two accounts are two people only if nobody might be behind both. The local operator's acts are not recorded: who may
start the program on the server reads its files anyway, and gives a firm with one administrator the way to confirm its
people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.access import require_can_administer_another
from nianjian.platform.accounts.models import Hold, Link, Token, User
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.audit.query import acted_last
from nianjian.platform.audit.record import record

if TYPE_CHECKING:
    from django.db.models import QuerySet


FRESH: Final = timedelta(hours=1)  # the person changes the password before the eyes of who confirms
CHANGED: Final = "account.password"


@dataclass(frozen=True, slots=True)
class Ended:
    """How many ways into an account were ended; ``connections``: of single sign-on."""

    links: int
    sessions: int
    tokens: int
    passkeys: int
    connections: int

    def as_dict(self) -> dict[str, int]:
        """Each by its name."""
        return asdict(self)


def list_holders(user: str) -> list[str]:
    """Return who let the account in and has not been vouched away since, by name."""
    return list(Hold.objects.filter(user_id=user).order_by("by").values_list("by", flat=True))


def list_controlling_users(user: str) -> frozenset[str]:
    """Return everybody who might act as the account: itself, who let it in, who let these in, and so on."""
    users = fresh = {user}
    while fresh:
        fresh = set(Hold.objects.filter(user_id__in=fresh).values_list("by", flat=True)) - users
        users = users | fresh
    return frozenset(users)


def list_common_holders(one: str, other: str) -> list[str]:
    """Return who might act as both accounts, by name; nobody: they are two people."""
    return sorted(list_controlling_users(one) & list_controlling_users(other))


def list_apart(user: str, others: Collection[str]) -> list[str]:
    """Return those of the others who are surely another person than the user, as `list_common_holders` says."""
    edges: dict[str, set[str]] = {}
    for account, by in Hold.objects.values_list("user_id", "by"):
        edges.setdefault(account, set()).add(by)
    own = _close_over(user, edges)
    return [other for other in others if not own & _close_over(other, edges)]


def _close_over(user: str, edges: Mapping[str, set[str]]) -> set[str]:
    users, fresh = {user}, {user}
    while fresh:
        fresh = set().union(*(edges.get(name, set()) for name in fresh)) - users
        users |= fresh
    return users


def count_ways_in(user: str) -> Ended:
    """What a confirmation would end."""
    return Ended(**{name: rows.count() for name, rows in _ways_in(user).items()})


def _ways_in(user: str) -> dict[str, QuerySet[Any]]:
    return {
        "links": first_links(user),
        "sessions": Session.objects.filter(pk__in=list_sessions(user)),
        "tokens": Token.objects.filter(user_id=user),
        "passkeys": list_passkeys(user),
        "connections": SocialAccount.objects.filter(user_id=user),
    }


def has_fresh_password(user: str) -> bool:
    """Whether only the person should know the password: there is none, or it was changed within `FRESH` and since.

    Changed at one's own account, by who knew the one before; one that was chosen with a link does not count: whoever
    made the link has seen it. “Since”: since somebody last had a way in in its hands.
    """
    if not User.objects.get(pk=user).has_usable_password():
        return True
    moment = acted_last(verb=CHANGED, actor=f"{USER}:{user}")
    hold_at = Hold.objects.filter(user_id=user).order_by("-at").values_list("at", flat=True).first()
    return moment is not None and moment > clock.now() - FRESH and (hold_at is None or moment > hold_at)


def find_email(user: str) -> str:
    """The address by which single sign-on lets the person in; "": none."""
    return User.objects.filter(pk=user).values_list("email", flat=True).first() or ""


def first_links(user: str) -> QuerySet[Link]:
    """The links by which somebody can still choose the account's password, or could once it is opened again."""
    links = Link.objects.filter(user_id=user, purpose=Link.FIRST, used_at=None, revoked_at=None)
    return links.filter(expires_at__gt=clock.now())


def list_passkeys(user: str) -> QuerySet[Authenticator]:
    """The account's passkeys, each of which signs in by itself."""
    return Authenticator.objects.filter(user_id=user, type=Authenticator.Type.WEBAUTHN)  # type: ignore[no-any-return]


def list_sessions(user: str) -> list[str]:
    """Keys of the account's sessions; whose a session is stands within it, so each one that holds is read."""
    sessions = Session.objects.filter(expire_date__gt=clock.now())
    return [one.session_key for one in sessions.iterator() if one.get_decoded().get(SESSION_KEY) == user]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who might have been behind the account until now, what was ended, and the address that goes on letting in."""

    behind: list[str]
    ended: Ended
    email: str


def record_hold(*, user: str, actor: Actor) -> None:
    """Note that the actor has just had in hand what lets the account in; in the transaction of that act.

    It waits for a confirmation under way: that one either ends what was handed out, or goes before this note.
    """
    if actor.proved and actor.name != user:
        with transaction.atomic():
            _lock(user)
            Hold.objects.update_or_create(user_id=user, by=actor.name, defaults={"at": clock.now()})


def confirm_account(*, user: str, actor: Actor) -> Confirmation:
    """Vouch that the account is in the hands of its person alone, and end whatever a holder may have kept.

    Links, sessions, tokens, passkeys and connections of single sign-on end; the password, which the person is to have
    changed just before, the authenticator app and the e-mail address stay. Of an account that nobody holds nothing
    ends.

    ``user_unknown``, ``role_missing``, ``own_account``; ``confirm_not_apart``: somebody might be behind both accounts;
    ``confirm_password_kept``: the password is one that a holder may have chosen with the link that passed its hands.
    """
    require_can_administer_another(actor, user)
    with transaction.atomic():
        _lock(user)
        holders = list_holders(user)
        both = list_common_holders(actor.name, user) if actor.proved else []
        if holders and both:
            raise NianjianError("confirm_not_apart", user=user, behind=", ".join(both))
        if holders and not has_fresh_password(user):
            raise NianjianError("confirm_password_kept", user=user, minutes=FRESH // timedelta(minutes=1))
        ended = end_ways_in(user) if holders else Ended(0, 0, 0, 0, 0)
        if holders:
            Hold.objects.filter(user_id=user, by__in=holders).delete()
            data = {"user": user, "behind": holders, "ended": ended.as_dict()}
            record(verb="user.confirm", enterprise="", actor=actor, data=data)
    return Confirmation(holders, ended, find_email(user))


def end_ways_in(user: str) -> Ended:
    """End every way in that needs no password, within the caller's transaction; how many of each."""
    counts = count_ways_in(user)
    for name, rows in _ways_in(user).items():
        rows.update(revoked_at=clock.now()) if name == "links" else rows.delete()
    UserSession.objects.filter(user_id=user).delete()
    return counts


def _lock(user: str) -> None:
    User.objects.select_for_update().filter(pk=user).first()
