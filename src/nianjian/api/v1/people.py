"""The people of an enterprise."""

from __future__ import annotations

from datetime import datetime

from ninja import Query, Router, Schema

from nianjian.accounts.folk import Folk, Person
from nianjian.accounts.roles import Act
from nianjian.api.door.access import Request
from nianjian.api.door.operations import read
from nianjian.api.door.paging import Cut, Page, paged
from nianjian.api.v1.enterprises import Role
from nianjian.api.v1.given import Text

router = Router(tags=["people"])


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


@read(router, "/enterprises/{code}/people", act=Act.ADMINISTER, answer=Page[Somebody])
def people_list(request: Request, code: str, cut: Query[Cut], looked: Query[NamePart]) -> dict[str, object]:
    """The people who hold a role at the enterprise or everywhere, by name."""
    return paged(request, cut, Folk(code, looked.q), _somebody)


def _somebody(one: Person) -> dict[str, object]:
    return {
        "name": one.name,
        "email": one.email,
        "open": one.is_open,
        "last_login": one.last_login,
        "roles": [{"role": held.role, "enterprise": held.enterprise, "team": held.team} for held in one.roles],
    }
