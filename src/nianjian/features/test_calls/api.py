"""Test calls (回拨): how filed numbers stand, tests, their evidence, the ways they take."""

from functools import partial
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.documents import (
    Callback,
    CallbackGateway,
    CallbackNumber,
    CallbackRoute,
    CallbackTold,
    Routing,
)
from nianjian.features.test_calls.operations import calls, landings
from nianjian.features.test_calls.storage import RouteInput
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request, of_enterprise
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Text
from nianjian.platform.home.http import as_attachment

Dialled = Annotated[str, Field(max_length=40, pattern=r"^[0-9+*# ()-]+$")]
Short = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]


class CallbackFilter(Cut):
    """Which test calls; "" is all."""

    number: Annotated[str, Field(max_length=40)] = ""


class CallbackAsked(Schema):
    """Which numbers are called (none: all filed ones) over which kept ways (none: all)."""

    numbers: Annotated[tuple[Dialled, ...], Field(max_length=500)] = ()
    routes: Annotated[tuple[Short, ...], Field(max_length=50)] = ()


class CallbackBegun(Schema):
    """A number that a person dials now."""

    number: Dialled
    carrier: Short = ""


class CallbackEnded(Schema):
    """What came of it; ``note``: what was heard, needed for answered."""

    outcome: Literal[
        "answered", "answered_only", "other_answered", "voicemail", "busy", "refused", "number_unknown",
        "rang_unanswered", "not_dialled",
    ]  # fmt: skip
    note: Text = ""


class CallbackWays(Schema):
    """Ways and gateways."""

    routes: list[CallbackRoute]
    gateways: list[CallbackGateway]


class CallbackRouteSet(Schema):
    """A way; the one of this name is changed. ``password`` null: user and password stay.

    ``ca``: certificates (PEM) that are trusted over TLS instead of the system's. ``certificate``, ``key``: our own
    (PEM) for a gateway that asks for one, kept encrypted and never told; ``certificate`` null: both stay, "": there is
    none any more.
    """

    name: Annotated[Short, Field(min_length=1)]
    via: Annotated[str, Field(max_length=320)]
    caller: Annotated[str, Field(max_length=40)] = ""
    line: Annotated[str, Field(max_length=120)] = ""
    carrier: Short = ""
    username: Annotated[str, Field(max_length=120)] = ""
    password: Annotated[str, Field(max_length=200)] | None = None
    ca: Annotated[str, Field(max_length=65_536)] = ""
    certificate: Annotated[str, Field(max_length=65_536)] | None = None
    key: Annotated[str, Field(max_length=65_536)] = ""
    witness: Literal["none", "address", "token"] = "none"
    daily_at: Annotated[str, Field(max_length=5, pattern=r"^([0-2][0-9]:[0-5][0-9])?$")] = ""


class CallbackRouteNamed(Schema):
    """A way by its name."""

    name: Annotated[Short, Field(min_length=1)]


class CallbackGatewaySet(Schema):
    """A gateway; no ``hosts``: it is forgotten."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
    hosts: Annotated[tuple[Annotated[str, Field(max_length=255)], ...], Field(max_length=20)] = ()


router = Router(tags=["callback"])
HERE = "/enterprises/{code}/callback"


@read(router, f"{HERE}/ways", act=Permission.READ, answer=CallbackWays)
def callback_ways(request: Request, code: str) -> Routing:
    """Ways and gateways."""
    return calls.describe_routes(enterprise=code, actor=request.actor)


@write(router, f"{HERE}/ways", act=Permission.ADMINISTER, answer=CallbackRoute)
def callback_way_set(request: Request, code: str, given: CallbackRouteSet) -> CallbackRoute:
    """Make a way or change it."""
    way = RouteInput(**given.dict(exclude={"daily_at"}), daily_at=calls.parse_daily(given.daily_at))
    return calls.save_route(enterprise=code, route=way, actor=request.actor)


@write(router, f"{HERE}/ways/remove", act=Permission.ADMINISTER, answer=CallbackRouteNamed)
def callback_way_remove(request: Request, code: str, given: CallbackRouteNamed) -> CallbackRouteNamed:
    """Remove a way; the test calls that went over it stay."""
    calls.remove_route(enterprise=code, name=given.name, actor=request.actor)
    return CallbackRouteNamed(name=given.name)


@write(router, f"{HERE}/gateways", act=Permission.ADMINISTER, answer=CallbackGateway)
def callback_gateway_set(request: Request, code: str, given: CallbackGatewaySet) -> CallbackGateway:
    """Say from which addresses a gateway of the ledger answers."""
    return calls.save_gateway(enterprise=code, name=given.name, hosts=" ".join(given.hosts), actor=request.actor)


TESTS = "/enterprises/{code}/callbacks"
TEST = TESTS + "/{trial}"
JSON = "application/json"


def get_trial_id_or_404(request: Request, code: str, trial: str) -> str:
    """The number of a test of this enterprise; else 404."""
    return of_enterprise(queries.require_trial, trial, request, code)


@read(router, TESTS, act=Permission.READ, answer=Page[Callback])
def callback_list(request: Request, code: str, given: Query[CallbackFilter]) -> dict[str, object]:
    """The enterprise's test calls, newest first."""
    part = partial(queries.list_trials, enterprise=code, number=given.number, actor=request.actor)
    return paged(request, given, LazyRows(part))


@write(router, TESTS, act=Permission.REPORT, answer=Job, status=202)
def callback_test(request: Request, code: str, given: CallbackAsked) -> Job:
    """Call numbers over kept ways; answers with the job."""
    job = calls.enqueue_test_calls(enterprise=code, numbers=given.numbers, names=given.routes, actor=request.actor)
    return enqueued_job_document(request, job)


@read(router, "/enterprises/{code}/callback/numbers", act=Permission.READ, answer=Page[CallbackNumber])
def callback_numbers(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The filed numbers that are in force, each with the light of its test calls."""
    part = partial(queries.list_numbers, enterprise=code, actor=request.actor)
    return paged(request, cut, LazyRows(part))


@write(router, "/enterprises/{code}/callback/by-hand", act=Permission.MANAGE_DATA, answer=Callback, status=201)
def callback_begin(request: Request, code: str, given: CallbackBegun) -> Callback:
    """Start the timer of a call that a person dials now."""
    return calls.begin_manual_call(enterprise=code, number=given.number, carrier=given.carrier, actor=request.actor)


@read(router, TEST, act=Permission.READ, answer=CallbackTold)
def callback_get(request: Request, code: str, trial: str) -> CallbackTold:
    """One test call with its messages."""
    return queries.get_trial_detail(trial=get_trial_id_or_404(request, code, trial), actor=request.actor)


@write(router, f"{TEST}/end", act=Permission.MANAGE_DATA, answer=Callback)
def callback_end(request: Request, code: str, trial: str, given: CallbackEnded) -> Callback:
    """Stop the timer of a call by hand and say what came of it."""
    one = get_trial_id_or_404(request, code, trial)
    return calls.end_manual_call(trial=one, outcome=given.outcome, note=given.note, actor=request.actor)


@write(router, f"{TEST}/witness", act=Permission.REPORT, answer=Job, status=202)
def callback_witness(request: Request, code: str, trial: str) -> Job:
    """Look for the call in the own call records; answers with the job."""
    job = landings.enqueue_landing_check(
        enterprise=code, trial=get_trial_id_or_404(request, code, trial), actor=request.actor
    )
    return enqueued_job_document(request, job)


@take(router, f"{TEST}/evidence", act=Permission.VIEW_UNMASKED, media=[JSON])
def callback_evidence(request: Request, code: str, trial: str) -> HttpResponse:
    """The sealed evidence in full (JSON)."""
    name, content = calls.fetch_evidence(trial=get_trial_id_or_404(request, code, trial), actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=JSON), name)
