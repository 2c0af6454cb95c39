"""Read who might be behind an account. Two accounts are two people only if nobody might be behind both."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.models import Hold, Link, Token, User
from nianjian.platform.accounts.query import USER
from nianjian.platform.audit.query import acted_last

if TYPE_CHECKING:
    from django.db.models import QuerySet

FRESH: Final = timedelta(hours=1)  # the person changes the password before the eyes of who confirms
CHANGED: Final = "account.password"


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How many ways into an account there are that need no password; ``connections``: of single sign-on."""

    links: int
    sessions: int
    tokens: int
    passkeys: int
    connections: int

    def as_dict(self) -> dict[str, int]:
        """Each by its name."""
        return asdict(self)


def holders(user: str) -> list[str]:
    """Return who let the account in and has not been vouched away since, by name."""
    return list(Hold.objects.filter(user_id=user).order_by("by").values_list("by", flat=True))


def list_controlling_users(user: str) -> frozenset[str]:
    """Return everybody who might act as the account: itself, who let it in, who let these in, and so on."""
    found = fresh = {user}
    while fresh:
        fresh = set(Hold.objects.filter(user_id__in=fresh).values_list("by", flat=True)) - found
        found = found | fresh
    return frozenset(found)


def behind_both(one: str, other: str) -> list[str]:
    """Return who might act as both accounts, by name; nobody: they are two people."""
    return sorted(list_controlling_users(one) & list_controlling_users(other))


def ways_in(user: str) -> WaysIn:
    """What a confirmation would end."""
    return WaysIn(
        links=first_links(user).count(),
        sessions=len(sessions(user)),
        tokens=Token.objects.filter(user_id=user).count(),
        passkeys=passkeys(user).count(),
        connections=SocialAccount.objects.filter(user_id=user).count(),
    )


def password_fresh(user: str) -> bool:
    """Whether only the person should know the password: there is none, or it was changed within `FRESH` and since.

    Changed at one's own account, by who knew the one before; one that was chosen with a link does not count: whoever
    made the link has seen it. ``since``: since somebody last had a way in in its hands.
    """
    if not User.objects.get(pk=user).has_usable_password():
        return True
    moment = acted_last(verb=CHANGED, actor=f"{USER}:{user}")
    held = Hold.objects.filter(user_id=user).order_by("-at").values_list("at", flat=True).first()
    return moment is not None and moment > clock.now() - FRESH and (held is None or moment > held)


def email(user: str) -> str:
    """The address by which single sign-on lets the person in; "": none."""
    return User.objects.filter(pk=user).values_list("email", flat=True).first() or ""


def first_links(user: str) -> QuerySet[Link]:
    """The links by which somebody can still choose the account's password, or could once it is opened again."""
    held = Link.objects.filter(user_id=user, purpose=Link.FIRST, used_at=None, revoked_at=None)
    return held.filter(expires_at__gt=clock.now())


def passkeys(user: str) -> QuerySet[Authenticator]:
    """The account's passkeys, each of which signs in by itself."""
    return Authenticator.objects.filter(user_id=user, type=Authenticator.Type.WEBAUTHN)  # type: ignore[no-any-return]


def sessions(user: str) -> list[str]:
    """Keys of the account's sessions; whose a session is stands within it, so each one that holds is read."""
    held = Session.objects.filter(expire_date__gt=clock.now())
    return [one.session_key for one in held.iterator() if one.get_decoded().get(SESSION_KEY) == user]
