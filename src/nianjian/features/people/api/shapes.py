"""What operations about people take and tell; a secret stands in the answer to the write that made it alone."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404
from ninja import Schema

from nianjian.platform.accounts import links, people
from nianjian.platform.accounts.holds import list_holders
from nianjian.platform.accounts.links import NewLink
from nianjian.platform.accounts.models import Invitation
from nianjian.platform.accounts.people import Person
from nianjian.platform.accounts.query import Actor
from nianjian.platform.api.access import Request
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.home import env


class Somebody(Schema):
    """An account with its roles here and in the installation."""

    name: str
    email: str
    open: bool
    last_login: datetime | None
    roles: list[Role]


class NamePart(Schema):
    """A part of the name."""

    q: Text = ""


class LinkTold(Schema):
    """A link that still lets its person in; ``purpose``: first (once, to choose a password) or inspect."""

    id: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class Known(Somebody):
    """``governed``: whether the asker administers every place where the person holds a role.

    Only then links and the account are in the asker's hands, and only then the last four are told, else null.
    ``behind``: who let the account in and so might act as it, until another administrator confirms it.
    """

    governed: bool
    has_password: bool | None
    second_factor: bool | None
    links: list[LinkTold] | None
    behind: list[str] | None


class NewRole(Schema):
    """A role, and the team of an outsourcer."""

    role: Text
    team: Text = ""


class InvitationTold(Schema):
    """An invitation that can still be accepted; ``made_by`` is empty where it was made at the server's shell."""

    id: str
    role: str
    team: str
    made_by: str
    created_at: datetime
    expires_at: datetime


class Withdrawn(Schema):
    """The invitation that was taken back."""

    id: str


class NewPerson(NewRole):
    """Somebody to be added; ``email``: for single sign-on, may be empty."""

    name: Text
    email: Text = ""


class Until(Schema):
    """The last day of an inspector's link."""

    until: Day


class Address(Schema):
    """An e-mail address."""

    email: Text


class Touched(Schema):
    """The person that something was done to."""

    name: str


class Ended(Schema):
    """How many ways into an account were ended; ``connections``: of single sign-on."""

    links: int
    sessions: int
    tokens: int
    passkeys: int
    connections: int


class Confirmed(Touched):
    """Who might have been behind the account until now (nobody: nothing was ended), and what was ended.

    ``email``: the address that goes on letting in by single sign-on; make sure that it is the person's.
    """

    behind: list[str]
    ended: Ended
    email: str


class Given(Touched):
    """Whether the role was not held before."""

    changed: bool


class Added(Touched):
    """Who was added; ``url``: the one-time link, told now alone (null where this answer is repeated).

    An inspector comes by a link that is made with its end: ``url`` and ``expires_at`` are null.
    """

    url: str | None
    expires_at: datetime | None


class MadeLink(Schema):
    """A new link; ``url`` is told now alone (null where this answer is repeated)."""

    id: str
    url: str | None
    expires_at: datetime


def somebody(one: Person) -> dict[str, object]:
    """A person as a list tells it."""
    return {
        "name": one.name,
        "email": one.email,
        "open": one.is_open,
        "last_login": one.last_login,
        "roles": [{"role": held.role, "enterprise": held.enterprise, "team": held.team} for held in one.roles],
    }


def invitation(row: Invitation) -> dict[str, object]:
    """An invitation as a list tells it."""
    return {
        "id": row.id,
        "role": row.role,
        "team": row.team,
        "made_by": row.user,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
    }


def get_person_detail(actor: Actor, name: str, place: str) -> dict[str, object]:
    """A person with the ways in, as its page tells them; Http404."""
    one = people.person(name, place)
    if one is None:
        raise Http404
    governed = people.governs(actor, one.name)
    return somebody(one) | {
        "governed": governed,
        "has_password": one.has_password if governed else None,
        "second_factor": people.has_second_factor(one.name) if governed else None,
        "links": [_link(each) for each in links.list_links([one.name]).get(one.name, [])] if governed else None,
        "behind": list_holders(one.name) if governed else None,
    }


def require_person(name: str, place: str) -> str:
    """The person that the address names, if it is somebody of the place; Http404."""
    if people.person(name, place) is None:
        raise Http404
    return name


def added(request: Request, name: str, made: NewLink | None) -> dict[str, object]:
    """Who was added, and the link."""
    told = None if made is None else to_link_document(request, made)
    return {"name": name, **(told or {"url": None, "expires_at": None})}


def to_link_document(request: Request, made: NewLink) -> dict[str, object]:
    """A link that was just made."""
    url = env.address(made.path, request.build_absolute_uri(made.path))
    return {"id": made.id, "url": url, "expires_at": made.expires_at}


def _link(one: links.IssuedLink) -> dict[str, object]:
    return {field: getattr(one, field) for field in LinkTold.model_fields}


class Role(Schema):
    """A role; ``enterprise`` null: in the whole installation; ``team``: an outsourcer's."""

    role: str
    enterprise: str | None
    team: str
