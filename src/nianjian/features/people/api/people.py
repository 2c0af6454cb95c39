"""The people of an enterprise, and what an administrator of it does to them."""

from __future__ import annotations

from ninja import Query, Router

from nianjian.features.people import operations
from nianjian.features.people.api.shapes import (
    Added,
    Address,
    Confirmed,
    Given,
    InvitationTold,
    Known,
    MadeLink,
    NamePart,
    NewPerson,
    NewRole,
    Somebody,
    Touched,
    Until,
    Withdrawn,
    added,
    get_person_detail,
    invitation,
    require_person,
    somebody,
    to_link_document,
)
from nianjian.platform.accounts import invitations, service
from nianjian.platform.accounts.holds import confirm_account
from nianjian.platform.accounts.invitations import withdraw_invitation
from nianjian.platform.accounts.links import create_first_link
from nianjian.platform.accounts.people import Folk
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged

router = Router(tags=["people"])
PEOPLE = "/enterprises/{code}/people"
ONE = f"{PEOPLE}/{{name}}"
INVITATIONS = "/enterprises/{code}/invitations"


@read(router, PEOPLE, act=Act.PEOPLE, answer=Page[Somebody])
def people_list(request: Request, code: str, cut: Query[Cut], looked: Query[NamePart]) -> dict[str, object]:
    """The people who hold a role at the enterprise or everywhere, by name."""
    return paged(request, cut, Folk(code, looked.q), somebody)


@write(router, PEOPLE, act=Act.PEOPLE, answer=Added, status=201, hidden=("url",))
def people_add(request: Request, code: str, new: NewPerson) -> dict[str, object]:
    """Add somebody with a role at the enterprise; the one-time link is told in this answer alone."""
    return added(request, new.name, operations.add(**new.model_dump(), enterprises=[code], actor=request.actor))


@read(router, ONE, act=Act.PEOPLE, answer=Known)
def people_get(request: Request, code: str, name: str) -> dict[str, object]:
    """Somebody who holds a role at the enterprise or everywhere; links without their secrets."""
    return get_person_detail(request.actor, name, code)


@write(router, f"{ONE}/roles", act=Act.PEOPLE, answer=Given)
def roles_give(request: Request, code: str, name: str, new: NewRole) -> dict[str, object]:
    """Give a role at the enterprise to somebody who holds one there already; anybody else accepts an invitation.

    ``user_unknown`` is answered of a person of other enterprises as of a name that nobody has. Administrators of the
    whole installation may give a role to anybody who has an account.
    """
    changed = operations.grant(user=name, role=new.role, team=new.team, enterprise=code, actor=request.actor)
    return {"name": name, "changed": changed}


@write(router, f"{ONE}/roles/{{role}}", act=Act.PEOPLE, answer=Touched, method="DELETE")
def roles_take(request: Request, code: str, name: str, role: str) -> dict[str, str]:
    """Take a role at the enterprise back."""
    operations.revoke(user=require_person(name, code), role=role, enterprise=code, actor=request.actor)
    return {"name": name}


@read(router, INVITATIONS, act=Act.PEOPLE, answer=Page[InvitationTold])
def invitations_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The invitations that can still be accepted, oldest first, without their secrets."""
    return paged(request, cut, invitations.open_invitations(code), invitation)


@write(router, INVITATIONS, act=Act.PEOPLE, answer=MadeLink, status=201, hidden=("url",))
def invitations_make(request: Request, code: str, new: NewRole) -> dict[str, object]:
    """Make a link by which whoever has an account takes the role, told in this answer alone; it holds once."""
    return to_link_document(
        request, operations.invite(role=new.role, team=new.team, enterprise=code, actor=request.actor)
    )


@write(router, f"{INVITATIONS}/{{invitation}}", act=Act.PEOPLE, answer=Withdrawn, method="DELETE")
def invitations_end(request: Request, code: str, invitation: str) -> dict[str, str]:
    """Take back an invitation that nobody has accepted."""
    withdraw_invitation(invitation=invitation, enterprise=code, actor=request.actor)
    return {"id": invitation}


@write(router, f"{ONE}/links", act=Act.PEOPLE, answer=MadeLink, status=201, hidden=("url",))
def links_make(request: Request, code: str, name: str) -> dict[str, object]:
    """Make the one-time link to choose a password by, told in this answer alone; an older one ends."""
    return to_link_document(request, create_first_link(user=require_person(name, code), actor=request.actor))


@write(router, f"{ONE}/inspections", act=Act.PEOPLE, answer=MadeLink, status=201, hidden=("url",))
def inspections_make(request: Request, code: str, name: str, until: Until) -> dict[str, object]:
    """Make the link by which an inspector reads up to the end of a day, told in this answer alone."""
    return to_link_document(
        request, operations.inspect(user=require_person(name, code), until=until.until, actor=request.actor)
    )


@write(router, f"{ONE}/links/{{link}}", act=Act.PEOPLE, answer=Touched, method="DELETE")
def links_end(request: Request, code: str, name: str, link: str) -> dict[str, str]:
    """End a link and every session that it opened."""
    operations.unlink(user=require_person(name, code), link=link, actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/confirm", act=Act.PEOPLE, answer=Confirmed)
def people_confirm(request: Request, code: str, name: str) -> dict[str, object]:
    """Vouch that the account is its person's alone, so that it counts as a second person beside who let it in.

    Before, have the person choose a new password in front of you. One-time links, sessions, tokens, passkeys and
    connections of single sign-on end, for who let the account in may have kept some; password, authenticator app and
    e-mail address stay: make sure that the address is the person's.
    """
    return {"name": name, **confirm_account(user=require_person(name, code), actor=request.actor).as_dict()}


@write(router, f"{ONE}/close", act=Act.PEOPLE, answer=Touched)
def people_close(request: Request, code: str, name: str) -> dict[str, str]:
    """Close the account: every session, link, token and other secret of the person ends."""
    operations.close(user=require_person(name, code), actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/reopen", act=Act.PEOPLE, answer=Touched)
def people_reopen(request: Request, code: str, name: str) -> dict[str, str]:
    """Open a closed account again."""
    service.reopen(user=require_person(name, code), actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/second-factor", act=Act.PEOPLE, answer=Touched, method="DELETE")
def second_factor_remove(request: Request, code: str, name: str) -> dict[str, str]:
    """Remove the second factor of somebody who has lost it."""
    service.remove_second_factor(user=require_person(name, code), actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/email", act=Act.PEOPLE, answer=Touched, method="PUT")
def email_set(request: Request, code: str, name: str, address: Address) -> dict[str, str]:
    """Write down the address by which single sign-on knows the person; empty: none."""
    service.set_email(user=require_person(name, code), email=address.email, actor=request.actor)
    return {"name": name}
