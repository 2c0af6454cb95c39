"""Who asks, and the enterprises that concern the asker."""

from __future__ import annotations

from dataclasses import asdict

from ninja import Query, Router, Schema

from nianjian.features.people.api.shapes import Role
from nianjian.features.portrait import portraits
from nianjian.platform.accounts import query, service
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import Text

router = Router(tags=["enterprises"])


class Me(Schema):
    """Who the token is; ``scopes`` null: whatever the roles allow."""

    name: str
    scopes: list[str] | None
    roles: list[Role]


class Enterprise(Schema):
    """A tenant."""

    code: str
    name: str
    province: str


class EnterpriseStanding(Enterprise):
    """A tenant with its newest portrait; ``light`` null where there is none, or for whom sees a team's rows only."""

    year: int | None
    light: str | None


class NewEnterprise(Schema):
    """A tenant to be made; ``province`` may be empty."""

    code: Text
    name: Text
    province: Text = ""


@read(router, "/me", act=None, answer=Me)
def me(request: Request) -> dict[str, object]:
    """Who the token is, and what that person may do where."""
    actor = request.actor
    roles = [{"role": one.role, "enterprise": one.enterprise, "team": one.team} for one in query.roles_of(actor.name)]
    return {"name": actor.name, "scopes": None if actor.scopes is None else sorted(actor.scopes), "roles": roles}


@read(router, "/enterprises", act=None, answer=Page[Enterprise])
def enterprises_list(request: Request, cut: Query[Cut]) -> dict[str, object]:
    """The enterprises that concern the asker, by code."""
    rows = Reader(lambda first, count: list_accessible_enterprises(request.actor, limit=first + count)[first:])
    return paged(request, cut, rows, asdict)


@write(router, "/enterprises", act=Act.ADMINISTER, answer=Enterprise, status=201)
def enterprises_add(request: Request, new: NewEnterprise) -> dict[str, str]:
    """Add an enterprise."""
    made = service.add_enterprise(code=new.code, name=new.name, province=new.province, actor=request.actor)
    return asdict(made)


@read(router, "/enterprises/{code}", act=Act.READ_OWN, answer=EnterpriseStanding)
def enterprises_get(request: Request, code: str) -> dict[str, object]:
    """One enterprise and the light of its newest portrait."""
    years = portraits.list_years(code) if request.team is None else []
    portrait = portraits.find_masked_portrait(code, years[0]) if years else None
    light = None if portrait is None else portrait["light"]
    return {**asdict(request.enterprise), "year": years[0] if years else None, "light": light}
