"""The rulebook of a day, and the request to overlay a value."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router, Schema

from nianjian.accounts.roles import Act
from nianjian.api.door.access import Request
from nianjian.api.door.operations import read, write
from nianjian.api.door.paging import Cut, Page, paged
from nianjian.api.v1.given import Day, Text
from nianjian.flows.overlay import request_overlay
from nianjian.flows.rulebooks import rulebook
from nianjian.rules.rule import Rule
from nianjian.rules.rulebook import Rulebook

router = Router(tags=["rules"])


class Title(Schema):
    """A rule's title in both languages."""

    zh: str
    en: str


class RuleTold(Schema):
    """A rule in force; ``value``: exact numbers as text."""

    key: str
    id: str
    title: Title
    operator: str | None
    value: Any
    unit: str | None
    level: str
    citation: str
    url: str | None
    valid_from: date | None
    valid_to: date | None
    province: str | None


class RulesWanted(Schema):
    """On which day (today if none), and how the key begins."""

    on: Day | None = None
    prefix: Text = ""


class Proposal(Schema):
    """Another value from a day on, and why."""

    value: Text
    valid_from: Day
    valid_to: Day | None = None
    reason: Text


class EverywhereProposal(Proposal):
    """The same for every enterprise, of a province if one is named."""

    province: Text | None = None


class Pending(Schema):
    """The request that a second person decides."""

    approval: str
    state: str


On = Annotated[Day | None, Query()]


@read(router, "/enterprises/{code}/rules", act=Act.READ, answer=Page[RuleTold])
def rules_list(request: Request, code: str, cut: Query[Cut], looked: Query[RulesWanted]) -> dict[str, object]:
    """The rules that hold for the enterprise on a day, by key."""
    return paged(request, cut, _book(request, code, looked.on).rules(looked.prefix), _told)


@read(router, "/enterprises/{code}/rules/{key}", act=Act.READ, answer=RuleTold)
def rules_get(request: Request, code: str, key: str, on: On = None) -> dict[str, object]:
    """One rule as it holds for the enterprise on a day."""
    return _one(_book(request, code, on), key)


@write(router, "/enterprises/{code}/rules/{key}/overlays", act=Act.REQUEST, answer=Pending, status=202)
def overlays_request(request: Request, code: str, key: str, proposal: Proposal) -> dict[str, object]:
    """Ask for another value of a rule for the enterprise; a second person decides."""
    given = proposal.model_dump()
    asked = request_overlay(key=key, enterprise=code, province=None, actor=request.actor, **given)
    return {"approval": asked.id, "state": asked.state}


@read(router, "/rules", act=Act.READ, answer=Page[RuleTold])
def rules_everywhere(request: Request, cut: Query[Cut], looked: Query[RulesWanted]) -> dict[str, object]:
    """The rules that hold everywhere on a day, by key."""
    return paged(request, cut, _book(request, None, looked.on).rules(looked.prefix), _told)


@write(router, "/rules/{key}/overlays", act=Act.REQUEST, answer=Pending, status=202)
def overlays_request_everywhere(request: Request, key: str, proposal: EverywhereProposal) -> dict[str, object]:
    """Ask for another value of a rule for every enterprise, or those of a province."""
    asked = request_overlay(key=key, enterprise=None, actor=request.actor, **proposal.model_dump())
    return {"approval": asked.id, "state": asked.state}


def _book(request: Request, code: str | None, day: date | None) -> Rulebook:
    province = None if code is None else request.enterprise.province or None
    return rulebook(day=day, province=province, enterprise=code)


def _one(book: Rulebook, key: str) -> dict[str, object]:
    if key not in book.in_force:
        raise Http404
    return _told(book.in_force[key])


def _told(rule: Rule) -> dict[str, object]:
    names = ("key", "id", "operator", "unit", "citation", "url", "valid_from", "valid_to", "province")
    told = {name: getattr(rule, name) for name in names}
    title = {"zh": rule.title_zh, "en": rule.title_en}
    return told | {"title": title, "value": _plain(rule.value), "level": str(rule.level)}


def _plain(value: object) -> object:
    """A rule's value as JSON: exact numbers as text, lists as lists."""
    if isinstance(value, tuple | list):
        return [_plain(inside) for inside in value]
    if isinstance(value, dict):
        return {key: _plain(inside) for key, inside in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else str(value)
