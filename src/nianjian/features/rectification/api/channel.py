"""The channel of a case: located, isolated by two persons, lifted, its figures before and since."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Router, Schema

from nianjian.features.rectification.api.cases import CASE, Long, get_case_id_or_404
from nianjian.features.rectification.operations import isolate, work
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import write
from nianjian.platform.api.parameter_types import Day, Text

router = Router(tags=["rectification"])
Key = Literal["line", "display", "team"]


class CasePeriod(Schema):
    """Days, both included; a year up to today where none are named."""

    first: Day | None = None
    last: Day | None = None


class CaseGroup(Schema):
    """A group that the location names: by its ``ref`` where its number is masked, else by its ``key``.

    ``key`` null: the complaints that name none.

    ``page``: from 1, 50 complaints each.
    """

    dimension: Literal["line", "display", "team", "complainant"]
    key: Annotated[Text, Field(max_length=120)] | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class NewIsolation(Schema):
    """``cap``: attempts a natural day, the rulebook's if null; ``end``: what must be true before it is lifted."""

    key: Key = "line"
    channel: Annotated[Text, Field(min_length=1, max_length=120)]
    cap: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    reason: Long
    end: Long


class CaseLift(Schema):
    """The isolated channel, and why it is let go."""

    key: Key = "line"
    channel: Annotated[Text, Field(min_length=1, max_length=120)]
    reason: Long


class IsolationAsked(Schema):
    """The request that a second person must approve."""

    approval: str
    state: str
    channel: str
    cap: int


@write(router, f"{CASE}/location", act=Act.REPORT, answer=Job, status=202)
def rectification_locate(request: Request, code: str, case: str, given: CasePeriod) -> dict[str, object]:
    """Find the number, line or team that draws the complaints: work for the worker; the case keeps what is found."""
    held = get_case_id_or_404(request, code, case)
    job = work.ask_location(case=held, first=given.first, last=given.last, actor=request.actor)
    return enqueued_job_document(request, job)


@write(router, f"{CASE}/tickets", act=Act.REPORT, answer=Job, status=202)
def rectification_tickets(request: Request, code: str, case: str, given: CaseGroup) -> dict[str, object]:
    """Look up the complaints of a group with their calls, as last published: work whose result they are."""
    held = get_case_id_or_404(request, code, case)
    group = work.Group(given.dimension, given.key or None, given.page)
    return enqueued_job_document(request, work.ask_tickets(case=held, group=group, actor=request.actor))


@write(router, f"{CASE}/figures", act=Act.REPORT, answer=Job, status=202)
def rectification_figures(request: Request, code: str, case: str, given: CasePeriod) -> dict[str, object]:
    """Count the figures before the isolation and since: ``first`` begins the one window, ``last`` ends the other.

    Work for the worker; the case keeps the figures.
    """
    held = get_case_id_or_404(request, code, case)
    job = work.ask_figures(case=held, first=given.first, last=given.last, actor=request.actor)
    return enqueued_job_document(request, job)


@write(router, f"{CASE}/isolations", act=Act.REQUEST, answer=IsolationAsked, status=202)
def rectification_isolate(request: Request, code: str, case: str, given: NewIsolation) -> dict[str, object]:
    """Ask for an isolation; the gate follows when a second person has approved."""
    held = get_case_id_or_404(request, code, case)
    return isolate.request_isolation(enterprise=code, case=held, actor=request.actor, **given.dict())


@write(router, f"{CASE}/lifts", act=Act.REQUEST, answer=IsolationAsked, status=202)
def rectification_lift(request: Request, code: str, case: str, given: CaseLift) -> dict[str, object]:
    """Ask to lift an isolation."""
    get_case_id_or_404(request, code, case)
    return isolate.ask_lift(enterprise=code, actor=request.actor, **given.dict())
