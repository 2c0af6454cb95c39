"""Requests that two persons decide."""

from __future__ import annotations

from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema

from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.approvals import operations as flow
from nianjian.platform.accounts.access import EVERYWHERE, require
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged

router = Router(tags=["approvals"])


class Approval(Schema):
    """A request; ``asked``: what it asks for; ``enterprise`` null: of the whole installation."""

    approval: str
    kind: str
    state: str
    enterprise: str | None
    requested_by: str
    decided_by: str | None
    asked: dict[str, Any]


class Decision(Schema):
    """Yes carries it out; no withdraws it where one asked for it oneself."""

    decision: Literal["yes", "no"]


class Decided(Schema):
    """What became of it."""

    approval: str
    state: str
    kind: str


@read(router, "/enterprises/{code}/approvals", act=Act.READ, answer=Page[Approval])
def approvals_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's requests, newest first."""
    return paged(request, cut, LazyRows(lambda first, count: flow.list_requests_part(code, first, count)), dict)


@read(router, "/enterprises/{code}/approvals/{approval}", act=Act.READ, answer=Approval)
def approvals_get(request: Request, code: str, approval: str) -> dict[str, object]:
    """One request."""
    return _found(request, code, approval)


@write(router, "/enterprises/{code}/approvals/{approval}/decision", act=Act.READ, answer=Decided)
def approvals_decide(request: Request, code: str, approval: str, decision: Decision) -> dict[str, object]:
    """Say yes as the second person, or no; the flow asks for the role."""
    return _decided(request, _found(request, code, approval), decision, code)


@read(router, "/approvals", act=Act.READ, answer=Page[Approval])
def approvals_everywhere(request: Request, cut: Query[Cut]) -> dict[str, object]:
    """Every request, newest first."""
    return paged(request, cut, LazyRows(lambda first, count: flow.list_requests_part(None, first, count)), dict)


@read(router, "/approvals/{approval}", act=Act.READ, answer=Approval)
def approvals_get_everywhere(request: Request, approval: str) -> dict[str, object]:
    """Any request."""
    return _found(request, None, approval)


@write(router, "/approvals/{approval}/decision", act=Act.READ, answer=Decided)
def approvals_decide_everywhere(request: Request, approval: str, decision: Decision) -> dict[str, object]:
    """Say yes or no to any request, as its page does."""
    return _decided(request, _found(request, None, approval), decision, EVERYWHERE)


def _decided(request: Request, one: dict[str, object], decision: Decision, place: str) -> dict[str, object]:
    """Carry it out or say no; a token that may only read withdraws nothing."""
    if decision.decision == "yes":
        return flow.approve(approval=str(one["approval"]), actor=request.actor)
    require(request.actor, place, Act.REQUEST if one["requested_by"] == str(request.actor) else Act.APPROVE)
    return flow.refuse(approval=str(one["approval"]), actor=request.actor)


def _found(request: Request, code: str | None, approval: str) -> dict[str, object]:
    """One of this enterprise's (None: any); what is another's does not exist here."""
    found = flow.get_request(approval=approval, actor=request.actor)
    if code is not None and found["enterprise"] != code:
        raise Http404
    return found
