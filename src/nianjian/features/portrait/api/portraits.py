"""Kept portraits and their runs; a new run is work for the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from ninja import Query, Router, Schema

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.results.own import own
from nianjian.features.portrait.operations import portraits
from nianjian.features.portrait.operations.results import runs_of
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, Text, Year
from nianjian.platform.jobs import flow

router = Router(tags=["portraits"])


class Years(Schema):
    """Data years with a portrait, newest first."""

    years: list[int]


class Run(Schema):
    """One computation that was kept."""

    id: str
    year: int
    moment: str
    actor: str
    sha256: str
    light: str
    as_of: str
    today: str | None
    province: str | None
    rulebook: dict[str, str]
    snapshot: dict[str, Any]
    code: str
    metrics: list[dict[str, Any]]


class NewRun(Schema):
    """A run: its as-of day (31 December if none), a province in place of the enterprise's."""

    as_of: Day | None = None
    province: Text | None = None


Kept = Annotated[Text | None, Query(description="id of a run; without it the year's newest")]


@read(router, "/enterprises/{code}/portraits", act=Act.READ_OWN, answer=Years)
def portraits_list(request: Request, code: str) -> dict[str, object]:
    """The data years that have a portrait."""
    del request
    return {"years": portraits.years(code)}


@read(router, "/enterprises/{code}/portraits/{year}", act=Act.READ_OWN, answer=dict[str, Any])
def portraits_get(request: Request, code: str, year: Year, run: Kept = None) -> Mapping[str, Any]:
    """A kept portrait, numbers masked; who sees a team's rows alone gets that team's figures."""
    found = get_masked_portrait(code, year, run)
    if request.team is None:
        return found
    return {"enterprise": code, "period": found["period"], "team": request.team, "metrics": own(found, request.team)}


@read(router, "/enterprises/{code}/portraits/{year}/runs", act=Act.READ, answer=Page[Run])
def runs_list(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """The kept runs of a data year, newest first."""
    ids = runs_of(enterprise=code, year=year, actor=request.actor)
    return paged(request, cut, ids, lambda one: asdict(portraits.run(code, year, one)))


@write(router, "/enterprises/{code}/portraits/{year}/runs", act=Act.REPORT, answer=Job, status=202)
def runs_add(request: Request, code: str, year: Year, new: NewRun) -> dict[str, object]:
    """Compute the portrait of a data year and keep it: work for the worker."""
    day = None if new.as_of is None else new.as_of.isoformat()
    payload: Mapping[str, object] = {"year": year, "as_of": day, "province": new.province or None}
    return enqueued_job_document(
        request, flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise=code, payload=payload, actor=request.actor)
    )


def get_masked_portrait(code: str, year: int, run: str | None) -> dict[str, Any]:
    """The portrait, masked; ``portrait_run_unknown``, ``portrait_missing``."""
    found = portraits.find_masked_portrait(code, year, run)
    if found is None:
        raise NianjianError("portrait_missing", enterprise=code, year=year)
    return found
