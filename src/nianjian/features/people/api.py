"""The people of an enterprise and of the installation, their roles, links, invitations, and one's own tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router, Schema

from nianjian.features.people import operations
from nianjian.features.people.operations import (
    PEOPLE,
    Added,
    Confirmed,
    Given,
    InvitationTold,
    Known,
    LinkTold,
    MadeLink,
    Role,
    Somebody,
    Touched,
    Withdrawn,
    link_document,
    link_url,
)
from nianjian.platform.accounts import links, people, tokens
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.holds import confirm_account, list_holders
from nianjian.platform.accounts.links import NewLink, withdraw_invitation
from nianjian.platform.accounts.models import Invitation, Token
from nianjian.platform.accounts.people import Person, PersonList
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import everywhere, read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Text
from nianjian.platform.api.routes import mount
from nianjian.platform.operations.operation import REGISTRY


class NamePart(Schema):
    """A part of the user name or of the display name."""

    q: Text = ""


class NewRole(Schema):
    """A role, and the team of an outsourcer."""

    role: Text
    team: Text = ""


class NewPerson(NewRole):
    """Somebody to be added; ``email``: for single sign-on, may be empty, and so may ``display_name``."""

    name: Text
    display_name: Text = ""
    email: Text = ""


def somebody(one: Person, *, governed: bool) -> Somebody:
    """A person as a list tells it; the mail address is only for who governs the account."""
    return Somebody(**_read_person(one, governed=governed))


def _read_person(one: Person, *, governed: bool) -> dict[str, Any]:
    return {
        "name": one.name,
        "display_name": one.display_name,
        "email": one.email if governed else "",
        "open": one.is_open,
        "last_login": one.last_login,
        "roles": [Role(role.role, role.enterprise, role.team) for role in one.roles],
    }


def get_person_detail(actor: Actor, name: str, place: str) -> Known:
    """A person with the ways in, as its page tells them; Http404."""
    one = people.person(name, place)
    if one is None:
        raise Http404
    governed = people.governs(actor, one.name)
    return Known(
        **_read_person(one, governed=governed),
        governed=governed,
        has_password=one.has_password if governed else None,
        second_factor=people.has_second_factor(one.name) if governed else None,
        links=[
            LinkTold(row.id, row.purpose, row.created_at, row.expires_at, row.used_at)
            for row in links.list_links([one.name]).get(one.name, [])
        ]
        if governed
        else None,
        behind=list_holders(one.name) if governed else None,
    )


def require_person(name: str, place: str) -> str:
    """The person that the address names, if it is somebody of the place; Http404."""
    if people.person(name, place) is None:
        raise Http404
    return name


def added(request: Request, name: str, link: NewLink | None) -> Added:
    """Who was added, and the link."""
    return Added(name, None, None) if link is None else Added(name, link_url(request, link), link.expires_at)


router = Router(tags=["people"])


class TokenTold(Schema):
    """A token; ``scopes`` null: whatever the roles allow. ``used_at``: to the hour. ``over``: it has expired."""

    id: str
    name: str
    scopes: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    over: bool


class Tokens(Schema):
    """A person's tokens, oldest first."""

    items: list[TokenTold]


@read(router, "/me/tokens", act=None, answer=Tokens)
def tokens_list(request: Request) -> dict[str, object]:
    """One's own tokens, without their secrets."""
    return {"items": tokens.list_user_tokens(request.actor.name)}


@write(router, "/me/tokens/{token}", act=None, answer=TokenTold, method="DELETE")
def tokens_revoke(request: Request, token: str) -> Token:
    """End one of one's own tokens at once; a token of narrowed scope may not."""
    if token not in {one.id for one in tokens.list_user_tokens(request.actor.name)}:
        raise Http404
    return tokens.revoke_token(token=token, actor=request.actor)


PERSON = f"{PEOPLE.path}/{{name}}"
INVITATIONS = "/enterprises/{code}/invitations"


@read(router, PEOPLE.path, act=Permission.PEOPLE, answer=Page[Somebody])
def people_list(request: Request, code: str, cut: Query[Cut], looked: Query[NamePart]) -> dict[str, object]:
    """The people who hold a role at the enterprise or everywhere, by name."""

    def present(person: Person) -> Somebody:
        return somebody(person, governed=not person.elsewhere or people.governs(request.actor, person.name))

    return paged(request, cut, PersonList(code, looked.q), present)


@write(router, PEOPLE.path, act=Permission.PEOPLE, answer=Added, status=201, hidden=("url",))
def people_add(request: Request, code: str, new: NewPerson) -> Added:
    """Add somebody with a role at the enterprise; the one-time link is told in this answer alone."""
    places = [code] if code else []
    return added(request, new.name, operations.add(**new.model_dump(), enterprises=places, actor=request.actor))


@read(router, PERSON, act=Permission.PEOPLE, answer=Known)
def people_get(request: Request, code: str, name: str) -> Known:
    """Somebody who holds a role at the enterprise or everywhere; links without their secrets."""
    return get_person_detail(request.actor, name, code)


@write(router, f"{PERSON}/roles", act=Permission.PEOPLE, answer=Given)
def roles_give(request: Request, code: str, name: str, new: NewRole) -> Given:
    """Give a role at the enterprise to somebody who holds one there already; anybody else accepts an invitation.

    ``user_unknown`` is answered of a person of other enterprises as of a name that nobody has. Administrators of the
    whole installation may give a role to anybody who has an account.
    """
    changed = operations.grant(user=name, role=new.role, team=new.team, enterprise=code, actor=request.actor)
    return Given(name, changed)


@write(router, f"{PERSON}/roles/{{role}}", act=Permission.PEOPLE, answer=Touched, method="DELETE")
def roles_take(request: Request, code: str, name: str, role: str) -> Touched:
    """Take a role at the enterprise back."""
    operations.revoke(user=require_person(name, code), role=role, enterprise=code, actor=request.actor)
    return Touched(name)


@read(router, INVITATIONS, act=Permission.PEOPLE, answer=Page[InvitationTold])
def invitations_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The invitations that can still be accepted, oldest first, without their secrets."""

    def present(row: Invitation) -> InvitationTold:
        return InvitationTold(row.id, row.role, row.team, row.user, row.created_at, row.expires_at)

    return paged(request, cut, links.open_invitations(code), present)


@write(router, INVITATIONS, act=Permission.PEOPLE, answer=MadeLink, status=201, hidden=("url",))
def invitations_make(request: Request, code: str, new: NewRole) -> MadeLink:
    """Make a link by which whoever has an account takes the role, told in this answer alone; it holds once."""
    return link_document(request, operations.invite(role=new.role, team=new.team, enterprise=code, actor=request.actor))


@write(router, f"{INVITATIONS}/{{invitation}}", act=Permission.PEOPLE, answer=Withdrawn, method="DELETE")
def invitations_end(request: Request, code: str, invitation: str) -> Withdrawn:
    """Take back an invitation that nobody has accepted."""
    withdraw_invitation(invitation=invitation, enterprise=code, actor=request.actor)
    return Withdrawn(invitation)


@write(router, f"{PERSON}/confirm", act=Permission.PEOPLE, answer=Confirmed)
def people_confirm(request: Request, code: str, name: str) -> Confirmed:
    """Vouch that the account is its person's alone, so that it counts as a second person beside who let it in.

    Before, have the person choose a new password in front of you. One-time links, sessions, tokens, passkeys and
    connections of single sign-on end, for who let the account in may have kept some; password, authenticator app and
    e-mail address stay: make sure that the address is the person's.
    """
    done = confirm_account(user=require_person(name, code), actor=request.actor)
    return Confirmed(name, done.behind, done.ended, done.email)


ANY_PERSON = "/people/{name}"
At = Annotated[Text, Query(description="code of the enterprise at which the role is held; empty: the installation")]


everywhere(
    read(router, "/people", act=Permission.PEOPLE, answer=Page[Somebody]), people_list, "people_everywhere",
    "Everybody, by name.",
)  # fmt: skip
everywhere(
    write(router, "/people", act=Permission.PEOPLE, answer=Added, status=201, hidden=("url",)), people_add,
    "people_add_everywhere",
    "Add somebody with a role in the installation; the one-time link is told in this answer alone.",
)  # fmt: skip
everywhere(
    read(router, ANY_PERSON, act=Permission.PEOPLE, answer=Known), people_get, "people_get_everywhere",
    "Anybody; links without their secrets.",
)  # fmt: skip
everywhere(
    write(router, f"{ANY_PERSON}/roles", act=Permission.PEOPLE, answer=Given), roles_give, "roles_give_everywhere",
    "Give a role in the installation.",
)  # fmt: skip
everywhere(
    write(router, f"{ANY_PERSON}/confirm", act=Permission.PEOPLE, answer=Confirmed), people_confirm,
    "people_confirm_everywhere",
    "Vouch that anybody's account is its person's alone, as for an enterprise.",
)  # fmt: skip


@write(router, f"{ANY_PERSON}/roles/{{role}}", act=Permission.PEOPLE, answer=Touched, method="DELETE")
def roles_take_everywhere(request: Request, name: str, role: str, enterprise: At = EVERYWHERE) -> Touched:
    """Take a role back, here or at an enterprise."""
    who = require_person(name, EVERYWHERE)
    operations.revoke(user=who, role=role, enterprise=enterprise, actor=request.actor)
    return Touched(name)


mount(router, REGISTRY.of(PEOPLE))
