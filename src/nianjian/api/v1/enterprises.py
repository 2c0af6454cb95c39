"""Who asks, and the enterprises that concern the asker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from ninja import Query, Router, Schema

from nianjian.accounts import query, service
from nianjian.accounts.reach import reach
from nianjian.accounts.roles import Act
from nianjian.api.door.access import Request
from nianjian.api.door.operations import read, write
from nianjian.api.door.paging import Cut, Page, Reader, paged
from nianjian.api.v1.given import Text
from nianjian.flows import portraits
from nianjian.flows.overview import facts
from nianjian.flows.overview.attention import Point
from nianjian.flows.overview.deadlines import Deadline as Due

router = Router(tags=["enterprises"])


class Role(Schema):
    """A role; ``enterprise`` null: in the whole installation; ``team``: an outsourcer's."""

    role: str
    enterprise: str | None
    team: str


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


class Standing(Enterprise):
    """A tenant with its newest portrait; ``light`` null where there is none, or for whom sees a team's rows only."""

    year: int | None
    light: str | None


class Expiring(Schema):
    """Rows of a register that run out together: renewal is asked for by ``ask_by``, ``until`` is the last valid day.

    ``keys`` of the first three of them, ``count`` of all.
    """

    kind: str
    keys: list[str]
    count: int
    until: date
    ask_by: date


class Deadline(Schema):
    """A day that the law, the authority or a register has set, ``days`` away; ``expiry``: what runs out, null else."""

    rule: str
    key: str
    day: date
    days: int
    level: str
    citation: str
    expiry: Expiring | None


class Matter(Schema):
    """Something in the way, or waiting for this person: a code and its values."""

    code: str
    values: dict[str, Any]


class Freshness(Schema):
    """When a source of calls or a register last brought anything; ``age`` in days."""

    name: str
    last: date | None
    age: int | None


class Overview(Schema):
    """Whether today is a good day, and why; for whom sees a team's rows, of that team alone."""

    mood: str
    reason: str
    year: int | None
    light: str | None
    deadlines: list[Deadline]
    blockers: list[Matter]
    tasks: list[Matter]
    sources: list[Freshness]
    registers: list[Freshness]


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
    rows = Reader(lambda first, count: reach(request.actor, limit=first + count)[first:])
    return paged(request, cut, rows, asdict)


@write(router, "/enterprises", act=Act.ADMINISTER, answer=Enterprise, status=201)
def enterprises_add(request: Request, new: NewEnterprise) -> dict[str, str]:
    """Add an enterprise."""
    made = service.add_enterprise(code=new.code, name=new.name, province=new.province, actor=request.actor)
    return asdict(made)


@read(router, "/enterprises/{code}", act=Act.READ_OWN, answer=Standing)
def enterprises_get(request: Request, code: str) -> dict[str, object]:
    """One enterprise and the light of its newest portrait."""
    years = portraits.years(code) if request.team is None else []
    portrait = portraits.shown(code, years[0]) if years else None
    light = None if portrait is None else portrait["light"]
    return {**asdict(request.enterprise), "year": years[0] if years else None, "light": light}


@read(router, "/enterprises/{code}/overview", act=Act.READ_OWN, answer=Overview)
def enterprises_overview(request: Request, code: str) -> dict[str, object]:
    """Where the enterprise stands today: verdict, light, deadlines, what is in the way, how fresh the data is."""
    del code
    told = facts.overview(request.enterprise, request.actor, request.team)
    return {
        "mood": told.verdict.mood.value,
        "reason": told.verdict.reason.value,
        "year": told.year,
        "light": told.light or None,
        "deadlines": [_due(one) for one in told.calendar.deadlines],
        "blockers": _matters(told.blockers),
        "tasks": _matters(told.tasks),
        "sources": [asdict(one) for one in told.sources],
        "registers": [asdict(one) for one in told.registers],
    }


def _due(one: Due) -> dict[str, object]:
    rule = one.rule
    told = {"rule": rule.id, "key": rule.key, "level": str(rule.level), "citation": rule.citation}
    return told | {"day": one.day, "days": one.days, "expiry": None if one.expiry is None else asdict(one.expiry)}


def _matters(points: Sequence[Point]) -> list[dict[str, object]]:
    return [{"code": one.code, "values": dict(one.values)} for one in points]
