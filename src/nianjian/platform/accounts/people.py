"""Who is here, for lists of people: a page at a time."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import KINDS
from nianjian.engines.paper.words import CHINESE, ENGLISH, words
from nianjian.platform.accounts import models
from nianjian.platform.accounts.access import EVERYWHERE, administers, require_permission, scoped
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.query import Actor, MembershipValue, permissions_of, roles_of
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class Person:
    """An account with the roles that concern the reader; ``elsewhere``: it holds roles beyond these places, too."""

    name: str
    display_name: str
    email: str
    is_open: bool
    last_login: datetime | None
    has_password: bool
    roles: tuple[MembershipValue, ...]
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may do an act at a place, with the roles held there."""

    name: str
    display_name: str
    roles: tuple[str, ...]


def resolve_owner(written: str, people: frozenset[str]) -> str:
    """Who sees to a thing: the login that is written, "" (nobody) where it is none of ``people``."""
    return written if written in people else ""


def list_candidates(enterprise: str, act: Permission) -> list[Candidate]:
    """Everybody with an open account who may do the act at the enterprise (`EVERYWHERE`: in the installation)."""
    at = Q(enterprise=None) if enterprise == EVERYWHERE else Q(enterprise=None) | Q(enterprise_id=enterprise)
    memberships = models.Membership.objects.filter(at, user__is_active=True).order_by(
        "user__display_name", "user_id", "role"
    )
    people: dict[tuple[str, str], list[str]] = {}
    for name, display_name, role in memberships.values_list("user_id", "user__display_name", "role"):
        people.setdefault((name, display_name), []).append(role)
    return [Candidate(*person, tuple(dict.fromkeys(roles))) for person, roles in people.items() if allows(roles, act)]


class PersonList(Sequence[Person]):
    """The people of an enterprise (`EVERYWHERE`: of the installation, all of them), by name; read as they are cut."""

    def __init__(self, enterprise: str, search: str = "") -> None:
        users = models.User.objects.order_by("name")
        if enterprise != EVERYWHERE:
            here = Q(memberships__enterprise_id=enterprise) | Q(memberships__enterprise=None, memberships__isnull=False)
            users = users.filter(here).distinct()
        self._found = users.filter(Q(name__icontains=search) | Q(display_name__icontains=search)) if search else users
        self._enterprise = enterprise

    def __len__(self) -> int:
        return self._found.count()

    def __getitem__(self, part: int | slice) -> Person | list[Person]:  # type: ignore[override]
        """Read one, or some with their roles in two queries."""
        if isinstance(part, int):
            return self[part : part + 1][0]  # type: ignore[index]
        rows = list(self._found[part])
        memberships = models.Membership.objects.filter(user__in=rows).order_by("enterprise_id", "role")
        roles: dict[str, list[MembershipValue]] = {}
        for row in memberships.values_list("user_id", "role", "enterprise_id", "team"):
            roles.setdefault(row[0], []).append(MembershipValue(*row))
        return [_person(row, roles.get(row.name, []), self._enterprise) for row in rows]


def person(name: str, enterprise: str) -> Person | None:
    """Return somebody who holds a role at the enterprise or everywhere (`EVERYWHERE`: anybody), else None."""
    row = models.User.objects.filter(pk=name).first()
    if row is None:
        return None
    someone = _person(row, roles_of(name), enterprise)
    return someone if someone.roles or enterprise == EVERYWHERE else None


def governs(actor: Actor, user: str) -> bool:
    """Whether the actor administers every place where the user holds a role, as `require_can_administer`."""
    return administers(actor, user) and all(scoped(actor, act) for act in permissions_of(user))


def has_second_factor(user: str) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user, type__in=kinds).exists())


def _person(row: models.User, memberships: Sequence[MembershipValue], enterprise: str) -> Person:
    everywhere = enterprise == EVERYWHERE
    roles = tuple(role for role in memberships if everywhere or role.enterprise in {None, enterprise})
    elsewhere = not everywhere and any(role.enterprise != enterprise for role in memberships)
    usable = row.has_usable_password()
    return Person(row.name, row.display_name, row.email, row.is_active, row.last_login, usable, roles, elsewhere)


# The names by which readers know people; `engines.paper.people` prints them.

LONGEST: Final = 60


def list_display_names(enterprise: str | None = None) -> dict[str, str]:
    """Display names by login, of those who have one; closed accounts keep theirs.

    Of everybody, or of those who hold a role at the enterprise or everywhere.
    """
    if enterprise is None:
        return dict(User.objects.exclude(display_name="").values_list("name", "display_name"))
    memberships = models.Membership.objects.filter(Q(enterprise=None) | Q(enterprise_id=enterprise))
    return {
        name: display_name
        for name, display_name in memberships.values_list("user_id", "user__display_name")
        if display_name
    }


def checked_display_name(text: str, *, of: str) -> str:
    """Return the name of the user ``of`` with single blanks; "": none.

    ``display_name_malformed``: invisible signs, or too long; " + " stands between several people
    (`engines.paper.people.actor_text`), so it is no part of a name. ``display_name_taken``: a word for who is no
    person, or the login of somebody else; two persons may have the same name.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if len(name) > LONGEST or " + " in name or not name.isprintable():
        raise NianjianError("display_name_malformed", most=LONGEST)
    login = unicodedata.normalize("NFKC", name)
    reserved = {_plain(words(language)(word)) for language in (CHINESE, ENGLISH) for word in KINDS.values()}
    if _plain(name) in reserved or User.objects.filter(name__iexact=login).exclude(pk=of).exists():
        raise NianjianError("display_name_taken", name=name)
    return name


def _plain(name: str) -> str:
    """Without what a reader overlooks: width, case and blanks."""
    return unicodedata.normalize("NFKC", name).casefold().replace(" ", "")


# How a person likes the pages: language, theme, and whether the first steps are shown.

LANGUAGES: Final = ("zh-hans", "en")
THEMES: Final = ("light", "dark")


def set_look(*, actor: Actor, language: str | None = None, theme: str | None = None) -> bool:
    """Keep the actor's own language and theme, each if given ("": no choice); whether anything changed.

    A value that is none of `LANGUAGES` or `THEMES` is no choice.
    """
    prefs = {}
    if language is not None:
        prefs["language"] = language if language in LANGUAGES else ""
    if theme is not None:
        prefs["theme"] = theme if theme in THEMES else ""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.name)
        if all(getattr(user, name) == value for name, value in prefs.items()):
            return False
        User.objects.filter(pk=actor.name).update(**prefs)
        record(verb="user.comfort", enterprise="", actor=actor, data={"user": actor.name, **prefs})
    return True


def set_guidance(*, actor: Actor, enterprise: str, on: bool) -> bool:
    """Whether the overview of the enterprise leads the actor through the first steps; whether anything changed.

    ``role_missing`` for who could not take the steps.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.name)
        if on is (enterprise not in user.unled):
            return False
        unled = sorted({*user.unled} - {enterprise} if on else {*user.unled, enterprise})
        User.objects.filter(pk=actor.name).update(unled=unled)
        data = {"user": actor.name, "led": on}
        record(verb="user.comfort", enterprise=enterprise, actor=actor, data=data)
    return True
