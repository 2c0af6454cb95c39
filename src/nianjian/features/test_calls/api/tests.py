"""Test calls: how the filed numbers stand, one test, new ones, those by hand, the evidence."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from nianjian.features.test_calls.api.shapes import (
    Callback,
    CallbackAsked,
    CallbackBegun,
    CallbackEnded,
    CallbackFilter,
    CallbackNumber,
    CallbackTold,
)
from nianjian.features.test_calls.operations import manual_calls, witness, work
from nianjian.features.test_calls.operations import presenters as flow
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request, of_enterprise
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.home.http import as_attachment

router = Router(tags=["callback"])
HERE = "/enterprises/{code}/callbacks"
ONE = HERE + "/{trial}"
JSON = "application/json"


def get_trial_id_or_404(request: Request, code: str, trial: str) -> str:
    """The number of a test of this enterprise; else 404."""
    return of_enterprise(flow.own, trial, request, code)


@read(router, HERE, act=Act.READ, answer=Page[Callback])
def callback_list(request: Request, code: str, given: Query[CallbackFilter]) -> dict[str, object]:
    """The enterprise's test calls, newest first."""

    def part(first: int, count: int) -> list[dict[str, Any]]:
        return flow.list_trials(enterprise=code, number=given.number, actor=request.actor, first=first, count=count)

    return paged(request, given, Reader(part), dict)


@write(router, HERE, act=Act.REPORT, answer=Job, status=202)
def callback_test(request: Request, code: str, given: CallbackAsked) -> dict[str, object]:
    """Call numbers over kept ways; answers with the job."""
    job = work.enqueue_test_calls(enterprise=code, numbers=given.numbers, names=given.routes, actor=request.actor)
    return enqueued_job_document(request, job)


@read(router, "/enterprises/{code}/callback/numbers", act=Act.READ, answer=Page[CallbackNumber])
def callback_numbers(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The filed numbers that are in force, each with the light of its test calls."""
    rows = Reader(lambda first, count: flow.by_number(enterprise=code, actor=request.actor, first=first, count=count))
    return paged(request, cut, rows, dict)


@write(router, "/enterprises/{code}/callback/by-hand", act=Act.LOAD, answer=Callback, status=201)
def callback_begin(request: Request, code: str, given: CallbackBegun) -> dict[str, object]:
    """Start the timer of a call that a person dials now."""
    return manual_calls.begin(enterprise=code, number=given.number, carrier=given.carrier, actor=request.actor)


@read(router, ONE, act=Act.READ, answer=CallbackTold)
def callback_get(request: Request, code: str, trial: str) -> dict[str, object]:
    """One test call with its messages."""
    return flow.get_trial_detail(trial=get_trial_id_or_404(request, code, trial), actor=request.actor)


@write(router, f"{ONE}/end", act=Act.LOAD, answer=Callback)
def callback_end(request: Request, code: str, trial: str, given: CallbackEnded) -> dict[str, object]:
    """Stop the timer of a call by hand and say what came of it."""
    one = get_trial_id_or_404(request, code, trial)
    return manual_calls.end(trial=one, outcome=given.outcome, note=given.note, actor=request.actor)


@write(router, f"{ONE}/witness", act=Act.REPORT, answer=Job, status=202)
def callback_witness(request: Request, code: str, trial: str) -> dict[str, object]:
    """Look for the call in the own call records; answers with the job."""
    job = witness.enqueue_landing_check(
        enterprise=code, trial=get_trial_id_or_404(request, code, trial), actor=request.actor
    )
    return enqueued_job_document(request, job)


@take(router, f"{ONE}/evidence", act=Act.REVEAL, media=[JSON])
def callback_evidence(request: Request, code: str, trial: str) -> HttpResponse:
    """The sealed evidence in full (JSON)."""
    name, content = flow.evidence(trial=get_trial_id_or_404(request, code, trial), actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=JSON), name)
