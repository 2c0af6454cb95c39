"""Everybody, and what an administrator of the installation does to them."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router

from nianjian.features.people import operations
from nianjian.features.people.api.shapes import (
    Added,
    Address,
    Confirmed,
    Given,
    Known,
    MadeLink,
    NamePart,
    NewPerson,
    NewRole,
    Somebody,
    Touched,
    Until,
    added,
    get_person_detail,
    require_person,
    somebody,
    to_link_document,
)
from nianjian.platform.accounts import service
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.holds import confirm_account
from nianjian.platform.accounts.links import create_first_link
from nianjian.platform.accounts.people import Folk
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Text

router = Router(tags=["people"])
ONE = "/people/{name}"
At = Annotated[Text, Query(description="code of the enterprise at which the role is held; empty: the installation")]


@read(router, "/people", act=Act.PEOPLE, answer=Page[Somebody])
def people_everywhere(request: Request, cut: Query[Cut], looked: Query[NamePart]) -> dict[str, object]:
    """Everybody, by name."""
    return paged(request, cut, Folk(EVERYWHERE, looked.q), somebody)


@write(router, "/people", act=Act.PEOPLE, answer=Added, status=201, hidden=("url",))
def people_add_everywhere(request: Request, new: NewPerson) -> dict[str, object]:
    """Add somebody with a role in the installation; the one-time link is told in this answer alone."""
    return added(request, new.name, operations.add(**new.model_dump(), enterprises=[], actor=request.actor))


@read(router, ONE, act=Act.PEOPLE, answer=Known)
def people_get_everywhere(request: Request, name: str) -> dict[str, object]:
    """Anybody; links without their secrets."""
    return get_person_detail(request.actor, name, EVERYWHERE)


@write(router, f"{ONE}/roles", act=Act.PEOPLE, answer=Given)
def roles_give_everywhere(request: Request, name: str, new: NewRole) -> dict[str, object]:
    """Give a role in the installation."""
    changed = operations.grant(user=name, role=new.role, team=new.team, enterprise=EVERYWHERE, actor=request.actor)
    return {"name": name, "changed": changed}


@write(router, f"{ONE}/roles/{{role}}", act=Act.PEOPLE, answer=Touched, method="DELETE")
def roles_take_everywhere(request: Request, name: str, role: str, enterprise: At = EVERYWHERE) -> dict[str, str]:
    """Take a role back, here or at an enterprise."""
    who = require_person(name, EVERYWHERE)
    operations.revoke(user=who, role=role, enterprise=enterprise, actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/links", act=Act.PEOPLE, answer=MadeLink, status=201, hidden=("url",))
def links_make_everywhere(request: Request, name: str) -> dict[str, object]:
    """Make anybody's one-time link to choose a password by, told in this answer alone; an older one ends."""
    return to_link_document(request, create_first_link(user=require_person(name, EVERYWHERE), actor=request.actor))


@write(router, f"{ONE}/inspections", act=Act.PEOPLE, answer=MadeLink, status=201, hidden=("url",))
def inspections_make_everywhere(request: Request, name: str, until: Until) -> dict[str, object]:
    """Make the link by which any inspector reads up to the end of a day, told in this answer alone."""
    return to_link_document(
        request, operations.inspect(user=require_person(name, EVERYWHERE), until=until.until, actor=request.actor)
    )


@write(router, f"{ONE}/links/{{link}}", act=Act.PEOPLE, answer=Touched, method="DELETE")
def links_end_everywhere(request: Request, name: str, link: str) -> dict[str, str]:
    """End a link of anybody and every session that it opened."""
    operations.unlink(user=require_person(name, EVERYWHERE), link=link, actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/confirm", act=Act.PEOPLE, answer=Confirmed)
def people_confirm_everywhere(request: Request, name: str) -> dict[str, object]:
    """Vouch that anybody's account is its person's alone, as for an enterprise."""
    return {"name": name, **confirm_account(user=require_person(name, EVERYWHERE), actor=request.actor).as_dict()}


@write(router, f"{ONE}/close", act=Act.PEOPLE, answer=Touched)
def people_close_everywhere(request: Request, name: str) -> dict[str, str]:
    """Close anybody's account: every session, link, token and other secret of the person ends."""
    operations.close(user=require_person(name, EVERYWHERE), actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/reopen", act=Act.PEOPLE, answer=Touched)
def people_reopen_everywhere(request: Request, name: str) -> dict[str, str]:
    """Open anybody's closed account again."""
    service.reopen(user=require_person(name, EVERYWHERE), actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/second-factor", act=Act.PEOPLE, answer=Touched, method="DELETE")
def second_factor_remove_everywhere(request: Request, name: str) -> dict[str, str]:
    """Remove the second factor of anybody who has lost it."""
    service.remove_second_factor(user=require_person(name, EVERYWHERE), actor=request.actor)
    return {"name": name}


@write(router, f"{ONE}/email", act=Act.PEOPLE, answer=Touched, method="PUT")
def email_set_everywhere(request: Request, name: str, address: Address) -> dict[str, str]:
    """Write down the address by which single sign-on knows anybody; empty: none."""
    service.set_email(user=require_person(name, EVERYWHERE), email=address.email, actor=request.actor)
    return {"name": name}
