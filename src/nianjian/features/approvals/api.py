"""Requests that two persons decide."""

from typing import Final, Literal

from django.http import Http404
from ninja import Query, Router, Schema

from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.approvals import operations as flow
from nianjian.features.approvals.operations import Approval, Decided
from nianjian.platform.accounts.access import EVERYWHERE, require_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import everywhere, read, write
from nianjian.platform.api.paging import Cut, Page, paged

router = Router(tags=["approvals"])


class Decision(Schema):
    """Yes carries it out; no withdraws it where one asked for it oneself."""

    decision: Literal["yes", "no"]


APPROVALS: Final = "/enterprises/{code}/approvals"


@read(router, APPROVALS, act=Permission.READ, answer=Page[Approval])
def approvals_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's requests, newest first."""
    rows = LazyRows(lambda first, count: flow.list_requests_part(code or None, first, count))
    return paged(request, cut, rows)


@read(router, f"{APPROVALS}/{{approval}}", act=Permission.READ, answer=Approval)
def approvals_get(request: Request, code: str, approval: str) -> Approval:
    """One request."""
    return _get_document(request, code, approval)


@write(router, f"{APPROVALS}/{{approval}}/decision", act=Permission.READ, answer=Decided)
def approvals_decide(request: Request, code: str, approval: str, decision: Decision) -> Decided:
    """Say yes as the second person, or no; the flow asks for the role."""
    document = _get_document(request, code, approval)
    if decision.decision == "yes":
        return flow.approve(approval=approval, actor=request.actor)
    # a token that may only read withdraws nothing
    require_permission(
        request.actor, code, Permission.REQUEST if document.requested_by == str(request.actor) else Permission.APPROVE
    )
    return flow.refuse(approval=approval, actor=request.actor)


everywhere(
    read(router, "/approvals", act=Permission.READ, answer=Page[Approval]), approvals_list, "approvals_everywhere",
    "Every request, newest first.",
)  # fmt: skip
everywhere(
    read(router, "/approvals/{approval}", act=Permission.READ, answer=Approval),
    approvals_get, "approvals_get_everywhere",
    "Any request.",
)  # fmt: skip
everywhere(
    write(router, "/approvals/{approval}/decision", act=Permission.READ, answer=Decided), approvals_decide,
    "approvals_decide_everywhere", "Say yes or no to any request, as its page does.",
)  # fmt: skip


def _get_document(request: Request, code: str, approval: str) -> Approval:
    """One of this enterprise's (everywhere: any); what is another's does not exist here."""
    document = flow.get_request(approval=approval, actor=request.actor)
    if code not in {EVERYWHERE, document.enterprise}:
        raise Http404
    return document
