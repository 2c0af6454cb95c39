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
from nianjian.features.test_calls.operations import hand, witness, work
from nianjian.features.test_calls.operations import shown as flow
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.held import of_enterprise
from nianjian.platform.api.jobs import Job, asked
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.home.http.answers import named

router = Router(tags=["callback"])
HERE = "/enterprises/{code}/callbacks"
ONE = HERE + "/{trial}"
JSON = "application/json"


def found(request: Request, code: str, trial: str) -> str:
    """The number of a test of this enterprise; else 404."""
    return of_enterprise(flow.own, trial, request, code)


@read(router, HERE, act=Act.READ, answer=Page[Callback])
def callback_list(request: Request, code: str, given: Query[CallbackFilter]) -> dict[str, object]:
    """The enterprise's test calls, newest first."""

    def part(first: int, count: int) -> list[dict[str, Any]]:
        return flow.listed(enterprise=code, number=given.number, actor=request.actor, first=first, count=count)

    return paged(request, given, Reader(part), dict)


@write(router, HERE, act=Act.REPORT, answer=Job, status=202)
def callback_test(request: Request, code: str, given: CallbackAsked) -> dict[str, object]:
    """Call numbers over kept ways; answers with the job."""
    job = work.ask(enterprise=code, numbers=given.numbers, names=given.routes, actor=request.actor)
    return asked(request, job)


@read(router, "/enterprises/{code}/callback/numbers", act=Act.READ, answer=Page[CallbackNumber])
def callback_numbers(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The filed numbers that are in force, each with the light of its test calls."""
    rows = Reader(lambda first, count: flow.by_number(enterprise=code, actor=request.actor, first=first, count=count))
    return paged(request, cut, rows, dict)


@write(router, "/enterprises/{code}/callback/by-hand", act=Act.LOAD, answer=Callback, status=201)
def callback_begin(request: Request, code: str, given: CallbackBegun) -> dict[str, object]:
    """Start the timer of a call that a person dials now."""
    return hand.begin(enterprise=code, number=given.number, carrier=given.carrier, actor=request.actor)


@read(router, ONE, act=Act.READ, answer=CallbackTold)
def callback_get(request: Request, code: str, trial: str) -> dict[str, object]:
    """One test call with its messages."""
    return flow.shown(trial=found(request, code, trial), actor=request.actor)


@write(router, f"{ONE}/end", act=Act.LOAD, answer=Callback)
def callback_end(request: Request, code: str, trial: str, given: CallbackEnded) -> dict[str, object]:
    """Stop the timer of a call by hand and say what came of it."""
    one = found(request, code, trial)
    return hand.end(trial=one, outcome=given.outcome, note=given.note, actor=request.actor)


@write(router, f"{ONE}/witness", act=Act.REPORT, answer=Job, status=202)
def callback_witness(request: Request, code: str, trial: str) -> dict[str, object]:
    """Look for the call in the own call records; answers with the job."""
    job = witness.ask(enterprise=code, trial=found(request, code, trial), actor=request.actor)
    return asked(request, job)


@take(router, f"{ONE}/evidence", act=Act.REVEAL, media=[JSON])
def callback_evidence(request: Request, code: str, trial: str) -> HttpResponse:
    """The sealed evidence in full (JSON)."""
    name, content = flow.evidence(trial=found(request, code, trial), actor=request.actor)
    return named(HttpResponse(content, content_type=JSON), name)
